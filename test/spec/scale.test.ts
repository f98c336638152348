/**
 * Our SCALE codec against `scale-ts`, which shares no line with it, over every type of the specification; and that it
 * reads strictly, because a lenient reader calls two different storages the same.
 */
import * as fc from 'fast-check';
import { Bytes, Enum, Option, Struct, Vector, _void, bool, enhanceCodec, u128, u16, u32, u64, u8 } from 'scale-ts';
import type { Codec } from 'scale-ts';
import { describe, expect, it } from 'vitest';
import { byteLength, fromHex, toHex, type Hex } from '../../src/spec/hex.js';
import { DecodeError, compactDigits, decode, encode } from '../../src/spec/scale.js';
import * as shapes from '../../src/spec/shape.js';
import type { Field, Shape, Type, Variant } from '../../src/spec/shape.js';
import { ComputeRequest, ComputeRequestStatus } from '../../src/spec/types/compute.js';
import { NodeMetricsData } from '../../src/spec/types/execution-unit.js';
import { RoleType } from '../../src/spec/types/pallet-ip.js';
import { valueOf } from '../shape-arbitrary.js';
import { specifiedTypes } from './specified-types.js';

const loose = <T>(codec: Codec<T>): Codec<unknown> => codec as Codec<unknown>;

const uints = { 8: loose(u8), 16: loose(u16), 32: loose(u32), 64: loose(u64), 128: loose(u128) };

const hexCodec = (length?: number): Codec<unknown> => loose(enhanceCodec(Bytes(length), fromHex, toHex));

/** Not `str`: on reading it drops a byte order mark, which Rust keeps. */
const textCodec = loose(
  enhanceCodec(
    Bytes(),
    (text: string) => Buffer.from(text, 'utf8'),
    (raw) => Buffer.from(raw).toString('utf8'),
  ),
);

const optionCodec = (of: Codec<unknown>): Codec<unknown> =>
  enhanceCodec(
    Option(of),
    (value: unknown) => value ?? undefined,
    (value): unknown => value ?? null,
  );

type Peers = StringRecord<Codec<unknown>>;

const structCodec = (fields: readonly Field[]): Codec<unknown> =>
  loose(Struct(Object.fromEntries(fields.map(({ name, shape }) => [name, peerOf(shape)])) as Peers));

const enumCodec = (variants: readonly Variant[]): Codec<unknown> =>
  enhanceCodec(
    Enum(Object.fromEntries(variants.map(({ name, shape }) => [name, shape ? peerOf(shape) : loose(_void)]))),
    (value: unknown) => {
      const [tag = '', of] = typeof value === 'string' ? [value] : (Object.entries(value as object)[0] ?? []);
      return { tag, value: of };
    },
    ({ tag, value }) => (value === undefined ? tag : { [tag]: value }),
  );

/** The codec that `scale-ts` makes of a shape, for values in our form. */
const peerOf = (shape: Shape): Codec<unknown> => {
  switch (shape.kind) {
    case 'uint':
      return uints[shape.bits];
    case 'bool':
      return loose(bool);
    case 'bytes':
      return hexCodec();
    case 'text':
      return textCodec;
    case 'fixed':
      return hexCodec(shape.length);
    case 'option':
      return optionCodec(peerOf(shape.of));
    case 'list':
      return loose(Vector(peerOf(shape.of)));
    case 'struct':
      return structCodec(shape.fields);
    case 'enum':
      return enumCodec(shape.variants);
    default:
      return shape satisfies never;
  }
};

const RUNS = { numRuns: 50 };

describe.each(specifiedTypes)('%s', (_, type) => {
  const values = valueOf(type);
  const [encodePeer, decodePeer] = peerOf(type.shape);

  it('is written and read as scale-ts writes and reads it', () => {
    fc.assert(
      fc.property(values, (value) => {
        const written = encode(type, value);
        expect(written).toBe(toHex(encodePeer(value)));
        expect(decode(type, written)).toEqual(value);
        expect(decodePeer(written)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('is refused when cut at any byte, and with bytes left over', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }), (value, at, extra) => {
        const whole = encode(type, value);
        const cut = whole.slice(0, 2 + 2 * (at % byteLength(whole)));
        expect(() => decode(type, cut)).toThrow(DecodeError);
        expect(() => decode(type, whole + toHex(extra).slice(2))).toThrow(DecodeError);
      }),
      RUNS,
    );
  });

  it('has one encoding a value: bytes with one of them changed are refused or are what their value encodes to', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const changed = fromHex(encode(type, value));
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(isRefusedOrCanonical(type, toHex(changed))).toBe(true);
      }),
      RUNS,
    );
  });
});

