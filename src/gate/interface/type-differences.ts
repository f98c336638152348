/**
 * How types of two runtimes differ: SCALE layout through newtypes, and the names of fields and variants, each with its path.
 * Types' own names say nothing about the layout and are not compared. Within one thing that is compared, what changed in a named type is
 * told where that type first stands: one that contains itself, or stands in many fields, says it once.
 */
import { alignFields, type Pair } from '../../targets/layout/align-fields.js';
import { inWords, optionOf, unwrapped } from '../../targets/layout/runtime-types.js';
import {
  typeIsEmpty,
  typeOf,
  type FieldMetadata,
  type RuntimeMetadata,
  type TypeId,
  type TypeMetadata,
  type VariantMetadata,
} from '../../targets/metadata.js';
import { comparedVariants } from './outer-enums.js';
import { membersOf, SameTypes } from './same-types.js';

/**
 * What becomes of old bytes: under `named` all of them mean the same as before, under other names; under `widened` they do, and
 * there are new ones (a variant more); under `narrowed` some of them mean nothing any more (a variant less), the others the same;
 * under `encoded` they mean something else, or nothing.
 */
export type DifferenceKind = 'named' | 'widened' | 'narrowed' | 'encoded';

export interface TypeDifference {
  /** From what was compared: empty for itself, `[].miner_id` for a field of a list's entries, `::Pending` for a variant. */
  readonly path: string;
  /** What of it, where not itself: its place among the fields, its name, a variant's index. */
  readonly aspect: '' | 'moved' | 'renamed' | 'index';
  readonly kind: DifferenceKind;
  /** In words that follow "is". */
  readonly old: string;
  readonly next: string;
  /** The innermost type with a name that it lies in (by the old runtime), and its path from there. */
  readonly within: { readonly type: string; readonly path: string } | null;
}

export const ABSENT = 'absent';

/** Foreign types may nest so deep, or so often, that nobody can follow: beyond it, two types differ as a whole. */
const MOST_STEPS = 1_000;

/** Wrappers that say how often or how much; what is in them is what changes. */
const WRAPPERS = /^(?:Weak)?Bounded/;

const below = (path: string, differences: readonly TypeDifference[]): TypeDifference[] =>
  differences.map((each) => ({ ...each, path: path + each.path }));

const wrappedIn = (wrapper: string, differences: readonly TypeDifference[]): TypeDifference[] =>
  differences.map((each) =>
    each.path === '' && each.aspect === ''
      ? { ...each, old: `${wrapper}<${each.old}>`, next: `${wrapper}<${each.next}>` }
      : each,
  );

/** A field with a name: that of a tuple's is its position, as in Rust. */
interface NamedField {
  readonly name: string;
  readonly type: TypeId;
}

const named = (fields: readonly FieldMetadata[]): NamedField[] =>
  fields.map(({ name, type }, at) => ({ name: name ?? String(at), type }));

const nameOf = ({ path }: TypeMetadata): string | null =>
  path.length > 1 && !WRAPPERS.test(path.at(-1) ?? '') ? path.join('::') : null;

const numbered = ({ name, index }: VariantMetadata): string => `variant ${index} \`${name}\``;

/** All comparisons of two runtimes' types. */
export class TwoTypes {
  readonly same: SameTypes;

  constructor(
    readonly old: RuntimeMetadata,
    readonly next: RuntimeMetadata,
  ) {
    this.same = new SameTypes(old, next);
  }

  /** Empty exactly where the two are the same. */
  types(old: TypeId, next: TypeId): TypeDifference[] {
    return new Walk(this).type(old, next);
  }

  /** Of the arguments of a call, or the fields of an event. */
  fields(old: readonly FieldMetadata[], next: readonly FieldMetadata[]): TypeDifference[] {
    return new Walk(this).fields(old, next);
  }
}

class Walk {
  /** Pairs of types that are under way, or named and told. */
  private readonly passed = new Set<string>();
  private steps = 0;
  private readonly same: SameTypes;

  constructor(private readonly of: TwoTypes) {
    this.same = of.same;
  }

  type(oldId: TypeId, nextId: TypeId): TypeDifference[] {
    if (this.same.has(oldId, nextId)) return [];
    const [one, other] = [unwrapped(this.of.old, oldId), unwrapped(this.of.next, nextId)];
    const key = `${one.id} ${other.id}`;
    if (this.passed.has(key)) return [];
    this.passed.add(key);
    this.steps += 1;
    const found = this.steps > MOST_STEPS ? null : this.inside(one, other);
    const name = nameOf(typeOf(this.of.old, oldId)) ?? nameOf(one);
    if (found === null || name === null) this.passed.delete(key);
    return (found ?? this.mismatch(oldId, nextId)).map((each) =>
      each.within === null && name !== null ? { ...each, within: { type: name, path: each.path } } : each,
    );
  }

