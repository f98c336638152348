/** The runtime's storage, and the order of its keys, against the simplest model of each: maps that are copied, a sorted list. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Overrun, withinTime } from '../../../src/targets/runtime/deadline.js';
import { SortedKeys } from '../../../src/targets/runtime/sorted-keys.js';
import { compactLength, readCompact, Storage, StorageFull } from '../../../src/targets/runtime/storage.js';

/** Few, so that they meet; around the 32 bytes by which keys are grouped, some beginnings of others, some of child tries. */
const STEM = 'pallet-and-item-of-32-bytes-long';
const KEYS = [
  ...['', 'a', 'ab', 'b', 'pallet', '\xff', '\xff\xff', STEM.slice(0, 31), STEM, STEM.slice(0, 31) + '\xff'],
  ...['', '0', '00', '1', '\xff', 'x'.repeat(40)].map((rest) => `${STEM}${rest}\0`),
  ...['Ā\x01a', 'Ā\x01ab', 'Ā\x02aab', `Ā\x01a${STEM}`, `Ā\x01a${STEM}1`],
];
const key = fc.constantFrom(...KEYS);
const prefix = fc.oneof(key, fc.constantFrom('p', STEM.slice(0, 16), `${STEM}0`, 'Ā', 'zzz'));

const startsWith =
  (beginning: string) =>
  (each: string): boolean =>
    each.startsWith(beginning);

describe('sorted keys', () => {
  it('are in bytewise order whatever came and went', () => {
    const change = fc.tuple(fc.boolean(), key);
    const check = (
      first: readonly string[],
      changes: readonly (readonly [boolean, string])[],
      asked: string[],
    ): void => {
      const sorted = new SortedKeys();
      const model = new Set(first);
      sorted.load(model);
      for (const [adds, each] of changes) {
        if (adds && !model.has(each)) {
          sorted.add(each);
          model.add(each);
        }
        if (!adds && model.delete(each)) sorted.remove(each);
      }
      const all = [...model].sort();
      for (const each of [...asked, '', 'c', `${STEM}5`]) {
        expect(sorted.after(each)).toBe(all.find((other) => other > each));
        expect([...sorted.under(each)]).toEqual(all.filter(startsWith(each)));
      }
    };
    fc.assert(fc.property(fc.uniqueArray(key), fc.array(change, { maxLength: 60 }), fc.array(prefix), check), {
      seed: 41,
      numRuns: 1000,
    });
  });
});

/** A list that is no list is begun anew, as Substrate does it. */
const appendedNaively = (before: Uint8Array | undefined, element: Uint8Array): Uint8Array => {
  const count = before && readCompact(before);
  if (before === undefined || count === undefined) return Buffer.concat([compactLength(1), element]);
  return Buffer.concat([compactLength(count.value + 1), before.subarray(count.length), element]);
};

/** Every transaction is a copy. */
class Model {
  kept = new Map<string, Uint8Array>();
  private readonly layers: Map<string, Uint8Array>[] = [];
  now = new Map<string, Uint8Array>();

  get depth(): number {
    return this.layers.length;
  }

  begin(): void {
    this.layers.push(new Map(this.now));
  }

  end(commits: boolean): void {
    const before = this.layers.pop();
    if (!commits && before) this.now = before;
  }

  undo(): void {
    this.now = new Map(this.kept);
    this.layers.length = 0;
  }

  keep(): void {
    this.kept = new Map(this.now);
    this.layers.length = 0;
  }
}

type Operation = (storage: Storage, model: Model) => void;

const bytes = fc.uint8Array({ maxLength: 6 });

const set = fc.tuple(key, bytes).map(([of, value]): Operation => (storage, model) => {
  storage.set(of, value);
  model.now.set(of, value);
});
const append = fc.tuple(key, bytes).map(([of, element]): Operation => (storage, model) => {
  storage.append(of, element);
  model.now.set(of, appendedNaively(model.now.get(of), element));
});
const remove = key.map((of): Operation => (storage, model) => {
  storage.remove(of);
  model.now.delete(of);
});
const begin = fc.constant<Operation>((storage, model) => {
  storage.begin();
  model.begin();
});
const end = fc.boolean().map((commits): Operation => (storage, model) => {
  if (model.depth === 0) return;
  storage[commits ? 'commit' : 'rollback']();
  model.end(commits);
});
const settle = fc.boolean().map((keeps): Operation => (storage, model) => {
  storage[keeps ? 'keep' : 'undo']();
  model[keeps ? 'keep' : 'undo']();
});
const read = key.map((of): Operation => (storage, model) => {
  expect(hexOf(storage.get(of))).toBe(hexOf(model.now.get(of)));
});
const operation = fc.oneof(
  { weight: 4, arbitrary: set },
  { weight: 5, arbitrary: append },
  { weight: 3, arbitrary: remove },
  { weight: 3, arbitrary: begin },
  { weight: 4, arbitrary: end },
  { weight: 1, arbitrary: settle },
  { weight: 2, arbitrary: read },
);

const hexOf = (value: Uint8Array | null | undefined): string | null =>
  value ? Buffer.from(value).toString('hex') : null;

const changedIn = ({ kept, now }: Model): (readonly [string, string | null, string | null])[] =>
  KEYS.map((of) => [of, hexOf(kept.get(of)), hexOf(now.get(of))] as const).filter(
    ([, before, after]) => before !== after,
  );

