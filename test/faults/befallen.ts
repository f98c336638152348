/** Commands in this process, against a node that something befalls: how they end, as the command line tells it, and what they told before. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { audit } from '../../src/cli/audit.js';
import { check } from '../../src/cli/check.js';
import { gate } from '../../src/cli/gate.js';
import { record } from '../../src/cli/record.js';
import { replayAll } from '../../src/cli/replay.js';
import type { Session } from '../../src/cli/session.js';
import { isToldInASentence } from '../../src/cli/told-errors.js';
import { RunEvent, type SuiteFinished } from '../../src/spec/run-events.js';

/** Seconds, on a machine that is busy. */
const WAIT = 'connect=30,reply=30,block=30';

export interface Ended {
  /** What stands behind `assay: `; null where the command came to its end. */
  readonly said: string | null;
  readonly events: readonly RunEvent[];
  readonly suites: readonly SuiteFinished[];
}

export interface Setting {
  readonly url: string;
  /** For what is written; what is replayed lies in its folder `recordings`. */
  readonly folder: string;
  /** Of `record`. */
  readonly out?: string;
  /** As `--wait`; default: {@link WAIT}. */
  readonly wait?: string;
}

/** @throws what is no sentence: the command line would call it an error of its own */
const ending = async (command: (session: Session) => Promise<unknown>): Promise<Ended> => {
  const events: RunEvent[] = [];
  const suites: SuiteFinished[] = [];
  const emit = (event: RunEvent): void => {
    events.push(RunEvent.parse(event));
    if (event.type === 'suite-finished') suites.push(event);
  };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const session = { emit, now: () => performance.now(), signal, suites };
  try {
    await command(session);
    return { said: null, events, suites };
  } catch (error) {
    if (!isToldInASentence(error)) throw error;
    return { said: error.message, events, suites };
  }
};

const seeded = { seed: 1, regressions: false } as const;

/** By their names, with the arguments that the README gives them, and little to do. */
export const commands = {
  check: ({ url, folder, wait = WAIT }: Setting) =>
    ending((session) =>
      check({ ...seeded, target: url, runs: 1, steps: 6, out: join(folder, 'found'), wait }, session),
    ),
  replay: ({ url, folder, wait = WAIT }: Setting) =>
    ending((session) => replayAll([join(folder, 'recordings')], { target: url, wait }, session)),
  record: ({ url, folder, out = join(folder, 'out.jsonl'), wait = WAIT }: Setting) =>
    ending((session) => record({ ...seeded, target: url, runs: 2, steps: 6, out, wait }, session)),
  /** A recording of next to nothing, for where every block is waited for. */
  short: ({ url, folder, out = join(folder, 'short.jsonl'), wait = WAIT }: Setting) =>
    ending((session) => record({ ...seeded, target: url, runs: 1, steps: 1, out, wait }, session)),
  audit: ({ url, folder, wait = WAIT }: Setting) =>
    ending((session) =>
      audit(
        { ...seeded, state: url, runs: 1, steps: 5, requireCoverage: false, out: join(folder, 'found'), wait },
        session,
      ),
    ),
  gate: ({ url, folder, wait = WAIT }: Setting) =>
    ending((session) =>
      gate(
        {
          ...{ old: url, new: 'runtime/lab.wasm', runs: 1, steps: 5, out: join(folder, 'found'), wait },
          ...{ costTolerance: 10, migrationLimit: 100 },
        },
        session,
      ),
    ),
};
export type CommandName = Exclude<keyof typeof commands, 'short'>;
