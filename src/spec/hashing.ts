/**
 * The hashes that storage keys, pool tags and runtimes use (BEHAVIOUR.md sections 1, 2 and 10), over bytes and over
 * {@link Hex} strings. `hash-wasm` because half of a replay's steps hash a tag: 0.8 us a hash, where JavaScript takes 4.2 us.
 */
import { createBLAKE2b, createKeccak, createSHA256, createXXHash64, type IHasher } from 'hash-wasm';
import { fromHex, hexOfText, toHex, type Hex } from './hex.js';

export type Hash = (data: Uint8Array) => Uint8Array;

const hashOf =
  (hasher: IHasher): Hash =>
  (data) =>
    hasher.init().update(data).digest('binary');

const xxHash64 = await Promise.all([0, 1, 2, 3].map((seed) => createXXHash64(seed)));

/** XXH64 with the seeds from 0 on, each little-endian. */
const twox =
  (count: number): Hash =>
  (data) =>
    Buffer.concat(xxHash64.slice(0, count).map((hasher) => hashOf(hasher)(data).toReversed()));

/** Every hash that a FRAME runtime asks its host for, over bytes. */
export const hashes = {
  blake2_128: hashOf(await createBLAKE2b(128)),
  blake2_256: hashOf(await createBLAKE2b(256)),
  keccak_256: hashOf(await createKeccak(256)),
  keccak_512: hashOf(await createKeccak(512)),
  sha2_256: hashOf(await createSHA256()),
  twox_64: twox(1),
  twox_128: twox(2),
  twox_256: twox(4),
} as const satisfies Readonly<Record<string, Hash>>;

const blake2b128 = await createBLAKE2b(128);
const blake2b256 = await createBLAKE2b(256);

/** BLAKE2b with 32 bytes of output. */
export const blake2_256 = (data: Hex): Hex => '0x' + blake2b256.init().update(fromHex(data)).digest('hex');

/** `blake2_128(data) || data`. */
export const blake2_128Concat = (data: Hex): Hex =>
  '0x' + blake2b128.init().update(fromHex(data)).digest('hex') + data.slice(2);

/** 16 bytes, of the UTF-8 bytes of a pallet's or item's name. */
export const twox128 = (name: string): Hex => toHex(hashes.twox_128(fromHex(hexOfText(name))));
