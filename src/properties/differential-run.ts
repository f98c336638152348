/**
 * fast-check over engine and target: generated scenarios played on both; the first difference is shrunk, run once more on a
 * fresh target, and kept as a recording of what the engine answers.
 */
import type { EngineOptions } from '../engine/engine.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, SuiteFinished } from '../spec/run-events.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Target } from '../targets/target.js';
import { makeCast, type Cast } from './cast.js';
import type { Mismatch } from './compare.js';
import { keepCounterexample, shorten, type Played, type Shortest } from './counterexample.js';
import { compareScenario } from './differential.js';
import type { Plan } from './generate.js';
import type { LayoutScope } from './scope.js';
import { search, type Found, type SearchOptions } from './search.js';

export interface DifferentialOptions extends SearchOptions {
  /** Of the engine, as which the target is to behave. */
  readonly rules: Rules;
  /** What is compared of the target. */
  readonly scope: LayoutScope;
  /** A target of its own at each call; `fresh` ones carry nothing from one call into them to the next. */
  readonly makeTarget: (options: { readonly fresh: boolean }) => Target;
  /** How the command line names the target. */
  readonly named: string;
  /** What to say of the run's signatures and the like, once it is over. */
  readonly remark?: (target: Target) => string;
}

/** The engine that stands against a target: its release period is the target's, signatures are checked for real. */
const engineFor = (rules: Rules, { releasePeriod }: Target): EngineOptions => ({
  rules,
  verify: remembering(verifySignature),
  ...(releasePeriod !== null && { releasePeriod }),
});

/**
 * Searches for a scenario in which the target does otherwise than the engine.
 * @returns what the suite came to; also emitted, with the counterexample where there is one.
 */
export const runDifferential = async (options: DifferentialOptions): Promise<SuiteFinished> => {
  const { rules, seed, emit, now, signal, scope } = options;
  const started = now();
  const target = options.makeTarget({ fresh: false });
  const suite = `${target.name} against ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'differential', target: target.name, seed });
  const cast = makeCast();
  const engineOptions = engineFor(rules, target);
  const engine = new EngineTarget(engineOptions);
  const uncovered = new Map<string, number>();
  let answered = 0;
  try {
    const tried = await search(
      suite,
      options,
      async (plan) => {
        const compared = await compareScenario({ engine, target, scope }, cast, plan);
        answered += compared.answered;
        for (const [what, count] of compared.uncovered) uncovered.set(what, (uncovered.get(what) ?? 0) + count);
        return { steps: compared.steps.length, passed: compared.mismatch === null };
      },
      scope.calls,
    );
    const kept = tried.found && (await keep(options, suite, cast, tried.found, engineOptions));
    if (kept) emit(kept);
    for (const [what, count] of uncovered) emit({ type: 'not-covered', suite, ...splitReason(what), count });
    const note = signal?.aborted === true ? ' (interrupted)' : '';
    const finished: SuiteFinished = {
      type: 'suite-finished',
      suite,
      verdict: verdictOf(tried.found, kept, answered),
      scenarios: tried.scenarios,
      steps: tried.steps,
      differences: tried.found ? 1 : 0,
      summary: summaryOf(tried.found, kept, options.remark?.(target) ?? '') + note,
      elapsed: now() - started,
    };
    emit(finished);
    return finished;
  } finally {
    await target.close();
  }
};

/** `what: why`, as a {@link NotCovered} says it. */
const splitReason = (text: string): { readonly what: string; readonly reason: string } => {
  const [what = text, ...reason] = text.split(': ');
  return { what, reason: reason.join(': ') || 'the target can not do it' };
};

const mismatchText = ({ aspect, where, expected, observed }: Mismatch): string =>
  `${where === '' ? aspect : `${aspect} ${where}`}: expected ${expected}, observed ${observed}`;

/** One scenario on a target of its own. */
const playOn =
  ({ rules, scope }: DifferentialOptions, target: Target, cast: Cast) =>
  async (plan: Plan): Promise<Played<Mismatch>> => {
    const pair = { engine: new EngineTarget(engineFor(rules, target)), target, scope };
    const { steps, mismatch } = await compareScenario(pair, cast, plan);
    return { steps, failure: mismatch };
  };

/** Shortened on a new target, then played once more on one that carries nothing from call to call. */
const shortestOf = async (
  options: DifferentialOptions,
  cast: Cast,
  found: Found,
): Promise<Shortest<Mismatch> | null> => {
  const target = options.makeTarget({ fresh: false });
  const fresh = options.makeTarget({ fresh: true });
  try {
    const shortest = await shorten(found, playOn(options, target, cast));
    if (shortest === null) return null;
    const { failure } = await playOn(options, fresh, cast)(shortest.plan);
    return failure && { ...shortest, failure };
  } finally {
    await target.close();
    await fresh.close();
  }
};

const keep = async (
  options: DifferentialOptions,
  suite: string,
  cast: Cast,
  found: Found,
  engine: EngineOptions,
): Promise<Counterexample | null> => {
  const shortest = await shortestOf(options, cast, found);
  if (shortest === null) return null;
  const { named, out } = options;
  const broken = mismatchText(shortest.failure);
  const stem = `difference-${blake2_256(hexOfText(named)).slice(2, 8)}`;
  const about = { finding: broken };
  const kept = await keepCounterexample(shortest, { stem, engine, cast, found, about, out, target: named });
  return { type: 'counterexample', suite, broken, ...kept };
};

/** A run in which the target answered no call says nothing. */
const verdictOf = (found: Found | null, kept: Counterexample | null, answered: number): SuiteFinished['verdict'] => {
  if (found) return kept ? 'finding' : 'error';
  return answered === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = (found: Found | null, kept: Counterexample | null, remark: string): string => {
  if (kept) return `${kept.broken} (${kept.steps.length} step${kept.steps.length === 1 ? '' : 's'})`;
  if (found) return 'differed once, but not when it was run again: an error of this tool';
  return `0 differences${remark}`;
};
