import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { Interrupted, NodeFailure } from '../../../src/targets/failures.js';
import { startNode } from '../../../src/targets/node/process.js';
import { isOpen, runs, untilGone, withFolder } from './processes.js';
import { pidsIn, programs, startOf } from './stand-ins.js';

/** The message with which a start fails. @throws where it does not, or not with a NodeFailure */
const failureOf = async (start: Promise<unknown>): Promise<string> => {
  const error = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NodeFailure) return error.message;
  throw new Error(`no NodeFailure, but ${String(error)}`);
};

describe('a node that listens', () => {
  it('is told with its URL, and is gone when it was stopped', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('listens', folder));
      const port = Number(new URL(node.url).port);
      const pids = [node.pid, ...(await pidsIn(node.log))];
      expect(pids).toHaveLength(2);
      expect(await isOpen('127.0.0.1', port)).toBe(true);
      await node.stop();
      expect(await Promise.all(pids.map(runs))).toEqual([false, false]);
      expect(await isOpen('127.0.0.1', port)).toBe(false);
      expect(await node.ended).toBe('SIGTERM');
    }));

  it('may be stopped twice, and at the same time', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('listens', folder));
      await Promise.all([node.stop(), node.stop()]);
      await node.stop();
      expect(await node.ended).toBe('SIGTERM');
    }));

  it('leaves no listener on our own end', () =>
    withFolder(async (folder) => {
      const before = process.listenerCount('exit');
      const node = await startNode(startOf('listens', folder));
      expect(process.listenerCount('exit')).toBe(before + 1);
      await node.stop();
      expect(process.listenerCount('exit')).toBe(before);
    }));

  it('may say ten megabytes that nobody reads: all of it is in the log', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('chatters', folder));
      await vi.waitFor(async () => expect((await readFile(node.log, 'latin1')).endsWith('done\n')).toBe(true), {
        timeout: 30_000,
        interval: 100,
      });
      await node.stop();
      expect((await stat(node.log)).size).toBeGreaterThan(100_000 * 100);
    }));

  it('tells how it ended where nobody stopped it', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('listens', folder));
      const [pid] = await pidsIn(node.log);
      process.kill(pid ?? 0, 'SIGKILL');
      expect(await node.ended).toBe('SIGKILL');
      await node.stop();
    }));

  it('ends with what it started itself, though that ignores the question', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('hasChild', folder));
      const pids = await pidsIn(node.log);
      expect(pids).toHaveLength(2);
      await node.stop();
      await untilGone(pids);
    }));

  it('is killed where it does not end when asked', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('ignoresTerm', folder));
      await node.stop();
      expect(await node.ended).toBe('SIGKILL');
      expect(await readFile(node.log, 'utf8')).toContain('no\n');
      await untilGone(await pidsIn(node.log));
    }));

  it('ends when only its guard is asked to', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('listens', folder));
      process.kill(node.pid, 'SIGTERM');
      expect(await node.ended).toBe('SIGTERM');
      await untilGone(await pidsIn(node.log));
    }));

  it('ends when its guard is killed', () =>
    withFolder(async (folder) => {
      const node = await startNode(startOf('listens', folder));
      process.kill(node.pid, 'SIGKILL');
      expect(await node.ended).toBe('SIGKILL');
      await untilGone(await pidsIn(node.log));
    }));

  it('gets the environment that it is given, and no other', () =>
    withFolder(async (folder) => {
      const say = `console.log('HERE is ' + process.env.HERE + ', PATH is ' + process.env.PATH);`;
      const args = ['-e', `${say} ${programs.listens}`];
      const node = await startNode(startOf('listens', folder, { args, env: { HERE: 'yes' } }));
      await node.stop();
      expect(await readFile(node.log, 'utf8')).toContain('HERE is yes, PATH is undefined\n');
    }));
});

