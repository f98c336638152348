/** Every way in which something breaks: one deviation hides another no longer. */
import { describe, expect, it } from 'vitest';
import { huntAll, type Explained, type HuntAllOptions } from '../../src/audit/hunt-all.js';
import { causeText } from '../../src/properties/attribute.js';
import { Rules } from '../../src/spec/rules.js';
import { brokenByPurchases, byId, cast, quietly } from '../properties/hunting.js';

const hunted = async (options: Partial<HuntAllOptions>) => {
  const told: Explained[] = [];
  const tell = (explained: Explained): Promise<void> => {
    told.push(explained);
    return Promise.resolve();
  };
  const given = { rules: Rules.deployed, invariants: [], seed: 7, runs: 250, maxSteps: 60, ...quietly, ...options };
  const all = await huntAll('a test', cast, given, tell);
  expect(all.explained).toEqual(told);
  const causes = told.map(
    ({ found, attributed }) => `${found.invariant.id} by ${attributed ? causeText(attributed.cause) : '?'}`,
  );
  return { ...all, causes };
};

describe('a hunt for everything', () => {
  it('takes what it has explained as promised, and finds what that hid', async () => {
    const rules = Rules.promised.with('DEV-20', 'deployed').with('DEV-21', 'deployed').with('DEV-16', 'deployed');
    const { causes, rounds, scenarios, spoke } = await hunted({ rules, invariants: [byId('INV-33'), byId('INV-12')] });
    expect(causes.toSorted()).toEqual(['INV-12 by DEV-16', 'INV-33 by DEV-20', 'INV-33 by DEV-21']);
    expect(rounds).toBe(3);
    expect(scenarios).toBe(3 * 250);
    expect(spoke.get(byId('INV-33'))).toBeGreaterThan(scenarios / 3);
  });

  it('looks for what no rule explains no longer, and goes on with the rest', async () => {
    const rules = Rules.promised.with('DEV-16', 'deployed');
    const { causes, rounds } = await hunted({ rules, invariants: [brokenByPurchases(), byId('INV-12')], runs: 100 });
    expect(causes.toSorted()).toEqual(['INV-00 by new', 'INV-12 by DEV-16']);
    expect(rounds).toBe(2);
  });

  it('is done after one round where nothing is broken', async () => {
    const { causes, rounds, explained } = await hunted({
      rules: Rules.promised,
      invariants: [byId('INV-12')],
      runs: 20,
    });
    expect({ causes, rounds, explained }).toEqual({ causes: [], rounds: 1, explained: [] });
  });

  it('ends when it is interrupted, before anything is explained', async () => {
    const { causes, scenarios } = await hunted({ invariants: [byId('INV-12')], signal: AbortSignal.abort() });
    expect({ causes, scenarios }).toEqual({ causes: [], scenarios: 0 });
  });
});
