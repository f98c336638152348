/** `assay gate`: a new runtime against the old one, before anybody votes for the upgrade. */
import { blake2_256 } from '../spec/hashing.js';
import { concat } from '../spec/hex.js';
import { noExpectations, readExpectations } from '../gate/expectations.js';
import { runGate } from '../gate/gate.js';
import type { Side } from '../gate/sides.js';
import { quoted } from '../properties/counterexample.js';
import { LARGEST_SEED } from '../properties/seed.js';
import { codeHashOf } from '../targets/runtime/runtime.js';
import { openSide, parseSide, type GateSide } from './gate-side.js';
import type { NodeFlags } from './node.js';
import { expectFolder } from './out-folder.js';
import type { OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { readState } from './state.js';

export interface GateCommandOptions extends Pick<NodeFlags, 'wait'> {
  readonly old: string;
  readonly new: string;
  /** A snapshot of a chain's state, or `URL[@BLOCK]`. Default: the gate's own. */
  readonly state?: string;
  /** Per cent of a block that the first one with the new code may take. */
  readonly migrationLimit: number;
  /** An `assay.yaml`. */
  readonly expect?: string;
  /** Default: made of the two runtimes, so that the same two get the same verdict. */
  readonly seed?: number;
  /** With either runtime in the lead. */
  readonly runs: number;
  readonly steps: number;
  /** Default: half of `steps`. Deep scenarios find more than many. */
  readonly minSteps?: number;
  /** Per cent. */
  readonly costTolerance: number;
  readonly out: string;
}

/** Per cent: what a migration may take by default. */
export const WHOLE_BLOCK = 100;

/** Of a hash, those that a seed is made of. */
const SEED_DIGITS = 8;

const seedOf = (old: OpenedRuntime, next: OpenedRuntime): number => {
  const codes = [old, next].map(({ runtime }) => codeHashOf(runtime));
  return parseInt(blake2_256(concat(...codes)).slice(2, 2 + SEED_DIGITS), 16) & LARGEST_SEED;
};

/** As `--target` has it, whatever a recording would set: what the name leaves open of a lab runtime is said. */
const namedOf = ({ name, isLab, ownRules, runtime }: OpenedRuntime): string => {
  const parameters = [
    ...(isLab ? [`rules=${ownRules.toString()}`] : []),
    ...(name.mutant === undefined ? [] : [`mutant=${name.mutant}`]),
    ...(name.period === undefined ? [] : [`period=${name.period}`]),
    ...(name.format === undefined ? [] : [`format=${name.format}`]),
  ];
  return `runtime:${runtime.file}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`;
};

export const sideOf = (opened: OpenedRuntime, { kind }: GateSide): Side => ({
  named: kind === 'url' ? null : namedOf(opened),
  runtime: opened.runtime,
  scope: opened.scope,
  base: opened.base,
  makeTarget: opened.makeTarget,
});

const commandOf = (options: GateCommandOptions, seed: number): string => {
  const { old, new: next, state, expect, runs, steps, minSteps, costTolerance, migrationLimit } = options;
  const words = [
    '--old',
    old,
    '--new',
    next,
    ...(state === undefined ? [] : ['--state', state]),
    ...(expect === undefined ? [] : ['--expect', expect]),
    '--seed',
    `${seed}`,
  ];
  const budget = [
    '--runs',
    `${runs}`,
    '--steps',
    `${steps}`,
    ...(minSteps === undefined ? [] : ['--min-steps', `${minSteps}`]),
    '--cost-tolerance',
    `${costTolerance}`,
    ...(migrationLimit === WHOLE_BLOCK ? [] : ['--migration-limit', `${migrationLimit}`]),
  ];
  return `npx assay gate ${[...words, ...budget].map(quoted).join(' ')}`;
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted */
export const gate = async (options: GateCommandOptions, session: Session): Promise<void> => {
  expectFolder('--out', options.out);
  const [oldName, nextName] = [parseSide('--old', options.old), parseSide('--new', options.new)];
  const expectations = options.expect === undefined ? noExpectations : await readExpectations(options.expect);
  const opening = { signal: session.signal, ...(options.wait !== undefined && { wait: options.wait }) };
  const old = await openSide(oldName, opening);
  const next = await openSide(nextName, opening);
  const state = options.state === undefined ? null : await readState(options.state, opening);
  const { seed = seedOf(old, next), runs, steps, minSteps = Math.floor(steps / 2), costTolerance, out } = options;
  await runGate({
    ...session,
    sides: { old: sideOf(old, oldName), next: sideOf(next, nextName) },
    expectations,
    today: new Date().toISOString().slice(0, 'YYYY-MM-DD'.length),
    command: commandOf(options, seed),
    state,
    migrationLimit: options.migrationLimit,
    tolerance: costTolerance / 100,
    seed,
    runs,
    maxSteps: steps,
    minSteps: Math.min(minSteps, steps),
    out,
  });
};
