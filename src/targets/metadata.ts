/**
 * A runtime's metadata, parsed at the border into plain data that all of the project works with. Why bytes are not left
 * to a library: `metadata/reader.ts`. A property holds this parser against `@polkadot-api/substrate-bindings`.
 */
import { readVersion } from './metadata/format.js';
import { MetadataError, VERSIONS, type MetadataVersion, type RuntimeMetadata } from './metadata/model.js';
import { MetadataReader } from './metadata/reader.js';

export * from './metadata/model.js';
export { typeIsEmpty, zeroOf } from './metadata/zero.js';

/** `meta`, read as a little-endian `u32`. */
const MAGIC = 0x6174_656d;

const isRead = (version: number): version is MetadataVersion => VERSIONS.some((each) => each === version);

/**
 * Reads metadata 14, 15 or 16, from its magic `meta` to its last byte. Every type id in what comes back is there.
 * @throws MetadataError where the bytes are anything else
 */
export const parseMetadata = (bytes: Uint8Array): RuntimeMetadata => {
  const from = new MetadataReader(bytes);
  if (bytes.length < 5 || from.u32('magic') !== MAGIC) {
    const came = bytes.length === 0 ? 'nothing' : `0x${Buffer.from(bytes.subarray(0, 5)).toString('hex')}`;
    throw new MetadataError(`metadata: expected the magic "meta" (0x6d657461) and a version, came ${came}`);
  }
  const version = from.byte('a version');
  if (!isRead(version)) throw new MetadataError(`metadata version ${version}: expected 14, 15 or 16`);
  return readVersion(from, version);
};
