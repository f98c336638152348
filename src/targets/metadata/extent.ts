/**
 * Where a value of a runtime's type ends: what a reader of blocks needs to find the call behind an extrinsic's signature, or the next
 * event behind one of another pallet. Nothing is decoded, so that values of any type can be passed over, however large.
 */
import { DecodeError } from '../../spec/scale.js';
import { NUMBER_BYTES, typeOf, type FieldMetadata, type RuntimeMetadata, type TypeId } from './model.js';
import { typeIsEmpty } from './zero.js';

type Types = Pick<RuntimeMetadata, 'types'>;

/** Real types nest some 20 deep, calls in calls some more. */
const DEEPEST = 100;

const ended = (at: number, what: string): DecodeError =>
  new DecodeError(`byte ${at}: expected ${what}, nothing is left`);

const moved = (bytes: Uint8Array, at: number, count: number, what: string): number => {
  if (count > bytes.length - at) throw ended(bytes.length, what);
  return at + count;
};

const byteAt = (bytes: Uint8Array, at: number, what: string): number => {
  const byte = bytes[at];
  if (byte === undefined) throw ended(at, what);
  return byte;
};

/** A compact number of up to four bytes, as lengths are, and where it ends. @throws DecodeError */
export const compactAt = (bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } => {
  const first = byteAt(bytes, at, 'a compact number');
  const more = [0, 1, 3][first & 3];
  if (more === undefined) throw new DecodeError(`byte ${at}: expected a length, came a number of more than four bytes`);
  const end = moved(bytes, at, 1 + more, 'a compact number');
  let value = 0;
  for (let byte = end - 1; byte >= at; byte -= 1) value = value * 256 + (bytes[byte] ?? 0);
  return { value: Math.floor(value / 4), end };
};

const endOfCompact = (bytes: Uint8Array, at: number): number => {
  const first = byteAt(bytes, at, 'a compact number');
  return moved(bytes, at, (first & 3) === 3 ? (first >> 2) + 5 : 2 ** (first & 3), 'a compact number');
};

/** Bytes of one element of a bit sequence's store. */
const storeBytes = (metadata: Types, store: TypeId): number => {
  const { definition: of } = typeOf(metadata, store);
  return of.kind === 'primitive' && of.of !== 'bool' && of.of !== 'str' ? NUMBER_BYTES[of.of] : 1;
};

/**
 * @param at where the value begins
 * @returns where it ends
 * @throws DecodeError where the bytes end before, or are no such value; MetadataError where there is no such type
 */
export const endOf = (metadata: Types, id: TypeId, bytes: Uint8Array, at: number, depth = 0): number => {
  if (depth > DEEPEST) throw new DecodeError(`byte ${at}: type ${id} nests deeper than ${DEEPEST} types`);
  const { definition: of } = typeOf(metadata, id);
  const next = (each: TypeId, from: number): number => endOf(metadata, each, bytes, from, depth + 1);
  const repeated = (each: TypeId, count: number, from: number): number => {
    if (typeIsEmpty(metadata, each)) return from;
    let end = from;
    for (let entry = 0; entry < count; entry += 1) end = next(each, end);
    return end;
  };
  switch (of.kind) {
    case 'composite':
      return endOfFields(metadata, of.fields, bytes, at, depth + 1);
    case 'tuple':
      return of.of.reduce((end, each) => next(each, end), at);
    case 'array':
      return repeated(of.of, of.length, at);
    case 'sequence': {
      const { value, end } = compactAt(bytes, at);
      return repeated(of.of, value, end);
    }
    case 'variant': {
      const index = byteAt(bytes, at, 'an index of a variant');
      const variant = of.variants.find((each) => each.index === index);
      if (variant === undefined) throw new DecodeError(`byte ${at}: variant ${index} is none of type ${id}`);
      return endOfFields(metadata, variant.fields, bytes, at + 1, depth + 1);
    }
    case 'primitive': {
      if (of.of === 'bool') return moved(bytes, at, 1, 'a bool');
      if (of.of !== 'str') return moved(bytes, at, NUMBER_BYTES[of.of], of.of);
      const { value, end } = compactAt(bytes, at);
      return moved(bytes, end, value, 'a text');
    }
    case 'compact':
      return typeIsEmpty(metadata, of.of) ? at : endOfCompact(bytes, at);
    case 'bits': {
      const { value, end } = compactAt(bytes, at);
      const width = storeBytes(metadata, of.store);
      return moved(bytes, end, Math.ceil(value / (8 * width)) * width, 'a bit sequence');
    }
    default:
      return of satisfies never;
  }
};

/** As {@link endOf}, of fields one behind the other: of a call's arguments, of an event. */
export const endOfFields = (
  metadata: Types,
  fields: readonly FieldMetadata[],
  bytes: Uint8Array,
  at: number,
  depth = 0,
): number => fields.reduce((end, { type }) => endOf(metadata, type, bytes, end, depth), at);
