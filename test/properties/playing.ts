/** Replays a recording on the reference engine and keeps what was told: what the tests of recordings share. */
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import type { RecordingHeader } from '../../src/spec/recording.js';
import { Rules } from '../../src/spec/rules.js';
import type { Difference, RunEvent, SuiteFinished } from '../../src/spec/run-events.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Target } from '../../src/targets/target.js';

/** The rules of a replay where neither a flag nor the recording names others (recordings/README.md). */
export const rulesOf = (header: RecordingHeader): Rules => Rules.deployed.revisedFor(header.spec_version);

/** The reference engine as a recording wants it. */
export const engineOf = (header: RecordingHeader): Target =>
  new EngineTarget({ rules: rulesOf(header), releasePeriod: BigInt(header.ip_release_period) });

export interface Played {
  readonly finished: SuiteFinished;
  readonly differences: readonly Difference[];
  readonly events: readonly RunEvent[];
}

/** Replays `file`. @throws InputError where it is no recording */
export const play = async (
  file: string,
  makeTarget: (header: RecordingHeader) => Target = engineOf,
  signal?: AbortSignal,
): Promise<Played> => {
  const events: RunEvent[] = [];
  const finished = await replay(await openRecording(file), {
    makeTarget,
    emit: (event) => void events.push(event),
    now: () => 0,
    ...(signal && { signal }),
  });
  return { finished, differences: events.filter((event) => event.type === 'difference'), events };
};
