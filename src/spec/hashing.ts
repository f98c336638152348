/**
 * The hashes that storage keys and pool tags use (BEHAVIOUR.md sections 1, 2 and 10), over {@link Hex} strings.
 * `hash-wasm` because half of a replay's steps hash a tag: 0.8 us a hash, where JavaScript takes 4.2 us.
 */
import { createBLAKE2b, createXXHash64 } from 'hash-wasm';
import { fromHex, hexOfText, type Hex } from './hex.js';

const blake2b128 = await createBLAKE2b(128);
const blake2b256 = await createBLAKE2b(256);
const xxHash64 = [await createXXHash64(0), await createXXHash64(1)];

/** BLAKE2b with 32 bytes of output. */
export const blake2_256 = (data: Hex): Hex => '0x' + blake2b256.init().update(fromHex(data)).digest('hex');

/** `blake2_128(data) || data`. */
export const blake2_128Concat = (data: Hex): Hex =>
  '0x' + blake2b128.init().update(fromHex(data)).digest('hex') + data.slice(2);

/** XXH64 with the seeds 0 and 1, each little-endian: 16 bytes, of the UTF-8 bytes of a pallet's or item's name. */
export const twox128 = (name: string): Hex =>
  '0x' +
  xxHash64
    .map((hasher) =>
      hasher
        .init()
        .update(fromHex(hexOfText(name)))
        .digest('binary'),
    )
    .map((digest) => Buffer.from(digest.toReversed()).toString('hex'))
    .join('');
