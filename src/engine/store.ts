/** One storage item's keys and values. */
import type { Hex } from '../spec/hex.js';
import { encode } from '../spec/scale.js';
import type { StorageItem } from '../spec/storage.js';
import { Cell, type Journal } from './journal.js';

export { NO_CHANGES, type Changes } from './journal.js';

/** Counts what a call costs in map and index operations: must not grow with the state (see `test/engine/cost.test.ts`). */
export interface Meter {
  operations: number;
}

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
    this.write(key, value);
  }

  remove(key: K): void {
    this.write(key, undefined);
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

  forget(cell: Cell<K, V>): void {
    this.cells.delete(cell.id);
  }

  /**
   * Writes outside of any layer, undefined removing the key: nothing undoes it, and nobody is told what changed. Not
   * through the journal: V8 sees that a million of its records survive, and from then on makes them in the old space,
   * where garbage keeps garbage (measured at 10^6 requests: a sixth of everything outlived its scavenge, 2.5 MB of 14).
   */
  inject(key: K, value: V | undefined): void {
    const cell = this.cellFor(key, value);
    if (cell === undefined) return;
    this.change(cell, value);
    if (value === undefined) this.forget(cell);
  }

  private write(key: K, value: V | undefined): void {
    const cell = this.cellFor(key, value);
    if (cell === undefined) return;
    this.journal.record(cell, this);
    this.change(cell, value);
  }

  /** The key's cell, a new one where it is absent; none where there is nothing to remove. */
  private cellFor(key: K, value: V | undefined): Cell<K, V> | undefined {
    this.meter.operations += 1;
    const id = this.idOf(key);
    const known = this.cells.get(id);
    if (known !== undefined || value === undefined) return known;
    const cell = new Cell(id, key, this.item);
    this.cells.set(id, cell);
    return cell;
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
