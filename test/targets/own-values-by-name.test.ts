/** Values that go from one layout to another by the names of fields and variants, and are compared by them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, type Hex } from '../../src/spec/hex.js';
import { DecodeError } from '../../src/spec/scale.js';
import { MetadataError, type RuntimeMetadata, type TypeId } from '../../src/targets/metadata.js';
import { decodeOwn, encodeOwn, partingByName, type Value } from '../../src/targets/metadata/values.js';
import { arbitraryType } from '../gate/arbitrary-types.js';
import type { RuntimeType } from './portable-types.js';
import { alone } from './single-type.js';
import { changedType } from './specified-runtime.js';

const U8: RuntimeType = { kind: 'uint', bits: 8 };
const U32: RuntimeType = { kind: 'uint', bits: 32 };
const BYTES: RuntimeType = { kind: 'bytes' };
const TEXT: RuntimeType = { kind: 'text' };
const structOf = (fields: Readonly<Record<string, RuntimeType>>): RuntimeType => ({
  kind: 'struct',
  name: 'S',
  fields: Object.entries(fields).map(([name, shape]) => ({ name, shape })),
});
const enumOf = (variants: Readonly<Record<string, RuntimeType | null>>): RuntimeType => ({
  kind: 'enum',
  name: 'E',
  variants: Object.entries(variants).map(([name, shape]) => ({ name, shape })),
});
const listOf = (of: RuntimeType): RuntimeType => ({ kind: 'list', of });
const optionOf = (of: RuntimeType): RuntimeType => ({ kind: 'option', of });
const compactOf = (of: RuntimeType): RuntimeType => ({ kind: 'compact', of });
const arrayOf = (length: number, of: RuntimeType): RuntimeType => ({ kind: 'array', length, of });
const signed = (of: 'i8' | 'i16'): RuntimeType => ({ kind: 'primitive', of });

const A_B = structOf({ a: U8, b: BYTES });

/** Bytes of the one type as the other has their value. */
const carried = (from: RuntimeType, to: RuntimeType, bytes: Hex): Hex => {
  const [[old, oldId], [next, nextId]] = [alone(from), alone(to)];
  return encodeOwn(next, nextId, decodeOwn(old, oldId, bytes));
};

