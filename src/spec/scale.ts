/**
 * SCALE, compiled from shapes. Writes hex digits, because hex is what everything else here holds; reads strictly. Why it
 * is not `scale-ts`, which a property holds it against: `docs/decisions.md`.
 */
import { byteLength, fromHex, hexOfText, isHex, type Hex, type HexPool } from './hex.js';
import { bytes, describe, type Field, type Shape, type Type, type UintBits, type Variant } from './shape.js';

/** Thrown where bytes are not the encoding of a type. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Hex digits of an encoding, without `0x`. */
type Digits = string;

/** A shape's codec, over hex digits. */
interface Codec {
  readonly write: (value: unknown) => Digits;
  readonly read: (from: Reader) => unknown;
}

const BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const byteDigits = (byte: number): Digits => BYTE[byte & 0xff] ?? '';

const u32Digits = (value: number): Digits =>
  byteDigits(value) + byteDigits(value >>> 8) + byteDigits(value >>> 16) + byteDigits(value >>> 24);

/** The bytes of `digits` the other way round: little-endian from a number's own notation and back. */
const reversed = (digits: Digits): Digits => {
  let out = '';
  for (let at = digits.length - 2; at >= 0; at -= 2) out += digits.slice(at, at + 2);
  return out;
};

const uintDigits = (value: number | bigint, bits: UintBits): Digits => {
  if (typeof value === 'number') return u32Digits(value).slice(0, bits / 4);
  if (value <= 0xffff_ffffn) return u32Digits(Number(value)).padEnd(bits / 4, '0');
  return reversed(value.toString(16).padStart(bits / 4, '0'));
};

/** SCALE's compact form of a length: up to 2^30 - 1, more than any storage value has. */
export const compactDigits = (length: number): Digits => {
  if (length < 0x40) return byteDigits(length << 2);
  if (length < 0x4000) return uintDigits((length << 2) | 1, 16);
  if (length < 0x4000_0000) return u32Digits((length << 2) | 2);
  throw new RangeError(`a length of ${length} is beyond what this codec writes`);
};

/** Takes digits from the front; says where they ended too soon. */
class Reader {
  private at = 0;
  constructor(
    private readonly digits: Digits,
    private readonly pool: HexPool | undefined,
  ) {}

  get left(): number {
    return (this.digits.length - this.at) / 2;
  }

  get offset(): number {
    return this.at / 2;
  }

  take(bytesWanted: number, what: string): Digits {
    if (this.left < bytesWanted) throw this.error(`expected ${what} of ${bytesWanted} bytes, ${this.left} are left`);
    this.at += bytesWanted * 2;
    return this.digits.slice(this.at - bytesWanted * 2, this.at);
  }

  hex(bytesWanted: number, what: string): Hex {
    const hex = '0x' + this.take(bytesWanted, what);
    return this.pool === undefined ? hex : this.pool.own(hex);
  }

  byte(what: string): number {
    return parseInt(this.take(1, what), 16);
  }

  uint(bits: UintBits): bigint {
    return BigInt('0x' + reversed(this.take(bits / 8, `a u${bits}`)));
  }

  /** A compact length in its only canonical form. */
  length(): number {
    const first = this.byte('a length');
    const extra = [0, 1, 3][first & 3];
    if (extra === undefined) throw this.error('expected a length below 2^30');
    const rest = extra === 0 ? '' : this.take(extra, 'a length');
    const length = parseInt(reversed(byteDigits(first) + rest), 16) >>> 2;
    if (compactDigits(length).length !== 2 + 2 * extra) throw this.error('expected the shortest form of a length');
    return length;
  }

  error(message: string): DecodeError {
    return new DecodeError(`byte ${this.offset}: ${message}`);
  }
}

