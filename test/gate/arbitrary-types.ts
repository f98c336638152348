/** Any two types of a runtime, alike enough for most of their parts to be the same. */
import * as fc from 'fast-check';
import type { RuntimeType } from '../targets/portable-types.js';
import { changedType } from '../targets/specified-runtime.js';
import { BYTES, structOf, U32, U8 } from './two-runtimes.js';

/** Small types of few names, so that two of them have much in common. */
const arbitrary = fc.letrec<{ any: RuntimeType; struct: RuntimeType; choice: RuntimeType }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<RuntimeType>(U8, U32, { kind: 'bool' }, BYTES),
    tie('any').map((of): RuntimeType => ({ kind: 'option', of })),
    tie('any').map((of): RuntimeType => ({ kind: 'list', of })),
    tie('any').map((of): RuntimeType => ({ kind: 'array', length: 2, of })),
    tie('any').map((of): RuntimeType => ({ kind: 'chain', name: 'Chain', of })),
    tie('struct'),
    tie('choice'),
  ),
  struct: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), tie('any')), { selector: ([name]) => name, maxLength: 3 })
    .map((fields) => structOf('S', Object.fromEntries(fields))),
  choice: fc
    .tuple(fc.shuffledSubarray(['X', 'Y', 'Z']), fc.array(fc.option(tie('any')), { minLength: 3, maxLength: 3 }))
    .map(([names, shapes]): RuntimeType => {
      const variants = names.map((name, at) => ({ name, shape: shapes[at] ?? null }));
      return { kind: 'enum', name: 'E', variants };
    }),
}));

export const arbitraryType = arbitrary.any;

type Variants = Extract<RuntimeType, { kind: 'enum' }>['variants'];

const inEnums =
  (change: (variants: Variants) => Variants) =>
  (type: RuntimeType): RuntimeType =>
    type.kind === 'enum' ? { ...type, variants: change(type.variants) } : type;

/** Of all enums and structs in a type. */
const changesInside: readonly ((type: RuntimeType) => RuntimeType)[] = [
  inEnums((all) => [...all, { name: 'W', shape: U8 }]),
  inEnums((all) => all.slice(1)),
  inEnums((all) => all.slice(0, -1)),
  inEnums((all) => all.toReversed()),
  inEnums((all) => all.map((each) => ({ ...each, name: `${each.name}2` }))),
  inEnums((all) => all.map((each) => ({ ...each, shape: each.shape ?? U8 }))),
  (type) => (type.kind === 'struct' ? { ...type, fields: type.fields.toReversed() } : type),
  (type) =>
    type.kind === 'struct'
      ? { ...type, fields: type.fields.map((each) => ({ ...each, name: `${each.name ?? ''}2` })) }
      : type,
  (type) =>
    type.kind === 'struct'
      ? { ...type, fields: [...type.fields, { name: 'w', shape: structOf('Nothing', {}) }] }
      : type,
];

/** Two types of which one is made of the other. */
export const relatedPair = fc
  .tuple(fc.oneof(arbitrary.struct, arbitrary.choice), fc.constantFrom(...changesInside))
  .map(([type, change]) => [type, changedType(type, change)] as const);

/** Related ones, the same ones with newtypes around every part, and any two. */
export const arbitraryPair = fc.oneof(
  fc.tuple(arbitraryType, arbitraryType),
  relatedPair,
  arbitraryType.map((type) => [type, changedType(type, (of) => ({ kind: 'newtype', of }))] as const),
);

/** A type in one spelling: newtypes as what they wrap, byte strings as the lists that they are. */
export const spelt = (type: RuntimeType): unknown => {
  if (type.kind === 'newtype') return spelt(type.of);
  if (type.kind === 'bytes') return spelt({ kind: 'list', of: U8 });
  if (type.kind === 'enum') return type.variants.map(({ name, shape }) => [name, shape && spelt(shape)]);
  if (type.kind === 'primitive') return type.of;
  if (type.kind === 'tuple') return type.of.map(spelt);
  if (type.kind !== 'struct') return 'of' in type ? { ...type, of: spelt(type.of) } : type;
  const [only] = type.fields;
  if (only !== undefined && type.fields.length === 1) return spelt(only.shape);
  return { fields: type.fields.map(({ name, shape }) => [name, spelt(shape)]) };
};
