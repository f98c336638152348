/** Types of a runtime as plain data, and the registry that gives them their numbers, as `scale-info` does. */
import type { CodecType, v14 } from '@polkadot-api/substrate-bindings';
import type { UintBits } from '../../src/spec/shape.js';

/** Primitives that no shape can say, and hardly any runtime has. */
type RarePrimitive = 'u16' | 'u256' | 'i8' | 'i16' | 'i64' | 'i128' | 'i256';

/** A type that a runtime may have: any `Shape` of the specification, and what no shape can say. */
export type RuntimeType =
  | { readonly kind: 'uint'; readonly bits: UintBits }
  | { readonly kind: 'bool' | 'bytes' | 'text' }
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'array'; readonly length: number; readonly of: RuntimeType }
  | { readonly kind: 'option' | 'list' | 'compact' | 'newtype'; readonly of: RuntimeType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly RuntimeField[] }
  | { readonly kind: 'enum'; readonly name: string; readonly variants: readonly RuntimeVariant[] }
  | { readonly kind: 'tuple'; readonly of: readonly RuntimeType[] }
  | { readonly kind: 'i32' | 'char' | 'bits' }
  | { readonly kind: 'primitive'; readonly of: RarePrimitive }
  /** The enum of all pallets' calls (`RuntimeCall`), events or errors. */
  | { readonly kind: 'outer'; readonly list: MemberList }
  /** A struct of a value and of any number of itself. */
  | { readonly kind: 'chain'; readonly name: string; readonly of: RuntimeType }
  /** No Rust has such types, garbled bytes do: a newtype of itself, and lists of lists without end. */
  | { readonly kind: 'itself' | 'tree' };

type OfItself = Extract<RuntimeType, { readonly kind: 'itself' | 'tree' | 'outer' | 'chain' }>;

/** Whether a type contains itself, or may. */
export const isOfItself = (type: RuntimeType): type is OfItself =>
  type.kind === 'itself' || type.kind === 'tree' || type.kind === 'outer' || type.kind === 'chain';

export interface RuntimeField {
  readonly name: string | null;
  readonly shape: RuntimeType;
}

interface RuntimeVariant {
  readonly name: string;
  readonly shape: RuntimeType | null;
  /** Its position, unless said otherwise. */
  readonly index?: number;
}

/** A call, an event or an error. */
export interface Member {
  readonly name: string;
  readonly index: number;
  readonly fields: readonly RuntimeField[];
}

export type MemberList = 'calls' | 'events' | 'errors';

type PalletMembers = { readonly name: string; readonly index: number } & Readonly<
  Record<MemberList, readonly Member[]>
>;

type Lookup = CodecType<typeof v14>['lookup'];
type Definition = Lookup[number]['def'];
type Fields = Extract<Definition, { tag: 'composite' }>['value'];

export const UNIT: RuntimeType = { kind: 'tuple', of: [] };
const U8: RuntimeType = { kind: 'uint', bits: 8 };
/** One line, as every documented thing has. */
export const DOCS = ['What it is.'];

const primitive = (tag: 'bool' | 'str' | 'char' | 'i32' | RarePrimitive | `u${UintBits}`): Definition => ({
  tag: 'primitive',
  value: { tag, value: undefined },
});

/** Numbers types, each once. */
export class Registry {
  readonly lookup: Lookup = [];
  private readonly ids = new Map<string, number>();

  constructor(
    private readonly docs: readonly string[],
    private readonly pallets: readonly PalletMembers[],
  ) {}

  id(type: RuntimeType): number {
    const key = JSON.stringify(type);
    const before = this.ids.get(key);
    return before ?? this.add(key, this.path(type), (own) => this.definition(type, own));
  }

  /** The enum of a pallet's calls, events or errors. */
  members(list: MemberList, pallet: PalletMembers): number | undefined {
    const members = pallet[list];
    if (members.length === 0) return undefined;
    const kind = `${pallet.name} ${list}`;
    const before = this.ids.get(kind);
    if (before !== undefined) return before;
    return this.add(kind, ['pallet', kind], () => ({
      tag: 'variant',
      value: members.map(({ name, index, fields }) => ({ name, index, fields: this.fields(fields), docs: [] })),
    }));
  }

