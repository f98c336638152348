/** A chain followed through a go-between that spoils what comes: it goes on where that is right, and leaves no block out; else one sentence. */
import { describe, expect, it } from 'vitest';
import { hexOfText } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { comparedIn, follow, numbers, only, type Followed, type Following } from '../follow/following.js';
import { addIp, purchase, ScriptedChain } from '../follow/scripted-chain.js';
import { serve, type ScriptedNode } from '../follow/scripted-node.js';
import { withFaults, type FaultyProxy } from './proxy.js';

const BLOCKS = 40;
/** In which a value changes that no call wrote: seen whatever happens, and once. */
const FALSIFIED = 20;

const { VmAvailableIps } = storage.PalletIp;
const falsified = { [rawKey(VmAvailableIps, null)]: encode(VmAvailableIps.value, [hexOfText('10.9.9.9')]) };

const chain = (label?: string): ScriptedChain => {
  const made = new ScriptedChain(label);
  for (const number of numbers(1, BLOCKS)) {
    if (number === FALSIFIED) made.add([], { changes: falsified });
    else made.add(number % 3 === 0 ? [purchase(), addIp(`10.1.0.${number}`)] : []);
  }
  return made;
};

/** Milliseconds: short, so that what never comes is soon not waited for; long enough for a busy machine. */
const LIMITS = { ...DEFAULT_LIMITS, connect: 15_000, reply: 4_000, block: 4_000 };

type Spoil = (proxy: FaultyProxy, node: ScriptedNode) => Following['meanwhile'] | FaultyProxy;

const followThrough = async (spoil: Spoil, options: Partial<Following> = {}): Promise<Followed> => {
  const node = await serve(chain());
  try {
    return await withFaults(node.url, (proxy) => {
      const meanwhile = spoil(proxy, node);
      const more = typeof meanwhile === 'function' ? { meanwhile } : {};
      return follow({ url: proxy.url, to: BigInt(BLOCKS), limits: LIMITS, ...more, ...options });
    });
  } finally {
    await node.close();
  }
};

const once = (at: number, act: () => void): Following['meanwhile'] => {
  let isDone = false;
  return ({ block = 0 }) => {
    if (block < at || isDone) return;
    isDone = true;
    act();
  };
};

const expectWhole = (came: Followed): void => {
  expect(came.thrown).toBeNull();
  expect(comparedIn(came.alerts)).toEqual(numbers(1, BLOCKS));
  expect(only(came, 'difference').map(({ block }) => block)).toEqual([String(FALSIFIED)]);
  expect(came.finished).toMatchObject({ verdict: 'finding', differences: 1 });
};

describe('following goes on, with every block compared once,', { timeout: 60_000 }, () => {
  it.each<[string, Spoil]>([
    ['where the connection is cut for a second', (proxy) => once(7, () => void proxy.cutFor(1_000))],
    [
      'where a reply comes late, but within its limit',
      (proxy) => proxy.delay('chain_getBlock', 1_000, { from: 9, times: 1 }),
    ],
    ['where a reply never comes', (proxy) => proxy.neverAnswer('chain_getBlock', { from: 9, times: 1 })],
    ['where a reply is no JSON', (proxy) => proxy.malformed('state_getReadProof', { from: 9, times: 1 })],
    ['where a reply is cut in half', (proxy) => proxy.cutReply('chain_getBlock', { from: 9, times: 1 })],
    ['where a reply has nothing in it', (proxy) => proxy.strip('chain_getBlockHash', { from: 9, times: 1 })],
    [
      'where a result is another thing',
      (proxy) => proxy.replaceResult('chain_getBlock', () => 7, { from: 9, times: 1 }),
    ],
    ['where the node tells what is no JSON', (proxy) => once(7, () => proxy.say('<html>'))],
    ['where the heads fall silent', (proxy) => proxy.silence('chain_finalizedHead', 1)],
  ])('%s', async (_, spoil) => expectWhole(await followThrough(spoil)));
});

describe('following ends with one sentence, and its checkpoint leads to the rest,', { timeout: 60_000 }, () => {
  const goesOn = async (ended: Followed): Promise<void> => {
    const checkpoint = ended.saved.at(-1) ?? null;
    const rest = await followThrough((proxy) => proxy, { checkpoint });
    const alerts = [...ended.alerts, ...rest.alerts];
    expect(rest.thrown).toBeNull();
    expect(comparedIn(alerts)).toEqual(numbers(1, BLOCKS));
    expect(only({ alerts }, 'difference')).toHaveLength(1);
  };

  it.each<[string, Spoil, RegExp]>([
    ['where the node stays away', (proxy) => once(7, () => proxy.cut()), /^ws:\/\/127\.0\.0\.1:\d+: /],
    [
      'where the node refuses for good',
      (proxy) => proxy.replyError('chain_getBlock', -32000, 'too many requests', { from: 9 }),
      /: the node refused chain_getBlock: .*too many requests/,
    ],
    [
      'where every block is damaged',
      (proxy) => proxy.cutReply('chain_getBlock', { from: 9 }),
      /: the node answered chain_getBlock with what is no JSON-RPC: /,
    ],
  ])('%s', async (_, spoil, sentence) => {
    const came = await followThrough(spoil, { retries: 2 });
    expect(came.thrown).toMatch(sentence);
    expect(came.thrown).not.toContain('\n');
    expect(Number(came.saved.at(-1)?.block)).toBeLessThan(FALSIFIED);
    await goesOn(came);
  });

  it('where another chain is there when the connection comes back', async () => {
    const other = await serve(chain('another'));
    try {
      const came = await followThrough((proxy) => once(7, () => void proxy.switchTo(other.url).cutFor(100)));
      expect(came.thrown).toMatch(/: there is another chain now: it begins with block 0x\w+/);
      await goesOn(came);
    } finally {
      await other.close();
    }
  });

  it('where metadata can no longer be decoded at the beginning: nothing is compared, nothing is kept', async () => {
    const came = await followThrough((proxy) => proxy.replaceResult('state_getMetadata', () => '0x6d657461'), {
      retries: 0,
    });
    expect(came.thrown).toMatch(/metadata/);
    expect(came.saved).toEqual([]);
  });
});
