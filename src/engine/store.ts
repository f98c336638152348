/**
 * One storage item's keys and values, with a journal for rollback and for the diff.
 *
 * Values are immutable: a call puts a new list, so that undoing is putting the old one back, a diff can be encoded long
 * after the call, and a list's entry is encoded once however often its list changes (measured: encoding a
 * `ComputeRequest` takes 7 us, looking its bytes up 0.05 us).
 */
import { compactDigits, encode, encodeDigits } from '../spec/scale.js';
import type { Type } from '../spec/shape.js';
import { rawKey, type StorageItem } from '../spec/storage.js';
import type { Hex } from '../spec/hex.js';
import type { RawDiff } from '../spec/answers.js';

/** Counts what a call costs in map and index operations: must not grow with the state (see `test/engine/cost.test.ts`). */
export interface Meter {
  operations: number;
}

const entryBytes = new WeakMap<object, string>();

/** The encoding of a value. A list's entries are encoded once each; an entry object belongs to one list type. */
const encodeValue = <V>(type: Type<V>, value: V): Hex => {
  if (type.shape.kind !== 'list' || !Array.isArray(value)) return encode(type, value);
  const entryType: Type<unknown> = { shape: type.shape.of };
  let digits = compactDigits(value.length);
  for (const entry of value as readonly unknown[]) {
    const known = typeof entry === 'object' && entry !== null ? entryBytes.get(entry) : undefined;
    const own = known ?? encodeDigits(entryType, entry);
    if (known === undefined && typeof entry === 'object' && entry !== null) entryBytes.set(entry, own);
    digits += own;
  }
  return '0x' + digits;
};

/** One key of an item. `value` is undefined where the key is absent. */
class Cell<K, V> {
  value: V | undefined = undefined;
  private raw: Hex | undefined;
  private encoded: { readonly of: V; readonly bytes: Hex } | undefined;

  constructor(
    /** The key's name among its store's cells. */
    readonly id: string,
    readonly key: K,
    private readonly item: StorageItem<K, V, unknown>,
  ) {}

  get rawKey(): Hex {
    this.raw ??= rawKey(this.item, this.key);
    return this.raw;
  }

  bytesOf(value: V): Hex {
    if (this.encoded?.of !== value) this.encoded = { of: value, bytes: encodeValue(this.item.value, value) };
    return this.encoded.bytes;
  }
}

type AnyCell = Cell<unknown, unknown>;

/** What a journal asks of the store that a touched key belongs to. */
interface Undo {
  restore(cell: AnyCell, before: unknown): void;
  /** Forgets a key that is absent now: called once the layer is kept or undone. */
  settle(cell: AnyCell): void;
}

/** What one storage layer touched: each key's value from before, once. */
export class Journal {
  private touched = new Map<AnyCell, { readonly store: Undo; readonly before: unknown }>();

  record(cell: AnyCell, store: Undo): void {
    if (!this.touched.has(cell)) this.touched.set(cell, { store, before: cell.value });
  }

  /** Undoes everything since the layer began. */
  rollback(): void {
    const { touched } = this;
    this.touched = new Map();
    for (const [cell, { store, before }] of touched) {
      store.restore(cell, before);
      store.settle(cell);
    }
  }

  /** Keeps everything; answers what changed. */
  commit(): Changes {
    const { touched } = this;
    if (touched.size === 0) return NO_CHANGES;
    this.touched = new Map();
    const changes = new Changes([...touched].map(([cell, { before }]) => ({ cell, before, after: cell.value })));
    for (const [cell, { store }] of touched) store.settle(cell);
    return changes;
  }
}

interface Change {
  readonly cell: AnyCell;
  readonly before: unknown;
  readonly after: unknown;
}

/** The keys that a layer wrote. Bytes are made when somebody asks. */
export class Changes {
  private diff: RawDiff | undefined;

  constructor(private readonly changes: readonly Change[]) {}

  isEmpty(): boolean {
    return Object.keys(this.toRaw()).length === 0;
  }

