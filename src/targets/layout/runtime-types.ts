/**
 * A runtime's types as SCALE sees them: newtypes (`AccountId32`, `H256`, `BoundedVec`) are what they wrap, an `Option` is
 * an enum of `None` and `Some`. And the same in words, as Rust writes them.
 */
import { typeOf, type RuntimeMetadata, type TypeId, type TypeMetadata } from '../metadata.js';

/** Words stop here: a runtime's types may contain themselves. */
const DEEPEST_WORDS = 5;
const MEMBERS_IN_WORDS = 3;

/** What a newtype wraps, null for any other type. */
const wrapped = ({ definition: of }: TypeMetadata): TypeId | null => {
  if (of.kind === 'composite' && of.fields.length === 1) return of.fields[0]?.type ?? null;
  if (of.kind === 'tuple' && of.of.length === 1) return of.of[0] ?? null;
  return null;
};

/** The same, but for structs whose one field has a name. */
const wrappedUnnamed = (type: TypeMetadata): TypeId | null => {
  const { definition: of } = type;
  return of.kind === 'composite' && of.fields[0]?.name !== null ? null : wrapped(type);
};

const takenOff = (
  metadata: RuntimeMetadata,
  id: TypeId,
  innerOf: (type: TypeMetadata) => TypeId | null,
): TypeMetadata => {
  const passed = new Set<TypeId>();
  let type = typeOf(metadata, id);
  for (let inner = innerOf(type); inner !== null && !passed.has(inner); inner = innerOf(type)) {
    passed.add(inner);
    type = typeOf(metadata, inner);
  }
  return type;
};

/** The type that is left when all newtypes around it are taken off. */
export const unwrapped = (metadata: RuntimeMetadata, id: TypeId): TypeMetadata => takenOff(metadata, id, wrapped);

/** The type that is left when newtypes without a field name are: for who goes by names, a struct of one field is a struct. */
export const unwrappedUnnamed = (metadata: RuntimeMetadata, id: TypeId): TypeMetadata =>
  takenOff(metadata, id, wrappedUnnamed);

/** Whether it is a `u8`, as the entries of byte strings are. */
export const isByte = (metadata: RuntimeMetadata, id: TypeId): boolean => {
  const { definition: of } = unwrapped(metadata, id);
  return of.kind === 'primitive' && of.of === 'u8';
};

/** What an `Option` holds, null for any other type. */
export const optionOf = ({ definition: of }: TypeMetadata): TypeId | null => {
  if (of.kind !== 'variant' || of.variants.length !== 2) return null;
  const none = of.variants.find(({ name, index }) => name === 'None' && index === 0);
  const some = of.variants.find(({ name, index }) => name === 'Some' && index === 1);
  if (none?.fields.length !== 0 || some?.fields.length !== 1) return null;
  return some.fields[0]?.type ?? null;
};

const tupleInWords = (metadata: RuntimeMetadata, members: readonly TypeId[], depth: number): string => {
  const words = members.slice(0, MEMBERS_IN_WORDS).map((member) => inWords(metadata, member, depth));
  return `(${[...words, ...(members.length > MEMBERS_IN_WORDS ? ['...'] : [])].join(', ')})`;
};

/** A type's name as Rust writes it, newtypes as what they wrap: `Option<Vec<u8>>`, `[u8; 32]`, `NodeInfo`. */
export const inWords = (metadata: RuntimeMetadata, id: TypeId, depth = 0): string => {
  if (depth > DEEPEST_WORDS) return '...';
  const type = unwrapped(metadata, id);
  const { definition: of, path } = type;
  const option = optionOf(type);
  if (option !== null) return `Option<${inWords(metadata, option, depth + 1)}>`;
  switch (of.kind) {
    case 'primitive':
      return of.of === 'str' ? 'String' : of.of;
    case 'sequence':
      return `Vec<${inWords(metadata, of.of, depth + 1)}>`;
    case 'array':
      return `[${inWords(metadata, of.of, depth + 1)}; ${of.length}]`;
    case 'compact':
      return `Compact<${inWords(metadata, of.of, depth + 1)}>`;
    case 'tuple':
      return tupleInWords(metadata, of.of, depth + 1);
    case 'composite':
      return (
        path.at(-1) ??
        tupleInWords(
          metadata,
          of.fields.map((field) => field.type),
          depth + 1,
        )
      );
    case 'variant':
      return path.at(-1) ?? 'an enum';
    case 'bits':
      return 'BitVec';
    default:
      return of satisfies never;
  }
};
