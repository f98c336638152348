import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Interrupted, NodeFailure } from '../../../src/targets/failures.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/targets/node/limits.js';
import { findOmni, startOmni, type OmniOptions } from '../../../src/targets/node/omni.js';
import type { StartedNode } from '../../../src/targets/node/process.js';
import { answerOf, labSpec } from './lab-chain.js';
import { isOpen, runs, withFolder } from './processes.js';

const bin = findOmni() ?? '';

/** A start that fails is told before the test's own time is over. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, start: 60_000 };

const Header = z.object({ number: z.string().transform(Number) });

const blockNumber = async ({ url }: StartedNode): Promise<number> =>
  Header.parse(await answerOf(url, 'chain_getHeader')).number;

const untilBlock = (node: StartedNode, number: number): Promise<void> =>
  vi.waitFor(async () => expect(await blockNumber(node)).toBeGreaterThanOrEqual(number), { timeout: 30_000 });

/** Gives `use` a node with blocks of 50 ms in a folder that is there already, and ends it. */
const withOmni = <T>(
  change: Partial<OmniOptions>,
  use: (node: StartedNode, folder: string) => Promise<T>,
): Promise<T> =>
  withFolder(async (folder) => {
    const options = { spec: labSpec(), bin, folder, blockTime: 50, limits: LIMITS, ...change };
    const node = await startOmni(options);
    try {
      return await use(node, folder);
    } finally {
      await node.stop();
    }
  });

describe('polkadot-omni-node', () => {
  it('makes blocks of the lab runtime, on loopback, and leaves nothing but its log', () =>
    withOmni({}, async (node, folder) => {
      expect(await answerOf(node.url, 'system_chain')).toBe('assay');
      await untilBlock(node, 3);
      const port = Number(new URL(node.url).port);
      // Every other address of this machine stands for all of them.
      expect([await isOpen('127.0.0.1', port), await isOpen('127.0.0.2', port)]).toEqual([true, false]);
      await node.stop();
      expect([await runs(node.pid), await isOpen('127.0.0.1', port)]).toEqual([false, false]);
      expect(existsSync(join(folder, 'db'))).toBe(false);
      expect(node.log).toBe(join(folder, 'polkadot-omni-node.log'));
      expect(await readFile(node.log, 'utf8')).toContain('Imported #1');
    }));

  it('keeps the state of every block, where a node by itself forgets what is 256 blocks old', () =>
    withOmni({ blockTime: 20 }, async (node) => {
      await untilBlock(node, 2);
      const genesis = await answerOf(node.url, 'chain_getBlockHash', 0);
      await untilBlock(node, 300);
      expect(await answerOf(node.url, 'state_getStorageSize', '0x3a636f6465', genesis)).toBeGreaterThan(1_000_000);
    }));

  it('begins anew where a database was left behind', () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, 'db/chains'), { recursive: true });
      await writeFile(join(folder, 'db/chains/assay'), 'no folder');
      await withOmni({ folder }, async (node) => untilBlock(node, 1));
    }));

  it('makes no block by itself where it seals at once', () =>
    withOmni({ seal: 'instant' }, async (node) => expect(await blockNumber(node)).toBe(0)));

  it('says where it listens whatever RUST_LOG says', async () => {
    const { RUST_LOG } = process.env;
    process.env.RUST_LOG = 'error';
    try {
      await withOmni({}, async (node) => expect(await answerOf(node.url, 'system_chain')).toBe('assay'));
    } finally {
      if (RUST_LOG === undefined) delete process.env.RUST_LOG;
      else process.env.RUST_LOG = RUST_LOG;
    }
  });
});

describe('polkadot-omni-node that is of no use', () => {
  /** How a start fails, and whether it leaves a database. @throws where it does not fail */
  const failureOf = (change: Partial<OmniOptions>): Promise<{ error: unknown; leavesDatabase: boolean }> =>
    withFolder(async (folder) => {
      try {
        await withOmni({ folder, ...change }, async () => undefined);
      } catch (error) {
        return { error, leavesDatabase: existsSync(join(folder, 'db')) };
      }
      throw new Error('it was started');
    });

  it('ends over a spec that is none, with its own words', async () => {
    const { error } = await failureOf({ spec: '{' });
    expect(error).toBeInstanceOf(NodeFailure);
    expect(String(error)).toMatch(
      /polkadot-omni-node ended \(exit code 1\) before it listened; .*Error parsing spec file/,
    );
  });

  it('is ended when the limit passes, and leaves no database', async () => {
    const { error, leavesDatabase } = await failureOf({ limits: { ...LIMITS, start: 700 } });
    expect(String(error)).toMatch(/polkadot-omni-node did not listen within 0.7 s; /);
    expect(leavesDatabase).toBe(false);
  });

  it('is ended when the signal comes, and leaves no database', async () => {
    const { error, leavesDatabase } = await failureOf({ signal: AbortSignal.timeout(700) });
    expect(error).toBeInstanceOf(Interrupted);
    expect(leavesDatabase).toBe(false);
  });
});
