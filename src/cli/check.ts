/**
 * `assay check`: a runtime against the engine over generated scenarios, the engine against its invariants, or a recording;
 * without a target the lab runtime, and beside it the recordings and the invariants.
 */
import { runDifferential } from '../properties/differential-run.js';
import { closing } from '../properties/ending.js';
import { introduceNode } from '../properties/introduce-node.js';
import { runInvariants } from '../properties/invariant-run.js';
import { tellLayout } from '../properties/layout-run.js';
import { runPool } from '../properties/pool-run.js';
import { InputError } from '../properties/recording-file.js';
import { rareScenarios } from '../properties/rare.js';
import { readCounterexamples, readRegressions, type Regression } from '../properties/regressions.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import { Rules } from '../spec/rules.js';
import { codeHashOf } from '../targets/runtime/runtime.js';
import { parseDuration } from './duration.js';
import type { NodeFlags, Nodes } from './node.js';
import { expectFolder } from './out-folder.js';
import { replayAll } from './replay.js';
import { openRuntime, signatureRemark, type LabSettings, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { carriedRecordings, carriedRegressions, labRuntime, parseTarget } from './target.js';

export interface CheckOptions extends NodeFlags {
  readonly target?: string;
  readonly rules?: string;
  readonly seed: number;
  /** Default: {@link RUNS}, {@link NODE_RUNS} on a node; with `time` as many as there is time for. */
  readonly runs?: number;
  /** How long is searched, all searches together, such as `60s` or `2m`. Default: until `runs` are through. */
  readonly time?: string;
  /** Default: {@link STEPS}, {@link NODE_STEPS} on a node. */
  readonly steps?: number;
  /** Default: 0; the half of `steps` on a node: few scenarios should all go deep. */
  readonly minSteps?: number;
  readonly path?: string;
  readonly invariant?: string;
  /** Whether a runtime or node must be brought to every cell that can be reached on it; else what was missed is told. */
  readonly isCoverageAsked?: boolean;
  readonly out: string;
  /** A folder of recordings to play first, instead of the counterexamples in `out`; false for none, nor those that are carried. */
  readonly regressions?: string | false;
}

export const RUNS = 400;
/** Few scenarios are so long, but what takes fifty commands to come about only those find. */
export const STEPS = 100;
/** A node takes some five steps a second. */
export const NODE_RUNS = 6;
export const NODE_STEPS = 100;

const chosenInvariants = (id: string | undefined): readonly Invariant[] => {
  const chosen = invariants.filter((each) => id === undefined || each.id === id);
  if (chosen.length > 0) return chosen;
  throw new InputError(`--invariant ${id}: expected one of ${invariants.map((each) => each.id).join(', ')}`);
};

/** Without `--rules` both profiles: they must hold as promised, and what breaks as deployed is told. */
const profiles = (rules: string | undefined): readonly Rules[] =>
  rules === undefined ? [Rules.promised, Rules.deployed] : [Rules.parse(rules)];

/** Scenarios of each search. */
const runsOf = ({ runs, time }: CheckOptions, usual = RUNS): number => runs ?? (time === undefined ? usual : Infinity);

/** Milliseconds of each of so many searches. @throws InputError */
const timeOf = ({ time }: CheckOptions, searches: number): { readonly time?: number } =>
  time === undefined ? {} : { time: parseDuration('--time', time) / searches };

/** `searches` is how many there are, this one included. */
const searchOptions = (options: CheckOptions, session: Session, searches = 1) => {
  const { seed, steps = STEPS, minSteps = 0, path, out } = options;
  return {
    ...session,
    seed,
    runs: runsOf(options),
    ...timeOf(options, searches),
    maxSteps: steps,
    minSteps: Math.min(minSteps, steps),
    out,
    ...(path !== undefined && { path }),
  };
};

const searchEngine = async (options: CheckOptions, session: Session, before = 0): Promise<void> => {
  if (options.path !== undefined && (options.invariant === undefined || options.rules === undefined)) {
    throw new InputError('--path leads to one counterexample: give --invariant, --rules and --seed with it');
  }
  const chosen = chosenInvariants(options.invariant);
  const searched = profiles(options.rules);
  for (const rules of searched) {
    if (session.signal.aborted) return;
    const searches = before + searched.length;
    await runInvariants({ ...searchOptions(options, session, searches), rules, invariants: chosen });
  }
};

/** With what is played before scenarios are made. */
interface Comparing extends CheckOptions {
  readonly known: readonly Regression[];
}

/** @throws InputError where one can't be played */
export const knownRegressions = async ({
  regressions,
  out,
}: Pick<CheckOptions, 'regressions' | 'out'>): Promise<readonly Regression[]> => {
  if (regressions === false) return [];
  const carried = await readRegressions(carriedRegressions());
  const others = regressions === undefined ? readCounterexamples(out) : readRegressions(regressions);
  return [...carried, ...(await others)];
};

/** What a runtime is played behind them: a node is too slow for that. */
export const rareFirst = ({ regressions }: Pick<CheckOptions, 'regressions'>): readonly Regression[] =>
  regressions === false ? [] : rareScenarios();

/** Of searches of which there are several: what a lab runtime's name leaves open, and how many there are. */
interface Part {
  readonly lab?: LabSettings;
  readonly searches?: number;
}

/** The runtime under rules. What is no lab may have pallets that do not bear that billions of blocks are left out. */
const compareRuntime = (
  { name, scope, makeTarget, isLab }: OpenedRuntime,
  rules: Rules,
  options: Comparing,
  session: Session,
  { lab = {}, searches = 1 }: Part = {},
) =>
  runDifferential({
    ...searchOptions(options, session, searches),
    beyond: { concerns: scope.concernsKey, leaps: isLab },
    regressions: options.known,
    rare: rareFirst(options),
    rules,
    scope,
    named: name.text,
    makeTarget: ({ fresh }) => makeTarget({ lab, fresh }),
    requireCoverage: options.isCoverageAsked === true,
    remark: signatureRemark,
  });

const checkRuntime = async (
  opened: OpenedRuntime,
  options: Comparing,
  session: Session,
  part: Part = {},
): Promise<void> => {
  tellLayout(opened.runtime.layout, {
    ...session,
    name: opened.runtime.file,
    codeHash: codeHashOf(opened.runtime),
  });
  await compareRuntime(opened, Rules.parse(options.rules ?? 'deployed', opened.base), options, session, part);
};

const NOT_WRITTEN =
  'nothing was sent: it is not one of your own: fork it (--target chopsticks:URL), or --allow-writes and confirm';

/** A suite that could not begin. */
const emptySuite = (suite: string, target: string, { emit }: Session): void => {
  emit({ type: 'suite-started', suite, kind: 'differential', target });
  const counts = { scenarios: 0, steps: 0, differences: 0, elapsed: 0 };
  emit({ type: 'suite-finished', suite, verdict: 'vacuous', summary: NOT_WRITTEN, ...counts });
};

/** What it is, its layout, then calls where they may be sent: to its pool, and against the engine. */
const checkNode = async (nodes: Nodes, options: Comparing, session: Session): Promise<void> => {
  const node = await nodes.open();
  const { target, identity, remarks } = node;
  const written = await nodes.mayWrite(node);
  introduceNode({ ...session, target, identity, remarks, written });
  tellLayout(identity.layout, { ...session, name: nodes.name.text });
  const { scope, base } = nodes.subject(node);
  const rules = Rules.parse(options.rules ?? 'deployed', base);
  if (!written) {
    emptySuite(`${target.name} against ${rules.toString()}`, target.name, session);
    return;
  }
  const { steps = NODE_STEPS, minSteps = Math.ceil(steps / 2), seed } = options;
  const runs = runsOf(options, NODE_RUNS);
  await runPool({ ...session, target, rules, scope, seed });
  if (session.signal.aborted) return;
  await runDifferential({
    ...searchOptions({ ...options, runs, steps, minSteps }, session),
    regressions: options.known,
    rules,
    scope,
    named: nodes.name.text,
    // The default budget of a node is small.
    requireCoverage: options.isCoverageAsked === true,
    makeTarget: async ({ fresh }) => (fresh && nodes.areOurs ? (await nodes.open()).target : target),
  });
};

/** The lab runtime as deployed and as promised, then the recordings on it and on the engine, then the invariants. */
const checkAll = async (options: Comparing, session: Session): Promise<void> => {
  const opened = await openRuntime(labRuntime());
  if (options.rules !== undefined) return checkRuntime(opened, options, session);
  // Beside the invariants.
  const compared = 2;
  const searches = compared + profiles(undefined).length;
  await checkRuntime(opened, options, session, { searches });
  if (session.signal.aborted) return;
  await compareRuntime(opened, Rules.promised, options, session, { lab: { rules: Rules.promised }, searches });
  const recordings = [carriedRecordings()];
  await replayAll(recordings, { naming: 'the lab runtime' }, session);
  await replayAll(recordings, { naming: 'the engine', target: 'engine' }, session);
  await searchEngine(options, session, compared);
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted */
export const check = async (options: CheckOptions, session: Session): Promise<void> => {
  const { invariant, rules, regressions } = options;
  expectFolder('--out', options.out);
  timeOf(options, 1);
  if (rules !== undefined) Rules.parse(rules);
  const target = options.target === undefined ? undefined : parseTarget(options.target);
  const isCompared = target?.kind !== 'recording' && target?.kind !== 'engine';
  if (typeof regressions === 'string' && !isCompared)
    throw new InputError(
      `--regressions ${regressions}: they are played on a runtime or a node: name one with --target`,
    );
  if (target?.kind === 'recording')
    return replayAll([target.file], { target: 'engine', ...(rules && { rules }) }, session);
  if (target?.kind === 'engine') return searchEngine(options, session);
  if (invariant !== undefined)
    throw new InputError('--invariant: invariants are searched on the engine: give --target engine with it');
  const comparing = { ...options, known: await knownRegressions(options) };
  if (target?.kind === 'node') {
    const { Nodes } = await import('./node.js');
    const nodes = await Nodes.for(target, options, session);
    return closing(nodes, () => checkNode(nodes, comparing, session));
  }
  if (target !== undefined) return checkRuntime(await openRuntime(target), comparing, session);
  return checkAll(comparing, session);
};
