/**
 * Every way in which invariants break, not only the first: what was found and attributed is taken as promised, and the search goes on
 * among what is left, round by round, until a whole round finds nothing more. One deviation hides another no longer.
 */
import { Attributor, type Attributed } from '../properties/attribute.js';
import type { Cast } from '../properties/cast.js';
import { hunt, type Break } from '../properties/hunt.js';
import type { SearchOptions } from '../properties/search.js';
import type { Invariant } from '../spec/invariants.js';
import { deviationRules, type Rules } from '../spec/rules.js';

export interface HuntAllOptions extends SearchOptions {
  /** Those that the target follows. */
  readonly rules: Rules;
  readonly invariants: readonly Invariant[];
}

/** One break, and why. */
export interface Explained {
  readonly found: Break;
  /** Null where it did not come again: an error of ours. */
  readonly attributed: Attributed | null;
  /** Milliseconds from the beginning until it was attributed. */
  readonly after: number;
}

export interface HuntedAll {
  readonly explained: readonly Explained[];
  /** How many things each invariant spoke of. */
  readonly spoke: ReadonlyMap<Invariant, number>;
  readonly scenarios: number;
  readonly steps: number;
  readonly rounds: number;
}

/** Rules with those taken as promised that broke something. */
const without = (rules: Rules, all: readonly Explained[]): Rules =>
  all.reduce(
    (left, { attributed }) =>
      attributed?.cause.kind === 'rules'
        ? attributed.cause.rules.reduce((of, rule) => of.with(rule, 'promised'), left)
        : left,
    rules,
  );

/** @param tell is told each break as it is explained */
export const huntAll = async (
  suite: string,
  cast: Cast,
  options: HuntAllOptions,
  tell: (explained: Explained) => Promise<void>,
): Promise<HuntedAll> => {
  const { seed, now, signal } = options;
  const started = now();
  const explained: Explained[] = [];
  const spoke = new Map<Invariant, number>();
  let [rules, watching, scenarios, steps, rounds] = [options.rules, options.invariants, 0, 0, 0];
  // Each round takes a rule away, or an invariant.
  for (; rounds <= deviationRules.length + options.invariants.length; rounds += 1) {
    const hunted = await hunt(suite, cast, { ...options, rules, invariants: watching, seed: seed + rounds });
    scenarios += hunted.scenarios;
    steps += hunted.steps;
    for (const [each, count] of hunted.spoke) spoke.set(each, (spoke.get(each) ?? 0) + count);
    if (hunted.breaks.length === 0 || signal?.aborted === true) break;
    const attributor = new Attributor(cast, { rules, seed, signal });
    const ofRound: Explained[] = [];
    for (const found of hunted.breaks) {
      const each = { found, attributed: await attributor.attribute(found), after: now() - started };
      ofRound.push(each);
      await tell(each);
    }
    explained.push(...ofRound);
    rules = without(rules, ofRound);
    // What no rule explains would be found again in every round.
    const unexplained = ofRound.filter(({ attributed }) => attributed?.cause.kind !== 'rules');
    watching = watching.filter((each) => !unexplained.some(({ found }) => found.invariant === each));
  }
  return { explained, spoke, scenarios, steps, rounds: rounds + 1 };
};
