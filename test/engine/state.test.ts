/** Raw storage in and out: what is described, what is not, what belongs to others; and the count of what it costs. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { State } from '../../src/engine/state.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { PalletIp, palletPrefix, rawKey, type StorageItem } from '../../src/spec/storage.js';
import { assign, buy, startChain } from '../spec/scenario.js';

const IPS = ['10.0.0.1', '10.0.0.2'].map(hexOfText);

const entry = <K, V, E>(item: StorageItem<K, V, E>, key: K, value: V): readonly [Hex, Hex] => [
  rawKey(item, key),
  encode(item.value, value),
];

/** Of the pallet, but no item that is described. */
const UNDESCRIBED = palletPrefix('PalletIp') + 'ff'.repeat(16);
const FOREIGN = '0x' + '26'.repeat(16);

const described = [
  entry(PalletIp.VmAvailableIps, null, IPS),
  ...IPS.map((ip) => entry(PalletIp.IpToRole, ip, { Vm: ip })),
];

describe('raw storage', () => {
  it('comes out as it went in, and is gone where null is written', () => {
    const state = new State();
    expect(state.inject(Object.fromEntries([...described, [UNDESCRIBED, '0x01']]))).toEqual([UNDESCRIBED]);
    expect(state.raw('0x')).toEqual(Object.fromEntries([...described, [UNDESCRIBED, '0x01']]));
    expect(state.read(UNDESCRIBED)).toBe('0x01');
    const [key, value] = described[1] ?? ['', ''];
    expect(state.read(key)).toBe(value);
    expect(state.inject({ [UNDESCRIBED]: null, [key]: null })).toEqual([UNDESCRIBED]);
    expect([state.read(UNDESCRIBED), state.read(key)]).toEqual([null, null]);
    expect(Object.keys(state.raw('0x'))).toHaveLength(2);
  });

  it('is told by prefix: of everything, a pallet, an item, one key', () => {
    const state = new State();
    state.inject(Object.fromEntries([...described, [UNDESCRIBED, '0x01']]));
    const all = Object.keys(state.raw('0x'));
    const [first = ''] = described[2] ?? [];
    for (const prefix of ['0x', palletPrefix('PalletIp'), palletPrefix('Compute'), PalletIp.IpToRole.prefix, first]) {
      expect(Object.keys(state.raw(prefix)).toSorted()).toEqual(all.filter((key) => key.startsWith(prefix)).toSorted());
    }
  });

  it('of another pallet is refused with its key, and nothing else is written', () => {
    const state = new State();
    const write = (): unknown => state.inject(Object.fromEntries([...described, [FOREIGN, '0x01']]));
    expect(write).toThrow(
      expect.objectContaining({
        name: 'ForeignKeyError',
        message: expect.stringMatching(
          new RegExp(`^storage key ${FOREIGN} belongs to none of the pallets Compute, PalletIp, `),
        ) as string,
      }),
    );
    expect(state.raw('0x')).toEqual({});
  });

  it('that is not there is removed for nothing', () => {
    const state = new State();
    const [[key] = ['']] = described;
    expect(state.inject({ [key]: null })).toEqual([]);
    expect(state.raw('0x')).toEqual({});
  });

  it('of another chain is followed, with the block that is open there', () => {
    const engine = createEngine();
    engine.follow(7n, Object.fromEntries(described));
    expect(engine.block).toBe(7n);
    expect(engine.raw('0x')).toEqual(Object.fromEntries(described));
  });

  it('has no place for a key that was never there', () => {
    expect(() => new State().PalletIp.IpToRole.orderOf(IPS[0] ?? '')).toThrow('IpToRole has no key 0x');
  });
});

describe('operations', () => {
  it('are counted from the reset on, for each key that is read or written', () => {
    expect(createEngine().operations).toBe(0);
    const state = new State();
    const cost = (act: () => void): number => {
      const before = state.meter.operations;
      act();
      return state.meter.operations - before;
    };
    const [ip = ''] = IPS;
    expect(cost(() => state.PalletIp.IpToRole.get(ip))).toBe(1);
    expect(cost(() => state.PalletIp.IpToRole.put(ip, { Vm: ip }))).toBe(1);
    expect(cost(() => state.PalletIp.IpToRole.remove(ip))).toBe(1);
  });

  it('of calls add up', () => {
    const chain = startChain();
    const begun = chain.operations;
    buy(chain);
    const bought = chain.operations;
    assign(chain);
    expect(bought).toBeGreaterThan(begun);
    expect(chain.operations).toBeGreaterThan(bought);
  });
});