  /** Raw key to new value, null where removed, in key order. A key written with the value it had is not in it. */
  toRaw(): RawDiff {
    if (this.diff !== undefined) return this.diff;
    const found: [Hex, Hex | null][] = [];
    for (const { cell, before, after } of this.changes) {
      if (before === after) continue;
      const old = before === undefined ? null : cell.bytesOf(before);
      const bytes = after === undefined ? null : cell.bytesOf(after);
      if (bytes !== old) found.push([cell.rawKey, bytes]);
    }
    if (found.length > 1) found.sort(([left], [right]) => (left < right ? -1 : 1));
    this.diff = Object.fromEntries(found);
    return this.diff;
  }

  /** These and the later ones as one: a key that ends with the value it had before the first is not in it. */
  followedBy(later: Changes): Changes {
    const whole = new Map(this.changes.map((change) => [change.cell.rawKey, change]));
    for (const change of later.changes) {
      const before = whole.get(change.cell.rawKey);
      whole.set(change.cell.rawKey, before ? { ...change, before: before.before } : change);
    }
    return new Changes([...whole.values()]);
  }
}

export const NO_CHANGES = new Changes([]);

/** Told of every change of a key's value, rollback included: how indexes follow their store. */
export type Observer<V> = (id: string, before: V | undefined, after: V | undefined) => void;

/** A storage map: `K` its key, `V` what is stored, `E` what an absent key reads as. */
export class Store<K, V, E = V> {
  private readonly cells = new Map<string, Cell<K, V>>();

  constructor(
    readonly item: StorageItem<K, V, E>,
    private readonly journal: Journal,
    private readonly meter: Meter,
    private readonly observer: Observer<V> | null = null,
  ) {}

  get(key: K): V | E {
    this.meter.operations += 1;
    return this.cells.get(this.idOf(key))?.value ?? this.item.absent;
  }

  put(key: K, value: V): void {
    this.write(this.idOf(key), key, value);
  }

  remove(key: K): void {
    this.write(this.idOf(key), key, undefined);
  }

  has(key: K): boolean {
    return this.cells.get(this.idOf(key))?.value !== undefined;
  }

  /** The raw key that orders a map; `id` is that of an observed change. */
  orderOf(id: string): Hex {
    const cell = this.cells.get(id);
    if (cell === undefined) throw new Error(`${this.item.name} has no key ${id}`);
    return cell.rawKey;
  }

  /** Raw value of a key, or null. */
  bytesAt(key: K): Hex | null {
    const cell = this.cells.get(this.idOf(key));
    return cell?.value === undefined ? null : cell.bytesOf(cell.value);
  }

  /** Present keys with their values, in the order of their raw keys: how FRAME iterates. */
  *entries(): Generator<readonly [string, V]> {
    const present = [...this.cells].toSorted(([, left], [, right]) => (left.rawKey < right.rawKey ? -1 : 1));
    for (const [id, { value }] of present) if (value !== undefined) yield [id, value];
  }

  /** Present keys with their values, in no order. */
  present(): (readonly [K, V])[] {
    const all: (readonly [K, V])[] = [];
    for (const { key: of, value } of this.cells.values()) if (value !== undefined) all.push([of, value]);
    return all;
  }

  /** Present raw keys and raw values, in no order. */
  *raw(): Generator<readonly [Hex, Hex]> {
    for (const cell of this.cells.values()) if (cell.value !== undefined) yield [cell.rawKey, cell.bytesOf(cell.value)];
  }

  private idOf(key: K): string {
    if (typeof key === 'string') return key;
    return key === null || this.item.key === null ? '' : encode(this.item.key, key);
  }

  restore(cell: Cell<K, V>, before: V | undefined): void {
    this.change(cell, before);
  }

  settle(cell: Cell<K, V>): void {
    if (cell.value === undefined) this.cells.delete(cell.id);
  }

  private write(id: string, key: K, value: V | undefined): void {
    this.meter.operations += 1;
    let cell = this.cells.get(id);
    if (cell === undefined) {
      if (value === undefined) return;
      cell = new Cell(id, key, this.item);
      this.cells.set(id, cell);
    }
    this.journal.record(cell, this);
    this.change(cell, value);
  }

  private change(cell: Cell<K, V>, value: V | undefined): void {
    const before = cell.value;
    cell.value = value;
    this.observer?.(cell.id, before, value);
  }
}

/** A single storage value. */
export class Value<V> {
  constructor(readonly store: Store<null, V>) {}

  get(): V {
    return this.store.get(null);
  }

  put(value: V): void {
    this.store.put(null, value);
  }
}
