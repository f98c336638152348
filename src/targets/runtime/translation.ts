/**
 * Between the specification's numbers and this runtime's: pallets may be called otherwise, and calls, events and errors may
 * have moved. Made once from the layout; what differs in its layout is not sent and not decoded.
 */
import { calls, decodeCall, encodeCall, type Call, type CallName } from '../../spec/calls.js';
import { events, type EventName } from '../../spec/events.js';
import { concat, toHex, type Hex } from '../../spec/hex.js';
import { twox128 } from '../../spec/hashing.js';
import { decode, DecodeError, decodeFront } from '../../spec/scale.js';
import type { Type } from '../../spec/shape.js';
import { allItems, ITEM_DIGITS, palletPrefix, storage, type AnyStorageItem } from '../../spec/storage.js';
import { foundPallets, type FoundPallet, type Layout } from '../layout.js';
import { MetadataError, type RuntimeMetadata, type TypeId, type VariantMetadata } from '../metadata.js';
import { encodeOwn } from '../metadata/values.js';
import type { Value } from '../metadata/value.js';
import { NotCovered, type SeenEvent } from '../target.js';
import type { NameError } from './outcome.js';
import type { Key } from './sorted-keys.js';

const PALLET_BYTES = 16;
/** Decoded by the specification, as {@link encodeOwn} takes it: the two differ in how they hold small integers. */
const valueOf = (decoded: unknown): Value => {
  if (typeof decoded === 'number') return BigInt(decoded);
  if (Array.isArray(decoded)) return decoded.map(valueOf);
  if (typeof decoded === 'object' && decoded !== null)
    return Object.fromEntries(Object.entries(decoded).map(([name, of]) => [name, valueOf(of)]));
  const isPlain = typeof decoded === 'string' || typeof decoded === 'bigint' || typeof decoded === 'boolean';
  return isPlain ? decoded : null;
};

/** Raw bytes as a key of the storage. */
export const keyOf = (hex: Hex): Key => Buffer.from(hex.slice(2), 'hex').toString('latin1');
export const hexOfKey = (key: Key): Hex => '0x' + Buffer.from(key, 'latin1').toString('hex');

const byte = (value: number): string => value.toString(16).padStart(2, '0');

/** An event as the host saw it: phase, pallet, member, fields, topics. */
export interface RawEvent {
  readonly pallet: number;
  readonly member: number;
  /** From the first field on; topics come behind them. */
  readonly fields: Uint8Array;
}

const APPLY_EXTRINSIC = 0;
const PHASE = 1;
const EXTRINSIC_INDEX = 4;

/** SCALE of `EventRecord`. */
export const readEvent = (record: Uint8Array): RawEvent => {
  const at = record[0] === APPLY_EXTRINSIC ? PHASE + EXTRINSIC_INDEX : PHASE;
  return { pallet: record[at] ?? -1, member: record[at + 1] ?? -1, fields: record.subarray(at + 2) };
};

/** Decodes its fields when somebody looks at them: most are only compared. */
class DecodedEvent implements SeenEvent {
  private decoded: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly name: EventName,
    readonly index: readonly [number, number],
    private readonly encoded: Uint8Array,
  ) {}

  get fields(): Readonly<Record<string, unknown>> {
    this.decoded ??= fieldsOf(this.name, toHex(this.encoded));
    return this.decoded;
  }
}

/** What is no such event is told as it came: it equals nothing that is expected. */
const fieldsOf = (name: EventName, encoded: Hex): Readonly<Record<string, unknown>> => {
  const type: Type<unknown> = events[name].fields;
  try {
    return decodeFront(type, encoded).value as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof DecodeError) return { undecodable: encoded };
    throw error;
  }
};

const indexOf = (members: readonly VariantMetadata[], name: string): number | undefined =>
  members.find((member) => member.name === name)?.index;

export class Translation {
  private readonly callIndices = new Map<CallName, string>();
  private readonly callNames = new Map<string, CallName>();
  private readonly eventNames = new Map<number, EventName>();
  /** First 16 bytes of keys, from this runtime's to the specification's digits and back. */
  private readonly toSpecified = new Map<Key, string>();
  private readonly toRuntime = new Map<string, Key>();
  /** Of items whose layout is another, by the first bytes of their specified keys. */
  private readonly ownTypes = new Map<Hex, { readonly item: AnyStorageItem; readonly type: TypeId }>();
  private readonly undecodable = new Map<CallName, string>();
  private readonly sudo: { readonly call: string; readonly pallet: number; readonly event: number } | null;
  readonly nameError: NameError;

  constructor(
    layout: Layout,
    readonly metadata: RuntimeMetadata,
  ) {
    for (const pallet of foundPallets(layout)) this.learn(pallet);
    this.sudo = sudoOf(metadata);
    this.nameError = errorNamer(layout, metadata);
  }

  /** SCALE of a call under this runtime's indices. @throws NotCovered where the runtime has no such call, or another one */
  encodeCall(call: Call): Hex {
    const index = this.callIndices.get(call.name);
    if (index === undefined) {
      throw new NotCovered(`call ${call.name}: ${this.undecodable.get(call.name) ?? 'this runtime does not have it'}`);
    }
    return '0x' + index + encodeCall(call).slice(6);
  }

