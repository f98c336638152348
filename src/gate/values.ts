/**
 * Storage values and events of two runtimes held against each other: as bytes where both have the same layout, else by field name,
 * each decoded through its own metadata. Keys are in the specification's form, in which the pallets have their specified names.
 */
import type { RawDiff } from '../spec/answers.js';
import { concat, firstDifferingByte, toHex, type Hex } from '../spec/hex.js';
import { twox128 } from '../spec/hashing.js';
import { DecodeError } from '../spec/scale.js';
import { ITEM_DIGITS, nameOfKey, palletPrefix } from '../spec/storage.js';
import type { Mismatch } from '../properties/compare.js';
import { valueText } from '../properties/readable.js';
import { foundPallets } from '../targets/layout.js';
import { MetadataError, type StorageItemMetadata, type TypeId, type VariantMetadata } from '../targets/metadata.js';
import { isList } from '../targets/metadata/value.js';
import { decodeOwn, decodeOwnEvent, encodeOwn, partingByName, type Value } from '../targets/metadata/values.js';
import type { Runtime } from '../targets/runtime/runtime.js';
import { readEvent } from '../targets/runtime/translation.js';
import { SameTypes } from './interface/same-types.js';

/** A storage item of a pallet under test, as its runtime has it. */
interface OwnItem {
  /** `Pallet.Item`, the pallet by its specified name. */
  readonly name: string;
  readonly item: StorageItemMetadata;
}

/** A deposited event of a pallet under test. */
interface OwnEvent {
  /** `Pallet.Event`, the pallet by its specified name. */
  readonly name: string;
  readonly variant: VariantMetadata;
  /** Its fields, and the topics behind them. */
  readonly encoded: Uint8Array;
}

/** What one runtime's keys and event records mean. */
export class OwnMeaning {
  private readonly items = new Map<Hex, OwnItem>();
  private readonly pallets = new Map<
    number,
    { readonly name: string; readonly events: ReadonlyMap<number, VariantMetadata> }
  >();

  constructor(readonly runtime: Pick<Runtime, 'layout' | 'metadata'>) {
    for (const { specified, index } of foundPallets(runtime.layout)) {
      const pallet = runtime.metadata.pallets.find((each) => each.index === index);
      for (const item of pallet?.storage?.items ?? [])
        this.items.set(concat(palletPrefix(specified), twox128(item.name)), {
          name: `${specified}.${item.name}`,
          item,
        });
      const events = new Map((pallet?.events ?? []).map((event) => [event.index, event]));
      this.pallets.set(index, { name: specified, events });
    }
  }

  itemOf(key: Hex): OwnItem | undefined {
    return this.items.get(key.slice(0, ITEM_DIGITS));
  }

  /** Undefined for events of other pallets. */
  eventOf(record: Uint8Array): OwnEvent | undefined {
    const { pallet, member, fields } = readEvent(record);
    const known = this.pallets.get(pallet);
    const variant = known?.events.get(member);
    return known && variant && { name: `${known.name}.${variant.name}`, variant, encoded: fields };
  }

  /** The value of a key, or why it is none. */
  decode({ item }: OwnItem, bytes: Hex): { readonly value: Value } | { readonly undecodable: string } {
    return this.reading(() => decodeOwn(this.runtime.metadata, item.value, bytes));
  }

  decodeEvent({ variant, encoded }: OwnEvent): { readonly value: Value } | { readonly undecodable: string } {
    return this.reading(() => decodeOwnEvent(this.runtime.metadata, variant, encoded));
  }

  /** @throws DecodeError, MetadataError where the value can't be one of this runtime's */
  encode({ item }: OwnItem, value: Value): Hex {
    return encodeOwn(this.runtime.metadata, item.value, value);
  }

  private reading(read: () => Value): { readonly value: Value } | { readonly undecodable: string } {
    try {
      return { value: read() };
    } catch (error) {
      if (error instanceof DecodeError) return { undecodable: error.message };
      throw error;
    }
  }
}

/** A key's value after a step, null where there is none. */
type Written = Hex | null;

type Reading = ReturnType<OwnMeaning['decode']>;

const NO_CHANGE = 'no change';

const textOfReading = (reading: Reading | null, bytes: Written): string => {
  if (reading === null) return 'no value';
  return 'value' in reading ? valueText(reading.value) : `${bytes}, which does not decode (${reading.undecodable})`;
};

