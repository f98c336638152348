/** The index of who holds a request id, by itself: what it answers, and what following a list costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestIndex } from '../../src/engine/request-index.js';

interface Entry {
  readonly request_id: bigint;
}

const entry = (id: number): Entry => ({ request_id: BigInt(id) });
const HOLDERS = ['a', 'b', 'c'];
const orderOf = (holder: string): string => `0x${holder}`;

/** The same objects again and again: a list may have one twice. */
const ENTRIES = [0, 1, 2, 3].map(entry);

/** Lists as calls leave them, and as injections do: entries of the list before or not, in any order. */
const versions = fc.array(
  fc.record({
    holder: fc.constantFrom(...HOLDERS),
    entries: fc.array(fc.constantFrom(...ENTRIES), { maxLength: 5 }),
    kept: fc.nat(5),
  }),
  { maxLength: 12 },
);

describe('the index of requests', () => {
  it('answers as a scan of the lists does, whatever a list becomes', () => {
    fc.assert(
      fc.property(versions, (changes) => {
        const index = new RequestIndex({ operations: 0 }, orderOf);
        const lists = new Map<string, readonly Entry[]>();
        for (const { holder, entries, kept } of changes) {
          const before = lists.get(holder);
          const after = [...(before ?? []).slice(0, kept), ...entries];
          index.follow(holder, before, after.length === 0 ? undefined : after);
          lists.set(holder, after);
          for (const id of [0n, 1n, 2n, 3n, 4n]) {
            const scanned = HOLDERS.filter((each) => lists.get(each)?.some(({ request_id }) => request_id === id));
            expect(index.holdersOf(id)).toEqual(scanned);
          }
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('takes as many operations as entries came and went, however long the list', () => {
    const list = Array.from({ length: 1000 }, (_, at) => entry(at));
    const cost = (before: readonly Entry[], after: readonly Entry[]): number => {
      const meter = { operations: 0 };
      const index = new RequestIndex(meter, orderOf);
      index.follow('a', undefined, before);
      const built = meter.operations;
      expect(built).toBe(before.length);
      index.follow('a', before, after);
      return meter.operations - built;
    };
    expect(cost(list, [...list, entry(2000)])).toBe(1);
    expect(cost(list, [entry(2000), ...list])).toBe(1);
    expect(cost(list, list.slice(1))).toBe(1);
    expect(cost(list, list.slice(0, -1))).toBe(1);
    expect(cost(list, list.toSpliced(500, 1))).toBe(1);
    expect(cost(list, list.toSpliced(500, 1, entry(2000)))).toBe(2);
    expect(cost(list, list.toSpliced(500, 1, entry(500)))).toBe(0);
    expect(cost(list, [])).toBe(1000);
    expect(cost([], list)).toBe(1000);
  });

  it('takes one operation to ask, and one for each place of several', () => {
    const meter = { operations: 0 };
    const index = new RequestIndex(meter, orderOf);
    const asked = (id: bigint): number => {
      const before = meter.operations;
      index.holdersOf(id);
      return meter.operations - before;
    };
    expect(asked(7n)).toBe(1);
    index.follow('a', undefined, [entry(7)]);
    expect(asked(7n)).toBe(1);
    index.follow('b', undefined, [entry(7), entry(7)]);
    expect(asked(7n)).toBe(4);
    expect(index.holdersOf(7n)).toEqual(['a', 'b']);
  });

  it('says so where it is told of an entry that nobody has', () => {
    const index = new RequestIndex({ operations: 0 }, orderOf);
    index.follow('a', undefined, [entry(1)]);
    expect(() => index.follow('b', [entry(1)], undefined)).toThrow('request index out of step: b does not hold 1');
  });
});
