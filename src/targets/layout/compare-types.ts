/**
 * The specification's shapes against a runtime's types: SCALE layout and the names of fields and variants. Types' own
 * names say nothing about the layout and are not compared. It follows the specification's shapes, which end, so that a
 * runtime's type that contains itself is no trap.
 */
import { describe, type Field, type Shape, type Variant } from '../../spec/shape.js';
import type { FieldMetadata, RuntimeMetadata, TypeId, VariantMetadata } from '../metadata.js';
import { alignFields, type Pair } from './align-fields.js';
import { inWords, isByte, optionOf, unwrapped } from './runtime-types.js';

export interface Difference {
  /** From what was compared: empty for itself, `[].miner_id` for a field of a list's entries, `::Pending` for a variant. */
  readonly path: string;
  /** Both sides in words that follow "is": a type, `absent`, `at position 2`. */
  readonly expected: string;
  readonly observed: string;
  /** The runtime's type that is said to differ, where it is one. */
  readonly type: TypeId | null;
}

export const ABSENT = 'absent';

/**
 * Enums that may have more variants than specified, behind ours. A signature is only ever given, never read back:
 * newer `sp_runtime`s add `Eth`, and the three that are specified encode as before.
 */
const OPEN_ENUMS: ReadonlySet<string> = new Set(['MultiSignature']);

type Of<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;

const below = (path: string, differences: readonly Difference[]): Difference[] =>
  differences.map((each) => ({ ...each, path: path + each.path }));

/** Two types of different kinds; where their names are the same, the kinds tell them apart. */
const mismatch = (metadata: RuntimeMetadata, shape: Shape, id: TypeId): Difference[] => {
  const [expected, observed] = [describe(shape), inWords(metadata, id)];
  if (expected !== observed) return [{ path: '', expected, observed, type: id }];
  const { kind } = unwrapped(metadata, id).definition;
  return [{ path: '', expected: `the ${shape.kind} ${expected}`, observed: `the ${kind} ${observed}`, type: id }];
};

type Leaf = Exclude<Shape, Of<'option' | 'list' | 'struct' | 'enum'>>;

const isLeaf = (metadata: RuntimeMetadata, shape: Leaf, id: TypeId): boolean => {
  const { definition: of } = unwrapped(metadata, id);
  switch (shape.kind) {
    case 'uint':
      return of.kind === 'primitive' && of.of === `u${shape.bits}`;
    case 'bool':
      return of.kind === 'primitive' && of.of === 'bool';
    case 'text':
      return of.kind === 'primitive' && of.of === 'str';
    case 'bytes':
      return of.kind === 'sequence' && isByte(metadata, of.of);
    case 'fixed':
      return of.kind === 'array' && of.length === shape.length && isByte(metadata, of.of);
    default:
      return shape satisfies never;
  }
};

const compareOption = (metadata: RuntimeMetadata, shape: Of<'option'>, id: TypeId): Difference[] => {
  const inner = optionOf(unwrapped(metadata, id));
  if (inner === null) return mismatch(metadata, shape, id);
  return compareType(metadata, shape.of, inner).map((each) => {
    if (each.path !== '') return each;
    return { ...each, expected: `Option<${each.expected}>`, observed: `Option<${each.observed}>`, type: id };
  });
};

const compareList = (metadata: RuntimeMetadata, shape: Of<'list'>, id: TypeId): Difference[] => {
  const { definition: of } = unwrapped(metadata, id);
  return of.kind === 'sequence' ? below('[]', compareType(metadata, shape.of, of.of)) : mismatch(metadata, shape, id);
};

const compareStruct = (metadata: RuntimeMetadata, shape: Of<'struct'>, id: TypeId): Difference[] => {
  const [only, ...others] = shape.fields;
  // Newtypes are transparent on this side too.
  if (only !== undefined && others.length === 0) return compareType(metadata, only.shape, id);
  const { definition: of } = unwrapped(metadata, id);
  return of.kind === 'composite' ? compareFields(metadata, shape.fields, of.fields) : mismatch(metadata, shape, id);
};

const payloadInWords = (metadata: RuntimeMetadata, fields: readonly FieldMetadata[]): string => {
  const [first] = fields;
  if (first === undefined) return 'without a value';
  return fields.length === 1 ? inWords(metadata, first.type) : `${fields.length} fields`;
};

const comparePayload = (metadata: RuntimeMetadata, { shape }: Variant, fields: readonly FieldMetadata[]) => {
  const [first] = fields;
  if (first === undefined && shape === null) return [];
  if (first !== undefined && shape !== null && fields.length === 1) return compareType(metadata, shape, first.type);
  const expected = shape === null ? 'without a value' : describe(shape);
  return [{ path: '', expected, observed: payloadInWords(metadata, fields), type: first?.type ?? null }];
};

