/**
 * `assay check`: a runtime against the engine over generated scenarios, the engine against its invariants, or a recording;
 * without a target the lab runtime, and beside it the recordings and the invariants.
 */
import { runDifferential } from '../properties/differential-run.js';
import { runInvariant } from '../properties/invariant-run.js';
import { tellLayout } from '../properties/layout-run.js';
import { InputError } from '../properties/recording-file.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import { Rules } from '../spec/rules.js';
import { replayAll } from './replay.js';
import { openRuntime, signatureRemark, type LabSettings, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { carriedRecordings, labRuntime, parseTarget } from './target.js';

export interface CheckOptions {
  readonly target?: string;
  readonly rules?: string;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  readonly path?: string;
  readonly invariant?: string;
  readonly out: string;
}

const chosenInvariants = (id: string | undefined): readonly Invariant[] => {
  const chosen = invariants.filter((each) => id === undefined || each.id === id);
  if (chosen.length > 0) return chosen;
  throw new InputError(`--invariant ${id}: expected one of ${invariants.map((each) => each.id).join(', ')}`);
};

/** Without `--rules` both profiles: they must hold as promised, and what breaks as deployed is told. */
const profiles = (rules: string | undefined): readonly Rules[] =>
  rules === undefined ? [Rules.promised, Rules.deployed] : [Rules.parse(rules)];

const searchOptions = ({ seed, runs, steps, path, out }: CheckOptions, session: Session) => ({
  ...session,
  seed,
  runs,
  maxSteps: steps,
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

/** @throws InputError, RuleError, UnusableRuntime, BlockError */
export const check = async (options: CheckOptions, session: Session): Promise<void> => {
  const { invariant, rules } = options;
  const target = options.target === undefined ? undefined : parseTarget(options.target);
  if (target?.kind === 'recording')
    return replayAll([target.file], { target: 'engine', ...(rules && { rules }) }, session);
  if (target?.kind === 'engine') return searchEngine(options, session);
  if (invariant !== undefined)
    throw new InputError('--invariant: invariants are searched on the engine: give --target engine with it');
  if (target !== undefined) return checkRuntime(await openRuntime(target), options, session);
  return checkAll(options, session);
};
