/**
 * The engine beside the lab runtime, over what chance leads to late: every rule alone repaired, and alone as it is deployed, under
 * its witness and the scenarios in which a request in every status meets every call.
 */
import { describe, expect, it } from 'vitest';
import { compareScenario, engineBeside } from '../../src/properties/differential.js';
import { rareScenarios } from '../../src/properties/rare.js';
import type { Scenario } from '../../src/properties/recorded-steps.js';
import { deviationRules, REVISED_SPEC_VERSION, Rules } from '../../src/spec/rules.js';
import { witnesses } from '../../src/spec/witnesses.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { labScope, labTarget } from '../lab.js';

const rare = rareScenarios();

/** Plays scenarios on both, each from its own beginning. */
const expectAgreement = async (rules: Rules, scenarios: readonly Scenario[]): Promise<void> => {
  const target = labTarget({ rules });
  const engine = new EngineTarget(engineBeside(rules, target));
  for (const { genesis, steps } of scenarios) {
    const script = { genesis, steps: () => steps.values() };
    const { mismatch, ended } = await compareScenario({ engine, target, scope: labScope }, script);
    if (ended) throw ended;
    expect(mismatch).toBeNull();
  }
};

/** Of the rare ones another part for each rule. */
const PARTS = 10;

describe('engine and lab runtime agree', () => {
  it.each([
    ['as deployed', Rules.deployed],
    ['as promised', Rules.promised],
    ['as promised, with both revisions', Rules.promised.revisedFor(REVISED_SPEC_VERSION)],
  ])('%s, in every rare scenario', (_, rules) => expectAgreement(rules, rare));

  it.each(deviationRules.map((rule, at) => [rule, at] as const))(
    'where %s alone is repaired, and where it alone is deployed',
    async (rule, at) => {
      const some = rare.filter((_, number) => number % PARTS === at % PARTS);
      const own = witnesses().filter(({ id }) => id === rule);
      const others = deviationRules.filter((each) => each !== rule);
      await expectAgreement(Rules.of([rule], []), [...own, ...some]);
      await expectAgreement(Rules.of(others, []), [...own, ...some]);
    },
  );
});