const isRefusedOrCanonical = (type: Type<unknown>, raw: Hex): boolean => {
  try {
    return encode(type, decode(type, raw)) === raw;
  } catch (error) {
    return error instanceof DecodeError;
  }
};

describe('a length', () => {
  const OF_BYTES = [0, 1, 63, 64, 16_383, 16_384, 70_000];

  it.each(OF_BYTES)('of %i bytes is written as scale-ts writes it, and read back', (length) => {
    const value = '0x' + 'ab'.repeat(length);
    const written = encode(shapes.bytes, value);
    expect(written).toBe(toHex(hexCodec().enc(value)));
    expect(decode(shapes.bytes, written)).toBe(value);
  });

  it('beyond 2^30 - 1 is not written', () => {
    expect(compactDigits(2 ** 30 - 1)).toBe('feffffff');
    expect(() => compactDigits(2 ** 30)).toThrow(RangeError);
  });

  it.each([
    ['in two bytes where one does', '0x0100'],
    ['in four bytes where one does', '0x02000000'],
    ['in four bytes where two do', '0xfeff0000' + '00'.repeat(16_383)],
    ['in the form of big integers', '0x0300000000'],
  ])('%s is refused', (_, raw) => {
    expect(() => decode(shapes.bytes, raw)).toThrow(DecodeError);
  });

  it('of a billion entries is refused before anything is made of it', () => {
    const huge = '0xfeffffff' + '00'.repeat(64);
    const listOf = (of: Type<unknown>): Type<unknown> => shapes.list(of);
    for (const type of [
      shapes.bytes,
      shapes.text,
      listOf(shapes.u8),
      listOf(ComputeRequest),
      listOf(NodeMetricsData),
    ]) {
      expect(() => decode<unknown>(type, huge)).toThrow(DecodeError);
    }
  });
});

describe('reading refuses', () => {
  const cases: readonly (readonly [string, Type<unknown>, Hex, string])[] = [
    ['2 for a bool', shapes.bool, '0x02', 'expected 0 or 1 for a bool, came 2'],
    ['2 for an option', shapes.option(shapes.u8), '0x0200', 'expected 0 or 1 for Option<u8>, came 2'],
    ['a variant behind the last', ComputeRequestStatus, '0x06', 'ComputeRequestStatus has no variant with index 6'],
    ['a variant with values behind the last', RoleType, '0x0400', 'RoleType has no variant with index 4'],
    ['a lone continuation byte in a text', shapes.text, '0x0480', 'expected UTF-8'],
    ['an overlong text', shapes.text, '0x08c080', 'expected UTF-8'],
    ['half a surrogate pair in a text', shapes.text, '0x0ceda080', 'expected UTF-8'],
    ['nothing', shapes.u32, '0x', 'expected a u32 of 4 bytes, 0 are left'],
    ['a byte too many', shapes.u8, '0x0000', 'expected the end, 1 bytes are left over'],
  ];

  it.each(cases)('%s', (_, type, raw, message) => {
    expect(() => decode(type, raw)).toThrow(DecodeError);
    expect(() => decode(type, raw)).toThrow(message);
  });

  it('and says which type and which byte', () => {
    expect(() => decode(RoleType, '0x0208ab')).toThrow(
      'not a RoleType: byte 2: expected a Vec<u8> of 2 bytes, 1 are left',
    );
  });
});

describe('a byte string that is no text', () => {
  it('is kept as it is where the type is bytes', () => {
    expect(decode(shapes.bytes, '0x10c3280000')).toBe('0xc3280000');
  });
});
