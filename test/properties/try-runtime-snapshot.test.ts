/** What try-runtime's snapshots hold is read, and a damaged one is one sentence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/properties/recording-file.js';
import { isTryRuntimeSnapshot, readTryRuntimeSnapshot } from '../../src/properties/try-runtime-snapshot.js';
import { hashes } from '../../src/spec/hashing.js';
import { toHex } from '../../src/spec/hex.js';
import { snapshotOf, type Entry } from '../targets/trie-builder.js';

const all = Array.from({ length: 60 }, (_, at): Entry => [
  hashes.twox_128(Uint8Array.of(at)),
  hashes.blake2_256(Uint8Array.of(at)).subarray(0, at % 33),
]).concat([[Buffer.from(':code'), new Uint8Array(5_000).fill(7)]]);

const expected = Object.fromEntries(all.map(([key, value]) => [toHex(key), toHex(value)]));

describe('a try-runtime snapshot', () => {
  it.each([
    [{ version: 4, stateVersion: 1, block: 1_234_567 }, 1_234_567n],
    [{ version: 4, stateVersion: 0, block: 5 }, 5n],
    [{ version: 3, stateVersion: 1 }, null],
    [{ version: 3, stateVersion: 0 }, null],
  ] as const)('of %j is read', (options, block) => {
    const bytes = snapshotOf(all, options);
    expect(isTryRuntimeSnapshot(bytes)).toBe(true);
    const read = readTryRuntimeSnapshot(bytes);
    expect(Object.fromEntries(read.entries)).toEqual(expected);
    expect(read.block).toBe(block);
  });

  it.each([1, 2, 5, 6])('of version %i is told, with what to do', (version) => {
    const bytes = snapshotOf(all, { version });
    expect(isTryRuntimeSnapshot(bytes)).toBe(true);
    expect(() => readTryRuntimeSnapshot(bytes)).toThrow(`of version ${version}: 3 and 4 are read; make it anew`);
  });

  it.each([3, 4])('of version %i is refused wherever it is cut', (version) => {
    const bytes = snapshotOf(all.slice(0, 12), { version });
    for (let at = 1; at < bytes.length; at += 1)
      expect(() => readTryRuntimeSnapshot(bytes.subarray(0, at))).toThrow(InputError);
  });

  it('is refused with something behind it', () => {
    for (const version of [3, 4])
      expect(() => readTryRuntimeSnapshot(Buffer.concat([snapshotOf(all, { version }), Uint8Array.of(0)]))).toThrow(
        'expected its end, 1 bytes are left over',
      );
  });

  it('with changed bytes is refused, or has what it had', () => {
    const bytes = snapshotOf(all.slice(0, 12));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        try {
          const { entries } = readTryRuntimeSnapshot(changed);
          expect(Object.fromEntries(entries)).toEqual(
            Object.fromEntries(all.slice(0, 12).map(([key, value]) => [toHex(key), toHex(value)])),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('that claims more than it has asks for no memory', () => {
    const claims = [
      [0x10, 1, 0xfe, 0xff, 0xff, 0xff],
      [0x10, 1, 0x04, 0xfe, 0xff, 0xff, 0xff],
      [0x10, 1, 0x03, 0xff, 0xff, 0xff, 0xff],
    ];
    for (const claim of claims)
      expect(() => readTryRuntimeSnapshot(Uint8Array.from([...claim, 0, 0, 0, 0, 0, 0]))).toThrow(
        /is it (cut short|damaged)\?$/,
      );
  });
});
