/**
 * Any value of a type, made from its shape: what properties over the specification's types draw from. fast-check leans
 * towards the ends of an integer's range by itself; lists and byte strings are short, now and then longer than the 63
 * that a length of one byte can say.
 */
import * as fc from 'fast-check';
import { toHex, type Hex } from '../src/spec/hex.js';
import type { Field, Shape, Type, UintBits, Variant } from '../src/spec/shape.js';

/** Where codecs go another way: a number is written as 32 bits, 64, or byte by byte. */
const EDGES = [32n, 64n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, (1n << bits) + 1n]);

const bigUint = (bits: UintBits): fc.Arbitrary<bigint> => {
  const max = (1n << BigInt(bits)) - 1n;
  const edges = EDGES.filter((edge) => edge <= max);
  return fc.oneof(
    { weight: 3, arbitrary: fc.bigInt({ min: 0n, max }) },
    { weight: 1, arbitrary: fc.constantFrom(...edges) },
  );
};

const uint = (bits: UintBits): fc.Arbitrary<number | bigint> =>
  bits < 64 ? fc.integer({ min: 0, max: 2 ** bits - 1 }) : bigUint(bits);

const hexOf = (minLength: number, maxLength: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength, maxLength }).map(toHex);

/** Texts that two codecs like to disagree about: a byte order mark, U+FFFD itself, characters of two and four bytes. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('\ufeff', '\ufeffa', '\ufffd', '\u0000', 'größe', '\u{1f5a5}') },
);

const bytes = fc.oneof({ weight: 8, arbitrary: hexOf(0, 12) }, { weight: 1, arbitrary: hexOf(62, 66) });

const struct = (fields: readonly Field[]): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(fields.map(({ name, shape }) => [name, arbitraryOf(shape)])), { noNullPrototype: true });

const variant = ({ name, shape }: Variant): fc.Arbitrary<unknown> =>
  shape === null ? fc.constant(name) : arbitraryOf(shape).map((value) => ({ [name]: value }));

const arbitraryOf = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.kind) {
    case 'uint':
      return uint(shape.bits);
    case 'bool':
      return fc.boolean();
    case 'bytes':
      return bytes;
    case 'text':
      return text;
    case 'fixed':
      return hexOf(shape.length, shape.length);
    case 'option':
      return fc.option(arbitraryOf(shape.of), { nil: null });
    case 'list':
      return fc.array(arbitraryOf(shape.of), { maxLength: 3 });
    case 'struct':
      return struct(shape.fields);
    case 'enum':
      return fc.oneof(...shape.variants.map(variant));
    default:
      return shape satisfies never;
  }
};

/** Any value of `type`. */
export const valueOf = <T>(type: Type<T>): fc.Arbitrary<T> => arbitraryOf(type.shape) as fc.Arbitrary<T>;
