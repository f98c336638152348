/** How many times as long one side takes: times are resampled, and the interval says what is noise. */
import { describe, expect, it } from 'vitest';
import { timeRatio, type TimePair } from '../../src/load/time-ratio.js';

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

describe('how many times as long one side takes', () => {
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

  it('is not told of fewer than ten pairs behind the first fifth, or of times that nobody could measure', () => {
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
