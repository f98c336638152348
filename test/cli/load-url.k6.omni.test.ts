/** Loads on nodes that are there: one's own for development is loaded, and no other is sent anything. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { findOmni, startOmni } from '../../src/targets/node/omni.js';
import { keyOfSuri } from '../../src/targets/node/suri.js';
import { lab } from '../lab.js';
import { answerOf, settings } from '../targets/node/lab-chain.js';
import { withFolder } from '../targets/node/processes.js';
import { loaded, timeout, type Loaded } from './load.js';
import { assay, type Ran } from './run-cli.js';

/** Milliseconds between two blocks. */
const BLOCK_TIME = 300;

interface Came {
  readonly planned: Ran;
  readonly ran: Loaded;
  /** Extrinsics that wait in the pool afterwards. */
  readonly pending: readonly unknown[];
}

/** Plans and runs a load on a node on which only `//Alice` has anything. */
const onNode = (chainType: 'Development' | 'Live'): Promise<Came> =>
  withFolder(async (folder) => {
    const { account } = await keyOfSuri('//Alice');
    const spec = rawChainSpec({ runtime: lab, lab: settings, accounts: [], sudo: account, chainType });
    const options = { spec, bin: findOmni() ?? '', folder: join(folder, 'node'), blockTime: BLOCK_TIME };
    const node = await startOmni({ ...options, limits: DEFAULT_LIMITS });
    try {
      const load = ['--target', node.url, '--users', '3', '--rate', '10', '--duration', '4s', '--seed', '1'];
      const planned = await assay(['load', 'plan', ...load, '--out', join(folder, 'plan.json')]);
      const ran = await loaded(...load, '--block-time', String(BLOCK_TIME));
      return {
        planned,
        ran,
        pending: z.array(z.unknown()).parse(await answerOf(node.url, 'author_pendingExtrinsics')),
      };
    } finally {
      await node.stop();
    }
  });

describe('a load on a node that is there', () => {
  it('is paid for by //Alice, signed for its chain and verified', { timeout }, async () => {
    const { planned, ran } = await onNode('Development');
    expect({ code: planned.code, stderr: planned.stderr }).toEqual({ code: 0, stderr: '' });
    expect(ran.stderr).toBe('');
    expect(ran.suite?.summary).toMatch(/^40 extrinsics sent, 40 included in \d+ blocks, 0 unexplained differences/);
  });

  it('is refused where its chain is not for development', { timeout }, async () => {
    const { planned, ran, pending } = await onNode('Live');
    for (const { code, stderr } of [planned, ran]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^assay: --target ws:\S+: expected a node on this machine whose chain is for development, came .*\(Live\)/,
      );
    }
    expect(pending).toEqual([]);
  });
});
