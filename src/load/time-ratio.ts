/**
 * How many times as long one side takes as the other: both measured in turns in one run, so that the machine's moods hit both, and
 * with an interval, so that what is noise is seen to be.
 */
/** Milliseconds that the same steps took on both sides, one right after the other. */
export interface TimePair {
  readonly old: number;
  readonly next: number;
}

/** How many times as long `next` takes, and between which ratios 95 of 100 resamples lie. */
export interface TimeRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Pairs that were resampled. */
  readonly pairs: number;
}

const RESAMPLES = 1_000;
/** The first pairs find cold code. */
const WARM_UP = 0.2;

/** A small generator of its own, so that equal times give equal intervals (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const ratioOf = (pairs: readonly TimePair[]): number => {
  const sum = (side: keyof TimePair): number => pairs.reduce((all, each) => all + each[side], 0);
  return sum('next') / sum('old');
};

/** Bootstrapped over pairs; null where there are too few to say anything. */
export const timeRatio = (all: readonly TimePair[]): TimeRatio | null => {
  const pairs = all.slice(Math.floor(all.length * WARM_UP)).filter(({ old, next }) => old > 0 && next > 0);
  if (pairs.length < 10) return null;
  const random = randomFrom(pairs.length);
  const ratios = Array.from({ length: RESAMPLES }, () =>
    ratioOf(pairs.map((pair) => pairs[Math.floor(random() * pairs.length)] ?? pair)),
  ).toSorted((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor(share * (RESAMPLES - 1))] ?? 1;
  return { ratio: ratioOf(pairs), low: at(0.025), high: at(0.975), pairs: pairs.length };
};
