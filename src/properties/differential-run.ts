/**
 * fast-check over engine and target: generated scenarios played on both; the first difference is shrunk, run once more on a
 * fresh target, and kept as a recording of what the engine answers. A target that fails ends the suite: what was done until
 * then is told, a difference that was seen is kept, and only then the failure is thrown on.
 */
import type { Engine, EngineOptions } from '../engine/engine.js';
import { outcomeText } from '../spec/answers.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, CoverageEvent, SuiteFinished } from '../spec/run-events.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Genesis, Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { NodeFailure } from '../targets/failures.js';
import type { Awaitable, Target } from '../targets/target.js';
import { makeCast, type Cast } from './cast.js';
import type { Mismatch } from './compare.js';
import { Coverage, coverageEvent, coverageNote, groundOf, isVacuous } from './coverage.js';
import { keepCounterexample } from './counterexample.js';
import { compareScenario, engineBeside, splitReason, type Compared, type Pair } from './differential.js';
import { closing, failureOf, interruptionNote, isEnding, type Ending } from './ending.js';
import type { Plan } from './generate.js';
import { resolve } from './play-plan.js';
import { beginningOf, keepRegression, tryRegressions, type Regression, type TriedRegressions } from './regressions.js';
import type { LayoutScope } from './scope.js';
import { search, type SearchOptions } from './search.js';
import { shorten, type Played, type ShortenOptions, type Shortest } from './shorten.js';

export interface DifferentialOptions extends SearchOptions {
  /** Of the engine, as which the target is to behave. */
  readonly rules: Rules;
  /** What is compared of the target. */
  readonly scope: LayoutScope;
  /** A target of its own at each call; `fresh` ones carry nothing from one call into them to the next. */
  readonly makeTarget: (options: { readonly fresh: boolean }) => Awaitable<Target>;
  /** Played before the search, which is left out where one of them parts the two. Default: none. */
  readonly regressions?: readonly Regression[];
  /** Played behind them: {@link rareScenarios}, where a target is fast enough for them. Default: none. */
  readonly rare?: readonly Regression[];
  /** How the command line names the target. */
  readonly named: string;
  /** Makes the run vacuous where it does not reach every cell that it can; never where a `path` leads to one scenario. */
  readonly requireCoverage?: boolean;
  /** What to say of the run's signatures and the like, once it is over. */
  readonly remark?: (target: Target) => string;
}

/** Plays a plan on both, each command resolved in the state that the engine has by then. */
export const playPlan = (pair: Pair, cast: Cast, plan: Plan): Awaitable<Compared> =>
  compareScenario(pair, {
    genesis: beginningOf(cast, plan),
    steps: (engine) => resolve(engine, cast, plan.commands),
  });

/** Whether plays are too slow for fast-check's own shrinking. */
const endsOnFailure = ({ endOnFailure }: DifferentialOptions, { kind }: Target): boolean =>
  endOnFailure ?? kind === 'node';

/** What the search came to, and what it left behind. */
interface Tried extends TriedRegressions {
  readonly answered: number;
  readonly uncovered: ReadonlyMap<string, number>;
  readonly coverage: Coverage;
  /** The scenario that was found, as it was played last. */
  readonly parted: PartedPlay | null;
}

interface PartedPlay extends Played<Mismatch> {
  readonly failure: Mismatch;
}

const tryScenarios = async (
  options: DifferentialOptions,
  suite: string,
  cast: Cast,
  target: Target,
): Promise<Tried> => {
  const { rules, scope } = options;
  const coverage = new Coverage();
  const pair = { engine: new EngineTarget(engineBeside(rules, target, coverage)), target, scope, coverage };
  const uncovered = new Map<string, number>();
  let answered = 0;
  let parted: PartedPlay | null = null;
  const tryScenario = async (plan: Plan) => {
    const compared = await playPlan(pair, cast, plan);
    const { genesis, steps, mismatch, ended } = compared;
    answered += compared.answered;
    for (const [what, count] of compared.uncovered) uncovered.set(what, (uncovered.get(what) ?? 0) + count);
    if (mismatch) parted = { genesis, steps, failure: mismatch };
    return { steps: steps.length, passed: mismatch === null, ended };
  };
  const { regressions = [], rare = [] } = options;
  const first = await tryRegressions([...regressions, ...rare], options, tryScenario);
  if (first.found || first.ended) return { ...first, answered, uncovered, coverage, parted };
  const searched = await search(
    suite,
    { ...options, endOnFailure: endsOnFailure(options, target) },
    tryScenario,
    scope.calls,
  );
  const scenarios = first.scenarios + searched.scenarios;
  const steps = first.steps + searched.steps;
  return { ...searched, regression: null, scenarios, steps, answered, uncovered, coverage, parted };
};

