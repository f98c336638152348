/** The same generated scenarios for every kind of target, each held against an engine of its own. */
import fc from 'fast-check';
import { CAST_RELEASE_PERIOD, genesisOf, makeCast } from '../../../src/properties/cast.js';
import { compareScenario } from '../../../src/properties/differential.js';
import { plan } from '../../../src/properties/generate.js';
import { optionsOf, resolve } from '../../../src/properties/play-plan.js';
import { Rules } from '../../../src/spec/rules.js';
import { EngineTarget } from '../../../src/targets/engine-target.js';
import type { LabSettings } from '../../../src/targets/runtime/genesis.js';
import type { Target } from '../../../src/targets/target.js';
import { lab, labScope } from '../../lab.js';

/** What the lab runtime is set to on every target. */
export const settings: LabSettings = { rules: Rules.deployed, releasePeriod: CAST_RELEASE_PERIOD, mutant: 0 };

export const cast = makeCast();
const { accounts, sudo } = genesisOf(cast, 0n);
/** What nodes of ours begin with. */
export const ownChain = (set: Partial<LabSettings> = {}) => ({
  runtime: lab,
  lab: { ...settings, ...set },
  accounts,
  sudo,
});

const SEED = 5;
const PLANS = 6;

/** Together more than 300 steps. */
const plans = fc.sample(plan(100, labScope.calls, 50), { seed: SEED, numRuns: PLANS });

export interface CameOut {
  /** Steps that the target took. */
  readonly steps: number;
  /** Where it parted from the engine. */
  readonly differences: readonly unknown[];
  /** What it did not take, and why: how often. */
  readonly uncovered: ReadonlyMap<string, number>;
}

export const playSameSteps = async (target: Target): Promise<CameOut> => {
  const uncovered = new Map<string, number>();
  const differences: unknown[] = [];
  let steps = 0;
  for (const { nextRequestId, commands } of plans) {
    const engine = new EngineTarget(optionsOf(Rules.deployed));
    const compared = await compareScenario(
      { engine, target, scope: labScope },
      { genesis: genesisOf(cast, nextRequestId), steps: (model) => resolve(model, cast, commands) },
    );
    if (compared.ended) throw compared.ended;
    if (compared.mismatch) differences.push(compared.mismatch);
    steps += compared.steps.length;
    for (const [what, count] of compared.uncovered) uncovered.set(what, (uncovered.get(what) ?? 0) + count);
  }
  return { steps, differences, uncovered };
};
