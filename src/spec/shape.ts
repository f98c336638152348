/**
 * Types as data: one definition gives the shape (which layout checks and reports read), the SCALE codec (`scale.ts`),
 * the JSON form (`json.ts`) and the TypeScript type.
 *
 * Values: integers up to 32 bits are `number`, wider ones `bigint`; byte strings are {@link Hex}; `Option` is `T |
 * null`; an enum is its variant's name, or `{ Variant: value }`. This is the form of recordings, but for `bigint`.
 */
import type { Hex } from './hex.js';

export type UintBits = 8 | 16 | 32 | 64 | 128;

export interface Field {
  readonly name: string;
  readonly shape: Shape;
}

export interface Variant {
  readonly name: string;
  readonly shape: Shape | null;
}

/** The layout of a type. A variant's position is its SCALE index. */
export type Shape =
  | { readonly kind: 'uint'; readonly bits: UintBits }
  | { readonly kind: 'bool' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'text' }
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'option'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly Field[] }
  | { readonly kind: 'enum'; readonly name: string; readonly variants: readonly Variant[] };

/** A SCALE type whose values are `T`. `phantom` never has a value: it carries `T` for the compiler. */
export interface Type<T> {
  readonly shape: Shape;
  readonly phantom?: T;
}

/** The TypeScript type of a {@link Type}'s values. */
export type Of<X> = X extends Type<infer T> ? T : never;

type Fields = Readonly<Record<string, Type<unknown>>>;
export type Struct<F extends Fields> = Type<{ readonly [K in keyof F]: Of<F[K]> }>;

export const u8: Type<number> = { shape: { kind: 'uint', bits: 8 } };
export const u32: Type<number> = { shape: { kind: 'uint', bits: 32 } };
export const u64: Type<bigint> = { shape: { kind: 'uint', bits: 64 } };
export const u128: Type<bigint> = { shape: { kind: 'uint', bits: 128 } };
export const bool: Type<boolean> = { shape: { kind: 'bool' } };
/** `Vec<u8>`: bytes of every kind, UTF-8 or not. */
export const bytes: Type<Hex> = { shape: { kind: 'bytes' } };
/** `String`: UTF-8. */
export const text: Type<string> = { shape: { kind: 'text' } };
/** `[u8; length]`. */
export const fixed = (length: number): Type<Hex> => ({ shape: { kind: 'fixed', length } });
export const option = <T>(of: Type<T>): Type<T | null> => ({ shape: { kind: 'option', of: of.shape } });
export const list = <T>(of: Type<T>): Type<readonly T[]> => ({ shape: { kind: 'list', of: of.shape } });

export const struct = <F extends Fields>(name: string, fields: F): Struct<F> => ({
  shape: {
    kind: 'struct',
    name,
    fields: Object.entries(fields).map(([field, type]) => ({ name: field, shape: type.shape })),
  },
});

/** An enum none of whose variants carries a value. */
export const names = <const N extends readonly string[]>(name: string, variants: N): Type<N[number]> => ({
  shape: { kind: 'enum', name, variants: variants.map((variant) => ({ name: variant, shape: null })) },
});

/** An enum all of whose variants carry a value. */
export const variants = <F extends Fields>(
  name: string,
  of: F,
): Type<{ [K in keyof F]: Readonly<Record<K, Of<F[K]>>> }[keyof F]> => ({
  shape: {
    kind: 'enum',
    name,
    variants: Object.entries(of).map(([variant, type]) => ({ name: variant, shape: type.shape })),
  },
});

/** `AccountId32` and `H256`. */
export const accountId = fixed(32);
export const h256 = fixed(32);

/** The type's name as Rust writes it. */
export const describe = (shape: Shape): string => {
  switch (shape.kind) {
    case 'uint':
      return `u${shape.bits}`;
    case 'bool':
      return 'bool';
    case 'bytes':
      return 'Vec<u8>';
    case 'text':
      return 'String';
    case 'fixed':
      return `[u8; ${shape.length}]`;
    case 'option':
      return `Option<${describe(shape.of)}>`;
    case 'list':
      return `Vec<${describe(shape.of)}>`;
    case 'struct':
    case 'enum':
      return shape.name;
    default:
      return shape satisfies never;
  }
};
