/** What breaks an invariant in a state that is there: the invariant, and the fewest keys that do. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenIn } from '../../src/properties/broken-state.js';
import type { RawState } from '../../src/spec/answers.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { invariants } from '../../src/spec/invariants.js';
import { encode } from '../../src/spec/scale.js';
import { Compute, nameOfKey, PalletIp, rawKey } from '../../src/spec/storage.js';
import { running } from '../../src/spec/witnesses/cast.js';
import { genesis } from '../../src/spec/witnesses/cast.js';
import { EngineTarget } from '../../src/targets/engine-target.js';

/** A VM of user A's that runs on miner M, with an IP. */
const whole = (): RawState => {
  const target = new EngineTarget({});
  target.reset(genesis());
  for (const step of running()) if ('call' in step) target.dispatch(step.call, step.origin);
  return target.readAll('0x');
};

const told = (storage: RawState): Record<string, readonly string[]> =>
  Object.fromEntries(
    brokenIn(storage, 1n, invariants).map(({ invariant, keys }) => [invariant.id, keys.map(nameOfKey).toSorted()]),
  );

const RUNNING_IP: Hex = hexOfText('10.0.0.1');

describe('a state', () => {
  it('in which everything holds breaks nothing', () => {
    expect(told(whole())).toEqual({});
    expect(told({})).toEqual({});
  });

  it('whose IP is available and assigned breaks INV-01 by those two keys, not by the other pools', () => {
    const pools = [PalletIp.VmAvailableIps, PalletIp.AvailableClientIps] as const;
    const [own, others] = [[RUNNING_IP], ['10.0.0.8', '10.0.0.9'].map(hexOfText)];
    const storage = {
      ...whole(),
      [rawKey(pools[0], null)]: encode(pools[0].value, own),
      [rawKey(pools[1], null)]: encode(pools[1].value, others),
    };
    const { 'INV-01': keys = [] } = told(storage);
    expect(keys).toHaveLength(2);
    expect(keys).toContain('PalletIp.VmAvailableIps');
    expect(keys.some((key) => key.startsWith('PalletIp.RoleToIp') || key.startsWith('PalletIp.IpToRole'))).toBe(true);
  });

  it('whose next id is behind breaks INV-02 by it and the list with the id', () => {
    const storage = { ...whole(), [rawKey(Compute.NextRequestId, null)]: encode(Compute.NextRequestId.value, 0n) };
    const { 'INV-02': keys = [] } = told(storage);
    expect(keys.every((key) => key.startsWith('Compute.'))).toBe(true);
    expect(keys.some((key) => key.startsWith('Compute.ComputeRequests'))).toBe(true);
  });

  it('with an empty list breaks INV-12 by it alone, each of them told', () => {
    const lists = ['a', 'b', 'c'].map((name) => rawKey(Compute.MinerComputeBootRequests, hexOfText(name)));
    const storage = { ...whole(), ...Object.fromEntries(lists.map((key) => [key, '0x00'])) };
    const found = brokenIn(storage, 1n, invariants).filter(({ invariant }) => invariant.id === 'INV-12');
    expect(found.map(({ keys }) => keys)).toEqual(expect.arrayContaining(lists.map((key) => [key])));
    expect(found).toHaveLength(3);
  });

  it('is told of only by keys that break it by themselves', () => {
    const keys = Object.keys(whole());
    fc.assert(
      fc.property(fc.subarray(keys), (left) => {
        const storage = Object.fromEntries(left.map((key) => [key, whole()[key] ?? '0x']));
        for (const { invariant, keys: culprits } of brokenIn(storage, 1n, invariants)) {
          const alone = Object.fromEntries(
            Object.entries(storage).filter(
              ([key]) => culprits.includes(key) || /Registration|SubAccount/.test(nameOfKey(key)),
            ),
          );
          expect(brokenIn(alone, 1n, [invariant])).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
