import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Interrupted, NodeFailure } from '../../../src/targets/failures.js';
import {
  findChopsticks,
  startChopsticks,
  type ChopsticksOptions,
  type ChopsticksStart,
  type StartedChopsticks,
} from '../../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/targets/node/limits.js';
import { answerOf, labSpec, labWithUnknownImport } from './lab-chain.js';
import { isOpen, runs, withFolder } from './processes.js';

/** A start that fails is told before the test's own time is over. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, start: 60_000 };

/** Gives `use` a Chopsticks in a folder that is not there yet, and ends it. */
const withChopsticks = <T>(
  start: ChopsticksStart,
  use: (node: StartedChopsticks, folder: string) => Promise<T>,
  change: Partial<ChopsticksOptions> = {},
): Promise<T> =>
  withFolder(async (parent) => {
    const folder = join(parent, 'chopsticks');
    const node = await startChopsticks(start, { folder, blockNumberWidth: 8, limits: LIMITS, ...change });
    try {
      return await use(node, folder);
    } finally {
      await node.stop();
    }
  });

describe('Chopsticks', () => {
  it('runs the lab runtime on loopback, builds blocks when told to, and is gone when it was stopped', () =>
    withChopsticks({ spec: labSpec() }, async (node, folder) => {
      expect(node.allowsUnresolvedImports).toBe(false);
      expect(node.log).toBe(join(folder, 'chopsticks.log'));
      expect(await answerOf(node.url, 'system_chain')).toBe('assay');
      expect(await answerOf(node.url, 'dev_newBlock', { count: 2 })).toMatch(/^0x[0-9a-f]{64}$/);
      const port = Number(new URL(node.url).port);
      expect(await isOpen('127.0.0.1', port)).toBe(true);
      // Every other address of this machine stands for all of them.
      expect(await isOpen('127.0.0.2', port)).toBe(false);
      await node.stop();
      expect([await runs(node.pid), await isOpen('127.0.0.1', port)]).toEqual([false, false]);
      expect(await readFile(node.log, 'utf8')).toContain('RPC listening on');
    }));

  it('overlooks host functions that it does not know, and says so; a fork of such a chain as well', () =>
    withChopsticks({ spec: labSpec(labWithUnknownImport()) }, async (node) => {
      expect(node.allowsUnresolvedImports).toBe(true);
      expect(await answerOf(node.url, 'system_chain')).toBe('assay');
      await withChopsticks({ endpoint: node.url }, async (fork) => {
        expect(fork.allowsUnresolvedImports).toBe(true);
        expect(await answerOf(fork.url, 'system_chain')).toBe('assay');
      });
    }));

  it('forks a chain at a block', () =>
    withChopsticks({ spec: labSpec() }, async (node) => {
      await answerOf(node.url, 'dev_newBlock', { count: 3 });
      await withChopsticks({ endpoint: node.url, block: 2 }, async (fork) => {
        expect(fork.allowsUnresolvedImports).toBe(false);
        expect(await answerOf(fork.url, 'chain_getHeader')).toMatchObject({ number: '0x0000000000000002' });
      });
    }));

  it('takes no port and no silence from the environment', async () => {
    const { PORT, LOG_LEVEL } = process.env;
    Object.assign(process.env, { PORT: '1', LOG_LEVEL: 'fatal' });
    try {
      await withChopsticks({ spec: labSpec() }, async ({ url }) =>
        expect(Number(new URL(url).port)).toBeGreaterThan(1),
      );
    } finally {
      delete process.env.PORT;
      delete process.env.LOG_LEVEL;
      if (PORT !== undefined) process.env.PORT = PORT;
      if (LOG_LEVEL !== undefined) process.env.LOG_LEVEL = LOG_LEVEL;
    }
  });
});

/** How a start fails. @throws where it does not */
const failureOf = async (start: ChopsticksStart, change: Partial<ChopsticksOptions> = {}): Promise<Error> => {
  try {
    await withChopsticks(start, async () => undefined, change);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it was started');
};

describe('Chopsticks that is of no use', () => {
  it('cannot run what is no runtime', async () => {
    const failure = await failureOf({ spec: labSpec(Uint8Array.of(0, 1, 2, 3)) });
    expect(failure).toBeInstanceOf(NodeFailure);
    expect(failure.message).toMatch(/^Chopsticks can't run the runtime: Error in runtime spec .*; its log: \//);
  });

  it('ends over a spec that is none, with its own words', async () => {
    const failure = await failureOf({ spec: '{' });
    expect(failure).toBeInstanceOf(NodeFailure);
    expect(failure.message).toMatch(/^Chopsticks ended \(exit code 1\) before it listened; it said last: SyntaxError/);
  });

  it('waits for a chain that is not there no longer than the limit', async () => {
    const failure = await failureOf({ endpoint: 'ws://127.0.0.1:1' }, { limits: { ...LIMITS, start: 4_000 } });
    expect(failure).toBeInstanceOf(NodeFailure);
    expect(failure.message).toMatch(/^Chopsticks did not listen within 4 s; it said last: .*127\.0\.0\.1:1/);
  });

  it('is ended when the signal comes', async () => {
    const failure = await failureOf({ spec: labSpec() }, { signal: AbortSignal.timeout(500) });
    expect(failure).toBeInstanceOf(Interrupted);
  });
});

describe('where Chopsticks is looked for', () => {
  it('is beside this project', () => expect(findChopsticks()).toMatch(/chopsticks\.cjs$/));

  it('is beside the project of whoever uses this one', () =>
    withFolder(async (folder) => {
      const home = join(folder, 'node_modules/@acala-network/chopsticks');
      await mkdir(join(home, 'dist/cjs'), { recursive: true });
      await writeFile(join(home, 'package.json'), JSON.stringify({ exports: { '.': './dist/cjs/index.js' } }));
      await writeFile(join(home, 'dist/cjs/index.js'), '');
      const empty = pathToFileURL(join(folder, '..', 'nobody.js')).href;
      expect(findChopsticks([empty, join(folder, 'package.json')])).toBe(join(home, 'chopsticks.cjs'));
    }));

  it('is told with how to install it where it is nowhere', () =>
    withFolder(async (folder) => {
      const search = (): string => findChopsticks([join(folder, 'package.json')]);
      expect(search).toThrow(NodeFailure);
      expect(search).toThrow('Chopsticks is not installed: npm install @acala-network/chopsticks@^1.5.1');
    }));
});
