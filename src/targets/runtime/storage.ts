/**
 * A runtime's storage: one map that is always current, with a journal of what each key was, so that nested transactions
 * undo by going back, and a call's changes are what its journal names. A child trie's keys lie in the same map behind a
 * character that no byte has, so that the one journal undoes them too.
 */
import { SortedKeys, type Key } from './sorted-keys.js';

export type { Key } from './sorted-keys.js';

/**
 * A list that grew by `append`: its encoded elements so far, joined when somebody reads. Immutable but for `parts`, which
 * is shared by all versions of the list: each sees its first `length`.
 */
export class AppendedList {
  private joined: Uint8Array | undefined;

  constructor(
    /** Encoded elements; the first may stand for all that the list had when appending began. */
    private readonly parts: Uint8Array[],
    private readonly length: number,
    /** Elements in the list. */
    private readonly count: number,
  ) {}

  /** The list with one element more. */
  with(element: Uint8Array): AppendedList {
    const parts = this.parts.length === this.length ? this.parts : this.parts.slice(0, this.length);
    parts.push(element);
    return new AppendedList(parts, parts.length, this.count + 1);
  }

  /** Number of parts: marks a moment for {@link since}. */
  get mark(): number {
    return this.length;
  }

  /** The elements that were appended after a mark. */
  since(mark: number): readonly Uint8Array[] {
    return this.parts.slice(mark, this.length);
  }

  get bytes(): Uint8Array {
    this.joined ??= Buffer.concat([compactLength(this.count), ...this.parts.slice(0, this.length)]);
    return this.joined;
  }
}

/** What a key holds. */
type Stored = Uint8Array | AppendedList;

const bytesOf = (stored: Stored): Uint8Array => (stored instanceof AppendedList ? stored.bytes : stored);