  /**
   * The specification's call that the bytes are under this runtime's indices; undefined where it is another one, or has other arguments.
   * @throws DecodeError where the arguments do not decode
   */
  decodeCall(hex: Hex): Call | undefined {
    const name = this.callNames.get(hex.slice(2, 6));
    return name && decodeCall('0x' + calls[name].index.map(byte).join('') + hex.slice(6));
  }

  /** `Sudo.sudo` of an encoded call. @throws NotCovered where the runtime has no such pallet */
  encodeSudo(call: Hex): Hex {
    if (this.sudo === null) throw new NotCovered('root calls: this runtime has no Sudo.sudo');
    return concat(this.sudo.call, call);
  }

  /** The fields of `Sudo.Sudid`, which begin with what became of the inner call; undefined for other events. */
  sudoResult({ pallet, member, fields }: RawEvent): Uint8Array | undefined {
    return pallet === this.sudo?.pallet && member === this.sudo.event ? fields : undefined;
  }

  /** An event of the pallets under test; undefined for others and for those whose layout differs. */
  event({ pallet, member, fields }: RawEvent): SeenEvent | undefined {
    const name = this.eventNames.get(pallet * 256 + member);
    return name && new DecodedEvent(name, events[name].index, fields);
  }

  /** Whether a key is of a pallet under test. */
  readonly concerns = (key: Key): boolean => this.toSpecified.has(key.slice(0, PALLET_BYTES));

  /** A key of a pallet under test as the specification has it. */
  specifiedKey(key: Key): Hex {
    return (this.toSpecified.get(key.slice(0, PALLET_BYTES)) ?? '0x') + hexOfKey(key.slice(PALLET_BYTES)).slice(2);
  }

  /**
   * A stored value of the specification as this runtime has it: where its layout differs by field name, fields that only it has being
   * zero. What can't be one of its values stays as it is.
   */
  runtimeValue(hex: Hex, value: Hex): Hex {
    const own = this.ownTypes.get(hex.slice(0, ITEM_DIGITS));
    if (own === undefined) return value;
    try {
      return encodeOwn(this.metadata, own.type, valueOf(decode(own.item.value, value)));
    } catch (error) {
      if (error instanceof DecodeError || error instanceof MetadataError) return value;
      throw error;
    }
  }

  /** A key of the specification as this runtime has it; one of a pallet that is not there stays as it is. */
  runtimeKey(hex: Hex): Key {
    const prefix = hex.slice(0, 2 + 2 * PALLET_BYTES);
    const own = this.toRuntime.get(prefix);
    return own === undefined ? keyOf(hex) : own + keyOf('0x' + hex.slice(prefix.length));
  }

  private learn({ specified, prefix, index: own, calls, events: deposited, storage: items }: FoundPallet): void {
    const stored = this.metadata.pallets.find(({ index }) => index === own)?.storage?.items ?? [];
    for (const { name, verdict } of items) {
      const item = allItems.find((each) => `${each.pallet}.${each.name}` === name);
      const type = stored.find((each) => each.name === item?.name)?.value;
      if (verdict === 'differs' && item && type !== undefined) this.ownTypes.set(item.prefix, { item, type });
    }
    if (prefix !== null && Object.hasOwn(storage, specified)) {
      const own = keyOf(twox128(prefix));
      this.toSpecified.set(own, palletPrefix(specified));
      this.toRuntime.set(palletPrefix(specified), own);
    }
    for (const { name, verdict, index } of calls) {
      if (verdict === 'same' && index) {
        this.callIndices.set(name, index.map(byte).join(''));
        this.callNames.set(index.map(byte).join(''), name);
      }
      if (verdict === 'differs') this.undecodable.set(name, 'its arguments differ from the specified ones');
    }
    for (const { name, verdict, index } of deposited) {
      if (verdict === 'same' && index) this.eventNames.set(index[0] * 256 + index[1], name);
    }
  }
}

const sudoOf = ({ pallets }: RuntimeMetadata): { call: string; pallet: number; event: number } | null => {
  const sudo = pallets.find(({ name }) => name === 'Sudo');
  const call = sudo && indexOf(sudo.calls, 'sudo');
  const event = sudo && indexOf(sudo.events, 'Sudid');
  if (sudo === undefined || call === undefined || event === undefined) return null;
  return { call: `0x${byte(sudo.index)}${byte(call)}`, pallet: sudo.index, event };
};

/** Pallets under test under their specified names, the others under this runtime's. */
const errorNamer = (layout: Layout, { pallets }: RuntimeMetadata): NameError => {
  const specified = new Map(foundPallets(layout).map((pallet) => [pallet.index, pallet.specified]));
  const names = new Map(
    pallets.map(({ index, name, errors }) => [
      index,
      { pallet: specified.get(index) ?? name, errors: new Map(errors.map((error) => [error.index, error.name])) },
    ]),
  );
  return (pallet, error) => {
    const known = names.get(pallet);
    return { pallet: known?.pallet ?? `pallet ${pallet}`, error: known?.errors.get(error) ?? `error ${error}` };
  };
};
