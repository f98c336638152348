/** What happens to a follower: it is ended and goes on, its node is gone or forgets, another chain comes, the runtime is another one. */
import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hexOfText } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import { MOVED, NOTED } from '../variants.js';
import { comparedIn, follow, numbers, only } from './following.js';
import { addIp, chainRuntime, purchase, ScriptedChain, setStorage, stop } from './scripted-chain.js';
import { serve, type NodeOptions, type ScriptedNode } from './scripted-node.js';

const IPS = rawKey(storage.PalletIp.VmAvailableIps, null);

/** Of 40 blocks; the 20th has a value that no call wrote. */
const chainOf = (label?: string): ScriptedChain => {
  const chain = new ScriptedChain(label);
  for (let number = 1; number <= 40; number += 1) {
    const changes = { [IPS]: encode(storage.PalletIp.VmAvailableIps.value, [hexOfText('10.9.9.9')]) };
    if (number === 20) chain.add([], { changes });
    else chain.add(number % 3 === 0 ? [purchase(), addIp(`10.1.0.${number}`)] : []);
  }
  return chain;
};

const served = async <T>(
  use: (node: ScriptedNode, chain: ScriptedChain) => Promise<T>,
  options: NodeOptions = {},
  chain = chainOf(),
): Promise<T> => {
  const node = await serve(chain, options);
  try {
    return await use(node, chain);
  } finally {
    await node.close();
  }
};

const TO = 40n;

describe('following that was ended', () => {
  it('by Ctrl-C goes on behind its checkpoint: no block is left out, none is compared twice', () =>
    served(async ({ url }) => {
      const abort = new AbortController();
      setMaxListeners(0, abort.signal);
      const meanwhile = ({ block = 0 }): void => (block === 13 ? abort.abort() : undefined);
      const first = await follow({ url, signal: abort.signal, meanwhile });
      expect(first.finished?.summary).toMatch(/^13 blocks \(1 to 13\).*\(interrupted\)$/);
      const checkpoint = first.saved.at(-1) ?? null;
      expect(checkpoint).toMatchObject({ block: '13', compared: 13, differences: 0 });
      const second = await follow({ url, checkpoint, to: TO });
      expect(comparedIn([...first.alerts, ...second.alerts])).toEqual(numbers(1, 40));
      expect(only(second, 'difference').map(({ block }) => block)).toEqual(['20']);
      expect(only(second, 'started')).toMatchObject([{ from: '14', resumed: true }]);
      expect(second.saved.at(-1)).toMatchObject({ block: '40', compared: 40, differences: 1 });
    }));

  it('without a word, in between two lines about how far it is, says it later', () =>
    served(async ({ url }) => {
      // Whose clock stands still says how far it is at the end only.
      const first = await follow({ url, to: 25n, now: () => 0 });
      const checkpoint = first.saved.find(({ block }) => block === '22') ?? null;
      const second = await follow({ url, checkpoint, to: TO });
      expect(checkpoint?.unsaid).toBe('1');
      expect(comparedIn(second.alerts)).toEqual(numbers(1, 40));
    }));

  it('has nothing to do where it was done', () =>
    served(async ({ url }) => {
      const { saved } = await follow({ url, to: TO });
      const again = await follow({ url, checkpoint: saved.at(-1) ?? null, to: TO });
      expect(again.finished).toMatchObject({ verdict: 'vacuous', steps: 0 });
    }));

  it('does not go on with another chain', () =>
    served(async (node) => {
      const { saved } = await follow({ url: node.url, to: 5n });
      node.become(chainOf('another chain'));
      const again = await follow({ url: node.url, checkpoint: saved.at(-1) ?? null, to: TO });
      expect(again.thrown).toMatch(
        /: the checkpoint is of the chain that begins with block 0x\w+, this one begins with/,
      );
    }));

  it('does not go on where the block is not the one that it was', () =>
    served(async ({ url }) => {
      const { saved } = await follow({ url, to: 5n });
      const [checkpoint] = saved.slice(-1).map((each) => ({ ...each, hash: each.genesisHash }));
      const again = await follow({ url, checkpoint: checkpoint ?? null, to: TO });
      expect(again.thrown).toMatch(/: the checkpoint is of another chain: block 5 was 0x\w+, and is 0x\w+ now/);
    }));
});

