/**
 * Values of a runtime's own types, decoded and encoded by its own metadata: how two runtimes whose layouts differ are compared, by
 * field name, and how a value of the one becomes a value of the other. Reads strictly: short input, left-over bytes and
 * anything but the one canonical form are no value of the type.
 */
import { fromHex, isHex, toHex, type Hex } from '../../spec/hex.js';
import { compactDigits, DecodeError } from '../../spec/scale.js';
import {
  NUMBER_BYTES,
  typeOf,
  type FieldMetadata,
  type Primitive,
  type RuntimeMetadata,
  type TypeId,
  type VariantMetadata,
} from './model.js';
import { optionOf, unwrapped, unwrappedUnnamed } from '../layout/runtime-types.js';
import { isList, isRecord, isSome, type Value } from './value.js';
import { typeIsEmpty, zeroOf } from './zero.js';

export { partingByName, type Value } from './value.js';

/** Real types nest some 20 deep. */
const DEEPEST = 100;
/** Values that take no bytes: their number alone would fill the memory. */
const MOST_EMPTY = 4096;

type IntegerType = Exclude<Primitive, 'bool' | 'str'>;

const reversed = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');

/** Bytes of a hash. */
const TOPIC = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isText = (bytes: Uint8Array): boolean => {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Whether an integer, or a character's number, is one of its type. */
const isOf = (of: IntegerType, value: bigint): boolean => {
  if (of === 'char') return (value >= 0n && value < 0xd800n) || (value > 0xdfffn && value <= 0x10ffffn);
  const bits = NUMBER_BYTES[of] * 8;
  return value === (of.startsWith('i') ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
};

/** What a compact number is short for; garbled metadata may name no integer. */
const compacted = (metadata: RuntimeMetadata, id: TypeId): IntegerType => {
  const { definition: of } = unwrapped(metadata, id);
  return of.kind === 'primitive' && of.of !== 'bool' && of.of !== 'str' ? of.of : 'u256';
};

/** Whether entries of this type are read as bytes: a struct of one byte is a struct. */
const isByte = (metadata: RuntimeMetadata, id: TypeId): boolean => {
  const { definition: of } = unwrappedUnnamed(metadata, id);
  return of.kind === 'primitive' && of.of === 'u8';
};

class ValueReader {
  private at = 0;
  private values = 0;

  constructor(
    private readonly metadata: RuntimeMetadata,
    private readonly bytes: Uint8Array,
  ) {}

  end(): void {
    if (this.at < this.bytes.length)
      throw this.error(`expected the end, ${this.bytes.length - this.at} bytes are left over`);
  }

  /** An event's fields, one after the other, and the topics behind them. */
  event(fields: readonly FieldMetadata[]): Value {
    const value = fields.length === 0 ? {} : this.fields(fields, (id) => this.value(id));
    for (let topics = this.compact('the number of topics'); topics > 0n; topics -= 1n) this.take(TOPIC, 'a topic');
    this.end();
    return value;
  }

  value(id: TypeId, depth = 0): Value {
    if (depth > DEEPEST) throw this.error(`type ${id} nests deeper than ${DEEPEST} types`);
    this.values += 1;
    if (this.values > this.bytes.length * DEEPEST + MOST_EMPTY)
      throw this.error(`type ${id} is within too many values that take no bytes`);
    const type = unwrappedUnnamed(this.metadata, id);
    const { definition: of } = type;
    const inner = (each: TypeId): Value => this.value(each, depth + 1);
    const option = optionOf(type);
    if (option !== null) return this.option(() => inner(option));
    switch (of.kind) {
      case 'composite':
        return this.fields(of.fields, inner);
      case 'tuple':
        return of.of.map(inner);
      case 'array':
        return this.entries(of.of, of.length, inner);
      case 'sequence':
        return this.entries(of.of, Number(this.compact('a length')), inner);
      case 'variant': {
        const index = this.byte('an index of a variant');
        const variant = of.variants.find((each) => each.index === index);
        if (variant === undefined) throw this.error(`variant ${index} is none of ${type.path.at(-1) ?? `type ${id}`}`);
        if (variant.fields.length === 0) return variant.name;
        return { [variant.name]: this.fields(variant.fields, inner) };
      }
      case 'primitive':
        return this.primitive(of.of);
      case 'compact':
        return typeIsEmpty(this.metadata, of.of) ? null : this.compacted(compacted(this.metadata, of.of));
      case 'bits':
        throw this.error('a bit sequence is not read');
      default:
        return of satisfies never;
    }
  }

  private error(message: string): DecodeError {
    return new DecodeError(`byte ${this.at}: ${message}`);
  }

  private take(count: number, what: string): Uint8Array {
    const left = this.bytes.length - this.at;
    if (count > left) throw this.error(`expected ${what} of ${count} bytes, ${left} are left`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private byte(what: string): number {
    return this.take(1, what)[0] ?? 0;
  }

  private uint(count: number, what: string): bigint {
    return BigInt('0x' + reversed(this.take(count, what)));
  }

  private compact(what: string): bigint {
    const first = this.byte(what);
    const rest = [0, 1, 3, (first >> 2) + 4][first & 3] ?? 0;
    const value = (first & 3) === 3 ? this.uint(rest, what) : this.short(first, rest, what);
    if (compactOf(value).length / 2 !== rest + 1) throw this.error(`expected the shortest form of ${what}`);
    return value;
  }

  private compacted(of: IntegerType): bigint {
    const value = this.compact('a compact number');
    if (!isOf(of, value)) throw this.error(`expected a compact ${of}, came ${value}`);
    return value;
  }

  private short(first: number, rest: number, what: string): bigint {
    const above = rest === 0 ? 0n : this.uint(rest, what);
    return BigInt(first >> 2) + above * 64n;
  }

  private option(some: () => Value): Value {
    const byte = this.byte('whether there is a value');
    if (byte > 1) throw this.error(`expected 0 or 1 for whether there is a value, came ${byte}`);
    if (byte === 0) return null;
    const value = some();
    return value === null || isSome(value) ? { Some: value } : value;
  }

  private fields(fields: readonly FieldMetadata[], inner: (id: TypeId) => Value): Value {
    const [only] = fields;
    if (only !== undefined && fields.length === 1 && only.name === null) return inner(only.type);
    if (fields.some(({ name }) => name === null)) return fields.map(({ type }) => inner(type));
    // Not by assignment: foreign metadata may name a field `__proto__`.
    return Object.fromEntries(fields.map(({ name, type }) => [name ?? '', inner(type)]));
  }

  private entries(of: TypeId, length: number, inner: (id: TypeId) => Value): Value {
    if (isByte(this.metadata, of)) return toHex(this.take(length, 'bytes'));
    const most = typeIsEmpty(this.metadata, of) ? MOST_EMPTY : this.bytes.length - this.at;
    if (length > most) throw this.error(`expected ${length} entries, ${most} bytes are left`);
    return Array.from({ length }, () => inner(of));
  }

  private primitive(of: Primitive): Value {
    if (of === 'bool') {
      const byte = this.byte('a bool');
      if (byte > 1) throw this.error(`expected 0 or 1 for a bool, came ${byte}`);
      return byte === 1;
    }
    if (of === 'str') return this.text();
    const width = NUMBER_BYTES[of];
    const value = this.uint(width, of);
    if (of === 'char' && !isOf(of, value)) throw this.error(`expected a character, came ${value}`);
    return of.startsWith('i') ? BigInt.asIntN(width * 8, value) : value;
  }

  private text(): Hex {
    const raw = this.take(Number(this.compact('a length')), 'a String');
    if (!isText(raw)) throw this.error('expected UTF-8');
    return toHex(raw);
  }
}

/** SCALE's compact form, as digits. */
const compactOf = (value: bigint): string => {
  if (value < 0x4000_0000n) return compactDigits(Number(value));
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').reverse();
  return (((bytes.length - 4) << 2) | 3).toString(16).padStart(2, '0') + bytes.toString('hex');
};

const uintDigits = (value: bigint, width: number): string => {
  const digits = BigInt.asUintN(width * 8, value)
    .toString(16)
    .padStart(width * 2, '0');
  return Buffer.from(digits, 'hex').reverse().toString('hex');
};

class ValueWriter {
  constructor(private readonly metadata: RuntimeMetadata) {}

  /** Digits of a value; undefined is what the other type does not have, and becomes zero. */
  digits(id: TypeId, value: Value | undefined): string {
    if (value === undefined) return zeroOf(this.metadata, id).slice(2);
    const type = unwrappedUnnamed(this.metadata, id);
    const { definition: of } = type;
    const option = optionOf(type);
    if (option !== null) return value === null ? '00' : '01' + this.digits(option, isSome(value) ? value.Some : value);
    switch (of.kind) {
      case 'composite':
        return this.fields(of.fields, value);
      case 'tuple':
        return this.list(of.of, value);
      case 'array':
        if (lengthOf(value) !== of.length) throw notOf(`an array of ${of.length}`, value);
        return this.entries(of.of, value);
      case 'sequence':
        return compactDigits(lengthOf(value)) + this.entries(of.of, value);
      case 'variant':
        return this.variant(id, of.variants, value);
      case 'primitive':
        return primitiveDigits(of.of, value);
      case 'compact':
        return this.compact(of.of, value);
      case 'bits':
        throw new DecodeError('a bit sequence is not written');
      default:
        return of satisfies never;
    }
  }

  private variant(id: TypeId, variants: readonly VariantMetadata[], value: Value): string {
    const name = isRecord(value) ? (Object.keys(value)[0] ?? '') : value;
    const variant = variants.find((each) => each.name === name);
    if (variant === undefined) throw new DecodeError(`type ${id} has no variant for ${valueName(name)}`);
    const index = variant.index.toString(16).padStart(2, '0');
    return index + this.fields(variant.fields, isRecord(value) ? value[variant.name] : undefined);
  }

  private compact(of: TypeId, value: Value): string {
    if (typeIsEmpty(this.metadata, of)) return '';
    const type = compacted(this.metadata, of);
    if (typeof value !== 'bigint' || !isOf(type, value)) throw notOf(`a compact ${type}`, value);
    return compactOf(value);
  }

  private fields(fields: readonly FieldMetadata[], value: Value | undefined): string {
    const [only] = fields;
    if (only !== undefined && fields.length === 1 && only.name === null) return this.digits(only.type, value);
    if (fields.some(({ name }) => name === null))
      return this.list(
        fields.map(({ type }) => type),
        value,
      );
    if (value !== undefined && !isRecord(value) && fields.length > 0) throw notOf('a struct', value);
    const ofField = (name: string): Value | undefined =>
      isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return fields.map(({ name, type }) => this.digits(type, ofField(name ?? ''))).join('');
  }

  private list(types: readonly TypeId[], value: Value | undefined): string {
    if (value !== undefined && !Array.isArray(value) && types.length > 0) throw notOf('a tuple', value);
    const all = isList(value) ? value : [];
    return types.map((type, at) => this.digits(type, all[at])).join('');
  }

  private entries(of: TypeId, value: Value): string {
    if (isByte(this.metadata, of)) {
      if (typeof value !== 'string' || !isHex(value)) throw notOf('bytes', value);
      return value.slice(2);
    }
    if (!isList(value)) throw notOf('a list', value);
    return value.map((each) => this.digits(of, each)).join('');
  }
}

const valueName = (name: Value): string => (typeof name === 'string' ? `\`${name}\`` : 'what is no variant');

const notOf = (what: string, value: Value): DecodeError => {
  const kind = value === null ? 'none' : isList(value) ? 'a list' : isRecord(value) ? 'a record' : String(value);
  return new DecodeError(`expected ${what}, came ${kind}`);
};

const lengthOf = (value: Value): number => {
  if (typeof value === 'string') return (value.length - 2) / 2;
  return isList(value) ? value.length : 0;
};

const primitiveDigits = (of: Primitive, value: Value): string => {
  if (of === 'bool') {
    if (typeof value !== 'boolean') throw notOf('a bool', value);
    return value ? '01' : '00';
  }
  if (of === 'str') {
    if (typeof value !== 'string' || !isHex(value) || !isText(fromHex(value))) throw notOf('UTF-8', value);
    return compactDigits(lengthOf(value)) + value.slice(2);
  }
  if (typeof value !== 'bigint' || !isOf(of, value)) throw notOf(of, value);
  return uintDigits(value, NUMBER_BYTES[of]);
};

/**
 * A value of a runtime's type, all of the bytes and nothing but them.
 * @throws DecodeError that says at which byte and why; MetadataError where there is no such type
 */
export const decodeOwn = (metadata: RuntimeMetadata, id: TypeId, bytes: Hex): Value => {
  typeOf(metadata, id);
  const reader = new ValueReader(metadata, fromHex(bytes));
  const value = reader.value(id);
  reader.end();
  return value;
};

/** The fields of an event record, by name, from their first byte on. @throws as {@link decodeOwn} */
export const decodeOwnEvent = (
  metadata: RuntimeMetadata,
  { fields }: Pick<VariantMetadata, 'fields'>,
  bytes: Uint8Array,
): Value => new ValueReader(metadata, bytes).event(fields);

/**
 * SCALE of a value in a runtime's type, by field and variant names: fields that the value has and the type has not are left out,
 * those that it lacks become zero. Nothing is bent: a number that is too large for its new type is no value of it.
 * @throws DecodeError where it is no value of the type; MetadataError where a missing field's type has no zero value
 */
export const encodeOwn = (metadata: RuntimeMetadata, id: TypeId, value: Value): Hex =>
  '0x' + new ValueWriter(metadata).digits(id, value);
