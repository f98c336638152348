/** `assay replay`: plays recordings on a target and compares everything that was recorded. */
import { openRecording, findRecordings, InputError } from '../properties/recording-file.js';
import { replay } from '../properties/replay.js';
import type { RecordingHeader } from '../spec/recording.js';
import { RuleError, Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Session } from './session.js';

/** A flag, else the header's rules, else `deployed`; the revisions as the recorded release has them. */
const rulesOf = (file: string, header: RecordingHeader, flag: string | undefined): Rules => {
  try {
    return Rules.parse(flag ?? header.rules ?? 'deployed', Rules.deployed.revisedFor(header.spec_version));
  } catch (error) {
    if (error instanceof RuleError) throw new InputError(`${file}:1: ${error.message}`);
    throw error;
  }
};

const engineFor = (file: string, header: RecordingHeader, flag: string | undefined): EngineTarget =>
  new EngineTarget({
    rules: rulesOf(file, header, flag),
    releasePeriod: BigInt(header.ip_release_period),
    verify: remembering(verifySignature),
  });

/**
 * Replays files and folders on the engine, in order, each a suite of its own.
 * @throws InputError, RuleError
 */
export const replayAll = async (
  paths: readonly string[],
  rules: string | undefined,
  session: Session,
): Promise<void> => {
  if (rules !== undefined) Rules.parse(rules);
  for (const file of await findRecordings(paths)) {
    if (session.signal.aborted) return;
    await replay(await openRecording(file), { ...session, makeTarget: (header) => engineFor(file, header, rules) });
  }
};

/** Only the engine replays so far. @throws InputError */
export const expectEngine = (target: string | undefined): void => {
  if (target !== undefined && target !== 'engine') throw new InputError(`--target ${target}: expected "engine"`);
};
