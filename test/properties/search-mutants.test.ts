/**
 * The tester is tested: every behavioural bug that was put into the lab runtime on purpose is found within the budget that `assay check`
 * takes where nothing is said. Counted in scenarios and steps, never in seconds; how short they get is differential-run.test.ts's.
 */
import { describe, expect, it } from 'vitest';
import { RUNS, STEPS } from '../../src/cli/check.js';
import { makeCast, genesisOf } from '../../src/properties/cast.js';
import { compareScenario, engineBeside } from '../../src/properties/differential.js';
import { resolve } from '../../src/properties/play-plan.js';
import { search } from '../../src/properties/search.js';
import { mutants } from '../../src/spec/mutants.js';
import { Rules } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { labScope, labTarget } from '../lab.js';

const SEED = 7;

const cast = makeCast();
const rules = Rules.deployed;
const beyond = { concerns: labScope.concernsKey, leaps: true };

/** What the search comes to that `assay check --target 'runtime:runtime/lab.wasm?mutant=N'` makes, without shortening. */
const hunt = async (mutant: number) => {
  const target = labTarget({ mutant });
  const pair = { engine: new EngineTarget(engineBeside(rules, target)), target, scope: labScope };
  const options = { seed: SEED, runs: RUNS, maxSteps: STEPS, beyond, out: '', emit: () => undefined, now: () => 0 };
  return search(
    'mutants',
    options,
    async ({ nextRequestId, commands }) => {
      const { steps, mismatch, ended } = await compareScenario(pair, {
        genesis: genesisOf(cast, nextRequestId),
        steps: (engine) => resolve(engine, cast, commands),
      });
      return { steps: steps.length, passed: mismatch === null, ended };
    },
    labScope.calls,
  );
};

describe('the default budget', () => {
  const behavioural = mutants.filter(({ kind }) => kind === 'behaviour');

  it.each(behavioural.map((mutant) => [mutant.number, mutant.name, mutant] as const))(
    'finds mutant %i, %s',
    async (number, _, { description }) => {
      const { found, scenarios } = await hunt(number);
      expect({ description, found: found !== null }).toEqual({ description, found: true });
      expect(scenarios).toBeLessThanOrEqual(RUNS);
    },
  );

  it('finds nothing where there is no mutant, in no more steps than it always took', async () => {
    const { found, scenarios, steps } = await hunt(0);
    expect(found).toBeNull();
    expect(scenarios).toBe(RUNS);
    expect(steps).toBeGreaterThan(9_000);
    expect(steps).toBeLessThan(13_000);
  });
});
