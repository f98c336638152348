/**
 * Values of a runtime's own types: read as the specification's codec writes them, strictly, within bounds whatever the bytes and
 * the metadata claim, and carried from one layout to another by name.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, hexOfText, toHex, type Hex } from '../../src/spec/hex.js';
import { DecodeError, encode } from '../../src/spec/scale.js';
import { events } from '../../src/spec/events.js';
import type { Shape, Type } from '../../src/spec/shape.js';
import { storage, type AnyStorageItem } from '../../src/spec/storage.js';
import { MetadataError, type RuntimeMetadata, type TypeId } from '../../src/targets/metadata.js';
import { decodeOwn, decodeOwnEvent, encodeOwn, type Value } from '../../src/targets/metadata/values.js';
import { loadRuntime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';
import { valueOf } from '../shape-arbitrary.js';
import type { RuntimeType } from './portable-types.js';
import { alone, metadataOf } from './single-type.js';

const RUNS = { numRuns: 60 };

/** A value of the specification in the form of a runtime's own. */
const asOwn = (shape: Shape, value: unknown): Value => {
  switch (shape.kind) {
    case 'uint':
      return BigInt(value as bigint | number);
    case 'text':
      return hexOfText(value as string);
    case 'option':
      return value === null ? null : asOwn(shape.of, value);
    case 'list':
      return (value as readonly unknown[]).map((each) => asOwn(shape.of, each));
    case 'struct':
      return Object.fromEntries(
        shape.fields.map((field) => [field.name, asOwn(field.shape, (value as Record<string, unknown>)[field.name])]),
      );
    case 'enum': {
      if (typeof value === 'string') return value;
      const [[name, carried] = ['', null]] = Object.entries(value as Record<string, unknown>);
      const of = shape.variants.find((each) => each.name === name)?.shape;
      return { [name]: of ? asOwn(of, carried) : null };
    }
    case 'bool':
    case 'bytes':
    case 'fixed':
      return value as Value;
    default:
      return shape satisfies never;
  }
};

/** Of each item of the lab runtime that the specification describes: the two types of its values, and of its keys. */
const specified = Object.values(storage)
  .flatMap((pallet) => Object.values<AnyStorageItem>(pallet))
  .flatMap(({ pallet, name, key, value }): [string, Type<unknown>, TypeId][] => {
    const own = lab.metadata.pallets
      .find((each) => each.name === pallet)
      ?.storage?.items.find((each) => each.name === name);
    if (own === undefined) throw new Error(`the lab runtime has no ${pallet}.${name}`);
    const [first] = own.keys;
    const ofKey: [string, Type<unknown>, TypeId][] =
      key && first ? [[`a key of ${pallet}.${name}`, key, first.type]] : [];
    return [[`a value of ${pallet}.${name}`, value, own.value], ...ofKey];
  });

/** What the value of these bytes is encoded to, null where they are refused with a `DecodeError`. */
const again = (metadata: RuntimeMetadata, id: TypeId, bytes: Hex): Hex | null => {
  try {
    return encodeOwn(metadata, id, decodeOwn(metadata, id, bytes));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
};

describe.each(specified)('%s', (_, type, id) => {
  const values = valueOf(type);
  const read = (bytes: Hex): Value => decodeOwn(lab.metadata, id, bytes);

  it('is read as the specification writes it, and written back to the same bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(type, value);
        const own = read(bytes);
        expect(own).toEqual(asOwn(type.shape, value));
        expect(encodeOwn(lab.metadata, id, own)).toBe(bytes);
      }),
      RUNS,
    );
  });

  it('is refused when cut at any byte, and with a byte left over', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 255 }), (value, extra) => {
        const bytes = encode(type, value);
        for (let end = 2; end < bytes.length; end += 2) expect(() => read(bytes.slice(0, end))).toThrow(DecodeError);
        expect(() => read(bytes + extra.toString(16).padStart(2, '0'))).toThrow(DecodeError);
      }),
      { numRuns: 20 },
    );
  });

  it('with a changed byte is refused, or is what its value is encoded to', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const changed = fromHex(encode(type, value));
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect([toHex(changed), null]).toContain(again(lab.metadata, id, toHex(changed)));
      }),
      RUNS,
    );
  });
});