/** Entries of a list that only one of two runtimes has, with their places. */
export interface Missing {
  readonly of: 'old' | 'next';
  readonly entries: readonly { readonly where: string; readonly text: string }[];
}

/** The positions in `more` of what is left out in `fewer`; null where that has something else, or in another order. */
const leftOut = (more: readonly Value[], fewer: readonly Value[]): readonly number[] | null => {
  const left: number[] = [];
  let at = 0;
  for (const [position, entry] of more.entries()) {
    const other = fewer[at];
    if (other !== undefined && partingByName(entry, other) === undefined) at += 1;
    else left.push(position);
  }
  return at === fewer.length && left.length > 0 ? left : null;
};

/** An item that both have. */
export interface Common {
  readonly name: string;
  readonly old: OwnItem;
  readonly next: OwnItem;
}

/** Two runtimes' values and events. */
export class TwoMeanings {
  readonly old: OwnMeaning;
  readonly next: OwnMeaning;
  private readonly types: SameTypes;

  constructor(old: Pick<Runtime, 'layout' | 'metadata'>, next: Pick<Runtime, 'layout' | 'metadata'>) {
    this.old = new OwnMeaning(old);
    this.next = new OwnMeaning(next);
    this.types = new SameTypes(old.metadata, next.metadata);
  }

  /** What both have under a key; undefined where only one of them has such an item. */
  common(key: Hex): Common | undefined {
    const [old, next] = [this.old.itemOf(key), this.next.itemOf(key)];
    return old && next && { name: old.name, old, next };
  }

  /** Whether both have values of the same layout under a key. */
  isSame({ old, next }: Common): boolean {
    return this.types.has(old.item.value, next.item.value);
  }

  /** Whether both hash the keys of an item alike, from the same types. */
  hasSameKeys({ old, next }: Common): boolean {
    const [one, other] = [old.item.keys, next.item.keys];
    if (one.some(({ hasher }, at) => hasher !== other[at]?.hasher)) return false;
    const types = (keys: StorageItemMetadata['keys']): TypeId[] => keys.map(({ type }) => type);
    return this.sameTypes(types(one), types(other));
  }

  /** Why bytes are no value of a runtime's item; undefined where they are one, or there is no such item. */
  undecodable(side: 'old' | 'next', key: Hex, bytes: Hex): string | undefined {
    const item = this[side].itemOf(key);
    const reading = item && this[side].decode(item, bytes);
    return reading && 'undecodable' in reading ? reading.undecodable : undefined;
  }

  /** Where two values of one key part, or undefined. What only one runtime has an item for is not compared. */
  value(key: Hex, old: Written, next: Written): Mismatch | undefined {
    const common = this.common(key);
    if (common === undefined || (old === next && (old === null || this.isSame(common)))) return undefined;
    const [one, other] = [this.reading(this.old, common.old, old), this.reading(this.next, common.next, next)];
    const isRead = one !== null && other !== null && 'value' in one && 'value' in other;
    const whole = { path: '', left: textOfReading(one, old), right: textOfReading(other, next) };
    if (!isRead) return this.mismatch(key, [old, next], whole);
    const parting = partingByName(one.value, other.value);
    if (parting === undefined) return undefined;
    const { path, left, right } = parting;
    return this.mismatch(key, [old, next], { path, left: valueText(left), right: valueText(right) });
  }

  /**
   * Where two values of one key are lists, and the one is the other without some entries: those, and whose they are. Undefined where
   * entries are others, or in another order.
   */
  missing(key: Hex, old: Hex, next: Hex): Missing | undefined {
    const common = this.common(key);
    if (common === undefined) return undefined;
    const [one, other] = [this.old.decode(common.old, old), this.next.decode(common.next, next)];
    if (!('value' in one && 'value' in other && isList(one.value) && isList(other.value))) return undefined;
    const side = one.value.length > other.value.length ? 'old' : 'next';
    const [more, fewer] = side === 'old' ? [one.value, other.value] : [other.value, one.value];
    const left = leftOut(more, fewer);
    if (left === null) return undefined;
    return {
      of: side,
      entries: left.map((at) => ({ where: `${this.placeOf(key)}[${at}]`, text: valueText(more[at]) })),
    };
  }

  private reading(own: OwnMeaning, item: OwnItem, bytes: Written): Reading | null {
    return bytes === null ? null : own.decode(item, bytes);
  }

