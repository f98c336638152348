/**
 * `assay check`: a runtime against the engine over generated scenarios, the engine against its invariants, or a recording;
 * without a target the lab runtime, and beside it the recordings and the invariants.
 */
import { runDifferential } from '../properties/differential-run.js';
import { closing } from '../properties/ending.js';
import { introduceNode } from '../properties/introduce-node.js';
import { runInvariant } from '../properties/invariant-run.js';
import { tellLayout } from '../properties/layout-run.js';
import { runPool } from '../properties/pool-run.js';
import { InputError } from '../properties/recording-file.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import { Rules } from '../spec/rules.js';
import type { NodeFlags, Nodes } from './node.js';
import { expectFolder } from './out-folder.js';
import { replayAll } from './replay.js';
import { openRuntime, signatureRemark, type LabSettings, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { carriedRecordings, labRuntime, parseTarget } from './target.js';

export interface CheckOptions extends NodeFlags {
  readonly target?: string;
  readonly rules?: string;
  readonly seed: number;
  /** Default: {@link RUNS}, {@link NODE_RUNS} on a node. */
  readonly runs?: number;
  /** Default: {@link STEPS}, {@link NODE_STEPS} on a node. */
  readonly steps?: number;
  /** Default: 0; the half of `steps` on a node: few scenarios should all go deep. */
  readonly minSteps?: number;
  readonly path?: string;
  readonly invariant?: string;
  readonly out: string;
}

export const RUNS = 400;
export const STEPS = 60;
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

const searchOptions = (
  { seed, runs = RUNS, steps = STEPS, minSteps = 0, path, out }: CheckOptions,
  session: Session,
) => ({
  ...session,
  seed,
  runs,
  maxSteps: steps,
  minSteps: Math.min(minSteps, steps),
  out,
  ...(path !== undefined && { path }),
});

const searchEngine = async (options: CheckOptions, session: Session): Promise<void> => {
  if (options.path !== undefined && (options.invariant === undefined || options.rules === undefined)) {
    throw new InputError('--path leads to one counterexample: give --invariant, --rules and --seed with it');
  }
  const chosen = chosenInvariants(options.invariant);
  for (const rules of profiles(options.rules)) {
    for (const invariant of chosen) {
      if (session.signal.aborted) return;
      await runInvariant(invariant, { ...searchOptions(options, session), rules });
    }
  }
};

/** The runtime under rules; `lab` is what its name leaves open of a lab runtime. */
const compareRuntime = (
  { name, scope, makeTarget }: OpenedRuntime,
  rules: Rules,
  options: CheckOptions,
  session: Session,
  lab: LabSettings = {},
) =>
  runDifferential({
    ...searchOptions(options, session),
    rules,
    scope,
    named: name.text,
    makeTarget: ({ fresh }) => makeTarget({ lab, fresh }),
    remark: signatureRemark,
  });

const checkRuntime = async (opened: OpenedRuntime, options: CheckOptions, session: Session): Promise<void> => {
  tellLayout(opened.runtime.layout, { ...session, name: opened.runtime.file });
  await compareRuntime(opened, Rules.parse(options.rules ?? 'deployed', opened.base), options, session);
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
const checkNode = async (nodes: Nodes, options: CheckOptions, session: Session): Promise<void> => {
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
  const { runs = NODE_RUNS, steps = NODE_STEPS, minSteps = Math.ceil(steps / 2), seed } = options;
  await runPool({ ...session, target, rules, scope, seed });
  if (session.signal.aborted) return;
  await runDifferential({
    ...searchOptions({ ...options, runs, steps, minSteps }, session),
    rules,
    scope,
    named: nodes.name.text,
    makeTarget: async ({ fresh }) => (fresh && nodes.areOurs ? (await nodes.open()).target : target),
  });
};

/** The lab runtime as deployed and as promised, then the recordings on it and on the engine, then the invariants. */
const checkAll = async (options: CheckOptions, session: Session): Promise<void> => {
  const opened = await openRuntime(labRuntime());
  await checkRuntime(opened, options, session);
  if (options.rules !== undefined || session.signal.aborted) return;
  await compareRuntime(opened, Rules.promised, options, session, { rules: Rules.promised });
  const recordings = [carriedRecordings()];
  await replayAll(recordings, { naming: 'the lab runtime' }, session);
  await replayAll(recordings, { naming: 'the engine', target: 'engine' }, session);
  await searchEngine(options, session);
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted */
export const check = async (options: CheckOptions, session: Session): Promise<void> => {
  const { invariant, rules } = options;
  expectFolder('--out', options.out);
  const target = options.target === undefined ? undefined : parseTarget(options.target);
  if (target?.kind === 'recording')
    return replayAll([target.file], { target: 'engine', ...(rules && { rules }) }, session);
  if (target?.kind === 'engine') return searchEngine(options, session);
  if (invariant !== undefined)
    throw new InputError('--invariant: invariants are searched on the engine: give --target engine with it');
  if (target?.kind === 'node') {
    const { Nodes } = await import('./node.js');
    const nodes = await Nodes.for(target, options, session);
    return closing(nodes, () => checkNode(nodes, options, session));
  }
  if (target !== undefined) return checkRuntime(await openRuntime(target), options, session);
  return checkAll(options, session);
};