/** SCALE's compact form of a `u32`. */
export const compactLength = (count: number): Uint8Array => {
  if (count < 0x40) return Uint8Array.of(count << 2);
  const bytes = new Uint8Array(count < 0x4000 ? 2 : count < 0x4000_0000 ? 4 : 5);
  if (bytes.length === 5) {
    bytes[0] = 3;
    new DataView(bytes.buffer).setUint32(1, count, true);
    return bytes;
  }
  const value = count * 4 + (bytes.length === 2 ? 1 : 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(value / 2 ** (8 * at)) & 0xff;
  return bytes;
};

/** A compact `u32` at the front: its value and its length in bytes. Undefined where there is none. */
export const readCompact = (bytes: Uint8Array): { readonly value: number; readonly length: number } | undefined => {
  const first = bytes[0];
  if (first === undefined) return undefined;
  const length = [1, 2, 4, 5][first & 3] ?? 1;
  if (bytes.length < length || (length === 5 && first !== 3)) return undefined;
  let value = 0;
  for (let at = length - 1; at >= (length === 5 ? 1 : 0); at -= 1) value = value * 256 + (bytes[at] ?? 0);
  return { value: length === 5 ? value : Math.floor(value / 4), length };
};

/** What `append` begins with: a list that is there, or an empty one where the bytes are no list, as Substrate does it. */
const asList = (stored: Stored | undefined): AppendedList => {
  if (stored instanceof AppendedList) return stored;
  const count = stored === undefined ? undefined : readCompact(stored);
  if (stored === undefined || count === undefined) return new AppendedList([], 0, 0);
  return new AppendedList([stored.subarray(count.length)], 1, count.value);
};

interface Before {
  readonly key: Key;
  readonly stored: Stored | undefined;
}

/** Bytes that may be written between two {@link Storage.keep}: a call that writes without end is ended. */
const LARGEST = 1 << 28;

/** Thrown where a call writes more than it may. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

export class Storage {
  private values = new Map<Key, Stored>();
  private readonly keys = new SortedKeys();
  private journal: Before[] = [];
  /** Where in the journal each open transaction began. */
  private readonly open: number[] = [];
  private written = 0;
  /** Stays set where the time was over in the middle of a change: values and keys may differ then. */
  private isPutting = false;

  /** Starts anew with these values and nothing to undo. */
  load(values: Iterable<readonly [Key, Uint8Array]>): void {
    this.values = new Map(values);
    this.keys.load(this.values.keys());
    this.keep();
  }

  get(key: Key): Uint8Array | undefined {
    const stored = this.values.get(key);
    return stored && bytesOf(stored);
  }

  /** Everything, in no order. */
  *entries(): Generator<readonly [Key, Uint8Array]> {
    for (const [key, stored] of this.values) yield [key, bytesOf(stored)];
  }

  has(key: Key): boolean {
    return this.values.has(key);
  }

  /** A list that was appended to, else undefined. */
  appended(key: Key): AppendedList | undefined {
    const stored = this.values.get(key);
    return stored instanceof AppendedList ? stored : undefined;
  }

  /** `value` belongs to the storage from now on. */
  set(key: Key, value: Uint8Array): void {
    this.write(key, value, value.length);
  }

  append(key: Key, element: Uint8Array): void {
    this.write(key, asList(this.values.get(key)).with(element), element.length);
  }

  remove(key: Key): void {
    this.write(key, undefined, 0);
  }

  /** The first key behind `key`. */
  after(key: Key): Key | undefined {
    return this.keys.after(key);
  }

  /** The keys that begin with a prefix, in order, as they are now. */
  under(prefix: Key): Key[] {
    return [...this.keys.under(prefix)];
  }

  begin(): void {
    this.open.push(this.journal.length);
  }

  /** Keeps the innermost transaction's changes. @throws RangeError where none is open */
  commit(): void {
    this.close();
  }

  /** Undoes the innermost transaction. @throws RangeError where none is open */
  rollback(): void {
    this.undoTo(this.close());
  }

  /** How many transactions are open. */
  get depth(): number {
    return this.open.length;
  }

  /** Undoes everything since the last {@link keep}, whatever is open. */
  undo(): void {
    const wasCutOff = this.isPutting;
    this.undoTo(0);
    if (wasCutOff) this.keys.load(this.values.keys());
    this.keep();
  }

  /** Makes everything so far the state that {@link undo} leads back to. */
  keep(): void {
    this.journal = [];
    this.open.length = 0;
    this.written = 0;
  }

  /** Keys that changed since the last {@link keep}, with what they had then: absent as null. In no order. */
  *changed(concerns: (key: Key) => boolean): Generator<readonly [Key, Uint8Array | null, Uint8Array | null]> {
    const seen = new Set<Key>();
    for (const { key, stored } of this.journal) {
      if (!concerns(key) || seen.has(key)) continue;
      seen.add(key);
      const now = this.values.get(key);
      if (now === stored) continue;
      const before = stored === undefined ? null : bytesOf(stored);
      const after = now === undefined ? null : bytesOf(now);
      if (before && after && Buffer.compare(before, after) === 0) continue;
      yield [key, before, after];
    }
  }

  private close(): number {
    const mark = this.open.pop();
    if (mark === undefined) throw new RangeError('no storage transaction is open');
    return mark;
  }

  private undoTo(mark: number): void {
    for (let at = this.journal.length - 1; at >= mark; at -= 1) {
      const before = this.journal[at];
      if (before) this.put(before.key, before.stored, this.values.has(before.key));
    }
    this.journal.length = mark;
  }

  private write(key: Key, value: Stored | undefined, size: number): void {
    this.written += size + key.length;
    if (this.written > LARGEST) throw new StorageFull(`it wrote more than ${LARGEST >> 20} MiB of storage`);
    const stored = this.values.get(key);
    if (stored === undefined && value === undefined) return;
    this.journal.push({ key, stored });
    this.put(key, value, stored !== undefined);
  }

  private put(key: Key, value: Stored | undefined, isThere: boolean): void {
    this.isPutting = true;
    if (value === undefined) {
      if (this.values.delete(key)) this.keys.remove(key);
    } else {
      if (!isThere) this.keys.add(key);
      this.values.set(key, value);
    }
    this.isPutting = false;
  }
}
