/** `assay replay`: plays recordings on a target and compares everything that was recorded. */
import { openRecording, findRecordings, InputError } from '../properties/recording-file.js';
import { closing } from '../properties/ending.js';
import { replay } from '../properties/replay.js';
import { everything, type LayoutScope } from '../properties/scope.js';
import type { RecordingHeader } from '../spec/recording.js';
import { RuleError, Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Target } from '../targets/target.js';
import type { EmitTestFlags } from './emit-test.js';
import type { NodeFlags, Nodes } from './node.js';
import type { OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import { labRuntime, parseTarget, type TargetName } from './target.js';

/** A flag, else the header's rules, else `deployed`; the revisions as the recorded release has them. */
export const rulesOf = (file: string, header: RecordingHeader, flag: string | undefined): Rules => {
  try {
    return Rules.parse(flag ?? header.rules ?? 'deployed', Rules.deployed.revisedFor(header.spec_version));
  } catch (error) {
    if (error instanceof RuleError) throw new InputError(`${file}:1: ${error.message}`);
    throw error;
  }
};

/** Who plays a recording, and by what a node is judged. */
interface Player {
  readonly makeTarget: (file: string, header: RecordingHeader) => Promise<Target> | Target;
  readonly rules?: (file: string, header: RecordingHeader) => Rules;
  /** What is compared of the node that was made last. */
  readonly scope?: () => LayoutScope;
  /** Ends what was started for a recording. */
  readonly close: () => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

const enginePlayer = (flag: string | undefined): Player => ({
  makeTarget: (file, header) =>
    new EngineTarget({
      rules: rulesOf(file, header, flag),
      releasePeriod: BigInt(header.ip_release_period),
      verify: remembering(verifySignature),
    }),
  close: nothing,
});

/** A lab runtime is set to what the recording says, as far as its name leaves that open. */
const labOf = (file: string, header: RecordingHeader, flag: string | undefined) => ({
  rules: rulesOf(file, header, flag),
  period: BigInt(header.ip_release_period),
});

const runtimePlayer = ({ makeTarget }: OpenedRuntime, flag: string | undefined): Player => ({
  makeTarget: (file, header) => makeTarget({ lab: labOf(file, header, flag) }),
  close: nothing,
});

/** A node of ours is begun anew for each recording. */
const nodePlayer = (nodes: Nodes, flag: string | undefined): Player => {
  let scope = everything;
  return {
    makeTarget: async (file, header) => {
      const node = await nodes.open(labOf(file, header, flag));
      await nodes.expectWritable(node);
      ({ scope } = nodes.subject(node));
      return node.target;
    },
    rules: (file, header) => rulesOf(file, header, flag),
    scope: () => scope,
    close: () => nodes.close(),
  };
};

/** `--rules` sets whoever plays: the engine, or a lab runtime whose name says no other. @throws InputError */
const expectNoRules = ({ isLab, name }: OpenedRuntime, flag: string | undefined): void => {
  if (flag === undefined || (isLab && name.rules === undefined)) return;
  const why = isLab
    ? 'the target has rules of its own'
    : 'the runtime does as it does, and what it must do is recorded';
  throw new InputError(`--rules ${flag} with --target ${name.text}: ${why}: leave one of them out`);
};

export interface ReplayAllOptions extends NodeFlags, EmitTestFlags {
  readonly rules?: string;
  /** As `--target` has it; default: the lab runtime. */
  readonly target?: string;
  /** Whether the suites are called after the target, too: where several play the same recordings. */
  readonly naming?: string;
}

const playerOf = async (
  target: Exclude<TargetName, { kind: 'recording' }>,
  options: ReplayAllOptions,
  session: Session,
): Promise<Player> => {
  const { rules: flag } = options;
  if (target.kind === 'engine') return enginePlayer(flag);
  // Loaded where they are needed: the host is a third of the start-up time, the library that speaks to nodes another.
  if (target.kind === 'node') {
    const { Nodes } = await import('./node.js');
    return nodePlayer(await Nodes.for(target, options, session), flag);
  }
  const { openRuntime } = await import('./runtime.js');
  const opened = await openRuntime(target);
  expectNoRules(opened, flag);
  return runtimePlayer(opened, flag);
};

/**
 * Replays files and folders, in order, each a suite of its own.
 * @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted
 */
export const replayAll = async (
  paths: readonly string[],
  options: ReplayAllOptions,
  session: Session,
): Promise<void> => {
  const { rules, target, naming } = options;
  if (rules !== undefined) Rules.parse(rules);
  const named = target === undefined ? labRuntime() : parseTarget(target);
  if (named.kind === 'recording')
    throw new InputError(`--target ${target}: a recording is played, nothing is played on it`);
  const player = await playerOf(named, options, session);
  for (const file of await findRecordings(paths)) {
    if (session.signal.aborted) return;
    const suite = naming === undefined ? file : `${file} on ${naming}`;
    const { rules: judged, scope } = player;
    const recording = await openRecording(file);
    await closing(player, () =>
      replay(recording, {
        ...session,
        suite,
        makeTarget: (header) => player.makeTarget(file, header),
        ...(judged && { rules: (header: RecordingHeader) => judged(file, header) }),
        ...(scope && { scope }),
      }),
    );
  }
};

/** Whether tests are asked for instead of a replay; then they are written. @throws InputError, RuleError */
export const emitsTests = async (paths: readonly string[], options: ReplayAllOptions): Promise<boolean> => {
  const { emitTest, force } = options;
  if (emitTest === undefined && force === true)
    throw new InputError('--force: it is about --emit-test: give that, too');
  if (emitTest === undefined) return false;
  const { emitTests } = await import('./emit-test.js');
  await emitTests(paths, { ...options, emitTest }, (text) => void process.stdout.write(text));
  return true;
};
