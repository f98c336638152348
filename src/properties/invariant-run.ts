/**
 * Invariants as a suite: generated scenarios on the engine under one rule set, everything watched at once; what breaks is made as short
 * as it goes, played once more on a fresh engine, and kept as a recording.
 */
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, SuiteFinished } from '../spec/run-events.js';
import { makeCast, type Cast } from './cast.js';
import { keepCounterexample } from './counterexample.js';
import { interruptionNote } from './ending.js';
import { hunt, shortestBreak, type Break, type Hunted } from './hunt.js';
import { optionsOf } from './play-plan.js';
import type { SearchOptions } from './search.js';

export interface InvariantRunOptions extends SearchOptions {
  readonly rules: Rules;
  /** Those that are watched. */
  readonly invariants: readonly Invariant[];
}

/**
 * Searches for scenarios that break the invariants.
 * @returns what the suite came to; also emitted, with a counterexample for each that broke.
 */
export const runInvariants = async (options: InvariantRunOptions): Promise<SuiteFinished> => {
  const { rules, seed, emit, now, signal, invariants } = options;
  const started = now();
  const [only, ...others] = invariants;
  const what = only && others.length === 0 ? `${only.id} ${only.name}` : 'invariants';
  const suite = `${what}, ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'invariant', target: `engine (${rules.toString()})`, seed });
  const cast = makeCast();
  const hunted = await hunt(suite, cast, options);
  const kept: Counterexample[] = [];
  let lost = 0;
  for (const found of hunted.breaks) {
    if (signal?.aborted === true) break;
    const counterexample = await keep(found, options, suite, cast);
    if (counterexample === null) lost += 1;
    else {
      kept.push(counterexample);
      emit(counterexample);
    }
  }
  const verdict = verdictOf(hunted, lost, options);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict,
    scenarios: hunted.scenarios,
    steps: hunted.steps,
    differences: hunted.breaks.length,
    summary: summaryOf(hunted, kept, lost, invariants) + interruptionNote(null, signal),
    spoke: lost > 0 ? {} : spokenOf(invariants, hunted.spoke),
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};

const keep = async (
  found: Break,
  { rules, out, seed, signal }: InvariantRunOptions,
  suite: string,
  cast: Cast,
): Promise<Counterexample | null> => {
  const shortest = await shortestBreak(rules, cast, found, signal);
  if (shortest === null) return null;
  const { id, statement } = found.invariant;
  const broken = shortest.failure;
  const about = { invariant: { id, statement, broken } };
  const kept = await keepCounterexample(shortest, {
    stem: id,
    engine: optionsOf(rules),
    cast,
    found: { seed, path: String(found.run), shrinks: 0 },
    about,
    out,
  });
  return { type: 'counterexample', suite, invariant: id, statement, broken, ...kept };
};

/** By id, none that was watched left out. */
export const spokenOf = (
  watched: readonly Invariant[],
  ...counts: readonly ReadonlyMap<Invariant, number>[]
): Record<string, number> =>
  Object.fromEntries(
    watched.map((each) => [each.id, counts.reduce((sum, spoke) => sum + (spoke.get(each) ?? 0), 0)] as const),
  );

const silent = ({ spoke }: Hunted, invariants: readonly Invariant[]): readonly Invariant[] =>
  invariants.filter((each) => !spoke.has(each));

const verdictOf = (
  hunted: Hunted,
  lost: number,
  { rules, invariants }: InvariantRunOptions,
): SuiteFinished['verdict'] => {
  if (lost > 0) return 'error';
  if (hunted.breaks.length > 0) return rules.isPromised() ? 'finding' : 'deviates';
  return silent(hunted, invariants).length === invariants.length ? 'vacuous' : 'conforms';
};

const summaryOf = (
  hunted: Hunted,
  kept: readonly Counterexample[],
  lost: number,
  invariants: readonly Invariant[],
): string => {
  if (lost > 0) return `${lost} broken once, but not when it was run again: an error of this tool`;
  const [only] = kept;
  if (only && invariants.length === 1)
    return `${only.broken} (${only.steps.length} step${only.steps.length === 1 ? '' : 's'})`;
  const quiet = silent(hunted, invariants);
  const unsaid = quiet.length === 0 ? '' : `; ${quiet.map(({ id }) => id).join(', ')} spoke of nothing`;
  if (invariants.length === 1) return quiet.length > 0 ? 'no state that the invariant is about was reached' : 'holds';
  const holding = invariants.length - hunted.breaks.length - quiet.length;
  if (kept.length === 0) return `all ${holding} hold${unsaid}`;
  const broken = kept.map(({ invariant }) => invariant).toSorted();
  return `${holding} hold, ${broken.length} broken: ${broken.join(', ')}${unsaid}`;
};
