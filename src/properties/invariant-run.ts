/**
 * fast-check over the engine itself: generated scenarios, each state shown to an invariant; what breaks it is shrunk, run
 * once more on a fresh engine, and kept as a recording.
 */
import fc from 'fast-check';
import { createEngine } from '../engine/engine.js';
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, Emit, SuiteFinished } from '../spec/run-events.js';
import { makeCast, type Cast } from './cast.js';
import { keepCounterexample } from './counterexample.js';
import { plan, type Plan } from './generate.js';
import { optionsOf, playPlan } from './play-plan.js';

export interface InvariantRunOptions {
  readonly rules: Rules;
  readonly seed: number;
  /** Scenarios to try. */
  readonly runs: number;
  /** Commands of a scenario, at most. */
  readonly maxSteps: number;
  /** fast-check's path: begin with the counterexample that it leads to. */
  readonly path?: string;
  /** Folder for counterexamples. */
  readonly out: string;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/** A turn of the event loop: lets Ctrl-C through and progress be drawn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Scenarios between two turns of the event loop. */
const RUNS_PER_BREATH = 10;

/**
 * Searches for a scenario that breaks the invariant.
 * @returns what the suite came to; also emitted, with the counterexample where there is one.
 */
export const runInvariant = async (invariant: Invariant, options: InvariantRunOptions): Promise<SuiteFinished> => {
  const { rules, seed, runs, emit, now, signal } = options;
  const started = now();
  const suite = `${invariant.id} ${invariant.name}, ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'invariant', target: `engine (${rules.toString()})`, seed });
  const cast = makeCast();
  const engine = createEngine(optionsOf(rules));
  const done = { runs: 0, steps: 0, spoke: 0 };
  const holds = async (scenario: Plan): Promise<boolean> => {
    if (done.runs % RUNS_PER_BREATH === 0) {
      await breathe();
      emit({
        type: 'progress',
        suite,
        steps: done.steps,
        share: Math.min(1, done.runs / runs),
        elapsed: now() - started,
      });
    }
    // The one failure that ends fast-check's run at once, without a verdict.
    if (signal?.aborted === true) throw new fc.PreconditionFailure(true);
    const { steps, broken, spoke } = playPlan(engine, cast, invariant, scenario);
    done.runs += 1;
    done.steps += steps.length;
    done.spoke += spoke;
    return broken === null;
  };
  const result = await fc.check(fc.asyncProperty(plan(options.maxSteps), holds), {
    seed,
    numRuns: runs,
    ...(options.path !== undefined && { path: options.path }),
  });
  const found = await counterexampleOf(result, invariant, options, suite, cast);
  if (found) emit(found);
  const verdict = verdictOf(result.failed, found, done.spoke, rules);
  const note = signal?.aborted === true ? ' (interrupted)' : '';
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict,
    scenarios: done.runs,
    steps: done.steps,
    differences: result.failed ? 1 : 0,
    summary: summaryOf(verdict, found) + note,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};

const counterexampleOf = async (
  { counterexample, counterexamplePath, numShrinks: shrinks }: fc.RunDetails<[Plan]>,
  invariant: Invariant,
  { rules, seed, out }: InvariantRunOptions,
  suite: string,
  cast: Cast,
): Promise<Counterexample | null> => {
  if (counterexample === null) return null;
  const found = { plan: counterexample[0], seed, path: counterexamplePath, shrinks };
  const kept = await keepCounterexample(invariant, rules, cast, found, out);
  return kept && { type: 'counterexample', suite, ...kept };
};

const verdictOf = (
  failed: boolean,
  found: Counterexample | null,
  spoke: number,
  rules: Rules,
): SuiteFinished['verdict'] => {
  if (failed && !found) return 'error';
  if (found) return rules.isPromised() ? 'finding' : 'deviates';
  return spoke === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = (verdict: SuiteFinished['verdict'], found: Counterexample | null): string => {
  if (found) return `${found.broken} (${found.steps.length} step${found.steps.length === 1 ? '' : 's'})`;
  if (verdict === 'error') return 'broken once, but not when it was run again: an error of this tool';
  return verdict === 'vacuous' ? 'no state that the invariant is about was reached' : 'holds';
};
