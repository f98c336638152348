/**
 * Which types of two runtimes are one layout: the same bytes under the same names of fields and variants, newtypes as what they
 * wrap. Every pair of types is decided once; types may contain themselves, so that a pair is the same unless it reaches one
 * that differs.
 */
import { unwrapped } from '../../targets/layout/runtime-types.js';
import type {
  FieldMetadata,
  RuntimeMetadata,
  TypeDefinition,
  TypeId,
  TypeMetadata,
  VariantMetadata,
} from '../../targets/metadata.js';
import { comparedVariants, isOuterEnum } from './outer-enums.js';

type Pair = readonly [old: TypeId, next: TypeId];

/** The members of a struct or tuple, which encode alike; null for any other type. */
export const membersOf = (of: TypeDefinition): readonly FieldMetadata[] | null => {
  if (of.kind === 'composite') return of.fields;
  return of.kind === 'tuple' ? of.of.map((type) => ({ name: null, type })) : null;
};

/** The order of bits is a type without a value: its name is all there is. */
const bitOrder = (metadata: RuntimeMetadata, id: TypeId): string | undefined => metadata.types.get(id)?.path.at(-1);

const fieldPairs = (one: readonly FieldMetadata[], other: readonly FieldMetadata[]): readonly Pair[] | null => {
  if (one.length !== other.length || one.some(({ name }, at) => name !== other[at]?.name)) return null;
  return one.map(({ type }, at) => [type, other[at]?.type ?? type]);
};

const variantPairs = (one: readonly VariantMetadata[], other: readonly VariantMetadata[]): readonly Pair[] | null => {
  if (one.length !== other.length) return null;
  const pairs: Pair[] = [];
  for (const { name, index, fields } of one) {
    const same = other.find((each) => each.index === index && each.name === name);
    const found = same && fieldPairs(fields, same.fields);
    if (!found) return null;
    pairs.push(...found);
  }
  return pairs;
};

export class SameTypes {
  private readonly known = new Map<string, boolean>();

  constructor(
    readonly old: RuntimeMetadata,
    readonly next: RuntimeMetadata,
  ) {}

  /** @throws MetadataError where there is no such type */
  has(old: TypeId, next: TypeId): boolean {
    const key = `${old} ${next}`;
    if (!this.known.has(key)) this.decide([old, next]);
    return this.known.get(key) ?? true;
  }

  /** Whether two lists of fields have the same names and types. */
  hasFields(one: readonly FieldMetadata[], other: readonly FieldMetadata[]): boolean {
    return fieldPairs(one, other)?.every(([old, next]) => this.has(old, next)) ?? false;
  }

  /** A pair and all that it reaches. */
  private decide(pair: Pair): void {
    const reached = new Map([[pair.join(' '), pair]]);
    const users = new Map<string, string[]>();
    const differing = new Set<string>();
    // A map's and a set's iteration goes on to what is added meanwhile.
    for (const [key, each] of reached) {
      const known = this.known.get(key);
      if (known === true) continue;
      const parts = known === false ? null : this.parts(each);
      if (parts === null) differing.add(key);
      for (const part of parts ?? []) {
        const name = part.join(' ');
        if (!reached.has(name)) reached.set(name, part);
        users.set(name, [...(users.get(name) ?? []), key]);
      }
    }
    for (const each of differing) for (const user of users.get(each) ?? []) differing.add(user);
    for (const key of reached.keys()) this.known.set(key, !differing.has(key));
  }

  /** What the two are made of, pair by pair; null where they are two layouts already. */
  private parts([oldId, nextId]: Pair): readonly Pair[] | null {
    const [one, other] = [unwrapped(this.old, oldId), unwrapped(this.next, nextId)];
    if (isOuterEnum(this.old, one) && isOuterEnum(this.next, other)) return [];
    return this.partsOf(one, other);
  }

  private partsOf({ definition: one }: TypeMetadata, { definition: other }: TypeMetadata): readonly Pair[] | null {
    const [members, others] = [membersOf(one), membersOf(other)];
    if (members !== null && others !== null) return fieldPairs(members, others);
    if (one.kind === 'sequence' && other.kind === 'sequence') return [[one.of, other.of]];
    if (one.kind === 'compact' && other.kind === 'compact') return [[one.of, other.of]];
    if (one.kind === 'array' && other.kind === 'array')
      return one.length === other.length ? [[one.of, other.of]] : null;
    if (one.kind === 'primitive' && other.kind === 'primitive') return one.of === other.of ? [] : null;
    if (one.kind === 'bits' && other.kind === 'bits') {
      const isSameOrder = bitOrder(this.old, one.order) === bitOrder(this.next, other.order);
      return isSameOrder ? [[one.store, other.store]] : null;
    }
    if (one.kind !== 'variant' || other.kind !== 'variant') return null;
    return variantPairs(...comparedVariants(this.old, this.next, [one.variants, other.variants]));
  }
}