describe('a value of another layout', () => {
  it.each<[string, RuntimeType, RuntimeType, Hex, Hex]>([
    ['gets a new field as zero', A_B, structOf({ a: U8, b: BYTES, c: U32 }), '0x010461', '0x01046100000000'],
    ['gets a new field in the middle', A_B, structOf({ a: U8, c: U32, b: BYTES }), '0x010461', '0x01000000000461'],
    [
      'gets new fields in every entry',
      listOf(A_B),
      listOf(structOf({ a: U8, b: BYTES, c: optionOf(U32) })),
      '0x0801000200',
      '0x08010000020000',
    ],
    ['loses a field', A_B, structOf({ b: BYTES }), '0x010461', '0x0461'],
    ['has its fields in another order', A_B, structOf({ b: BYTES, a: U8 }), '0x010461', '0x046101'],
    ['keeps its only field beside a second', structOf({ a: U8 }), A_B, '0x05', '0x0500'],
    [
      'keeps its only byte in every entry',
      listOf(structOf({ a: U8 })),
      listOf(structOf({ w: U32, a: U8 })),
      '0x080102',
      '0x0800000000010000000002',
    ],
    ['keeps one field of two', A_B, structOf({ a: U8 }), '0x050461', '0x05'],
    [
      'gets a field that all JavaScript objects have',
      structOf({ a: U8, b: U8 }),
      structOf({ a: U8, constructor: U8 }),
      '0x0102',
      '0x0100',
    ],
    [
      'keeps a field that no JavaScript object has',
      structOf({ ['__proto__']: U8, a: U8 }),
      structOf({ a: U8, ['__proto__']: U8 }),
      '0x0102',
      '0x0201',
    ],
    ['has a variant with another index', enumOf({ A: null, B: U8 }), enumOf({ B: U8, A: null }), '0x0107', '0x0007'],
    [
      'has a variant that carries something now',
      enumOf({ A: null, B: U8 }),
      enumOf({ A: A_B, B: U8 }),
      '0x00',
      '0x000000',
    ],
    [
      'has a variant that carries nothing any more',
      enumOf({ A: null, B: U8 }),
      enumOf({ A: null, B: null }),
      '0x0107',
      '0x01',
    ],
    ['can be none now', U32, optionOf(U32), '0x07000000', '0x0107000000'],
    ['can be none no more, and is not', optionOf(U32), U32, '0x0107000000', '0x07000000'],
    ['is a wider number', U8, U32, '0xff', '0xff000000'],
    ['is a narrower number that is enough', U32, U8, '0xff000000', '0xff'],
    ['is compact', U32, compactOf(U32), '0x00010000', '0x0104'],
    ['is text where it was bytes', BYTES, TEXT, '0x0cc3bc61', '0x0cc3bc61'],
    ['is bytes where it was text', TEXT, BYTES, '0x0cc3bc61', '0x0cc3bc61'],
    ['is a list where it was an array', arrayOf(2, U32), listOf(U32), '0x0100000002000000', '0x080100000002000000'],
    ['is an array where it was a list', BYTES, arrayOf(2, U8), '0x080102', '0x0102'],
    ['is within newtypes', U32, { kind: 'newtype', of: { kind: 'newtype', of: U32 } }, '0x01000000', '0x01000000'],
  ])('%s', (_, from, to, bytes, expected) => {
    expect(carried(from, to, bytes)).toBe(expected);
    const [[old, oldId], [next, nextId]] = [alone(from), alone(to)];
    if (carried(to, from, expected) === bytes)
      expect(partingByName(decodeOwn(old, oldId, bytes), decodeOwn(next, nextId, expected))).toBeUndefined();
  });

  it.each<[string, RuntimeType, RuntimeType, Hex]>([
    ['a variant of another name', enumOf({ A: null, B: null }), enumOf({ A: null, C: null }), '0x01'],
    ['a variant that carries something', enumOf({ A: null, B: U8 }), enumOf({ A: null, C: U8 }), '0x0107'],
    [
      'a variant that is deep within',
      listOf(structOf({ e: optionOf(enumOf({ A: null })) })),
      listOf(structOf({ e: optionOf(enumOf({ B: null })) })),
      '0x040100',
    ],
    ['a number that is too large', U32, U8, '0x00010000'],
    ['a compact number that is too large', compactOf(U32), compactOf(U8), '0x0104'],
    ['a negative number', signed('i16'), { kind: 'uint', bits: 128 }, '0xffff'],
    ['a negative number in compact', signed('i16'), compactOf(U32), '0xffff'],
    ['a negative number that is too small', signed('i16'), signed('i8'), '0x7fff'],
    ['a number that is no character', U32, { kind: 'char' }, '0x00d80000'],
    ['none', optionOf(U32), U32, '0x00'],
    ['bytes that are no text', BYTES, TEXT, '0x0480'],
    ['bytes in an array of another length', BYTES, arrayOf(2, U8), '0x0401'],
    ['a list in an array of another length', listOf(U32), arrayOf(2, U32), '0x0401000000'],
    ['bytes for numbers', BYTES, listOf(U32), '0x0401'],
    ['numbers for bytes', listOf(U32), BYTES, '0x0401000000'],
    ['a number for a struct', U32, A_B, '0x01000000'],
    ['a struct for a number', A_B, U32, '0x010461'],
    ['a number for a bool', U8, { kind: 'bool' }, '0x01'],
    ['a number for a text', U8, TEXT, '0x01'],
    ['a variant for bytes', enumOf({ A: null, B: null }), BYTES, '0x00'],
    ['a variant for a text', enumOf({ A: null, B: null }), TEXT, '0x00'],
    ['a struct for a tuple', A_B, { kind: 'tuple', of: [U8, BYTES] }, '0x010461'],
    ['bits', U8, { kind: 'bits' }, '0x01'],
  ])('is no value of the new one, and bent into none: %s', (_, from, to, bytes) => {
    expect(() => carried(from, to, bytes)).toThrow(DecodeError);
  });

  it('whose new field has no zero is an error of the metadata', () => {
    const endless: RuntimeType = {
      kind: 'struct',
      name: 'S',
      fields: [
        { name: 'a', shape: U8 },
        { name: 'b', shape: { kind: 'itself' } },
      ],
    };
    expect(() => carried(structOf({ a: U8, x: U8 }), endless, '0x0102')).toThrow(MetadataError);
  });
});

