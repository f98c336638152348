/** `--state`: a snapshot's file, or a chain's state after a block, from a Chopsticks with the lab runtime. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readState } from '../../src/cli/state.js';
import { InputError } from '../../src/properties/recording-file.js';
import { toHex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { palletPrefix, rawKey, storage } from '../../src/spec/storage.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import { Interrupted, NodeFailure } from '../../src/targets/failures.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { lab } from '../lab.js';
import { encodeMetadata, type Runtime } from '../targets/metadata-builder.js';
import { accounts, answerOf, settings, sudo } from '../targets/node/lab-chain.js';
import { withProxy, type Answers } from '../targets/node/proxy.js';
import { specifiedRuntime, withPallet } from '../targets/specified-runtime.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
const options = { signal: new AbortController().signal };

const registered = witnessOf('DEV-20')?.genesis.storage ?? {};
const { NextRequestId } = storage.Compute;
const NEXT = rawKey(NextRequestId, null);
const five = encode(NextRequestId.value, 5n);
/** What the hook leaves behind, which finds nothing to release. */
const built = { [rawKey(storage.PalletIp.IpReleaseRequests, null)]: '0x00' };

/** The same registrations as a pallet would have them that is stored under another name. */
const elsewhere = Object.entries(registered).map(([key, value]) => [
  palletPrefix('Nodes') + key.slice(palletPrefix('Nodes').length),
  value,
]);

let node: StartedNode;
let newest = '';

beforeAll(async () => {
  const start = { folder: join(folder, 'node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
  const spec = rawChainSpec({ runtime: lab, lab: settings, accounts, sudo, storage: registered });
  node = await startChopsticks({ spec }, start);
  await answerOf(node.url, 'dev_newBlock', { count: 2 });
  await answerOf(node.url, 'dev_setStorage', [[NEXT, five], ...elsewhere]);
  await answerOf(node.url, 'dev_newBlock', { count: 1 });
  newest = String(await answerOf(node.url, 'chain_getBlockHash'));
}, 60_000);
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

describe('the state of a chain', () => {
  it.each<[string, () => string, bigint, object]>([
    ['its newest final block', () => node.url, 4n, { ...built, [NEXT]: five }],
    ['the number of an older block', () => `${node.url}@2`, 2n, built],
    ['the number of the first one', () => `${node.url}@0`, 0n, {}],
    ['a hash', () => `${node.url}@${newest}`, 4n, { ...built, [NEXT]: five }],
  ])('is read after %s', async (_, text, block, more) => {
    const read = await readState(text(), options);
    const from = `${node.url}@${block}`;
    expect(read).toEqual({ storage: { ...registered, ...more }, others: {}, block, specVersion: 9_000, from });
  });

  it.each<[string, Answers, RegExp]>([
    [
      'keeps the block without its state',
      { state_getKeysPaged: { error: { code: 4003, message: 'Client error: UnknownBlock: State already discarded' } } },
      /: the node has block 1, but no more what was stored then: ask an archive node, or name a newer block$/,
    ],
    [
      'answers with something else',
      { state_getKeysPaged: { result: 'keys' } },
      /answered state_getKeysPaged with something else/,
    ],
    ['falls silent', { state_queryStorageAt: null }, /: the node did not answer state_queryStorageAt within 2 s$/],
  ])('is one sentence where a node %s', (_, answers, sentence) =>
    withProxy(node.url, answers, async ({ url }) => {
      const read = readState(`${url}@1`, { ...options, wait: 'reply=2' });
      await expect(read).rejects.toThrow(NodeFailure);
      await expect(read).rejects.toThrow(sentence);
    }),
  );

  const metadata = (runtime: Runtime): Answers => ({ state_getMetadata: { result: toHex(encodeMetadata(runtime)) } });

  it('is one sentence where the chain has none of the pallets', () =>
    withProxy(node.url, metadata({ ...specifiedRuntime, pallets: [] }), async ({ url }) => {
      const none = `${url}: the chain has none of the pallets Compute, PalletIp, Registration, SubAccount, ExecutionUnit at block 4`;
      await expect(readState(url, options)).rejects.toThrow(none);
    }));

  it('has the keys of the specification where a pallet is called otherwise', () =>
    withProxy(
      node.url,
      metadata(withPallet('Registration', (pallet) => ({ ...pallet, prefix: 'Nodes' }))),
      async ({ url }) => {
        expect((await readState(`${url}@4`, options)).storage).toEqual({ ...registered, ...built, [NEXT]: five });
        expect((await readState(`${url}@2`, options)).storage).toEqual(built);
      },
    ));

  it('is told with what it has not where the block is not there', async () => {
    await expect(readState(`${node.url}@9`, options)).rejects.toThrow(
      `${node.url}: the node has no block 9: its newest is 4`,
    );
  });

  it('can be told to wait no longer', async () => {
    await expect(readState(node.url, { signal: AbortSignal.abort() })).rejects.toThrow(Interrupted);
  });

  it.each([
    ['ws://', "expected a snapshot's file, or a chain's URL[@BLOCK] with ws:// or wss://"],
    ['http://127.0.0.1:9944', "expected a snapshot's file, or a chain's URL"],
    [
      'ws://127.0.0.1:9944@latest',
      `expected a block's number, or its hash as 0x and 64 digits, behind "@", came "latest"`,
    ],
    ['ws://127.0.0.1:9944@5?period=9', 'expected nothing behind the block, came "?period=9"'],
  ])('is not asked for by %s', async (text, message) => {
    const read = readState(text, options);
    await expect(read).rejects.toThrow(InputError);
    await expect(read).rejects.toThrow(`--state ${text}: ${message}`);
  });
});

describe('the state in a file', () => {
  it('is read without a node', async () => {
    const file = join(folder, 'state@5.json');
    writeFileSync(file, JSON.stringify({ [palletPrefix('Compute')]: '0x00' }));
    expect(await readState(file, options)).toEqual({
      storage: { [palletPrefix('Compute')]: '0x00' },
      others: {},
      block: null,
      specVersion: null,
      from: file,
    });
  });

  it('is told where it is not there', async () => {
    await expect(readState('nowhere.json', options)).rejects.toThrow('nowhere.json: there is no such file');
  });
});