/** A counterexample, and how far it got. */
interface Kept {
  readonly counterexample: Counterexample;
  /** Whether the two parted again when it was played again. */
  readonly cameAgain: boolean;
  /** What ended the shrinking early. */
  readonly ended: Ending | null;
}

/** What the suite says at its end. */
interface Result extends Tried {
  readonly kept: Kept | null;
  readonly failure: NodeFailure | null;
  /** Null where the run was not what it was to be: it found a difference, or was ended early. */
  readonly covered: CoverageEvent | null;
}

/** No antecedents: no invariant is watched. */
const coveredBy = (
  options: DifferentialOptions,
  suite: string,
  target: Target,
  { found, ended, answered, coverage }: Tried,
): CoverageEvent | null => {
  const { rules, scope, signal, path, requireCoverage = false } = options;
  if (found !== null || ended !== null || answered === 0 || signal?.aborted === true) return null;
  const report = coverage.report(groundOf(rules, target, scope.calls), ({ kind }) => kind !== 'antecedent');
  return coverageEvent(suite, report, requireCoverage && path === undefined);
};

/**
 * Searches for a scenario in which the target does otherwise than the engine.
 * @returns what the suite came to; also emitted, with the counterexample where there is one.
 * @throws NodeFailure, once all that was done is emitted
 */
export const runDifferential = async (options: DifferentialOptions): Promise<SuiteFinished> => {
  const target = await options.makeTarget({ fresh: false });
  return closing(target, () => runOn(target, options));
};

