/** A load whose node, or the way to it, fails: k6 and we go through one proxy. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { findOmni, startOmni } from '../../src/targets/node/omni.js';
import { keyOfSuri } from '../../src/targets/node/suri.js';
import { loaded, timeout, type Loaded } from '../cli/load.js';
import { lab } from '../lab.js';
import { settings } from '../targets/node/lab-chain.js';
import { withFolder } from '../targets/node/processes.js';
import { withFaults, type FaultyProxy } from './proxy.js';

/** Milliseconds between two blocks. */
const BLOCK_TIME = 300;

/** Loads a node of its own, on which only `//Alice` has anything, through a proxy. */
const loadThrough = (spoil: (proxy: FaultyProxy) => unknown): Promise<Loaded> =>
  withFolder(async (folder) => {
    const { account } = await keyOfSuri('//Alice');
    const spec = rawChainSpec({ runtime: lab, lab: settings, accounts: [], sudo: account });
    const options = { spec, bin: findOmni() ?? '', folder: join(folder, 'node'), blockTime: BLOCK_TIME };
    const node = await startOmni({ ...options, limits: DEFAULT_LIMITS });
    try {
      return await withFaults(node.url, async (proxy) => {
        spoil(proxy);
        const load = ['--users', '3', '--rate', '10', '--duration', '4s', '--seed', '1'];
        return loaded('--target', proxy.url, ...load, '--block-time', String(BLOCK_TIME), '--wait', 'reply=20');
      });
    } finally {
      await node.stop();
    }
  });

const expectFailure = ({ code, stderr, stdout, suite }: Loaded, sentence: RegExp): void => {
  expect(stderr).toMatch(/^assay: [^\n]+\n$/);
  expect(stderr.trim()).toMatch(sentence);
  expect(code).toBe(2);
  expect(suite?.verdict).toBe('error');
  expect(suite?.summary).toMatch(/; until then \d+ extrinsics sent, \d+ seen in blocks, none of it verified$/);
  expect(stdout).toMatch(/^what was done so far is kept; to do it anew: npx assay load run .* --seed 1 /m);
};

describe('a load', () => {
  // The first connection is ours; k6 sends through others, and hears of heads.
  it('goes on where the subscription to heads falls silent, and a reply comes late', { timeout }, async () => {
    const { code, stderr, suite } = await loadThrough((proxy) =>
      proxy.silence('chain_newHead', 1).delay('chain_getBlock', 3_000, { from: 12, times: 1 }),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(suite?.summary).toMatch(/^40 extrinsics sent, 40 included in \d+ blocks, 0 unexplained differences/);
  });

  it('is an error where the connections are cut under way', { timeout }, async () => {
    const cut = await loadThrough((proxy) => proxy.when('chain_getBlock', 12, () => proxy.cut()));
    // k6 has connections of its own, and may be the first to fail: why is told all the same.
    expectFailure(cut, /: the connection was lost while the node /);
  });

  it('is an error where half a block comes', { timeout }, async () => {
    const half = await loadThrough((proxy) => proxy.cutReply('chain_getBlock', { from: 40 }));
    expectFailure(half, /: the node answered chain_getBlock with what is no JSON-RPC: /);
  });

  it('is an error where the runtime changes under way', { timeout }, async () => {
    const other = '0x' + '00'.repeat(32);
    const changed = await loadThrough((proxy) =>
      proxy.replaceResult('state_getStorageHash', () => other, { from: 30 }),
    );
    expectFailure(changed, /: the chain has another runtime after block 0x[0-9a-f]{8} than assay-lab 9000, /);
  });
});
