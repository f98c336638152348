/** A chain that makes its blocks by itself, whose node dies while more is awaited of it than anybody listens for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BlockReader } from '../../../src/targets/node/block-reader.js';
import { RunningChain, type Offer } from '../../../src/targets/node/chain.js';
import { startChopsticks } from '../../../src/targets/node/chopsticks.js';
import { NodeConnection } from '../../../src/targets/node/connection.js';
import { identify } from '../../../src/targets/node/identity.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import type { StartedNode } from '../../../src/targets/node/process.js';
import { Translation } from '../../../src/targets/runtime/translation.js';
import { labSpec } from './lab-chain.js';
import { withProxy } from './proxy.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
const limits = DEFAULT_LIMITS;
let node: StartedNode;

beforeAll(async () => {
  node = await startChopsticks({ spec: labSpec() }, { folder: join(folder, 'node'), blockNumberWidth: 8, limits });
});
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

/** Offers as a node took them that was gone right after. */
const offersOfDeadNode = (extrinsics: readonly string[]): Promise<readonly Offer[]> =>
  withProxy(node.url, { author_submitAndWatchExtrinsic: { result: 'watched' } }, async ({ url }) => {
    const connection = await NodeConnection.open(url, { limits });
    const { layout, metadata } = await identify(connection);
    const chain = await RunningChain.watch(connection, new BlockReader(connection, new Translation(layout, metadata)));
    const offers: Offer[] = [];
    for (const extrinsic of extrinsics) offers.push(await chain.offer(extrinsic));
    return offers;
  });

const fateOf = async (offer: Offer | undefined): Promise<unknown> => (offer?.kind === 'taken' ? offer.fate : offer);

/** What would end the process, up to the next turn of the event loop. */
const unheardDuring = async (act: () => Promise<void>): Promise<unknown[]> => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  try {
    await act();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', hear);
  }
  return unheard;
};

it('fails for whoever awaits an extrinsic, and ends no process for those that nobody awaits yet', async () => {
  const gone = /the connection was lost while the node put an accepted extrinsic into no block$/;
  const [first, second] = await offersOfDeadNode(['0x01', '0x02']);
  expect(await unheardDuring(() => expect(fateOf(first)).rejects.toThrow(gone))).toEqual([]);
  await expect(fateOf(second)).rejects.toThrow(gone);
});
