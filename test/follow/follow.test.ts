/** Following a chain that is made up: what it does otherwise is told at its block, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { comparedIn, follow, numbers, only, type Followed, type Following } from './following.js';
import {
  addIp,
  purchase,
  ScriptedChain,
  setMutant,
  setPromised,
  setStorage,
  stop,
  type Step,
} from './scripted-chain.js';
import { serve, type NodeOptions } from './scripted-node.js';

const followed = async (
  chain: ScriptedChain,
  options: Partial<Following> = {},
  nodeOptions: NodeOptions = {},
): Promise<Followed & { readonly asked: ReadonlySet<string> }> => {
  const node = await serve(chain, nodeOptions);
  try {
    const came = await follow({ url: node.url, to: BigInt(chain.head.number), ...options });
    return { ...came, asked: node.asked };
  } finally {
    await node.close();
  }
};

const IPS = rawKey(storage.PalletIp.VmAvailableIps, null);
const NEXT_ID = rawKey(storage.Compute.NextRequestId, null);
const ipsOf = (...all: readonly string[]): Hex => encode(storage.PalletIp.VmAvailableIps.value, all.map(hexOfText));

/** A chain on which much happens, and all of it as the engine says. */
const honest = (): ScriptedChain => {
  const chain = new ScriptedChain();
  chain.add([purchase(), addIp('10.1.0.1')]);
  chain.idle(3);
  chain.add([stop(), purchase(1), purchase()]);
  chain.add([addIp('10.1.0.1')]);
  chain.idle(30);
  return chain;
};

describe('following an honest chain', () => {
  it('finds nothing, and says what was compared, each block once', async () => {
    const { alerts, finished, thrown } = await followed(honest());
    expect(thrown).toBeNull();
    expect(alerts.filter(({ type }) => type !== 'started' && type !== 'checkpoint')).toEqual([]);
    expect(comparedIn(alerts)).toEqual(numbers(1, 36));
    expect(finished).toMatchObject({ verdict: 'conforms', steps: 36, differences: 0 });
    expect(finished?.summary).toMatch(
      /^36 blocks \(1 to 36\); 42 extrinsics, 6 of them predicted; 0 differences; \d+ blocks\/s$/,
    );
  });

  it('only reads: nothing is asked of the node that is not on the list', async () => {
    const { asked } = await followed(honest());
    expect([...asked].toSorted()).toEqual([
      'chain_getBlock',
      'chain_getBlockHash',
      'chain_getFinalizedHead',
      'chain_getHeader',
      'chain_subscribeFinalizedHeads',
      'state_getKeysPaged',
      'state_getMetadata',
      'state_getReadProof',
      'state_getRuntimeVersion',
      'state_getStorageHash',
      'state_queryStorageAt',
    ]);
  });

  it('tells the same of a node that has no proofs', async () => {
    const chain = honest();
    chain.add([], { changes: { [IPS]: ipsOf('10.9.9.9') } });
    chain.idle(3);
    const [proving, telling] = [await followed(chain), await followed(chain, {}, { proves: false })];
    expect(only(telling, 'difference')).toEqual(only(proving, 'difference'));
    expect(only(telling, 'difference')).toHaveLength(1);
    expect(comparedIn(telling.alerts)).toEqual(numbers(1, 40));
  });

  it('begins with the newest final block where none is named', async () => {
    const { alerts } = await followed(honest(), { from: null });
    expect(comparedIn(alerts)).toEqual([36]);
  });

  it('goes on with blocks that come later', async () => {
    const chain = honest();
    const { alerts, finished } = await followed(chain, {
      to: 40n,
      meanwhile: ({ block }) => {
        if (block === 36) for (const step of [purchase(2), addIp('10.1.0.2'), stop(), purchase()]) chain.add([step]);
      },
    });
    expect(comparedIn(alerts)).toEqual(numbers(1, 40));
    expect(finished).toMatchObject({ verdict: 'conforms' });
  });
});

/** What is told of a chain whose fifth block is falsified, and behind which life goes on. */
const falsified = async (
  steps: readonly Step[],
  other: Parameters<ScriptedChain['add']>[1] = {},
): Promise<Followed> => {
  const chain = new ScriptedChain();
  chain.add([purchase(), addIp('10.1.0.1')]);
  chain.idle(3);
  chain.add(steps, other);
  chain.add([purchase(), addIp('10.1.0.3')]);
  chain.add([purchase(1), stop()]);
  return followed(chain);
};

