/** Metadata of nothing but a few types: what codecs and comparisons of types are tried on. */
import { parseMetadata, type RuntimeMetadata, type TypeDefinition, type TypeId } from '../../src/targets/metadata.js';
import { encodeMetadata } from './metadata-builder.js';
import type { RuntimeType } from './portable-types.js';

/** Metadata of nothing but these types, by their number. */
export const metadataOf = (...types: readonly TypeDefinition[]): RuntimeMetadata => ({
  version: 16,
  types: new Map(types.map((definition, id) => [id, { id, path: [], definition }])),
  pallets: [],
  extrinsic: { versions: [4], extensions: [] },
  apis: null,
});

/** A runtime that has one type, and its id. */
export const alone = (type: RuntimeType): readonly [RuntimeMetadata, TypeId] => {
  const pallet = { name: 'P', index: 0, calls: [], events: [], errors: [], constants: [] };
  const items = [{ name: 'I', modifier: 'optional', keys: [], value: type, fallback: '0x00' }] as const;
  const metadata = parseMetadata(encodeMetadata({ pallets: [{ ...pallet, items }], extensions: [] }));
  return [metadata, metadata.pallets[0]?.storage?.items[0]?.value ?? -1];
};