const expectSame = (storage: Storage, model: Model): void => {
  expect(storage.depth).toBe(model.depth);
  const all = [...model.now.keys()].sort();
  expect(storage.under('')).toEqual(all);
  for (const of of KEYS) {
    expect(storage.has(of)).toBe(model.now.has(of));
    expect(hexOf(storage.get(of))).toBe(hexOf(model.now.get(of)));
    expect(storage.after(of)).toBe(all.find((other) => other > of));
  }
  const changed = [...storage.changed(() => true)].map(([of, before, after]) => [of, hexOf(before), hexOf(after)]);
  const inOrder = (lines: readonly unknown[]): string[] => lines.map((line) => JSON.stringify(line)).sort();
  expect(inOrder(changed)).toEqual(inOrder(changedIn(model)));
};

describe('storage', () => {
  it('is what a map with copies would be, through nested transactions, lists that grow, and undoing', () => {
    const check = (operations: readonly Operation[]): void => {
      const storage = new Storage();
      const model = new Model();
      for (const each of operations) each(storage, model);
      expectSame(storage, model);
      storage.undo();
      model.undo();
      expectSame(storage, model);
    };
    fc.assert(fc.property(fc.array(operation, { maxLength: 80 }), check), { seed: 42, numRuns: 1500 });
  });

  it('tells the elements that were appended after a mark, also where some were rolled back in between', () => {
    const storage = new Storage();
    storage.append('list', Uint8Array.of(1));
    const mark = storage.appended('list')?.mark ?? 0;
    storage.append('list', Uint8Array.of(2));
    storage.begin();
    storage.append('list', Uint8Array.of(3));
    storage.rollback();
    storage.append('list', Uint8Array.of(4));
    expect(storage.appended('list')?.since(mark)).toEqual([Uint8Array.of(2), Uint8Array.of(4)]);
    expect(storage.get('list')).toEqual(Buffer.from([12, 1, 2, 4]));
  });

  it('ends a call that writes more than 256 MiB, and is as before once that is undone', () => {
    const storage = new Storage();
    storage.load([['a', Uint8Array.of(1)]]);
    const large = new Uint8Array(1 << 24);
    const write = (): void => {
      for (let count = 0; ; count += 1) storage.set(`k${count % 2}`, large);
    };
    expect(write).toThrow(StorageFull);
    storage.undo();
    expect(storage.under('')).toEqual(['a']);
    storage.set('b', large);
    expect(storage.under('')).toEqual(['a', 'b']);
  });

  it('has no transaction to end where none is open', () => {
    expect(() => new Storage().commit()).toThrow(RangeError);
    expect(() => new Storage().rollback()).toThrow(RangeError);
  });

  it.each(['add', 'remove'] as const)('is undone as a whole where the time was over in its keys: %s', (method) => {
    const storage = new Storage();
    storage.load(['a', 'b', 'c'].map((of) => [of, Uint8Array.of(1)]));
    storage.set('a', Uint8Array.of(2));
    const spy = vi.spyOn(SortedKeys.prototype, method).mockImplementationOnce(() => {
      throw new Overrun('in the middle');
    });
    expect(() => (method === 'add' ? storage.set('d', Uint8Array.of(2)) : storage.remove('b'))).toThrow(Overrun);
    spy.mockRestore();
    storage.undo();
    expect(storage.under('')).toEqual(['a', 'b', 'c']);
    expect([storage.get('a'), storage.get('d')]).toEqual([Uint8Array.of(1), undefined]);
  });

  it('is undone as a whole wherever the time was over, and its keys are in order then', () => {
    const storage = new Storage();
    const first = KEYS.filter((_, at) => at % 2 === 0);
    storage.load(first.map((of) => [of, Uint8Array.of(1)]));
    for (let round = 0; round < 100; round += 1) {
      const loop = (): void => {
        for (let at = round; ; at += 1) {
          const of = KEYS[at % KEYS.length] ?? '';
          if (at % 3 === 0) storage.remove(of);
          else storage.set(of, Uint8Array.of(2));
        }
      };
      expect(() => withinTime(1, loop)).toThrow(Overrun);
      storage.undo();
      expect(storage.under('')).toEqual([...first].sort());
    }
  });
});

describe('compact lengths', () => {
  const EDGES = [0, 1, 63, 64, 16_383, 16_384, 2 ** 30 - 1, 2 ** 30, 2 ** 32 - 1];

  it.each(EDGES)('of %i are read as they are written', (value) => {
    const written = compactLength(value);
    expect(readCompact(written)).toEqual({ value, length: written.length });
    expect(readCompact(Buffer.concat([written, Uint8Array.of(255)]))).toEqual({ value, length: written.length });
    expect(readCompact(written.subarray(0, written.length - 1))).toBeUndefined();
  });

  it('are those of SCALE', () => {
    const hex = (value: number): string => Buffer.from(compactLength(value)).toString('hex');
    expect(EDGES.map(hex)).toEqual([
      '00',
      '04',
      'fc',
      '0101',
      'fdff',
      '02000100',
      'feffffff',
      '0300000040',
      '03ffffffff',
    ]);
  });

  it('beyond 32 bits are none', () => {
    expect(readCompact(Uint8Array.of(7, 0, 0, 0, 0, 1))).toBeUndefined();
  });
});