describe('two values, by name', () => {
  it.each<[string, Value, Value]>([
    ['the same', { a: 1n, b: ['0x01', null] }, { a: 1n, b: ['0x01', null] }],
    ['a field that only one has', { a: 1n }, { a: 1n, b: 2n }],
    ['fields in another order', { a: 1n, b: 2n }, { b: 2n, a: 1n }],
    ['structs without fields', {}, {}],
    ['a struct that lost all fields', { a: 1n }, {}],
    ['a variant that carries something in one', 'Done', { Done: { at: 5n } }],
    ['a variant that carried something in the other', { Done: 5n }, 'Done'],
    ['deep within', [{ of: { Done: [{ a: 1n }] } }], [{ of: { Done: [{ a: 1n, b: 0n }] } }]],
  ])('agree: %s', (_, left, right) => {
    expect(partingByName(left, right)).toBeUndefined();
  });

  it.each<[string, Value, Value, string, Value | undefined, Value | undefined]>([
    ['numbers', 1n, 2n, '', 1n, 2n],
    ['none and some', null, 1n, '', null, 1n],
    ['none and some none', null, { Some: null }, '', null, { Some: null }],
    ['a field', { a: 1n, b: 2n }, { a: 1n, b: 3n, c: 4n }, '.b', 2n, 3n],
    ['a field that is none', { a: null }, { a: 1n }, '.a', null, 1n],
    ['an entry', [{ a: 1n }, { a: 2n }], [{ a: 1n }, { a: 3n }], '[1].a', 2n, 3n],
    ['a list that is longer', [1n], [1n, 2n], '[1]', undefined, 2n],
    ['a list that is shorter', [1n, 2n], [1n], '[1]', 2n, undefined],
    ['a list and bytes', [1n], '0x01', '', [1n], '0x01'],
    ['two variants', { A: 1n }, { B: 1n }, '', { A: 1n }, { B: 1n }],
    ['two bare variants', { of: 'A' }, { of: 'B' }, '.of', 'A', 'B'],
    ['a bare variant and another', 'A', { B: 'A' }, '', 'A', { B: 'A' }],
    ['what is no name of its own', { toString: 1n }, { a: 1n }, '', { toString: 1n }, { a: 1n }],
  ])('part at %s', (_, left, right, path, one, other) => {
    expect(partingByName(left, right)).toEqual({ path, left: one, right: other });
    expect(partingByName(right, left)).toEqual({ path, left: other, right: one });
  });
});

const longer = (all: readonly (readonly number[])[]) =>
  all.flatMap((bytes) => [0, 1, 2, 4, 8].map((byte) => [...bytes, byte]));
const shortBytes = [[[]], longer([[]]), longer(longer([[]])), longer(longer(longer([[]])))]
  .flat()
  .map((bytes) => toHex(Uint8Array.from(bytes)));

/** The values of short bytes. */
const valuesOf = (metadata: RuntimeMetadata, id: TypeId): readonly (readonly [Hex, Value])[] =>
  shortBytes.flatMap((bytes) => {
    try {
      return [[bytes, decodeOwn(metadata, id, bytes)] as const];
    } catch (error) {
      if (error instanceof DecodeError) return [];
      throw error;
    }
  });

/** Changes that lose nothing, of all enums and structs in a type. */
const changes: readonly ((type: RuntimeType) => RuntimeType)[] = [
  (type) => (type.kind === 'struct' ? { ...type, fields: type.fields.toReversed() } : type),
  (type) => (type.kind === 'struct' ? { ...type, fields: [{ name: 'w', shape: U32 }, ...type.fields] } : type),
  (type) => (type.kind === 'enum' ? { ...type, variants: type.variants.toReversed() } : type),
  (type) => (type.kind === 'enum' ? { ...type, variants: [{ name: 'W', shape: U8 }, ...type.variants] } : type),
  (type) =>
    type.kind === 'enum'
      ? { ...type, variants: type.variants.map((each) => ({ ...each, shape: each.shape ?? U8 })) }
      : type,
  (type) => ({ kind: 'newtype', of: type }),
];

describe('for any type and any change of it that loses nothing', () => {
  it('a value is there in the new layout, says the same by name, and comes back as it was', () => {
    let values = 0;
    fc.assert(
      fc.property(arbitraryType, fc.constantFrom(...changes), (type, change) => {
        const [[old, oldId], [next, nextId]] = [alone(type), alone(changedType(type, change))];
        for (const [bytes, value] of valuesOf(old, oldId)) {
          values += 1;
          const other = decodeOwn(next, nextId, encodeOwn(next, nextId, value));
          expect(partingByName(value, other)).toBeUndefined();
          expect(encodeOwn(old, oldId, other)).toBe(bytes);
        }
      }),
      { numRuns: 400 },
    );
    expect(values).toBeGreaterThan(500);
  });
});
