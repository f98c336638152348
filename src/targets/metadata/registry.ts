/** The type registry that metadata begins with (`scale-info`): the same in the versions 14, 15 and 16. */
import {
  PRIMITIVES,
  type FieldMetadata,
  type RuntimeMetadata,
  type TypeDefinition,
  type TypeId,
  type TypeMetadata,
  type VariantMetadata,
} from './model.js';
import type { MetadataReader, Read } from './reader.js';

type Types = RuntimeMetadata['types'];

const KINDS = ['composite', 'variant', 'sequence', 'array', 'tuple', 'primitive', 'compact', 'bits'] as const;

/** Passes over documentation. */
export const skipDocs: Read<void> = (from) => {
  from.list('lines of documentation', () => from.skipText('a line of documentation'));
};

const anyId: Read<TypeId> = (from) => from.compact('a type id');

const field: Read<FieldMetadata> = (from) => {
  const name = from.option("a field's name", () => from.text("a field's name"));
  const type = anyId(from);
  from.option("a type's name", () => from.skipText("a type's name"));
  skipDocs(from);
  return { name, type };
};

const variant: Read<VariantMetadata> = (from) => {
  const name = from.text("a variant's name");
  const fields = from.list('fields', field);
  const index = from.byte("a variant's index");
  skipDocs(from);
  return { name, index, fields };
};

const definition: Read<TypeDefinition> = (from) => {
  const kind = from.oneOf(KINDS, 'a kind of type');
  switch (kind) {
    case 'composite':
      return { kind, fields: from.list('fields', field) };
    case 'variant':
      return { kind, variants: from.list('variants', variant) };
    case 'sequence':
    case 'compact':
      return { kind, of: anyId(from) };
    case 'array':
      return { kind, length: from.u32("an array's length"), of: anyId(from) };
    case 'tuple':
      return { kind, of: from.list('members of a tuple', anyId) };
    case 'primitive':
      return { kind, of: from.oneOf(PRIMITIVES, 'a primitive type') };
    case 'bits':
      return { kind, store: anyId(from), order: anyId(from) };
    default:
      return kind satisfies never;
  }
};

const type: Read<TypeMetadata> = (from) => {
  const id = anyId(from);
  const path = from.list("parts of a type's path", () => from.text("a part of a type's path"));
  from.list('type parameters', () => {
    from.skipText("a type parameter's name");
    from.option("a type parameter's type", anyId);
  });
  const read = { id, path, definition: definition(from) };
  skipDocs(from);
  return read;
};

const fieldTypes = (fields: readonly FieldMetadata[]): TypeId[] => fields.map((each) => each.type);

/** The types that a type is made of. */
export const partsOf = (of: TypeDefinition): readonly TypeId[] => {
  switch (of.kind) {
    case 'composite':
      return fieldTypes(of.fields);
    case 'variant':
      return of.variants.flatMap(({ fields }) => fieldTypes(fields));
    case 'sequence':
    case 'array':
    case 'compact':
      return [of.of];
    case 'tuple':
      return of.of;
    case 'bits':
      return [of.store, of.order];
    case 'primitive':
      return [];
    default:
      return of satisfies never;
  }
};

const checkReferences = (types: Types, from: MetadataReader): void => {
  for (const { id, definition: of } of types.values()) {
    const unknown = partsOf(of).find((part) => !types.has(part));
    if (unknown !== undefined) throw from.error(`type ${id} is made of type ${unknown}, which is not there`);
  }
};

/** The whole registry; every type that one of its types names is there. */
export const readTypes: Read<Types> = (from) => {
  const all = from.list('types', type);
  const types = new Map(all.map((each) => [each.id, each]));
  if (types.size < all.length) throw from.error('expected each type once, a type id is there twice');
  checkReferences(types, from);
  return types;
};

/** The id of a type that is there. */
export const idIn =
  (types: Types): Read<TypeId> =>
  (from) => {
    const id = anyId(from);
    if (!types.has(id)) throw from.error(`expected the id of a type, ${id} is none`);
    return id;
  };
