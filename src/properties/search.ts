/**
 * fast-check over generated scenarios: what every search has in common, whatever it looks for. fast-check makes them and says which
 * is which; what fails is shortened by `shorten.ts`, which knows what a scenario is.
 */
import fc from 'fast-check';
import type { CallName } from '../spec/calls.js';
import type { Emit } from '../spec/run-events.js';
import type { Awaitable } from '../targets/target.js';
import type { Ending } from './ending.js';
import { plan, type Beyond, type Plan } from './generate.js';

export interface SearchOptions {
  readonly seed: number;
  /** Scenarios to try; `Infinity` where the time is what ends it. */
  readonly runs: number;
  /** Milliseconds after which no further scenario is begun. What was found is shortened all the same. Default: any. */
  readonly time?: number;
  /** Commands of a scenario, at most. */
  readonly maxSteps: number;
  /** And at least: where there are few scenarios, none should be spent on a short one. Default: 0. */
  readonly minSteps?: number;
  /** What scenarios may do beside calls. Default: nothing. */
  readonly beyond?: Beyond;
  /** fast-check's path, the number of a scenario: begin with that one. */
  readonly path?: string;
  /** For targets whose plays are slow, so that shortening is done sparingly. */
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
  /** fast-check's own: none. */
  readonly shrinks: number;
}

export interface Searched {
  /** As it was generated; null where every scenario passed. */
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

/** How far a search is, from 0 to 1: by what it has tried, unless only time ends it. */
const shareOf = (scenarios: number, elapsed: number, { runs, time = Infinity }: SearchOptions): number =>
  Math.min(1, runs === Infinity ? elapsed / time : scenarios / runs);

/** As many scenarios as fast-check is asked for where nobody counts them. */
const UNCOUNTED = Number.MAX_SAFE_INTEGER;

/** Tries scenarios until one fails. `calls` are those to send with arguments that are wrong on purpose. */
export const search = async (
  suite: string,
  options: SearchOptions,
  tryScenario: (scenario: Plan) => Awaitable<Tried>,
  calls?: readonly CallName[],
): Promise<Searched> => {
  const { seed, runs, time = Infinity, emit, now, signal, endOnFailure = false } = options;
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
      const elapsed = now() - started;
      const share = shareOf(done.scenarios, elapsed, options);
      emit({ type: 'progress', suite, steps: done.steps, share, elapsed });
    }
    if (signal?.aborted === true || now() - started >= time) throw interruption();
    const { steps, passed, ended = null } = await attempt(scenario);
    done.steps += steps;
    done.ended = ended;
    if (ended) throw interruption();
    done.scenarios += 1;
    return passed;
  };
  const plans = plan(options.maxSteps, calls, options.minSteps, options.beyond);
  const {
    counterexample,
    counterexamplePath: path,
    numShrinks: shrinks,
  } = await fc.check(fc.asyncProperty(plans, passes), {
    seed,
    numRuns: Math.min(runs, UNCOUNTED),
    endOnFailure: true,
    ...(options.path !== undefined && { path: options.path }),
  });
  if ('error' in failure) throw failure.error;
  if (counterexample === null) return { found: null, ...done };
  return { found: { plan: counterexample[0], seed, path, shrinks }, ...done };
};