const runOn = async (target: Target, options: DifferentialOptions): Promise<SuiteFinished> => {
  const { rules, seed, emit, now, signal } = options;
  const started = now();
  const suite = `${target.name} against ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'differential', target: target.name, seed });
  const cast = makeCast();
  const tried = await tryScenarios(options, suite, cast, target);
  const kept = await keep(options, suite, cast, tried, engineBeside(rules, target));
  if (kept) emit(kept.counterexample);
  for (const [what, count] of tried.uncovered) emit({ type: 'not-covered', suite, ...splitReason(what), count });
  const covered = coveredBy(options, suite, target, tried);
  if (covered) emit(covered);
  const ended = tried.ended ?? kept?.ended ?? null;
  const failure = failureOf(ended, signal);
  const result: Result = { ...tried, kept, failure, covered };
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: verdictOf(result),
    scenarios: tried.scenarios,
    steps: tried.steps,
    differences: tried.found ? 1 : 0,
    summary: summaryOf(result, (options.remark?.(target) ?? '') + firstNote(options)) + interruptionNote(ended, signal),
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};

/** What is said of what was played first, where there was something. */
const firstNote = ({ regressions = [] }: DifferentialOptions): string =>
  regressions.length === 0 ? '' : `; ${regressions.length} regression${regressions.length === 1 ? '' : 's'} first`;

/** What parts the two, in a sentence. */
export const mismatchText = ({ aspect, where, expected, observed }: Mismatch): string =>
  `${where === '' ? aspect : `${aspect} ${where}`}: expected ${expected}, observed ${observed}`;

/** Plays plans on one target. @throws Ending where one is ended early */
const playOn =
  ({ rules, scope }: DifferentialOptions, target: Target, cast: Cast) =>
  async (plan: Plan): Promise<Played<Mismatch>> => {
    const pair = { engine: new EngineTarget(engineBeside(rules, target)), target, scope };
    const { genesis, steps, mismatch, ended } = await playPlan(pair, cast, plan);
    if (ended) throw ended;
    return { genesis, steps, failure: mismatch };
  };

/** What becomes of calls, in order, each in a block of its own: microseconds, where a node takes seconds. */
const engineSays = (
  options: EngineOptions,
  genesis: Genesis,
  steps: (engine: Engine) => Iterable<Step>,
): readonly string[] => {
  const engine = new EngineTarget(options);
  engine.beginAfter(genesis);
  const said: string[] = [];
  for (const step of steps(engine.engine)) {
    if ('advance' in step) engine.advance(step.advance, { jump: step.jump === true });
    if (!('call' in step)) continue;
    engine.advance(1n);
    said.push(`${step.call.name} ${outcomeText(engine.dispatch(step.call, step.origin).outcome)}`);
  }
  return said;
};

/** Aspects in which the two agree on what became of the call; what shows the others may be time. */
const OF_CALLS: readonly Mismatch['aspect'][] = ['validity', 'events'];

/** Plays of some seconds each that a person waits for. */
const SLOW_PLAYS = 120;

/** How a difference on a slow target is shortened: a call's, only where the engine says that the call still comes to the same. */
const sparingly = (
  { rules }: DifferentialOptions,
  target: Target,
  cast: Cast,
  { genesis, steps, failure }: Played<Mismatch> & { readonly failure: Mismatch },
): Omit<ShortenOptions<Mismatch>, 'play'> => {
  const needsTime = !OF_CALLS.includes(failure.aspect);
  const slow = { isSlow: true, mostPlays: SLOW_PLAYS, needsTime };
  const engine = engineBeside(rules, target);
  const parting = engineSays(engine, genesis, () => steps).at(-1);
  if (needsTime || parting === undefined) return slow;
  const mayFail = (plan: Plan): boolean =>
    engineSays(engine, beginningOf(cast, plan), (model) => resolve(model, cast, plan.commands)).includes(parting);
  return { ...slow, mayFail };
};

/** A difference that was seen, and how far the proof of it got. */
interface Proof {
  /** So far. */
  readonly shortest: Shortest<Mismatch>;
  /** Whether the two parted again when it was played again. */
  readonly cameAgain: boolean;
  /** What ended the proof early. */
  readonly ended: Ending | null;
}

/**
 * Shortened on a new target, then played once more on one that carries nothing from call to call.
 * @returns null where the difference did not come again
 */
const prove = async (options: DifferentialOptions, cast: Cast, seen: Shortest<Mismatch>): Promise<Proof | null> => {
  const onTarget = async (fresh: boolean, use: (target: Target) => Promise<Proof | null>): Promise<void> => {
    const target = await options.makeTarget({ fresh });
    await closing(target, async () => void (reached.proof = await use(target)));
  };
  const reached: { proof: Proof | null } = { proof: { shortest: seen, cameAgain: false, ended: null } };
  try {
    await onTarget(false, async (target) => {
      const play = playOn(options, target, cast);
      const how = endsOnFailure(options, target) ? sparingly(options, target, cast, seen) : {};
      const shortened = await shorten(seen, { play, ...how, signal: options.signal });
      return shortened && { ...shortened, cameAgain: true };
    });
    const { proof } = reached;
    if (proof === null || proof.ended) return proof;
    await onTarget(true, async (target) => {
      const { failure } = await playOn(options, target, cast)(proof.shortest.plan);
      return failure && { ...proof, shortest: { ...proof.shortest, failure } };
    });
    return reached.proof;
  } catch (error) {
    if (!isEnding(error)) throw error;
    return reached.proof && { ...reached.proof, ended: error };
  }
};

/** Proves what was found, and writes it down however far that gets; null where nothing was found, or did not come again. */
const keep = async (
  options: DifferentialOptions,
  suite: string,
  cast: Cast,
  { found, parted, regression, ended }: Tried,
  engine: EngineOptions,
): Promise<Kept | null> => {
  if (found === null || parted === null) return null;
  const seen = { ...parted, plan: found.plan };
  const proof = ended ? { shortest: seen, cameAgain: false, ended } : await prove(options, cast, seen);
  if (proof === null) return null;
  const { named, out } = options;
  const broken = mismatchText(proof.shortest.failure);
  const stem = `difference-${blake2_256(hexOfText(named)).slice(2, 8)}`;
  const how = { stem, engine, cast, found, about: { finding: broken }, out, target: named };
  const kept = await (regression
    ? keepRegression(regression, proof.shortest, how)
    : keepCounterexample(proof.shortest, how));
  const counterexample: Counterexample = { type: 'counterexample', suite, broken, ...kept };
  return { counterexample, cameAgain: proof.cameAgain, ended: proof.ended };
};

/** A run in which the target answered no call says nothing; a difference that did not come again is none. */
const verdictOf = ({ found, kept, failure, answered, covered }: Result): SuiteFinished['verdict'] => {
  if (found) return kept?.cameAgain === true ? 'finding' : 'error';
  if (failure) return 'error';
  return answered === 0 || isVacuous(covered) ? 'vacuous' : 'conforms';
};

const summaryOf = ({ found, kept, regression, failure, scenarios, covered }: Result, remark: string): string => {
  if (found && !kept) return 'differed once, but not when it was run again: an error of this tool';
  if (kept) {
    const { broken, steps } = kept.counterexample;
    const once = kept.cameAgain ? '' : ', seen once and not run again';
    const known = regression ? `, as in ${regression.name}` : '';
    return `${broken} (${steps.length} step${steps.length === 1 ? '' : 's'}${known})${once}${failure ? `; then ${failure.message}` : ''}`;
  }
  if (failure) return `${failure.message}; until then 0 differences in ${scenarios} scenarios`;
  return `0 differences${coverageNote(covered)}${remark}`;
};
