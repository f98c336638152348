/** Loads that come to an early end: what was done is told, and no process is left behind. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { untilGone, withFolder } from '../targets/node/processes.js';
import { descendantsOf } from './descendants.js';
import { timeout } from './load.js';
import { startAssay, type Ran, type Running } from './run-cli.js';

/** Milliseconds until calls are in blocks. */
const START = 120_000;
/** Milliseconds in which a run has ended, whatever was done to it. */
const PATIENCE = 20_000;

interface Came extends Ran {
  readonly events: readonly RunEvent[];
}

const eventsIn = async (file: string): Promise<RunEvent[]> => {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => RunEvent.parse(JSON.parse(line)));
};

const isSent = (event: RunEvent): boolean => event.type === 'progress' && event.steps > 0;

/** The processes of a run: two guards, a node and k6. */
const processesOf = async ({ pid }: Running): Promise<readonly number[]> => {
  const [guards = [], programs = []] = await descendantsOf(pid);
  expect([guards.length, programs.length]).toEqual([2, 2]);
  return [...guards, ...programs];
};

/** Runs a load of a minute, does something to it once calls are in blocks, and waits for its end and that of all it started. */
const caught = (act: (running: Running, pids: readonly number[]) => void): Promise<Came> =>
  withFolder(async (folder) => {
    const json = join(folder, 'events.ndjson');
    const args = ['load', 'run', '--target', 'omni', '--rate', '50', '--duration', '60s', '--users', '10'];
    const running = startAssay([...args, '--out', join(folder, 'out'), '--json', json], {
      cwd: folder,
      env: { TMPDIR: folder },
    });
    try {
      const isAtWork = async (): Promise<void> => expect((await eventsIn(json)).some(isSent)).toBe(true);
      await vi.waitFor(isAtWork, { timeout: START, interval: 100 });
      const pids = await processesOf(running);
      const started = performance.now();
      act(running, pids);
      const ran = await running.ended;
      expect(performance.now() - started).toBeLessThan(PATIENCE);
      await untilGone(pids);
      return { ...ran, events: await eventsIn(json) };
    } finally {
      running.kill('SIGKILL');
      await running.ended;
    }
  });

describe('a load that ends early', () => {
  it('tells what was sent until Ctrl-C, and exits with 130', { timeout }, async () => {
    const { code, stderr, events } = await caught((running) => running.kill('SIGINT'));
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const suite = events.findLast((event) => event.type === 'suite-finished');
    expect(suite?.verdict).toBe('vacuous');
    expect(suite?.summary).toMatch(
      /^until then [1-9]\d* extrinsics sent, \d+ seen in blocks, none of it verified \(interrupted\)$/,
    );
    expect(suite?.steps).toBeGreaterThan(0);
  });

  it('takes node and k6 along where it is killed itself', { timeout }, async () => {
    const { code } = await caught((running) => running.kill('SIGKILL'));
    expect(code).toBe(null);
  });

  // Of the programs the node comes first.
  it.each([
    ['its node', 2, /^assay: [^\n]* ended \(SIGKILL\), its log is [^\n]*omni-node\.log\n$/],
    ['k6', 3, /^assay: k6 could not do its work \(SIGKILL\): its log is [^\n]*\n$/],
  ])('is an error where %s is killed, and ends the other', { timeout }, async (_, killed, sentence) => {
    const { code, stderr, events } = await caught((_, pids) => void process.kill(pids[killed] ?? 0, 'SIGKILL'));
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    const suite = events.findLast((event) => event.type === 'suite-finished');
    expect(suite).toMatchObject({ verdict: 'error' });
    expect(suite?.summary).toMatch(/; until then [1-9]\d* extrinsics sent, \d+ seen in blocks, none of it verified$/);
  });
});
