/** The lab runtime as tests run it: loaded once a test file. */
import { CAST_RELEASE_PERIOD } from '../src/properties/cast.js';
import { scopeOf } from '../src/properties/scope.js';
import { Rules } from '../src/spec/rules.js';
import { RuntimeTarget, type RuntimeTargetOptions } from '../src/targets/runtime-target.js';
import { loadRuntime } from '../src/targets/runtime/runtime.js';

export const LAB = 'runtime/lab.wasm';
export const lab = await loadRuntime(LAB);
export const labScope = scopeOf(lab.layout);

export interface LabOptions extends Omit<RuntimeTargetOptions, 'lab'> {
  readonly rules?: Rules;
  readonly mutant?: number;
  readonly releasePeriod?: bigint;
}

export const labTarget = ({
  rules = Rules.deployed,
  mutant = 0,
  releasePeriod = CAST_RELEASE_PERIOD,
  ...options
}: LabOptions = {}): RuntimeTarget => new RuntimeTarget(lab, { ...options, lab: { rules, mutant, releasePeriod } });
