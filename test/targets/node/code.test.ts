/** A chain's code at a block, from a Chopsticks with the lab runtime whose code is another from block 3 on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex, type Hex } from '../../../src/spec/hex.js';
import { Interrupted, NodeFailure } from '../../../src/targets/failures.js';
import { startChopsticks } from '../../../src/targets/node/chopsticks.js';
import { fetchCode, type BlockName } from '../../../src/targets/node/code.js';
import { DEFAULT_LIMITS } from '../../../src/targets/node/limits.js';
import type { StartedNode } from '../../../src/targets/node/process.js';
import { CODE_KEY } from '../../../src/targets/runtime/blob.js';
import { loadRuntime } from '../../../src/targets/runtime/runtime.js';
import { lab } from '../../lab.js';
import { answerOf, labSpec } from './lab-chain.js';
import { withProxy, type Answers } from './proxy.js';
import { listen } from './websocket.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
const later = await loadRuntime('runtime/later.wasm');
let node: StartedNode;
/** Of the blocks 0 to 3: Chopsticks begins with two. */
let hashes: readonly Hex[];

beforeAll(async () => {
  const options = { folder: join(folder, 'node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
  node = await startChopsticks({ spec: labSpec() }, options);
  await answerOf(node.url, 'dev_newBlock', { count: 2 });
  await answerOf(node.url, 'dev_setStorage', [[CODE_KEY, toHex(later.code)]]);
  const asked = [0, 1, 2, 3].map((number) => answerOf(node.url, 'chain_getBlockHash', number));
  hashes = (await Promise.all(asked)).map(String);
});
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

const limits = { ...DEFAULT_LIMITS, connect: 5_000, reply: 2_000 };

describe('the code of a chain', () => {
  it.each([
    ['its newest final block', () => null, 3, later],
    ['a number', () => 3, 3, later],
    ['the number of an older block', () => 2, 2, lab],
    ['the number of the first one', () => 0, 0, lab],
    ['a hash', () => hashes[3] ?? '', 3, later],
    ['the hash of an older block', () => hashes[2] ?? '', 2, lab],
  ])('is read after %s', async (_, block, number, { code }) => {
    const read = await fetchCode(node.url, block(), { limits });
    expect({ number: read.number, hash: read.hash }).toEqual({ number: BigInt(number), hash: hashes[number] });
    expect(Buffer.compare(read.code, code)).toBe(0);
  });
});

/** What is said where the code is not to be had. @throws where it is */
const failureOf = async (url: string, block: BlockName): Promise<string> => {
  try {
    await fetchCode(url, block, { limits });
  } catch (error) {
    if (error instanceof NodeFailure) return error.message;
    throw error;
  }
  throw new Error('the code was read');
};

/** As Substrate says it. */
const discarded = { code: 4003, message: 'Client error: UnknownBlock: State already discarded for 0x1212' };

describe('code that is not to be had is one sentence', () => {
  it.each([
    [4, 'the node has no block 4: its newest is 3'],
    [Number.MAX_SAFE_INTEGER, 'the node has no block 9007199254740991: its newest is 3'],
  ])('of block %s', async (block, sentence) => {
    expect(await failureOf(node.url, block)).toBe(`${node.url}: ${sentence}`);
  });

  it.each<[string, Answers, RegExp]>([
    [
      'keeps the block without its state',
      { state_getStorage: { error: discarded } },
      /: the node has block 1, but no more what was stored then: ask an archive node, or name a newer block$/,
    ],
    [
      'refuses',
      { state_getStorage: { error: { code: -32_601, message: 'not here' } } },
      /: the node refused state_getStorage: .*not here$/,
    ],
    ['has no code', { state_getStorage: { result: null } }, /: the chain has no code \(:code\) at block 1: /],
    [
      'has code that is no hex',
      { state_getStorage: { result: 'wasm' } },
      /answered state_getStorage with something else/,
    ],
    ['falls silent', { state_getStorage: null }, /: the node did not answer state_getStorage within 2 s$/],
    ['never tells a block', { chain_getHeader: null }, /: the node did not answer chain_getHeader within 2 s$/],
  ])('of a node that %s', (_, answers, sentence) =>
    withProxy(node.url, answers, async ({ url }) => expect(await failureOf(url, 1)).toMatch(sentence)),
  );

  it('where nobody listens', async () => {
    const nowhere = 'ws://127.0.0.1:1';
    expect(await failureOf(nowhere, 1)).toBe(`${nowhere}: no Substrate node answered there: it refused the connection`);
  });

  it('where somebody listens and says nothing', async () => {
    const silent = await listen((socket) =>
      socket.listen(
        () => undefined,
        () => undefined,
      ),
    );
    try {
      expect(await failureOf(silent.url, 1)).toBe(`${silent.url}: no Substrate node answered there within 5 s`);
    } finally {
      await silent.close();
    }
  });

  it('and Ctrl-C ends it', async () => {
    const read = fetchCode(node.url, null, { limits, signal: AbortSignal.abort() });
    await expect(read).rejects.toThrow(Interrupted);
  });
});
