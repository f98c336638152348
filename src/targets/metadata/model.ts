/**
 * What the project knows of a runtime's metadata, as plain data: the same for the versions 14, 15 and 16, and free of
 * any library's notions. Documentation strings are left out: they are half of the bytes, and nobody here reads them.
 */
import type { Hex } from '../../spec/hex.js';

/** Thrown where bytes are no metadata that can be read; the message is one sentence that says where and why. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError';
}

/** Versions that are read: the first with portable types, and both that came after it. */
export const VERSIONS = [14, 15, 16] as const;
export type MetadataVersion = (typeof VERSIONS)[number];

/** A type's number in the registry of its metadata; means nothing in another one. */
export type TypeId = number;

/** In the order of their SCALE indices. */
export const PRIMITIVES = [
  'bool',
  'char',
  'str',
  'u8',
  'u16',
  'u32',
  'u64',
  'u128',
  'u256',
  'i8',
  'i16',
  'i32',
  'i64',
  'i128',
  'i256',
] as const;
export type Primitive = (typeof PRIMITIVES)[number];

/** Bytes of numbers and characters. */
export const NUMBER_BYTES: Readonly<Record<Exclude<Primitive, 'bool' | 'str'>, number>> = {
  char: 4,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  u128: 16,
  u256: 32,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  i128: 16,
  i256: 32,
};

/** In the order of their SCALE indices; named as FRAME names them. */
export const HASHERS = [
  'Blake2_128',
  'Blake2_256',
  'Blake2_128Concat',
  'Twox128',
  'Twox256',
  'Twox64Concat',
  'Identity',
] as const;
export type Hasher = (typeof HASHERS)[number];

export interface FieldMetadata {
  /** null in a tuple struct or tuple variant. */
  readonly name: string | null;
  readonly type: TypeId;
}

/** A variant of an enum; calls, events and errors are variants of their pallet's enums. */
export interface VariantMetadata {
  readonly name: string;
  /** Its SCALE index: 0 to 255, not always its position. */
  readonly index: number;
  readonly fields: readonly FieldMetadata[];
}

export type TypeDefinition =
  | { readonly kind: 'composite'; readonly fields: readonly FieldMetadata[] }
  | { readonly kind: 'variant'; readonly variants: readonly VariantMetadata[] }
  | { readonly kind: 'sequence'; readonly of: TypeId }
  | { readonly kind: 'array'; readonly length: number; readonly of: TypeId }
  | { readonly kind: 'tuple'; readonly of: readonly TypeId[] }
  | { readonly kind: 'primitive'; readonly of: Primitive }
  | { readonly kind: 'compact'; readonly of: TypeId }
  | { readonly kind: 'bits'; readonly store: TypeId; readonly order: TypeId };

export interface TypeMetadata {
  readonly id: TypeId;
  /** Module path and name, such as `sp_core`, `crypto`, `AccountId32`; empty for what Rust has built in. */
  readonly path: readonly string[];
  readonly definition: TypeDefinition;
}

export interface StorageKeyMetadata {
  readonly hasher: Hasher;
  readonly type: TypeId;
}

export interface StorageItemMetadata {
  readonly name: string;
  /** What an absent key reads as: nothing (`OptionQuery`) or `fallback` (`ValueQuery`). */
  readonly modifier: 'optional' | 'default';
  /** One for each key of a map, in order; none for a single value. */
  readonly keys: readonly StorageKeyMetadata[];
  readonly value: TypeId;
  /** SCALE of what an absent key reads as under `default`. */
  readonly fallback: Hex;
}

export interface StorageMetadata {
  /** What the first 16 bytes of the pallet's keys are the hash of: its name, as a rule. */
  readonly prefix: string;
  readonly items: readonly StorageItemMetadata[];
}

export interface ConstantMetadata {
  readonly name: string;
  readonly type: TypeId;
  /** SCALE. */
  readonly value: Hex;
}

export interface PalletMetadata {
  readonly name: string;
  readonly index: number;
  /** null for a pallet that stores nothing. */
  readonly storage: StorageMetadata | null;
  readonly calls: readonly VariantMetadata[];
  readonly events: readonly VariantMetadata[];
  readonly errors: readonly VariantMetadata[];
  readonly constants: readonly ConstantMetadata[];
}

export interface TransactionExtension {
  readonly identifier: string;
  /** The type of what an extrinsic carries for it ("extra", "explicit"). */
  readonly extra: TypeId;
  /** The type of what is signed with it and not carried ("additional signed", "implicit"). */
  readonly additionalSigned: TypeId;
}

export interface ExtrinsicMetadata {
  /** The extrinsic formats that the runtime takes: one up to metadata 15, a list from 16. */
  readonly versions: readonly number[];
  /** Those of signed extrinsics of format 4, in order. */
  readonly extensions: readonly TransactionExtension[];
}

export interface RuntimeApiMethod {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly type: TypeId }[];
  readonly output: TypeId;
}

export interface RuntimeApiMetadata {
  readonly name: string;
  readonly methods: readonly RuntimeApiMethod[];
}

export interface RuntimeMetadata {
  readonly version: MetadataVersion;
  readonly types: ReadonlyMap<TypeId, TypeMetadata>;
  /** In the metadata's order. */
  readonly pallets: readonly PalletMetadata[];
  readonly extrinsic: ExtrinsicMetadata;
  /** null in metadata 14, which does not tell. */
  readonly apis: readonly RuntimeApiMetadata[] | null;
}

/**
 * The type with number `id`.
 * @throws MetadataError where the metadata has none: never for an id that stands in the same metadata.
 */
export const typeOf = ({ types }: Pick<RuntimeMetadata, 'types'>, id: TypeId): TypeMetadata => {
  const type = types.get(id);
  if (type === undefined) throw new MetadataError(`the metadata has no type ${id}: its types are of another metadata`);
  return type;
};
