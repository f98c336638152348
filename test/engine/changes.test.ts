/** What a layer changed, told without encoding it and by its bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { State } from '../../src/engine/state.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { rawKey, storage } from '../../src/spec/storage.js';

const ips = fc.array(fc.constantFrom(hexOfText('10.0.0.1'), hexOfText('10.0.0.2')), { maxLength: 3 });
/** What a layer does to the key: writes a list, or nothing where null stands. */
const writes = fc.array(fc.option(ips), { maxLength: 4 });

const play = (state: State, layer: readonly (readonly Hex[] | null)[]): void => {
  for (const list of layer) if (list !== null) state.PalletIp.VmAvailableIps.put(list);
};

describe('the changes of a layer', () => {
  it('are empty where no byte changed, whatever was written', () => {
    let empty = 0;
    fc.assert(
      fc.property(fc.array(writes, { maxLength: 5 }), (layers) => {
        const state = new State();
        const key = rawKey(storage.PalletIp.VmAvailableIps, null);
        for (const layer of layers) {
          const before = state.read(key);
          play(state, layer);
          const changes = state.journal.commit();
          const after = state.read(key);
          expect(changes.isEmpty()).toBe(before === after);
          expect(changes.toRaw()).toEqual(before === after ? {} : { [key]: after });
          if (before === after && layer.length > 0) empty += 1;
        }
      }),
      { numRuns: 200, seed: 7 },
    );
    // Layers that wrote and changed nothing are where the two could part.
    expect(empty).toBeGreaterThan(10);
  });

  it('are undone as if the layer had never been, with keys that it made or removed', () => {
    const { IpToRole } = storage.PalletIp;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 3 }), fc.boolean(), fc.boolean())), (steps) => {
        const state = new State();
        for (const [number, put, keep] of steps) {
          const ip = hexOfText(`10.0.0.${number}`);
          const before = state.raw(IpToRole.prefix);
          if (put) state.PalletIp.IpToRole.put(ip, { Vm: ip });
          else state.PalletIp.IpToRole.remove(ip);
          expect(state.PalletIp.IpToRole.has(ip)).toBe(put);
          if (keep) state.journal.commit();
          else state.journal.rollback();
          if (!keep) expect(state.raw(IpToRole.prefix)).toEqual(before);
        }
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('are told in the order of their keys, whatever the order of the writes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 20 }), { minLength: 2 }), (numbers) => {
        const state = new State();
        for (const number of numbers) state.PalletIp.IpToRole.put(hexOfText(`10.0.0.${number}`), { Vm: '0x' });
        const keys = Object.keys(state.journal.commit().toRaw());
        expect(keys).toHaveLength(numbers.length);
        expect(keys).toEqual(keys.toSorted());
      }),
      { numRuns: 50, seed: 9 },
    );
  });

  it('are, with those of a later layer, what both did together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 2 }), fc.option(ips))), fc.nat({ max: 5 }), (steps, at) => {
        const state = new State();
        const play = (layer: typeof steps) => {
          for (const [number, list] of layer) {
            const ip = hexOfText(`10.0.0.${number}`);
            if (list === null) state.PalletIp.IpToRole.remove(ip);
            else state.PalletIp.IpToRole.put(ip, { Vm: list[0] ?? ip });
          }
          return state.journal.commit();
        };
        const prefix = '0x';
        const before = state.raw(prefix);
        const whole = play(steps.slice(0, at))
          .followedBy(play(steps.slice(at)))
          .toRaw();
        const after = state.raw(prefix);
        const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
        expect(whole).toEqual(Object.fromEntries(changed.map((key) => [key, after[key] ?? null])));
      }),
      { numRuns: 200, seed: 10 },
    );
  });
});