describe('a chain that does otherwise than the engine', () => {
  it('in an outcome, is told with block, extrinsic and call, once', async () => {
    const outcome = { module: { pallet: 'Compute', error: 'ComputeStopRequestNotFound' } };
    const came = await falsified([addIp('10.1.0.2'), { ...stop(), outcome }]);
    const [first, ...others] = only(came, 'difference');
    expect(first).toMatchObject({
      block: '5',
      extrinsic: 2,
      call: 'Compute.request_compute_stop',
      aspect: 'outcome',
      expected: 'Compute.ComputeRequestNotFound',
      observed: 'Compute.ComputeStopRequestNotFound',
    });
    expect(others).toEqual([]);
    expect(came.finished).toMatchObject({ verdict: 'finding', differences: 1 });
  });

  it('in an event, is told likewise', async () => {
    const came = await falsified([{ ...purchase(), events: () => [] }]);
    expect(only(came, 'difference')).toMatchObject([
      { block: '5', extrinsic: 1, call: 'Marketplace.purchase_plan', aspect: 'events', observed: 'no event' },
    ]);
  });

  it('in what a call writes, is told with that call', async () => {
    const came = await falsified([addIp('10.1.0.2')], { changes: { [IPS]: ipsOf('10.9.9.9') } });
    expect(only(came, 'difference')).toMatchObject([
      { block: '5', extrinsic: 1, call: 'PalletIp.add_available_vm_ip', aspect: 'storage' },
    ]);
  });

  it('in a value that no call wrote, is told as that', async () => {
    const came = await falsified([], { changes: { [IPS]: ipsOf('10.9.9.9') } });
    expect(only(came, 'difference')).toMatchObject([
      {
        block: '5',
        extrinsic: null,
        call: null,
        aspect: 'storage',
        what: 'a value changed without a call',
        where: 'PalletIp.VmAvailableIps',
        expected: 'no change',
      },
    ]);
  });

  it('in a key that comes out of nothing, or goes there, is told as well', async () => {
    const key = rawKey(storage.PalletIp.IpToRole, hexOfText('10.7.7.7'));
    const role = encode(storage.PalletIp.IpToRole.value, { Vm: hexOfText('vm-1') });
    const chain = new ScriptedChain();
    chain.add([], { changes: { [key]: role } });
    chain.add();
    chain.add([], { changes: { [key]: null } });
    chain.add();
    const came = await followed(chain);
    expect(only(came, 'difference').map(({ block, observed }) => [block, observed])).toEqual([
      ['1', '{ Vm: "vm-1" }'],
      ['3', 'key removed'],
    ]);
  });

  it('in an event of its own, is told of the block', async () => {
    const event = { index: [74, 3], name: 'PalletIp.IpAdded', fields: { ip: hexOfText('10.1.1.1') } } as const;
    const came = await falsified([], { opening: [event] });
    expect(only(came, 'difference')).toMatchObject([
      { block: '5', extrinsic: null, aspect: 'opening', what: 'opening of the block' },
    ]);
  });

  it('in a value that is none of its type, is told, and followed on', async () => {
    const came = await falsified([], { over: { [IPS]: '0x07' } });
    expect(only(came, 'difference')).toMatchObject([
      {
        block: '5',
        what: 'a value changed without a call',
        where: 'PalletIp.VmAvailableIps',
        observed: '0x07',
      },
      // The call that writes there is played on what the engine can read: nothing.
      { block: '6', call: 'PalletIp.add_available_vm_ip' },
    ]);
    expect(comparedIn(came.alerts)).toEqual(numbers(1, 7));
  });
});

describe('a call of another pallet', () => {
  it('that writes to the pallets under test is told apart, and the engine goes on from there', async () => {
    const came = await falsified([
      setStorage({ [IPS]: ipsOf('10.9.9.9'), [NEXT_ID]: encode(storage.Compute.NextRequestId.value, 900n) }),
    ]);
    expect(only(came, 'difference')).toEqual([]);
    expect(only(came, 'not-covered')).toMatchObject([
      { block: '5', reason: 'written by System.set_storage', count: 2 },
    ]);
    expect(came.finished).toMatchObject({ verdict: 'conforms' });
  });

  it('excuses nothing that a known call before it did otherwise', async () => {
    const came = await falsified([{ ...purchase(), events: () => [] }, setStorage({ [IPS]: ipsOf('10.9.9.9') })]);
    expect(only(came, 'difference')).toMatchObject([{ block: '5', extrinsic: 1, aspect: 'events' }]);
  });

  it('that touches nothing excuses nothing', async () => {
    const came = await falsified([{ ...purchase(), events: () => [] }, setStorage({})]);
    expect(only(came, 'difference')).toHaveLength(1);
    expect(only(came, 'not-covered')).toEqual([]);
  });

  it('that only switches a bug on excuses nothing of what the bug does', async () => {
    const came = await falsified([setMutant(3)], { changes: { [IPS]: ipsOf('10.9.9.9') } });
    expect(only(came, 'difference')).toMatchObject([{ block: '5', what: 'a value changed without a call' }]);
  });
});

describe('a lab whose rules are set anew', () => {
  it('is held against the new ones from that call on', async () => {
    const came = await falsified([setPromised()]);
    const [set] = only(came, 'rules');
    expect(set?.block).toBe('5');
    expect(set?.rules).toContain('promised');
  });

  it('is held against those of --rules where they are given', async () => {
    const chain = new ScriptedChain();
    chain.add([setPromised()]);
    chain.add([purchase()]);
    const came = await followed(chain, { expected: { rules: 'deployed' } });
    expect(only(came, 'rules')).toEqual([]);
    expect(only(came, 'started')[0]?.rules).toContain('deployed');
  });
});