  fields(old: readonly FieldMetadata[], next: readonly FieldMetadata[]): TypeDifference[] {
    const aligned = alignFields(named(old), named(next), (one, other) => this.same.has(one.type, other.type));
    const gone = aligned.missing.map(({ name, type }): TypeDifference => {
      const kind = typeIsEmpty(this.of.old, type) ? 'named' : 'encoded';
      return { path: `.${name}`, aspect: '', kind, old: inWords(this.of.old, type), next: ABSENT, within: null };
    });
    const come = aligned.extra.map(({ name, type }): TypeDifference => {
      const kind = typeIsEmpty(this.of.next, type) ? 'named' : 'encoded';
      return { path: `.${name}`, aspect: '', kind, old: ABSENT, next: inWords(this.of.next, type), within: null };
    });
    return [...aligned.pairs.flatMap((pair) => below(`.${pair.expected.name}`, this.pair(pair))), ...gone, ...come];
  }

  private pair({ expected, observed, at, how }: Pair<NamedField, NamedField>): TypeDifference[] {
    const [old, next] = [at[0] + 1, at[1] + 1].map((position) => `at position ${position}`);
    const place = { path: '', within: null };
    switch (how) {
      case 'same':
        return this.type(expected.type, observed.type);
      case 'moved':
        return [
          { ...place, aspect: 'moved', kind: 'encoded', old: old ?? '', next: next ?? '' },
          ...this.type(expected.type, observed.type),
        ];
      case 'renamed': {
        const names = { old: `named \`${expected.name}\``, next: `named \`${observed.name}\`` };
        return [{ ...place, aspect: 'renamed', kind: 'named', ...names }];
      }
      default:
        return how satisfies never;
    }
  }

  /** Null where the two are of different kinds, and nothing inside them can be compared. */
  private inside(one: TypeMetadata, other: TypeMetadata): TypeDifference[] | null {
    const [some, others] = [optionOf(one), optionOf(other)];
    if (some !== null && others !== null) return wrappedIn('Option', this.type(some, others));
    if (some !== null || others !== null) return null;
    const [a, b] = [one.definition, other.definition];
    const [members, otherMembers] = [membersOf(a), membersOf(b)];
    if (members !== null && otherMembers !== null) return this.fields(members, otherMembers);
    if (a.kind === 'sequence' && b.kind === 'sequence') return below('[]', this.type(a.of, b.of));
    if (a.kind === 'array' && b.kind === 'array' && a.length === b.length) return below('[]', this.type(a.of, b.of));
    if (a.kind === 'compact' && b.kind === 'compact') return wrappedIn('Compact', this.type(a.of, b.of));
    if (a.kind !== 'variant' || b.kind !== 'variant') return null;
    return this.variants(...comparedVariants(this.of.old, this.of.next, [a.variants, b.variants]));
  }

  private variants(old: readonly VariantMetadata[], next: readonly VariantMetadata[]): TypeDifference[] {
    const taken = new Set<VariantMetadata>();
    const all = old.flatMap((variant) => {
      const there = next.find(({ name }) => name === variant.name) ?? this.renamed(variant, old, next);
      if (there !== undefined) taken.add(there);
      return below(`::${variant.name}`, this.variant(variant, there, next));
    });
    const come = next.filter((variant) => !taken.has(variant));
    return [
      ...all,
      ...come.map((variant): TypeDifference => {
        const place = { path: `::${variant.name}`, aspect: '', within: null } as const;
        return { ...place, kind: 'widened', old: ABSENT, next: numbered(variant) };
      }),
    ];
  }

  private renamed(
    variant: VariantMetadata,
    old: readonly VariantMetadata[],
    next: readonly VariantMetadata[],
  ): VariantMetadata | undefined {
    return next.find(
      ({ name, index, fields }) =>
        index === variant.index &&
        !old.some((each) => each.name === name) &&
        this.same.hasFields(variant.fields, fields),
    );
  }

  private variant(
    old: VariantMetadata,
    there: VariantMetadata | undefined,
    next: readonly VariantMetadata[],
  ): TypeDifference[] {
    const place = { path: '', within: null, old: numbered(old) };
    if (there === undefined) {
      const instead = next.find(({ index }) => index === old.index);
      if (instead === undefined) return [{ ...place, aspect: '', kind: 'narrowed', next: ABSENT }];
      return [{ ...place, aspect: '', kind: 'encoded', next: `${ABSENT}, and ${numbered(instead)} in its place` }];
    }
    if (there.name !== old.name) return [{ ...place, aspect: 'renamed', kind: 'named', next: numbered(there) }];
    const moved: TypeDifference = { ...place, aspect: 'index', kind: 'encoded', next: numbered(there) };
    return [...(there.index === old.index ? [] : [moved]), ...this.fields(old.fields, there.fields)];
  }

  private mismatch(oldId: TypeId, nextId: TypeId): TypeDifference[] {
    const [old, next] = [inWords(this.of.old, oldId), inWords(this.of.next, nextId)];
    const [one, other] = [unwrapped(this.of.old, oldId), unwrapped(this.of.next, nextId)].map(
      ({ definition }) => definition.kind,
    );
    const place = { path: '', aspect: '', kind: 'encoded', within: null } as const;
    if (old !== next) return [{ ...place, old, next }];
    if (one === other) return [{ ...place, old, next: `${next} with other contents` }];
    return [{ ...place, old: `the ${one} ${old}`, next: `the ${other} ${next}` }];
  }
}
