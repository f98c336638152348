/** A codec of `scale-ts` for a shape: what ours is held against. Values are in our form, bytes are hex. */
import { Bytes, Enum, Option, Struct, Vector, _void, bool, enhanceCodec, u128, u16, u32, u64, u8 } from 'scale-ts';
import type { Codec } from 'scale-ts';
import { fromHex, toHex } from '../../src/spec/hex.js';
import type { Field, Shape, Variant } from '../../src/spec/shape.js';

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

const structCodec = (fields: readonly Field[]): Codec<unknown> =>
  loose(
    Struct(Object.fromEntries(fields.map(({ name, shape }) => [name, peerOf(shape)])) as Parameters<typeof Struct>[0]),
  );

type Variants = Parameters<typeof Enum>[0];

const ofVariant = (shape: Shape | null): Codec<unknown> => (shape === null ? loose(_void) : peerOf(shape));

const enumCodec = (variants: readonly Variant[]): Codec<unknown> =>
  enhanceCodec(
    loose(Enum(Object.fromEntries(variants.map(({ name, shape }) => [name, ofVariant(shape)])) as Variants)),
    (value: unknown): unknown => {
      const [tag, of]: readonly unknown[] =
        typeof value === 'string' ? [value] : (Object.entries(value as object)[0] ?? []);
      return { tag, value: of };
    },
    (read): unknown => {
      const { tag, value } = read as { readonly tag: string; readonly value: unknown };
      return value === undefined ? tag : { [tag]: value };
    },
  );

/** The codec that `scale-ts` makes of a shape, for values in our form. */
export const peerOf = (shape: Shape): Codec<unknown> => {
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
