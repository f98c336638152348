import type { Hash } from '../../spec/hashing.js';
export const trieRoot = (_e: Iterable<readonly [Uint8Array, Uint8Array]>, _v: 0 | 1, hash: Hash): Uint8Array =>
  hash(Uint8Array.of(0));
export const orderedRoot = (_e: readonly Uint8Array[], _v: 0 | 1, hash: Hash): Uint8Array => hash(Uint8Array.of(0));