  private add(key: string, path: string[], define: (id: number) => Definition): number {
    const entry: Lookup[number] = {
      id: this.lookup.length,
      path,
      params: [],
      def: primitive('bool'),
      docs: [...this.docs],
    };
    this.lookup.push(entry);
    this.ids.set(key, entry.id);
    entry.def = define(entry.id);
    return entry.id;
  }

  private path(type: RuntimeType): string[] {
    if (type.kind === 'struct' || type.kind === 'enum' || type.kind === 'chain') return ['types', type.name];
    if (type.kind === 'outer') return ['runtime', `Outer ${type.list}`];
    if (type.kind === 'option') return ['Option'];
    return type.kind === 'newtype' ? ['types', 'Newtype'] : [];
  }

  private fields(fields: readonly RuntimeField[]): Fields {
    return fields.map(({ name, shape }) => ({
      name: name ?? undefined,
      type: this.id(shape),
      typeName: 'T',
      docs: DOCS,
    }));
  }

  private variant({ name, shape, index }: RuntimeVariant, position: number) {
    const fields = this.fields(shape === null ? [] : [{ name: null, shape }]);
    return { name, index: index ?? position, fields, docs: [] };
  }

  private ofItself(type: OfItself, own: number): Definition {
    switch (type.kind) {
      case 'outer': {
        const variants = this.pallets.flatMap((pallet) => {
          const id = this.members(type.list, pallet);
          if (id === undefined) return [];
          const fields = [{ name: undefined, type: id, typeName: undefined, docs: [] }];
          return [{ name: pallet.name, index: pallet.index, fields, docs: [] }];
        });
        return { tag: 'variant', value: variants };
      }
      case 'chain': {
        const rest = this.add(`${type.name} list ${own}`, [], () => ({ tag: 'sequence', value: own }));
        const [first] = this.fields([{ name: 'value', shape: type.of }]);
        const all = { name: 'rest', type: rest, typeName: undefined, docs: [] };
        return { tag: 'composite', value: first === undefined ? [all] : [first, all] };
      }
      case 'itself':
        return { tag: 'composite', value: [{ name: 'again', type: own, typeName: undefined, docs: [] }] };
      case 'tree':
        return { tag: 'sequence', value: own };
      default:
        return type satisfies never;
    }
  }

  private definition(type: RuntimeType, own: number): Definition {
    if (isOfItself(type)) return this.ofItself(type, own);
    switch (type.kind) {
      case 'uint':
        return primitive(`u${type.bits}`);
      case 'text':
        return primitive('str');
      case 'bool':
      case 'char':
      case 'i32':
        return primitive(type.kind);
      case 'primitive':
        return primitive(type.of);
      case 'bytes':
        return { tag: 'sequence', value: this.id(U8) };
      case 'list':
        return { tag: 'sequence', value: this.id(type.of) };
      // `AccountId32`, `H256` and signatures are newtypes around their bytes.
      case 'fixed':
        return {
          tag: 'composite',
          value: this.fields([{ name: null, shape: { kind: 'array', length: type.length, of: U8 } }]),
        };
      case 'array':
        return { tag: 'array', value: { len: type.length, type: this.id(type.of) } };
      case 'option': {
        const variants = [
          { name: 'None', shape: null },
          { name: 'Some', shape: type.of },
        ];
        return { tag: 'variant', value: variants.map((each, at) => this.variant(each, at)) };
      }
      case 'compact':
        return { tag: 'compact', value: this.id(type.of) };
      case 'newtype':
        return { tag: 'composite', value: this.fields([{ name: null, shape: type.of }]) };
      case 'struct':
        return { tag: 'composite', value: this.fields(type.fields) };
      case 'enum':
        return { tag: 'variant', value: type.variants.map((each, at) => this.variant(each, at)) };
      case 'tuple':
        return { tag: 'tuple', value: type.of.map((member) => this.id(member)) };
      case 'bits':
        return { tag: 'bitSequence', value: { bitStoreType: this.id(U8), bitOrderType: this.id(UNIT) } };
      default:
        return type satisfies never;
    }
  }
}
