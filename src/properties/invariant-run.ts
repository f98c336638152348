/**
 * fast-check over the engine itself: generated scenarios, each state shown to an invariant; what breaks it is shrunk, run
 * once more on a fresh engine, and kept as a recording.
 */
import { createEngine } from '../engine/engine.js';
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, SuiteFinished } from '../spec/run-events.js';
import { genesisOf, makeCast, type Cast } from './cast.js';
import { keepCounterexample } from './counterexample.js';
import { interruptionNote } from './ending.js';
import type { Plan } from './generate.js';
import { optionsOf, playPlan } from './play-plan.js';
import { search, type Found, type SearchOptions } from './search.js';
import { shorten, type Played } from './shorten.js';

export interface InvariantRunOptions extends SearchOptions {
  readonly rules: Rules;
}

/**
 * Searches for a scenario that breaks the invariant.
 * @returns what the suite came to; also emitted, with the counterexample where there is one.
 */
export const runInvariant = async (invariant: Invariant, options: InvariantRunOptions): Promise<SuiteFinished> => {
  const { rules, seed, emit, now, signal } = options;
  const started = now();
  const suite = `${invariant.id} ${invariant.name}, ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'invariant', target: `engine (${rules.toString()})`, seed });
  const cast = makeCast();
  const engine = createEngine(optionsOf(rules));
  let states = 0;
  const { found, scenarios, steps } = await search(suite, options, (scenario) => {
    const played = playPlan(engine, cast, invariant, scenario);
    states += played.spoke;
    return { steps: played.steps.length, passed: played.broken === null };
  });
  const kept = found && (await keep(invariant, options, suite, cast, found));
  if (kept) emit(kept);
  const verdict = verdictOf(found, kept, states, rules);
  const note = interruptionNote(null, signal);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict,
    scenarios,
    steps,
    differences: found ? 1 : 0,
    summary: summaryOf(verdict, kept) + note,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};

const keep = async (
  invariant: Invariant,
  { rules, out, signal }: InvariantRunOptions,
  suite: string,
  cast: Cast,
  found: Found,
): Promise<Counterexample | null> => {
  const { id, statement } = invariant;
  const engine = optionsOf(rules);
  const playFresh = (plan: Plan): Promise<Played<string>> => {
    const { steps, broken } = playPlan(createEngine(engine), cast, invariant, plan);
    return Promise.resolve({ genesis: genesisOf(cast, plan.nextRequestId), steps, failure: broken });
  };
  const shortened = await shorten(found, { play: playFresh, signal });
  if (shortened === null) return null;
  const { shortest } = shortened;
  const broken = shortest.failure;
  const about = { invariant: { id, statement, broken } };
  const kept = await keepCounterexample(shortest, { stem: id, engine, cast, found, about, out });
  return { type: 'counterexample', suite, invariant: id, statement, broken, ...kept };
};

const verdictOf = (
  found: Found | null,
  kept: Counterexample | null,
  states: number,
  rules: Rules,
): SuiteFinished['verdict'] => {
  if (found && !kept) return 'error';
  if (kept) return rules.isPromised() ? 'finding' : 'deviates';
  return states === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = (verdict: SuiteFinished['verdict'], kept: Counterexample | null): string => {
  if (kept) return `${kept.broken} (${kept.steps.length} step${kept.steps.length === 1 ? '' : 's'})`;
  if (verdict === 'error') return 'broken once, but not when it was run again: an error of this tool';
  return verdict === 'vacuous' ? 'no state that the invariant is about was reached' : 'holds';
};