const oneOf = (from: Reader, what: string): boolean => {
  const byte = from.byte(what);
  if (byte > 1) throw from.error(`expected 0 or 1 for ${what}, came ${byte}`);
  return byte === 1;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const readText = (from: Reader): string => {
  const raw = fromHex('0x' + from.take(from.length(), 'a String'));
  try {
    return utf8.decode(raw);
  } catch {
    throw from.error('expected UTF-8');
  }
};

const uintCodec = (bits: UintBits): Codec => ({
  write: (value) => uintDigits(value as number | bigint, bits),
  read: (from) => (bits < 64 ? Number(from.uint(bits)) : from.uint(bits)),
});

const optionCodec = (of: Codec, what: string): Codec => ({
  write: (value) => (value === null ? '00' : '01' + of.write(value)),
  read: (from) => (oneOf(from, what) ? of.read(from) : null),
});

const listCodec = (of: Codec): Codec => ({
  write: (value) => {
    const entries = value as readonly unknown[];
    let digits = compactDigits(entries.length);
    for (const entry of entries) digits += of.write(entry);
    return digits;
  },
  read: (from) => {
    const length = from.length();
    // Every type here takes a byte at least: a length beyond what is left is refused before anything is made of it.
    if (length > from.left) throw from.error(`expected ${length} entries, ${from.left} bytes are left`);
    return Array.from({ length }, () => of.read(from));
  },
});

const structCodec = (fields: readonly Field[]): Codec => {
  const inner = fields.map(({ name, shape }) => ({ name, codec: codecOf(shape) }));
  return {
    write: (value) => {
      let digits = '';
      for (const { name, codec } of inner) digits += codec.write((value as Readonly<Record<string, unknown>>)[name]);
      return digits;
    },
    read: (from) => {
      const value: Record<string, unknown> = {};
      for (const { name, codec } of inner) value[name] = codec.read(from);
      return value;
    },
  };
};

const enumCodec = (name: string, all: readonly Variant[]): Codec => {
  const inner = all.map((variant, index) => ({
    variant: variant.name,
    digits: byteDigits(index),
    codec: variant.shape && codecOf(variant.shape),
  }));
  const byName = new Map(inner.map((each) => [each.variant, each]));
  return {
    write: (value) => {
      const tag = typeof value === 'string' ? value : Object.keys(value as object)[0];
      const of = byName.get(tag ?? '');
      if (of === undefined) throw new RangeError(`${name} has no variant ${String(tag)}`);
      return of.codec
        ? of.digits + of.codec.write((value as Readonly<Record<string, unknown>>)[of.variant])
        : of.digits;
    },
    read: (from) => {
      const index = from.byte(name);
      const of = inner[index];
      if (of === undefined) throw from.error(`${name} has no variant with index ${index}`);
      return of.codec ? { [of.variant]: of.codec.read(from) } : of.variant;
    },
  };
};

const compile = (shape: Shape): Codec => {
  switch (shape.kind) {
    case 'uint':
      return uintCodec(shape.bits);
    case 'bool':
      return { write: (value) => (value === true ? '01' : '00'), read: (from) => oneOf(from, 'a bool') };
    case 'bytes':
      return {
        write: (value) => compactDigits(byteLength(value as Hex)) + (value as Hex).slice(2),
        read: (from) => from.hex(from.length(), 'a Vec<u8>'),
      };
    case 'text':
      return { write: (value) => codecOf(bytes.shape).write(hexOfText(value as string)), read: readText };
    case 'fixed':
      return {
        write: (value) => (value as Hex).slice(2),
        read: (from) => from.hex(shape.length, describe(shape)),
      };
    case 'option':
      return optionCodec(codecOf(shape.of), describe(shape));
    case 'list':
      return listCodec(codecOf(shape.of));
    case 'struct':
      return structCodec(shape.fields);
    case 'enum':
      return enumCodec(shape.name, shape.variants);
    default:
      return shape satisfies never;
  }
};

const codecs = new WeakMap<Shape, Codec>();

const codecOf = (shape: Shape): Codec => {
  let codec = codecs.get(shape);
  if (codec === undefined) {
    codec = compile(shape);
    codecs.set(shape, codec);
  }
  return codec;
};

/** The encoding without `0x`: for putting together. */
export const encodeDigits = <T>(type: Type<T>, value: T): Digits => codecOf(type.shape).write(value);

export const encode = <T>(type: Type<T>, value: T): Hex => '0x' + encodeDigits(type, value);

/** Reads with a codec; the message of what does not decode names the type. */
const reading = <R>({ shape }: Type<unknown>, hex: Hex, read: (from: Reader) => R, pool?: HexPool): R => {
  try {
    if (!isHex(hex)) throw new DecodeError(`expected 0x and lower-case hex, came ${JSON.stringify(hex.slice(0, 20))}`);
    return read(new Reader(hex.slice(2), pool));
  } catch (error) {
    if (error instanceof DecodeError)
      throw new DecodeError(`not the SCALE of ${describe(shape)}: ${error.message}`, { cause: error });
    throw error;
  }
};

/**
 * The value whose encoding is exactly `hex`. A value that stays is given a pool for its byte strings.
 * @throws DecodeError where `hex` is cut short, has bytes left over, or is no canonical encoding.
 */
export const decode = <T>(type: Type<T>, hex: Hex, pool?: HexPool): T =>
  reading(
    type,
    hex,
    (from) => {
      const value = codecOf(type.shape).read(from) as T;
      if (from.left > 0) throw from.error(`expected the end, ${from.left} bytes are left over`);
      return value;
    },
    pool,
  );

/**
 * The value that `hex` begins with, and how many bytes it takes.
 * @throws DecodeError as {@link decode}, but for bytes left over.
 */
export const decodeFront = <T>(type: Type<T>, hex: Hex): { readonly value: T; readonly length: number } =>
  reading(type, hex, (from) => ({ value: codecOf(type.shape).read(from) as T, length: from.offset }));
