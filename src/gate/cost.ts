/** What calls cost in both runtimes: storage operations, counted and so free of noise, of calls that both took alike. */
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
