/** `assay replay`: plays recordings on a target and compares everything that was recorded. */
import { openRecording, findRecordings, InputError } from '../properties/recording-file.js';
import { replay } from '../properties/replay.js';
import type { RecordingHeader } from '../spec/recording.js';
import { RuleError, Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Target } from '../targets/target.js';
import type { OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { labRuntime, parseTarget, type TargetName } from './target.js';

/** A flag, else the header's rules, else `deployed`; the revisions as the recorded release has them. */
const rulesOf = (file: string, header: RecordingHeader, flag: string | undefined): Rules => {
  try {
    return Rules.parse(flag ?? header.rules ?? 'deployed', Rules.deployed.revisedFor(header.spec_version));
  } catch (error) {
    if (error instanceof RuleError) throw new InputError(`${file}:1: ${error.message}`);
    throw error;
  }
};

/** Makes the target that a recording is played on. */
type TargetFor = (file: string, header: RecordingHeader) => Target;

const engineFor =
  (flag: string | undefined): TargetFor =>
  (file, header) =>
    new EngineTarget({
      rules: rulesOf(file, header, flag),
      releasePeriod: BigInt(header.ip_release_period),
      verify: remembering(verifySignature),
    });

/** A lab runtime is set to what the recording says, as far as its name leaves that open. */
const runtimeFor =
  ({ makeTarget }: OpenedRuntime, flag: string | undefined): TargetFor =>
  (file, header) =>
    makeTarget({ lab: { rules: rulesOf(file, header, flag), period: BigInt(header.ip_release_period) } });

/** `--rules` sets whoever plays: the engine, or a lab runtime whose name says no other. @throws InputError */
const expectNoRules = ({ isLab, name }: OpenedRuntime, flag: string | undefined): void => {
  if (flag === undefined || (isLab && name.rules === undefined)) return;
  const why = isLab
    ? 'the target has rules of its own'
    : 'the runtime does as it does, and what it must do is recorded';
  throw new InputError(`--rules ${flag} with --target ${name.text}: ${why}: leave one of them out`);
};

const targetFor = async (
  target: Exclude<TargetName, { kind: 'recording' }>,
  flag: string | undefined,
): Promise<TargetFor> => {
  if (target.kind === 'engine') return engineFor(flag);
  // Loaded where it is needed: the host is a third of the start-up time.
  const { openRuntime } = await import('./runtime.js');
  const opened = await openRuntime(target);
  expectNoRules(opened, flag);
  return runtimeFor(opened, flag);
};

export interface ReplayAllOptions {
  readonly rules?: string;
  /** As `--target` has it; default: the lab runtime. */
  readonly target?: string;
  /** Whether the suites are called after the target, too: where several play the same recordings. */
  readonly naming?: string;
}

/**
 * Replays files and folders, in order, each a suite of its own.
 * @throws InputError, RuleError, UnusableRuntime, BlockError
 */
export const replayAll = async (
  paths: readonly string[],
  { rules, target, naming }: ReplayAllOptions,
  session: Session,
): Promise<void> => {
  if (rules !== undefined) Rules.parse(rules);
  const named = target === undefined ? labRuntime() : parseTarget(target);
  if (named.kind === 'recording')
    throw new InputError(`--target ${target}: a recording is played, nothing is played on it`);
  const make = await targetFor(named, rules);
  for (const file of await findRecordings(paths)) {
    if (session.signal.aborted) return;
    const suite = naming === undefined ? file : `${file} on ${naming}`;
    await replay(await openRecording(file), { ...session, suite, makeTarget: (header) => make(file, header) });
  }
};