const numbered = (name: string, index: number): string => `variant ${index} \`${name}\``;

/** One specified variant against a runtime's enum, in which neither name nor place need be right. */
const compareVariant = (
  metadata: RuntimeMetadata,
  [index, variant]: readonly [number, Variant],
  observed: readonly VariantMetadata[],
): Difference[] => {
  const named = observed.find(({ name }) => name === variant.name);
  const place = { path: '', expected: numbered(variant.name, index), type: null };
  if (named === undefined) {
    const there = observed.find((each) => each.index === index);
    return [{ ...place, observed: there === undefined ? ABSENT : numbered(there.name, index) }];
  }
  const moved = named.index === index ? [] : [{ ...place, observed: numbered(named.name, named.index) }];
  return [...moved, ...comparePayload(metadata, variant, named.fields)];
};

/** Variants that nothing specified stands for. What stands where a specified one is missing is told there. */
const extraVariants = (shape: Of<'enum'>, observed: readonly VariantMetadata[]): Difference[] => {
  const has = (name: string): boolean => observed.some((each) => each.name === name);
  const isSpecified = ({ name }: VariantMetadata): boolean => shape.variants.some((each) => each.name === name);
  const isTold = ({ index }: VariantMetadata): boolean => {
    const expected = shape.variants[index];
    return expected === undefined ? OPEN_ENUMS.has(shape.name) : !has(expected.name);
  };
  return observed
    .filter((each) => !isSpecified(each) && !isTold(each))
    .map(({ name, index }) => ({ path: `::${name}`, expected: ABSENT, observed: numbered(name, index), type: null }));
};

const compareEnum = (metadata: RuntimeMetadata, shape: Of<'enum'>, id: TypeId): Difference[] => {
  const { definition: of } = unwrapped(metadata, id);
  if (of.kind !== 'variant') return mismatch(metadata, shape, id);
  const specified = [...shape.variants.entries()].flatMap(([index, variant]) =>
    below(`::${variant.name}`, compareVariant(metadata, [index, variant], of.variants)),
  );
  return [...specified, ...extraVariants(shape, of.variants)].map((each) => ({ ...each, type: each.type ?? id }));
};

/** How a runtime's type differs from a shape: empty where it is the same. */
export const compareType = (metadata: RuntimeMetadata, shape: Shape, id: TypeId): Difference[] => {
  switch (shape.kind) {
    case 'option':
      return compareOption(metadata, shape, id);
    case 'list':
      return compareList(metadata, shape, id);
    case 'struct':
      return compareStruct(metadata, shape, id);
    case 'enum':
      return compareEnum(metadata, shape, id);
    case 'uint':
    case 'bool':
    case 'text':
    case 'bytes':
    case 'fixed':
      return isLeaf(metadata, shape, id) ? [] : mismatch(metadata, shape, id);
    default:
      return shape satisfies never;
  }
};

/** A runtime's field with a name: that of a tuple's field is its position, as in Rust. */
interface NamedField {
  readonly name: string;
  readonly type: TypeId;
}

const comparePair = (metadata: RuntimeMetadata, pair: Pair<Field, NamedField>): Difference[] => {
  const { expected, observed, at, how } = pair;
  const types = compareType(metadata, expected.shape, observed.type);
  const [specified, there] = at.map((position) => `at position ${position + 1}`);
  switch (how) {
    case 'same':
      return types;
    case 'moved':
      return [{ path: '', expected: specified ?? '', observed: there ?? '', type: null }, ...types];
    case 'renamed':
      return [{ path: '', expected: `named \`${expected.name}\``, observed: `named \`${observed.name}\``, type: null }];
    default:
      return how satisfies never;
  }
};

/** The fields of a struct, or the arguments of a call or event: names, order and types. */
export const compareFields = (
  metadata: RuntimeMetadata,
  expected: readonly Field[],
  observed: readonly FieldMetadata[],
): Difference[] => {
  const named = observed.map(({ name, type }, at): NamedField => ({ name: name ?? String(at), type }));
  const { pairs, missing, extra } = alignFields(
    expected,
    named,
    ({ shape }, { type }) => compareType(metadata, shape, type).length === 0,
  );
  return [
    ...pairs.flatMap((pair) => below(`.${pair.expected.name}`, comparePair(metadata, pair))),
    ...missing.map(({ name, shape }) => ({
      path: `.${name}`,
      expected: describe(shape),
      observed: ABSENT,
      type: null,
    })),
    ...extra.map(({ name, type }) => ({
      path: `.${name}`,
      expected: ABSENT,
      observed: inWords(metadata, type),
      type,
    })),
  ];
};