  private mismatch(
    key: Hex,
    [old, next]: readonly [Written, Written],
    { path, left, right }: { readonly path: string; readonly left: string; readonly right: string },
  ): Mismatch {
    const byte = old === null || next === null ? 0 : firstDifferingByte(old, next);
    const raw = { key, expected: old, observed: next, byte };
    return { aspect: 'storage', where: this.placeOf(key) + path, expected: left, observed: right, raw };
  }

  /**
   * The first key that two steps left otherwise. What only one of them wrote is held against what the other still has, where `has`
   * reads that; else it is a difference by itself, as it is where a block's opening is one of several.
   */
  diffs(
    old: RawDiff,
    next: RawDiff,
    has?: Readonly<Record<'old' | 'next', (key: Hex) => Written>>,
  ): Mismatch | undefined {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      const [one, other] = [old[key] ?? null, next[key] ?? null];
      const isOnes = !(key in old) || !(key in next);
      const found =
        isOnes && !has
          ? this.written(key, key in old, one, other)
          : this.value(key, key in old ? one : (has?.old(key) ?? null), key in next ? other : (has?.next(key) ?? null));
      if (found) return found;
    }
    return undefined;
  }

  /** A key that only one of them wrote. */
  private written(key: Hex, byOld: boolean, old: Written, next: Written): Mismatch | undefined {
    const common = this.common(key);
    if (common === undefined) return undefined;
    const left = byOld ? textOfReading(this.reading(this.old, common.old, old), old) : NO_CHANGE;
    const right = byOld ? NO_CHANGE : textOfReading(this.reading(this.next, common.next, next), next);
    return this.mismatch(key, [old, next], { path: '', left, right });
  }

  /** The first event in which two steps part. */
  events(old: readonly Uint8Array[], next: readonly Uint8Array[]): Mismatch | undefined {
    const eventsOf = (own: OwnMeaning, records: readonly Uint8Array[]): OwnEvent[] =>
      records.map((record) => own.eventOf(record)).filter((event) => event !== undefined);
    const [left, right] = [eventsOf(this.old, old), eventsOf(this.next, next)];
    for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
      const found = this.event(at, left[at], right[at]);
      if (found) return found;
    }
    return undefined;
  }

  private event(at: number, old: OwnEvent | undefined, next: OwnEvent | undefined): Mismatch | undefined {
    const text = (own: OwnMeaning, event: OwnEvent | undefined): string =>
      event ? `${event.name} ${textOfReading(own.decodeEvent(event), toHex(event.encoded))}` : 'no event';
    const name = old?.name ?? next?.name ?? '';
    const mismatch = (path: string, one: string, other: string): Mismatch => ({
      aspect: 'events',
      where: `event ${at}: ${name}${path}`,
      expected: one,
      observed: other,
    });
    if (!old || next?.name !== old.name) return mismatch('', text(this.old, old), text(this.next, next));
    const types = ({ variant }: OwnEvent): TypeId[] => variant.fields.map(({ type }) => type);
    const isSame = this.sameTypes(types(old), types(next));
    if (isSame && Buffer.compare(old.encoded, next.encoded) === 0) return undefined;
    const [one, other] = [this.old.decodeEvent(old), this.next.decodeEvent(next)];
    if (!('value' in one) || !('value' in other)) return mismatch('', text(this.old, old), text(this.next, next));
    const parting = partingByName(one.value, other.value);
    return parting && mismatch(parting.path, valueText(parting.left), valueText(parting.right));
  }

  private sameTypes(old: readonly TypeId[], next: readonly TypeId[]): boolean {
    return old.length === next.length && old.every((id, at) => this.types.has(id, next[at] ?? id));
  }

  private placeOf(key: Hex): string {
    const name = nameOfKey(key);
    return name === key ? `${this.old.itemOf(key)?.name ?? this.next.itemOf(key)?.name ?? ''} (${key})` : name;
  }
}

/** A value of one runtime as the other has it, by field name; undefined where it can't be. */
export const translated = (from: OwnMeaning, to: OwnMeaning, key: Hex, bytes: Hex): Hex | undefined => {
  const [own, other] = [from.itemOf(key), to.itemOf(key)];
  if (!own || !other) return undefined;
  const read = from.decode(own, bytes);
  if (!('value' in read)) return undefined;
  try {
    return to.encode(other, read.value);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof MetadataError) return undefined;
    throw error;
  }
};
