/** What calls cost: storage operations are summed and held against a tolerance. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostTally } from '../../src/gate/cost.js';
import type { Priced } from '../../src/gate/joint.js';
import type { CallName } from '../../src/spec/calls.js';
import type { OperationCounts } from '../../src/targets/target.js';

const STOP: CallName = 'Compute.request_compute_stop';
const BOOT: CallName = 'Compute.request_compute_boot';

const counts = (of: Partial<OperationCounts>): OperationCounts => ({
  reads: 0,
  writes: 0,
  next_key: 0,
  clear_prefix: 0,
  ...of,
});

const priced = (call: CallName, old: Partial<OperationCounts>, next: Partial<OperationCounts>): Priced => ({
  call,
  old: counts(old),
  next: counts(next),
});

const tallied = (...all: readonly Priced[]): CostTally => {
  const tally = new CostTally();
  tally.add(all);
  return tally;
};

describe('storage operations', () => {
  it('are reads, with what asks for the next key, and writes, with what clears a prefix', () => {
    const tally = tallied(
      priced(
        STOP,
        { reads: 1, next_key: 2, writes: 30, clear_prefix: 40 },
        { reads: 3, next_key: 5, writes: 70, clear_prefix: 11 },
      ),
    );
    expect(tally.costs).toEqual([
      { call: STOP, times: 1, old: { reads: 3, writes: 70 }, next: { reads: 8, writes: 81 } },
    ]);
  });

  it('are summed over all times that a call was taken, whenever they are added; calls go by their names', () => {
    const tally = tallied(priced(STOP, { reads: 1 }, { reads: 2 }), priced(BOOT, { writes: 1 }, { writes: 1 }));
    tally.add([priced(STOP, { reads: 10 }, { reads: 20 })]);
    tally.add([]);
    expect(tally.costs).toEqual([
      { call: BOOT, times: 1, old: { reads: 0, writes: 1 }, next: { reads: 0, writes: 1 } },
      { call: STOP, times: 2, old: { reads: 11, writes: 0 }, next: { reads: 22, writes: 0 } },
    ]);
  });

  it('that changed are told of each call and operation, on average', () => {
    const tally = tallied(
      priced(STOP, { reads: 4, writes: 4 }, { reads: 5, writes: 1 }),
      priced(STOP, { reads: 4, writes: 4 }, { reads: 6, writes: 1 }),
      priced(BOOT, { reads: 4 }, { reads: 4 }),
    );
    expect(tally.changes(0.1)).toEqual([
      { call: STOP, operation: 'reads', old: 4, next: 5.5 },
      { call: STOP, operation: 'writes', old: 4, next: 1 },
    ]);
  });

  it.each<[number, number, number, boolean]>([
    [10, 11, 0.1, false],
    [100, 111, 0.1, true],
    [11, 10, 0.1, false],
    [111, 100, 0.1, true],
    [10, 10, 0, false],
    [10, 11, 0, true],
    [11, 10, 0, true],
    [0, 0, 0, false],
    [0, 1, 0.1, true],
    [1, 0, 0.1, true],
    [0, 1, 1_000, true],
    [4, 8, 1, false],
    [4, 9, 1, true],
    [30, 33, 0.1, false],
    [70, 77, 0.1, false],
  ])('of %i, then %i, with a tolerance of %d: told is %s', (old, next, tolerance, isTold) => {
    for (const operation of ['reads', 'writes'] as const) {
      const changes = tallied(priced(STOP, { [operation]: old }, { [operation]: next })).changes(tolerance);
      expect(changes).toEqual(isTold ? [{ call: STOP, operation, old, next }] : []);
    }
  });

  it('that grew by exactly what is tolerated are not told, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 100 }), (tens, percent) => {
        const [old, next] = [tens * 100, tens * (100 + percent)];
        const toldOf = (reads: number) =>
          tallied(priced(STOP, { reads: old }, { reads })).changes(percent / 100).length;
        expect([toldOf(next), toldOf(next + 1)]).toEqual([0, 1]);
      }),
    );
  });
});
