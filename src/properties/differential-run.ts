/**
 * fast-check over engine and target: generated scenarios played on both; the first difference is shrunk, run once more on a
 * fresh target, and kept as a recording of what the engine answers. A target that fails ends the suite: what was done until
 * then is told, a difference that was seen is kept, and only then the failure is thrown on.
 */
import type { Engine, EngineOptions } from '../engine/engine.js';
import { outcomeText } from '../spec/answers.js';
import type { Rules } from '../spec/rules.js';
import type { Counterexample, SuiteFinished } from '../spec/run-events.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Genesis, Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { NodeFailure } from '../targets/failures.js';
import type { Awaitable, Target } from '../targets/target.js';
import { genesisOf, makeCast, type Cast } from './cast.js';
import type { Mismatch } from './compare.js';
import { keepCounterexample } from './counterexample.js';
import { compareScenario, engineBeside, splitReason, type Compared, type Pair } from './differential.js';
import { closing, failureOf, interruptionNote, isEnding, type Ending } from './ending.js';
import type { Plan } from './generate.js';
import { resolve } from './play-plan.js';
import type { LayoutScope } from './scope.js';
import { search, type Searched, type SearchOptions } from './search.js';
import { shorten, type Played, type ShortenOptions, type Shortest } from './shorten.js';

export interface DifferentialOptions extends SearchOptions {
  /** Of the engine, as which the target is to behave. */
  readonly rules: Rules;
  /** What is compared of the target. */
  readonly scope: LayoutScope;
  /** A target of its own at each call; `fresh` ones carry nothing from one call into them to the next. */
  readonly makeTarget: (options: { readonly fresh: boolean }) => Awaitable<Target>;
  /** How the command line names the target. */
  readonly named: string;
  /** What to say of the run's signatures and the like, once it is over. */
  readonly remark?: (target: Target) => string;
}

const playPlan = (pair: Pair, cast: Cast, { nextRequestId, commands }: Plan): Awaitable<Compared> =>
  compareScenario(pair, {
    genesis: genesisOf(cast, nextRequestId),
    steps: (engine) => resolve(engine, cast, commands),
  });

/** Whether plays are too slow for fast-check's own shrinking. */
const endsOnFailure = ({ endOnFailure }: DifferentialOptions, { kind }: Target): boolean =>
  endOnFailure ?? kind === 'node';

/** What the search came to, and what it left behind. */
interface Tried extends Searched {
  readonly answered: number;
  readonly uncovered: ReadonlyMap<string, number>;
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
  const pair = { engine: new EngineTarget(engineBeside(rules, target)), target, scope };
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
  const searched = await search(
    suite,
    { ...options, endOnFailure: endsOnFailure(options, target) },
    tryScenario,
    scope.calls,
  );
  return { ...searched, answered, uncovered, parted };
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
}

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
  const ended = tried.ended ?? kept?.ended ?? null;
  const failure = failureOf(ended, signal);
  const result: Result = { ...tried, kept, failure };
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: verdictOf(result),
    scenarios: tried.scenarios,
    steps: tried.steps,
    differences: tried.found ? 1 : 0,
    summary: summaryOf(result, options.remark?.(target) ?? '') + interruptionNote(ended, signal),
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};

const mismatchText = ({ aspect, where, expected, observed }: Mismatch): string =>
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
  const mayFail = ({ nextRequestId, commands }: Plan): boolean =>
    engineSays(engine, genesisOf(cast, nextRequestId), (model) => resolve(model, cast, commands)).includes(parting);
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
  { found, parted, ended }: Tried,
  engine: EngineOptions,
): Promise<Kept | null> => {
  if (found === null || parted === null) return null;
  const seen = { ...parted, plan: found.plan };
  const proof = ended ? { shortest: seen, cameAgain: false, ended } : await prove(options, cast, seen);
  if (proof === null) return null;
  const { named, out } = options;
  const broken = mismatchText(proof.shortest.failure);
  const stem = `difference-${blake2_256(hexOfText(named)).slice(2, 8)}`;
  const about = { finding: broken };
  const kept = await keepCounterexample(proof.shortest, { stem, engine, cast, found, about, out, target: named });
  const counterexample: Counterexample = { type: 'counterexample', suite, broken, ...kept };
  return { counterexample, cameAgain: proof.cameAgain, ended: proof.ended };
};

/** A run in which the target answered no call says nothing; a difference that did not come again is none. */
const verdictOf = ({ found, kept, failure, answered }: Result): SuiteFinished['verdict'] => {
  if (found) return kept?.cameAgain === true ? 'finding' : 'error';
  if (failure) return 'error';
  return answered === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = ({ found, kept, failure, scenarios }: Result, remark: string): string => {
  if (found && !kept) return 'differed once, but not when it was run again: an error of this tool';
  if (kept) {
    const { broken, steps } = kept.counterexample;
    const once = kept.cameAgain ? '' : ', seen once and not run again';
    return `${broken} (${steps.length} step${steps.length === 1 ? '' : 's'})${once}${failure ? `; then ${failure.message}` : ''}`;
  }
  if (failure) return `${failure.message}; until then 0 differences in ${scenarios} scenarios`;
  return `0 differences${remark}`;
};
