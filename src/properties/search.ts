/** fast-check over generated scenarios: what every search has in common, whatever it looks for. */
import fc from 'fast-check';
import type { CallName } from '../spec/calls.js';
import type { Emit } from '../spec/run-events.js';
import type { Awaitable } from '../targets/target.js';
import type { Ending } from './ending.js';
import { plan, type Plan } from './generate.js';

export interface SearchOptions {
  readonly seed: number;
  /** Scenarios to try. */
  readonly runs: number;
  /** Commands of a scenario, at most. */
  readonly maxSteps: number;
  /** And at least: where there are few scenarios, none should be spent on a short one. Default: 0. */
  readonly minSteps?: number;
  /** fast-check's path: begin with the counterexample that it leads to. */
  readonly path?: string;
  /** Lets the first failure be, unshrunk: for targets whose plays are slow, and shrinking is done more sparingly. */
  readonly endOnFailure?: boolean;
  /** Folder for counterexamples. */
  readonly out: string;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/** What one scenario came to. */
export interface Tried {
  readonly steps: number;
  readonly passed: boolean;
  /** What ended the scenario early, and with it the search. */
  readonly ended?: Ending | null;
}

/** A counterexample as fast-check found it. */
export interface Found {
  readonly plan: Plan;
  readonly seed: number;
  /** fast-check's. */
  readonly path: string;
  readonly shrinks: number;
}

export interface Searched {
  /** Shrunk; null where every scenario passed. */
  readonly found: Found | null;
  /** Those that came to their end. */
  readonly scenarios: number;
  readonly steps: number;
  /** What ended the search early, but for the signal. */
  readonly ended: Ending | null;
}

/** What ends fast-check's run at once, without a verdict. */
const interruption = (): Error => new fc.PreconditionFailure(true);

/** A turn of the event loop: lets Ctrl-C through and progress be drawn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Scenarios between two turns of the event loop, where they are fast. */
const RUNS_PER_BREATH = 10;

/** Tries scenarios until one fails, and shrinks that one. `calls` are those to send with arguments that are wrong on purpose. */
export const search = async (
  suite: string,
  options: SearchOptions,
  tryScenario: (scenario: Plan) => Awaitable<Tried>,
  calls?: readonly CallName[],
): Promise<Searched> => {
  const { seed, runs, emit, now, signal, endOnFailure = false } = options;
  const started = now();
  const done: { scenarios: number; steps: number; ended: Ending | null } = { scenarios: 0, steps: 0, ended: null };
  const runsPerBreath = endOnFailure ? 1 : RUNS_PER_BREATH;
  const failure: { error?: unknown } = {};
  // fast-check would take what a scenario throws for its failure: it is one of the tool or of the target's, and ends the run.
  const attempt = async (scenario: Plan): Promise<Tried> => {
    try {
      return await tryScenario(scenario);
    } catch (error) {
      failure.error = error;
      throw interruption();
    }
  };
  const passes = async (scenario: Plan): Promise<boolean> => {
    if (done.scenarios % runsPerBreath === 0) {
      await breathe();
      const share = Math.min(1, done.scenarios / runs);
      emit({ type: 'progress', suite, steps: done.steps, share, elapsed: now() - started });
    }
    if (signal?.aborted === true) throw interruption();
    const { steps, passed, ended = null } = await attempt(scenario);
    done.steps += steps;
    done.ended = ended;
    if (ended) throw interruption();
    done.scenarios += 1;
    return passed;
  };
  const {
    counterexample,
    counterexamplePath: path,
    numShrinks: shrinks,
  } = await fc.check(fc.asyncProperty(plan(options.maxSteps, calls, options.minSteps), passes), {
    seed,
    numRuns: runs,
    endOnFailure,
    ...(options.path !== undefined && { path: options.path }),
  });
  if ('error' in failure) throw failure.error;
  if (counterexample === null) return { found: null, ...done };
  return { found: { plan: counterexample[0], seed, path, shrinks }, ...done };
};