describe('a node that does not come to listen', () => {
  const lines: readonly [keyof typeof programs, RegExp][] = [
    [
      'fails',
      /^Stand-in ended \(exit code 3\) before it listened; it said last: two \| three \| four; its log: \/.*stand-in\.log$/,
    ],
    ['throws', /ended \(exit code 1\) before it listened; it said last: .*RangeError: the database is from tomorrow/],
    ['isKilled', /ended \(SIGKILL\) before it listened; it said last: pid \d+;/],
  ];

  it.each(lines)('%s: is told with how it ended, what it said and where its log is', (program, message) =>
    withFolder(async (folder) => expect(await failureOf(startNode(startOf(program, folder)))).toMatch(message)),
  );

  it('is ended when the limit passes', () =>
    withFolder(async (folder) => {
      const start = startOf('neverListens', folder, { limit: 1_000 });
      expect(await failureOf(startNode(start))).toMatch(
        /^Stand-in did not listen within 1 s; it said last: pid \d+ \| still thinking; its log: /,
      );
      await untilGone(await pidsIn(start.log));
    }));

  it('is told as not started where there is no such program', () =>
    withFolder(async (folder) => {
      const start = startOf('listens', folder, { program: join(folder, 'nothing-here') });
      expect(await failureOf(startNode(start))).toMatch(
        /^Stand-in ended \(not started: spawn .*nothing-here ENOENT\) before it listened; it said nothing; its log: /,
      );
    }));

  it('is told as not started where there is no such folder', () =>
    withFolder(async (folder) => {
      const start = startOf('listens', folder, { cwd: join(folder, 'nothing-here') });
      expect(await failureOf(startNode(start))).toMatch(/^Stand-in ended \(not started: spawn .* ENOENT\) before/);
    }));

  it('is ended when the signal comes', () =>
    withFolder(async (folder) => {
      const interrupt = new AbortController();
      const listening = (line: string): undefined => {
        if (line === 'still thinking') interrupt.abort();
      };
      const start = startOf('neverListens', folder, { signal: interrupt.signal, listening });
      await expect(startNode(start)).rejects.toThrow(Interrupted);
      const pids = await pidsIn(start.log);
      expect(pids).toHaveLength(1);
      await untilGone(pids);
    }));

  it('is not even started where the signal came before', () =>
    withFolder(async (folder) => {
      const start = startOf('listens', folder, { signal: AbortSignal.abort() });
      await expect(startNode(start)).rejects.toThrow(Interrupted);
      expect(existsSync(start.log)).toBe(false);
    }));
});

describe('a log that was there before', () => {
  it('is kept, and not read as what this node says', () =>
    withFolder(async (folder) => {
      const first = await startNode(startOf('listens', folder));
      await first.stop();
      const second = await startNode(startOf('listens', folder));
      await second.stop();
      expect(second.url).not.toBe(first.url);
      expect(await pidsIn(second.log)).toHaveLength(2);
    }));
});

/** Starts a stand-in from a process that is not this one, and goes on with `then` there. */
const PARENT = `
  const [module, start, then] = process.argv.slice(1);
  const { startNode } = await import(module);
  const listening = (line) => /listening on (ws:.*)/.exec(line)?.[1];
  const node = await startNode({ ...JSON.parse(start), listening });
  console.log(node.pid);
  eval(then);
`;

describe('where we end ourselves', () => {
  const ways: readonly [string, string, NodeJS.Signals | undefined][] = [
    ['killed', '', 'SIGKILL'],
    ['asked to end', '', 'SIGTERM'],
    ['interrupted', '', 'SIGINT'],
    ['at our own exit', 'process.exit(0)', undefined],
    ['of an error that nobody catches', `throw new Error('on purpose')`, undefined],
  ];

  it.each(ways)('%s: no process is left behind', (_, then, signal) =>
    withFolder(async (folder) => {
      const module = new URL('../../../dist/targets/node/process.js', import.meta.url).href;
      const start = startOf('hasChild', folder);
      const args = ['--input-type=module', '-e', PARENT, module, JSON.stringify(start), then];
      const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      const exit = once(parent, 'exit');
      const [guard] = (await once(createInterface(parent.stdout), 'line')) as [string];
      const pids = [Number(guard), ...(await pidsIn(start.log))];
      expect(pids).toHaveLength(3);
      if (signal !== undefined) parent.kill(signal);
      await exit;
      await untilGone(pids);
    }),
  );
});
