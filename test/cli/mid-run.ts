/** A run on a node that it started itself, caught in the middle of its work. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { RunEvent, type SuiteFinished } from '../../src/spec/run-events.js';
import { untilGone, withFolder } from '../targets/node/processes.js';
import { descendantsOf } from './descendants.js';
import { startAssay, type Ran, type Running } from './run-cli.js';

/** A node that the command line starts. */
export interface Startable {
  /** As `--target` names it. */
  readonly target: 'chopsticks' | 'omni';
  /** The file in its folder that it writes to. */
  readonly log: string;
  /** What it writes once a block has been built of a call of ours. */
  readonly built: RegExp;
}

export interface MidRun {
  readonly running: Running;
  /** The process id of the node itself. */
  readonly node: number;
  /** Of everything that the run started. */
  readonly pids: readonly number[];
  /** Of its own: the program runs in it. */
  readonly folder: string;
}

/** What is done to a run. */
type Act = (run: MidRun) => Promise<void> | void;

export interface Came extends Ran {
  readonly events: readonly RunEvent[];
  /** Milliseconds that it took to end. */
  readonly took: number;
}

/** Milliseconds within which a node is there, and has built blocks. */
const START = 60_000;
/** Blocks of calls after which a run is in the middle of its work. */
const BLOCKS = 10;

const eventually = (check: () => Promise<void> | void): Promise<void> =>
  vi.waitFor(check, { timeout: START, interval: 50 });

const EVENTS = 'events.ndjson';

const eventsIn = async (folder: string): Promise<RunEvent[]> => {
  const lines = (await readFile(join(folder, EVENTS), 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => RunEvent.parse(JSON.parse(line)));
};

/** Waits until the run events of a run have a text. */
export const untilTold = (folder: string, text: string): Promise<void> =>
  eventually(async () => expect(await readFile(join(folder, EVENTS), 'utf8')).toContain(text));

/** Everything that a node of a run has written; empty before it is there. */
const logIn = async (folder: string, log: string): Promise<string> => {
  const [place] = (await readdir(folder)).filter((name) => name.startsWith('assay-'));
  return place === undefined ? '' : readFile(join(folder, place, log), 'latin1').catch(() => '');
};

const blocksIn = (log: string, { built }: Startable): number => log.match(new RegExp(built, 'g'))?.length ?? 0;

/** The guard, and behind it the node. @throws where they are not there yet */
const processesOf = async ({ pid }: Running): Promise<Pick<MidRun, 'node' | 'pids'>> => {
  const [guards, nodes] = await descendantsOf(pid);
  expect([guards?.length, nodes?.length]).toEqual([1, 1]);
  return { node: nodes?.[0] ?? 0, pids: [...(guards ?? []), ...(nodes ?? [])] };
};

/**
 * Runs the command line with a temporary folder of its own, does something to it as soon as `ready`, and waits for its end and
 * that of everything that it started.
 */
const caught = (
  args: readonly string[],
  ready: (running: Running, folder: string) => Promise<void>,
  act: Act,
): Promise<Came> =>
  withFolder(async (folder) => {
    const running = startAssay([...args, '--json', EVENTS], { cwd: folder, env: { TMPDIR: folder } });
    try {
      await ready(running, folder);
      const { node, pids } = await processesOf(running);
      const started = performance.now();
      await act({ running, node, pids, folder });
      const ran = await running.ended;
      const took = performance.now() - started;
      await untilGone(pids);
      return { ...ran, took, events: await eventsIn(folder) };
    } finally {
      running.kill('SIGKILL');
      await running.ended;
    }
  });

const KEEPS_BUSY = ['--seed', '1', '--runs', '1000'];

/** Acts on a check once it has sent calls to the node, and there is a block for each. */
export const caughtAtWork = (by: Startable, flags: readonly string[], act: Act): Promise<Came> =>
  caught(
    ['check', '--target', by.target, ...KEEPS_BUSY, ...flags],
    async (running, folder) => {
      await eventually(() => expect(running.stdout()).toContain('comparing'));
      const before = blocksIn(await logIn(folder, by.log), by);
      await eventually(async () =>
        expect(blocksIn(await logIn(folder, by.log), by)).toBeGreaterThanOrEqual(before + BLOCKS),
      );
    },
    act,
  );

/** Acts on a check as soon as it asks the node's pool, before it compares anything. */
export const caughtAtPool = ({ target }: Startable, act: Act): Promise<Came> =>
  caught(
    ['check', '--target', target, ...KEEPS_BUSY],
    (running) => eventually(() => expect(running.stdout()).toContain('asking the pool')),
    act,
  );

/** Acts on a recording once a scenario is through, and the next one under way. */
export const caughtRecording = ({ target }: Startable, out: string, act: Act): Promise<Came> =>
  caught(
    ['record', '--target', target, ...KEEPS_BUSY, '--steps', '8', '--out', out],
    (_, folder) => untilTold(folder, '"type":"progress"'),
    act,
  );

/** Acts as soon as the node's process is there, long before it listens. */
export const caughtAtStart = ({ target }: Startable, act: Act): Promise<Came> =>
  caught(
    ['check', '--target', target],
    (running) => eventually(async () => expect((await processesOf(running)).pids).toHaveLength(2)),
    act,
  );

/** The suite that compares, which must be the only one of its kind. */
export const comparisonIn = ({ events }: Came): SuiteFinished => {
  const [started] = events.filter((event) => event.type === 'suite-started' && event.kind === 'differential');
  const finished = events.filter((event) => event.type === 'suite-finished');
  const suite = finished.find((event) => started?.type === 'suite-started' && event.suite === started.suite);
  if (suite === undefined) throw new Error('no suite that compares came to its end');
  return suite;
};