describe('a connection', () => {
  it('that is lost is made again, and nothing is left out', () =>
    served(async (node) => {
      const meanwhile = ({ block = 0 }): void => (block === 7 || block === 30 ? node.cut() : undefined);
      const came = await follow({ url: node.url, to: TO, meanwhile });
      expect(came.thrown).toBeNull();
      expect(only(came, 'reconnected')).toHaveLength(2);
      expect(comparedIn(came.alerts)).toEqual(numbers(1, 40));
      expect(only(came, 'difference').map(({ block }) => block)).toEqual(['20']);
      expect(came.finished?.summary).toContain('; 2 reconnections; ');
    }));

  it('behind which there is another chain is the end', () =>
    served(async (node) => {
      const meanwhile = ({ block = 0 }): void => {
        if (block !== 7) return;
        node.become(chainOf('another chain'));
        node.cut();
      };
      const came = await follow({ url: node.url, to: TO, meanwhile });
      expect(came.thrown).toMatch(
        /: there is another chain now: it begins with block 0x\w+, the one that was followed with/,
      );
      // Blocks that had come by then are compared all the same.
      expect(Number(came.saved.at(-1)?.block)).toBeLessThan(30);
    }));

  it('that can not be made again is the end, with all that was done kept', async () => {
    const node = await serve(chainOf());
    const meanwhile = ({ block = 0 }): void => (block === 7 ? void node.close() : undefined);
    const limits = { ...DEFAULT_LIMITS, connect: 500 };
    const came = await follow({ url: node.url, to: TO, meanwhile, limits });
    expect(came.thrown).toMatch(/; not connected again within 0\.5 s: block \d+ is the next one$/);
    expect(came.finished).toBeNull();
    expect(came.events).toContainEqual(expect.objectContaining({ type: 'suite-finished', verdict: 'error' }));
    const last = Number(came.saved.at(-1)?.block);
    expect(comparedIn(came.alerts)).toEqual(numbers(1, last));
    expect(came.thrown).toContain(`block ${last + 1} is`);
  });

  it('on which no block becomes final is made again, and in the end given up', () =>
    served(async ({ url }) => {
      const limits = { ...DEFAULT_LIMITS, block: 100 };
      const came = await follow({ url, limits, retries: 2 });
      expect(came.thrown).toMatch(
        /: the node told of no new final block within 0\.1 s; 2 reconnections in a row brought no block: block 41 is the next one$/,
      );
      expect(only(came, 'lost')).toHaveLength(2);
      expect(comparedIn(came.alerts)).toEqual(numbers(1, 40));
    }));
});

describe('a node that forgets', () => {
  it('what was stored long ago is followed from the oldest block that it keeps, and what is between is told', () =>
    served(
      async ({ url }) => {
        const came = await follow({ url, to: TO });
        expect(only(came, 'gap')).toMatchObject([{ from: '1', to: '25', reason: 'pruned' }]);
        expect(comparedIn(came.alerts)).toEqual(numbers(26, 40));
        expect(came.finished).toMatchObject({ verdict: 'conforms', steps: 15 });
        expect(came.finished?.summary).toContain('25 blocks passed over');
      },
      { keeps: 25 },
    ));

  it('while it is followed likewise', () =>
    served(async (node) => {
      const meanwhile = ({ block = 0 }): void => {
        if (block === 5) node.options.keeps = 33;
      };
      const came = await follow({ url: node.url, to: TO, meanwhile });
      const [gap, ...others] = only(came, 'gap');
      expect(others).toEqual([]);
      // Some blocks had been asked for before.
      const from = Number(gap?.from);
      expect(from).toBeGreaterThan(5);
      expect(gap?.to).toBe('33');
      expect(comparedIn(came.alerts)).toEqual([...numbers(1, from - 1), ...numbers(34, 40)]);
    }));
});

describe('an upgrade', () => {
  it('is told with its block, and the engine is bound to what the new code means', async () => {
    const moved = await chainRuntime(MOVED);
    const chain = new ScriptedChain();
    chain.add([stop()]);
    chain.add([purchase()], { upgrade: moved });
    chain.add([stop(), purchase()]);
    chain.add([stop(1)]);
    await served(
      async ({ url }) => {
        const came = await follow({ url, to: 4n });
        expect(only(came, 'difference')).toEqual([]);
        expect(only(came, 'upgrade')).toMatchObject([{ block: '3', specVersion: moved.specVersion, notCovered: [] }]);
        expect(came.finished?.summary).toMatch(
          /^4 blocks \(1 to 4\); 9 extrinsics, 5 of them predicted; .*; 1 upgrade;/,
        );
      },
      {},
      chain,
    );
  });

  it('to another layout leaves out what the engine has no say in, and tells that', async () => {
    const chain = new ScriptedChain();
    chain.add([purchase()], { upgrade: await chainRuntime(NOTED) });
    chain.add([addIp('10.3.0.1'), purchase()]);
    await served(
      async ({ url }) => {
        const came = await follow({ url, to: 2n });
        expect(only(came, 'difference')).toEqual([]);
        const [upgrade] = only(came, 'upgrade');
        expect(upgrade?.notCovered.join('\n')).toMatch(/^Compute: `Compute\.ComputeRequests` has another layout/m);
        expect(upgrade?.notCovered.join('\n')).not.toContain('PalletIp');
        expect(came.finished?.summary).toContain('5 extrinsics, 2 of them predicted');
      },
      {},
      chain,
    );
  });

  it('whose first block writes what no call does is told apart', async () => {
    const chain = new ScriptedChain();
    const changes = { [IPS]: encode(storage.PalletIp.VmAvailableIps.value, []) };
    chain.add([], { upgrade: await chainRuntime(MOVED) });
    chain.add([], { changes });
    chain.add([setStorage({})]);
    await served(
      async ({ url }) => {
        const came = await follow({ url, to: 3n });
        expect(only(came, 'difference')).toEqual([]);
        expect(only(came, 'not-covered')).toMatchObject([
          { block: '2', reason: expect.stringMatching(/^written by the upgrade to/) as string },
        ]);
      },
      {},
      chain,
    );
  });
});
