/**
 * What calls cost in both runtimes: storage operations, counted and so free of noise, of calls that both took alike; and the time that
 * V8 took for them, paired and interleaved, with an interval.
 */
import type { OperationCounts } from '../targets/target.js';
import type { Priced } from './joint.js';

/** Storage operations as a node's weights know them. */
export type Operation = 'reads' | 'writes';

const OPERATIONS: readonly Operation[] = ['reads', 'writes'];

/** Reading takes what asks for the next key, writing what clears a prefix. */
const countOf = (counts: OperationCounts, operation: Operation): number =>
  operation === 'reads' ? counts.reads + counts.next_key : counts.writes + counts.clear_prefix;

/** The sums of one call. */
export interface CallCost {
  readonly call: string;
  /** How often both took it alike. */
  readonly times: number;
  readonly old: Readonly<Record<Operation, number>>;
  readonly next: Readonly<Record<Operation, number>>;
}

/** A call that became dearer than the tolerance allows, or cheaper by more than it. */
export interface CostChange {
  readonly call: string;
  readonly operation: Operation;
  /** Operations a call, on average. */
  readonly old: number;
  readonly next: number;
}

export class CostTally {
  private readonly calls = new Map<
    string,
    { times: number; old: Record<Operation, number>; next: Record<Operation, number> }
  >();

  add(priced: readonly Priced[]): void {
    for (const { call, old, next } of priced) {
      const sums = this.calls.get(call) ?? { times: 0, old: { reads: 0, writes: 0 }, next: { reads: 0, writes: 0 } };
      sums.times += 1;
      for (const operation of OPERATIONS) {
        sums.old[operation] += countOf(old, operation);
        sums.next[operation] += countOf(next, operation);
      }
      this.calls.set(call, sums);
    }
  }

  /** In the order of their names. */
  get costs(): readonly CallCost[] {
    return [...this.calls].map(([call, sums]) => ({ call, ...sums })).toSorted((a, b) => (a.call < b.call ? -1 : 1));
  }

  /** Calls whose operations grew, or shrank, by more than `tolerance` (a share: 0.1 is a tenth). */
  changes(tolerance: number): readonly CostChange[] {
    return this.costs.flatMap(({ call, times, old, next }) =>
      OPERATIONS.filter((operation) => isBeyond(old[operation], next[operation], tolerance)).map((operation) => ({
        call,
        operation,
        old: old[operation] / times,
        next: next[operation] / times,
      })),
    );
  }
}

/** Counts are whole, shares are not: 157 is not more than 100 and 0.57 of it, though 100 * 1.57 is 156.99999999999997. */
const ROUNDING = 1e-9;

const isMore = (more: number, less: number, tolerance: number): boolean =>
  more > less * (1 + tolerance) * (1 + ROUNDING);

const isBeyond = (old: number, next: number, tolerance: number): boolean =>
  isMore(next, old, tolerance) || isMore(old, next, tolerance);

/** Milliseconds that the same steps took in both, one scenario a pair. */
export interface TimePair {
  readonly old: number;
  readonly next: number;
}

/** How many times as long the new one takes, and between which ratios 95 of 100 resamples lie. */
export interface TimeRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Scenarios that were resampled. */
  readonly pairs: number;
}

const RESAMPLES = 1_000;
/** The first scenarios find cold code. */
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

/** Bootstrapped over scenarios; null where there are too few to say anything. */
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