describe("an event's fields", () => {
  const TOPIC = '07'.repeat(32);
  const split = (name: string): readonly string[] => name.split('.');
  const variantOf = (name: string) =>
    lab.metadata.pallets
      .find((each) => each.name === split(name)[0])
      ?.events.find((each) => each.name === split(name)[1]);

  it.each(Object.entries(events))('%s: are read with the topics behind them', (name, { fields }) => {
    const variant = variantOf(name);
    if (variant === undefined) throw new Error(`the lab runtime has no ${name}`);
    const type: Type<unknown> = fields;
    const read = (bytes: Hex): Value => decodeOwnEvent(lab.metadata, variant, fromHex(bytes));
    fc.assert(
      fc.property(valueOf(type), (value) => {
        const bytes = encode(type, value);
        expect(read(`${bytes}00`)).toEqual(asOwn(type.shape, value));
        expect(read(`${bytes}08${TOPIC}${TOPIC}`)).toEqual(asOwn(type.shape, value));
        for (const tail of ['', '04', `04${TOPIC.slice(2)}`, `0000`, `0100${TOPIC}`])
          expect(() => read(bytes + tail)).toThrow(DecodeError);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what the metadata says an absent key reads as', () => {
  it.each(['runtime/lab.wasm', 'runtime/later.wasm'])('is a value of every item of %s', async (file) => {
    const { metadata } = await loadRuntime(file);
    const items = metadata.pallets
      .flatMap(({ storage: of }) => of?.items ?? [])
      .filter(({ modifier }) => modifier === 'default');
    for (const { value, fallback } of items)
      expect(encodeOwn(metadata, value, decodeOwn(metadata, value, fallback))).toBe(fallback);
    expect(items.length).toBeGreaterThan(30);
  });
});

const U8: RuntimeType = { kind: 'uint', bits: 8 };
const U32: RuntimeType = { kind: 'uint', bits: 32 };
const U64: RuntimeType = { kind: 'uint', bits: 64 };
const U128: RuntimeType = { kind: 'uint', bits: 128 };
const UNIT: RuntimeType = { kind: 'tuple', of: [] };
const CHAR: RuntimeType = { kind: 'char' };
const TEXT: RuntimeType = { kind: 'text' };
const optionOf = (of: RuntimeType): RuntimeType => ({ kind: 'option', of });
const compactOf = (of: RuntimeType): RuntimeType => ({ kind: 'compact', of });
const listOf = (of: RuntimeType): RuntimeType => ({ kind: 'list', of });
const arrayOf = (length: number, of: RuntimeType): RuntimeType => ({ kind: 'array', length, of });
const newtypeOf = (of: RuntimeType): RuntimeType => ({ kind: 'newtype', of });
const tupleOf = (...of: readonly RuntimeType[]): RuntimeType => ({ kind: 'tuple', of });
const rare = (of: 'u16' | 'u256' | 'i8' | 'i16' | 'i64' | 'i128' | 'i256'): RuntimeType => ({ kind: 'primitive', of });
const chainOf = (of: RuntimeType): RuntimeType => ({ kind: 'chain', name: 'Chain', of });
const SHAPES: RuntimeType = {
  kind: 'enum',
  name: 'Shapes',
  variants: [
    { name: 'Empty', shape: null },
    { name: 'Some', shape: optionOf(U8), index: 7 },
    { name: 'Pair', shape: tupleOf(U8, U32), index: 255 },
    {
      name: 'Both',
      shape: {
        kind: 'struct',
        name: 'Two',
        fields: [
          { name: 'a', shape: U8 },
          { name: 'b', shape: { kind: 'bool' } },
        ],
      },
    },
  ],
};

describe('a type that someone made', () => {
  it.each<[string, RuntimeType, Hex, Value]>([
    ['an enum without a value', SHAPES, '0x00', 'Empty'],
    ['an enum with an option', SHAPES, '0x070105', { Some: 5n }],
    ['an enum with none', SHAPES, '0x0700', { Some: null }],
    ['an enum with a pair', SHAPES, '0xff0102000000', { Pair: [1n, 2n] }],
    ['an enum with a struct', SHAPES, '0x030501', { Both: { a: 5n, b: true } }],
    ['an option of an enum that looks like one', optionOf(SHAPES), '0x010700', { Some: { Some: null } }],
    ['none', optionOf(optionOf(U8)), '0x00', null],
    ['some none', optionOf(optionOf(U8)), '0x0100', { Some: null }],
    ['some some', optionOf(optionOf(U8)), '0x010107', 7n],
    ['some none of three', optionOf(optionOf(optionOf(U8))), '0x0100', { Some: null }],
    ['some some none of three', optionOf(optionOf(optionOf(U8))), '0x010100', { Some: { Some: null } }],
    ['some some some', optionOf(optionOf(optionOf(U8))), '0x01010109', 9n],
    ['an option of nothing', optionOf(UNIT), '0x01', []],
    ['a compact of one byte', compactOf(U8), '0xfc', 63n],
    ['of two', compactOf(U8), '0xfd03', 255n],
    ['of two, at their end', compactOf(U32), '0xfdff', 16_383n],
    ['of four', compactOf(U32), '0x02000100', 16_384n],
    ['of four, at their end', compactOf(U32), '0xfeffffff', (1n << 30n) - 1n],
    ['of five', compactOf(U32), '0x0300000040', 1n << 30n],
    ['of six', compactOf(U64), '0x070000000001', 1n << 32n],
    ['of nine', compactOf(U64), '0x13' + 'ff'.repeat(8), (1n << 64n) - 1n],
    ['of seventeen', compactOf(newtypeOf(U128)), '0x33' + 'ff'.repeat(16), (1n << 128n) - 1n],
    ['of thirty-three', compactOf(rare('u256')), '0x73' + 'ff'.repeat(32), (1n << 256n) - 1n],
    ['of nothing', compactOf(UNIT), '0x', null],
    ['a tuple', tupleOf(U8, TEXT, tupleOf(U8)), '0x010461ff', [1n, '0x61', 255n]],
    ['newtypes', newtypeOf(newtypeOf(listOf(newtypeOf(U32)))), '0x0401000000', [1n]],
    ['an array of bytes', arrayOf(3, U8), '0x010203', '0x010203'],
    ['an array of newtypes of bytes', arrayOf(2, newtypeOf(U8)), '0x0102', '0x0102'],
    ['an array of numbers', arrayOf(2, rare('u16')), '0x01000200', [1n, 2n]],
    ['an array of nothing', arrayOf(2, UNIT), '0x', [[], []]],
    ['a list of nothing', listOf(UNIT), '0x0c', [[], [], []]],
    ['an i8', rare('i8'), '0x80', -128n],
    ['an i16', rare('i16'), '0xfeff', -2n],
    ['an i32', { kind: 'i32' }, '0xffffff7f', (1n << 31n) - 1n],
    ['an i64', rare('i64'), '0x' + 'ff'.repeat(8), -1n],
    ['an i128', rare('i128'), '0x' + '00'.repeat(15) + '80', -(1n << 127n)],
    ['an i256', rare('i256'), '0xff' + '00'.repeat(31), 255n],
    ['a u256', rare('u256'), '0x' + '00'.repeat(31) + '80', 1n << 255n],
    ['a character', CHAR, '0xe4000000', 0xe4n],
    ['the last character', CHAR, '0xffff1000', 0x10ffffn],
    ['a text', TEXT, '0x10f09f96a5', '0xf09f96a5'],
    ['a text with a byte order mark', TEXT, '0x10efbbbf61', '0xefbbbf61'],
    [
      'a chain',
      chainOf(U8),
      '0x010802000300',
      {
        value: 1n,
        rest: [
          { value: 2n, rest: [] },
          { value: 3n, rest: [] },
        ],
      },
    ],
    ['a list of lists without end', { kind: 'tree' }, '0x08040000', [[[]], []]],
  ])('is read and written: %s', (_, type, bytes, value) => {
    const [metadata, id] = alone(type);
    expect(decodeOwn(metadata, id, bytes)).toEqual(value);
    expect(encodeOwn(metadata, id, value)).toBe(bytes);
  });

  it.each<[string, RuntimeType, Hex, string]>([
    ['an index between two variants', SHAPES, '0x01', 'variant 1 is none of Shapes'],
    ['2 for an option', optionOf(U8), '0x0200', 'expected 0 or 1 for whether there is a value, came 2'],
    ['2 for a bool', { kind: 'bool' }, '0x02', 'expected 0 or 1 for a bool, came 2'],
    ['a compact in two bytes where one does', compactOf(U32), '0xfd00', 'the shortest form'],
    ['in four where two do', compactOf(U32), '0xfeff0000', 'the shortest form'],
    ['in five where four do', compactOf(U32), '0x03ffffff3f', 'the shortest form'],
    ['in six where five do', compactOf(U64), '0x070000004000', 'the shortest form'],
    ['a compact u8 that is none', compactOf(U8), '0x0104', 'expected a compact u8, came 256'],
    ['a compact u32 that is none', compactOf(U32), '0x070000000001', 'expected a compact u32, came 4294967296'],
    ['a length in more bytes than it takes', listOf(U8), '0x0100', 'the shortest form'],
    ['half a surrogate pair for a character', CHAR, '0x00d80000', 'expected a character, came 55296'],
    ['a number behind the last character', CHAR, '0x00001100', 'expected a character'],
    ['a lone continuation byte', TEXT, '0x0480', 'expected UTF-8'],
    ['an overlong text', TEXT, '0x08c080', 'expected UTF-8'],
    ['half a surrogate pair in a text', TEXT, '0x0ceda080', 'expected UTF-8'],
    ['bits', { kind: 'bits' }, '0x00', 'a bit sequence is not read'],
  ])('is refused: %s', (_, type, bytes, message) => {
    const [metadata, id] = alone(type);
    expect(() => decodeOwn(metadata, id, bytes)).toThrow(DecodeError);
    expect(() => decodeOwn(metadata, id, bytes)).toThrow(message);
  });

  it('that nests deeper than real ones do is refused', () => {
    const [metadata, id] = alone({ kind: 'tree' });
    expect(encodeOwn(metadata, id, decodeOwn(metadata, id, '0x' + '04'.repeat(90) + '00'))).toHaveLength(2 + 182);
    for (const depth of [101, 100_000])
      expect(() => decodeOwn(metadata, id, '0x' + '04'.repeat(depth) + '00')).toThrow('nests deeper than 100 types');
    const [itself, own] = alone({ kind: 'itself' });
    expect(() => decodeOwn(itself, own, '0x00')).toThrow(DecodeError);
  });

  it('that is not there is an error of the metadata', () => {
    expect(() => decodeOwn(lab.metadata, 1 << 30, '0x')).toThrow(MetadataError);
  });
});

describe('claims beyond the bytes', () => {
  const LENGTHS = ['feffffff', '03ffffffff', '13' + 'ff'.repeat(8), 'ff' + 'ff'.repeat(67)];
  const lists: readonly RuntimeType[] = [UNIT, U8, U64, TEXT, compactOf(UNIT), SHAPES, arrayOf(4096, UNIT)].map(listOf);

  it.each(LENGTHS)('a length of 0x%s is refused before anything is made of it', (length) => {
    for (const type of [...lists, TEXT, { kind: 'tree' } as const]) {
      const [metadata, id] = alone(type);
      expect(() => decodeOwn(metadata, id, `0x${length}${'00'.repeat(64)}`)).toThrow(DecodeError);
    }
  });

  it('so is an array that is longer than its bytes, or than memory', () => {
    for (const of of [U8, U32, UNIT, arrayOf(4096, UNIT)]) {
      const [metadata, id] = alone(arrayOf(0xffff_ffff, of));
      expect(() => decodeOwn(metadata, id, '0x0000')).toThrow(DecodeError);
    }
  });

  it('so are values without bytes that multiply', () => {
    const squared = metadataOf(
      ...Array.from({ length: 6 }, (_, id) => ({ kind: 'array', of: id + 1, length: 4096 }) as const),
      { kind: 'tuple', of: [] },
    );
    const doubled = metadataOf(
      ...Array.from({ length: 60 }, (_, id) => ({ kind: 'tuple', of: [id + 1, id + 1] }) as const),
      { kind: 'tuple', of: [] },
    );
    for (const metadata of [squared, doubled])
      expect(() => decodeOwn(metadata, 0, '0x')).toThrow('too many values that take no bytes');
  });

  it('of nothing at all, as many as that are read', () => {
    const [metadata, id] = alone(listOf(UNIT));
    expect(decodeOwn(metadata, id, '0xfd3f')).toHaveLength(4095);
    expect(() => decodeOwn(metadata, id, '0x02800000')).toThrow(DecodeError);
  });

  it('any bytes are refused, or are what their value is encoded to', () => {
    const made = [SHAPES, optionOf(optionOf(optionOf(U8))), compactOf(U64), chainOf(SHAPES), CHAR, listOf(TEXT)].map(
      alone,
    );
    const byte = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 4, 7, 8) },
      fc.integer({ min: 0, max: 255 }),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...made), fc.array(byte, { maxLength: 6 }), ([metadata, id], bytes) => {
        const hex = toHex(Uint8Array.from(bytes));
        const written = again(metadata, id, hex);
        if (written === null) return;
        read += 1;
        expect(written).toBe(hex);
      }),
      { numRuns: 6_000 },
    );
    expect(read).toBeGreaterThan(50);
  });
});
