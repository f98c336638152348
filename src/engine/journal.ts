/**
 * What one storage layer touched, for rollback and for the diff.
 *
 * Values are immutable: a call puts a new list, so that undoing is putting the old one back, a diff can be encoded long
 * after the call, and a list's entry is encoded once however often its list changes (measured: encoding a
 * `ComputeRequest` takes 7 us, looking its bytes up 0.05 us).
 */
import type { RawDiff } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { compactDigits, encode, encodeDigits } from '../spec/scale.js';
import type { Type } from '../spec/shape.js';
import { rawKey, type StorageItem } from '../spec/storage.js';

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
export class Cell<K, V> {
  value: V | undefined = undefined;
  /** The number of the layer that touched it last (see {@link Journal}). */
  layer = 0;
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
  /** Called for a key that is absent now, once the layer is kept or undone. */
  forget(cell: AnyCell): void;
}

/** A key that a layer touched. `after` is that of the layer's end. */
interface Change {
  readonly cell: AnyCell;
  readonly before: unknown;
  readonly after: unknown;
}

class Touch implements Change {
  after: unknown = undefined;
  constructor(
    readonly cell: AnyCell,
    readonly before: unknown,
    readonly store: Undo,
  ) {}
}

/** What one storage layer touched: each key's value from before, once. */
export class Journal {
  /** Cells with another number are untouched. A map of the touched ones took 9 % of a life. */
  private layer = 1;
  private touched: Touch[] = [];

  record(cell: AnyCell, store: Undo): void {
    if (cell.layer === this.layer) return;
    cell.layer = this.layer;
    this.touched.push(new Touch(cell, cell.value, store));
  }

  /** Undoes everything since the layer began. */
  rollback(): void {
    for (const { cell, store, before } of this.end()) {
      store.restore(cell, before);
      if (cell.value === undefined) store.forget(cell);
    }
  }

  /** Keeps everything; answers what changed. */
  commit(): Changes {
    if (this.touched.length === 0) return NO_CHANGES;
    const touched = this.end();
    for (const touch of touched) {
      const { cell, store } = touch;
      touch.after = cell.value;
      if (cell.value === undefined) store.forget(cell);
    }
    return new Changes(touched);
  }

  private end(): readonly Touch[] {
    const { touched } = this;
    if (touched.length === 0) return touched;
    this.touched = [];
    this.layer += 1;
    return touched;
  }
}

/** Whether two values of a key have the same bytes. Lists of two lengths do not, which costs no encoding. */
const isSame = ({ cell, before, after }: Change): boolean => {
  if (before === after) return true;
  if (before === undefined || after === undefined) return false;
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) return false;
  return cell.bytesOf(before) === cell.bytesOf(after);
};

/** The keys that a layer wrote. Bytes are made when somebody asks. */
export class Changes {
  private diff: RawDiff | undefined;

  constructor(private readonly changes: readonly Change[]) {}

  /** Encodes nothing but lists of one length, as every opened block asks (measured: a quarter of a life's time). */
  isEmpty(): boolean {
    return this.changes.every(isSame);
  }

  /** Raw key to new value, null where removed, in key order. A key written with the value it had is not in it. */
  toRaw(): RawDiff {
    if (this.diff !== undefined) return this.diff;
    const found: [Hex, Hex | null][] = [];
    for (const change of this.changes) {
      if (isSame(change)) continue;
      const { cell, after } = change;
      found.push([cell.rawKey, after === undefined ? null : cell.bytesOf(after)]);
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
