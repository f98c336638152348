/** What tests of hunts share: the cast, small budgets, and invariants that say what a test wants. */
import { makeCast } from '../../src/properties/cast.js';
import type { Command } from '../../src/properties/commands/command.js';
import { hunt, type Hunted, type HuntOptions } from '../../src/properties/hunt.js';
import { invariants, type Invariant } from '../../src/spec/invariants.js';
import { Rules } from '../../src/spec/rules.js';
import type { Step } from '../../src/spec/steps.js';

export const cast = makeCast();

export const byId = (id: string): Invariant => {
  const found = invariants.find((invariant) => invariant.id === id);
  if (found === undefined) throw new Error(`${id} is gone`);
  return found;
};

/** An invariant that says what a test wants. */
export const saying = (watch: Invariant['watch'], id = 'INV-00'): Invariant => ({
  id,
  name: 'a test',
  statement: 'As a test has it.',
  antecedent: 'as a test has it',
  requirements: [],
  severity: 'low',
  brokenBy: [],
  watch,
});

/** Broken as soon as anything is bought, whatever the rules. */
export const brokenByPurchases = (id = 'INV-00'): Invariant =>
  saying(
    () =>
      ({ state }) => ({ broken: state.requests.length > 0 ? 'something was bought' : null, spoke: 1 }),
    id,
  );

/** The command that means this step, whatever the state. */
export const always = (step: Step): Command => ({ resolve: () => step });

export const quietly = { out: '', emit: () => undefined, now: () => 0 } as const;

/** A hunt with a small budget. */
export const huntFor = (options: Partial<HuntOptions>): Promise<Hunted> =>
  hunt('a test', cast, { rules: Rules.promised, invariants, seed: 7, runs: 100, maxSteps: 60, ...quietly, ...options });
