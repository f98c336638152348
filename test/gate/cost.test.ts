/** What calls cost: storage operations are summed and held against a tolerance, times are resampled. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostTally, timeRatio, type TimePair } from '../../src/gate/cost.js';
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

/** Noise that is the same in every run: between 0.8 and 1.2, of a linear congruential generator. */
const noiseFrom = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 0x9e37_79b1);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return 0.8 + 0.4 * ((state >>> 8) / 2 ** 24);
  };
};

const pairsOf = (count: number, ratio: number, seed = 0): TimePair[] => {
  const noise = noiseFrom(seed);
  return Array.from({ length: count }, (_, at) => {
    const old = 5 + (at % 7);
    return { old: old * noise(), next: old * ratio * noise() };
  });
};

describe('the time that calls take', () => {
  it.each([0.5, 0.9, 1, 1.05, 1.5, 3])(
    '%d times as long lies in the interval, which is no wider than the noise',
    (ratio) => {
      const found = timeRatio(pairsOf(250, ratio));
      expect(found?.pairs).toBe(200);
      expect(found?.low).toBeLessThan(ratio);
      expect(found?.high).toBeGreaterThan(ratio);
      expect(found?.low).toBeGreaterThan(ratio * 0.95);
      expect(found?.high).toBeLessThan(ratio * 1.05);
      expect(found?.ratio).toBeGreaterThan(found?.low ?? 0);
      expect(found?.ratio).toBeLessThan(found?.high ?? 0);
    },
  );

  it('lies in about 95 of 100 intervals, on either side of all others', () => {
    const found = Array.from({ length: 100 }, (_, seed) => timeRatio(pairsOf(100, 1.2, seed)));
    const below = found.filter((each) => each !== null && each.high < 1.2).length;
    const above = found.filter((each) => each !== null && each.low > 1.2).length;
    expect(found).not.toContain(null);
    for (const missed of [below, above]) expect(missed).toBeLessThanOrEqual(6);
    expect(below + above).toBeGreaterThan(0);
  });

  it('is exact where there is no noise', () => {
    const exact = Array.from({ length: 20 }, (_, at) => ({ old: 1 + at, next: 2 + 2 * at }));
    expect(timeRatio(exact)).toEqual({ ratio: 2, low: 2, high: 2, pairs: 16 });
  });

  it('is not told of fewer than ten scenarios behind the first fifth, or of times that nobody could measure', () => {
    expect(timeRatio([])).toBeNull();
    expect(timeRatio(pairsOf(11, 1))).toBeNull();
    expect(timeRatio(pairsOf(12, 1))?.pairs).toBe(10);
    const unmeasured = pairsOf(12, 1).map((pair, at) => (at === 11 ? { ...pair, next: 0 } : pair));
    expect(timeRatio(unmeasured)).toBeNull();
  });

  it('is told without the first fifth, which finds cold code', () => {
    const [cold, warm] = [pairsOf(20, 50), pairsOf(80, 1)];
    const found = timeRatio([...cold, ...warm]);
    expect(found?.pairs).toBe(80);
    expect(found?.high).toBeLessThan(1.2);
  });

  it('has one interval for equal times', () => {
    expect(timeRatio(pairsOf(100, 1.2))).toEqual(timeRatio(pairsOf(100, 1.2)));
    expect(timeRatio(pairsOf(100, 1.2))).not.toEqual(timeRatio(pairsOf(100, 1.3)));
  });
});
