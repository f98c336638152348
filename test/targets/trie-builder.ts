/**
 * The nodes of a state trie as Substrate's `PrefixedMemoryDB` keeps them, and try-runtime's snapshots around them. Written from
 * spec.polkadot.network/chap-state alone, on nibbles, so that a reader is held against something else than its own inverse.
 */
import { hashes } from '../../src/spec/hashing.js';

export type Entry = readonly [Uint8Array, Uint8Array];

export interface BuiltTrie {
  readonly root: Uint8Array;
  /** What leads to each node and value, with its hash; and the bytes. */
  readonly nodes: readonly (readonly [Uint8Array, Uint8Array])[];
}

const compact = (value: number): Uint8Array => {
  if (value < 64) return Uint8Array.of(value * 4);
  if (value < 2 ** 14) return Uint8Array.of((value * 4 + 1) % 256, Math.floor(value / 64));
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value * 4 + 2);
  return bytes;
};

const nibblesOf = (bytes: Uint8Array): number[] => [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);

/** Two a byte; of an odd number the first is alone. */
const bytesOf = (nibbles: readonly number[]): Uint8Array => {
  const even = nibbles.length % 2 === 0 ? nibbles : [0, ...nibbles];
  return Uint8Array.from({ length: even.length / 2 }, (_, at) => (even[2 * at] ?? 0) * 16 + (even[2 * at + 1] ?? 0));
};

/** The way to a node as a database key has it: whole bytes, and half of one padded behind. */
const prefixOf = (nibbles: readonly number[]): Uint8Array =>
  bytesOf(nibbles.length % 2 === 0 ? nibbles : [...nibbles, 0]);

const header = (prefix: number, bits: number, count: number): Uint8Array => {
  const most = 2 ** bits - 1;
  if (count < most) return Uint8Array.of(prefix + count);
  const bytes = [prefix + most];
  let left = count - most;
  for (; left >= 255; left -= 255) bytes.push(255);
  return Uint8Array.from([...bytes, left]);
};

type Split = readonly (readonly [key: readonly number[], value: Uint8Array])[];

export const buildTrie = (entries: readonly Entry[], version: 0 | 1): BuiltTrie => {
  const nodes: (readonly [Uint8Array, Uint8Array])[] = [];
  const store = (path: readonly number[], bytes: Uint8Array): Uint8Array => {
    const hash = hashes.blake2_256(bytes);
    nodes.push([Buffer.concat([prefixOf(path), hash]), bytes]);
    return hash;
  };
  const isHashed = (value: Uint8Array): boolean => version === 1 && value.length > 32;
  const valueBytes = (path: readonly number[], value: Uint8Array): Uint8Array =>
    isHashed(value) ? store(path, value) : Buffer.concat([compact(value.length), value]);
  const leaf = (path: readonly number[], partial: readonly number[], value: Uint8Array): Uint8Array => {
    const front = isHashed(value) ? header(0x20, 5, partial.length) : header(0x40, 6, partial.length);
    return Buffer.concat([front, bytesOf(partial), valueBytes([...path, ...partial], value)]);
  };
  const node = (path: readonly number[], split: Split): Uint8Array => {
    const [first, ...others] = split;
    if (first === undefined) return Uint8Array.of(0);
    if (others.length === 0) return leaf(path, first[0], first[1]);
    const shared = first[0].findIndex((nibble, at) => others.some(([key]) => key[at] !== nibble));
    const common = first[0].slice(0, shared === -1 ? first[0].length : shared);
    const here = [...path, ...common];
    const own = split.find(([key]) => key.length === common.length)?.[1];
    const children = Array.from({ length: 16 }, (_, nibble) =>
      split.flatMap(([key, value]) =>
        key[common.length] === nibble ? [[key.slice(common.length + 1), value] as const] : [],
      ),
    );
    const bitmap = children.reduce((bits, child, nibble) => (child.length > 0 ? bits + 2 ** nibble : bits), 0);
    const isPlain = own === undefined || !isHashed(own);
    const prefix = own === undefined ? 0x80 : isPlain ? 0xc0 : 0x10;
    return Buffer.concat([
      header(prefix, isPlain ? 6 : 4, common.length),
      bytesOf(common),
      Uint8Array.of(bitmap % 256, bitmap >> 8),
      ...(own === undefined ? [] : [valueBytes(here, own)]),
      ...children.flatMap((child, nibble) => {
        if (child.length === 0) return [];
        const way = [...here, nibble];
        const bytes = node(way, child);
        const reference = bytes.length < 32 ? bytes : store(way, bytes);
        return [compact(reference.length), reference];
      }),
    ]);
  };
  const root = store(
    [],
    node(
      [],
      entries.map(([key, value]) => [nibblesOf(key), value]),
    ),
  );
  return { root, nodes };
};

export interface SnapshotOptions {
  /** Of the form. Default: 4. */
  readonly version?: number;
  readonly stateVersion?: 0 | 1;
  readonly block?: number;
}

const prefixed = (bytes: Uint8Array): Uint8Array => Buffer.concat([compact(bytes.length), bytes]);

/** SCALE of try-runtime's `Snapshot` with these entries. */
export const snapshotOf = (
  entries: readonly Entry[],
  { version = 4, stateVersion = 1, block = 7 }: SnapshotOptions = {},
): Buffer => {
  const { root, nodes } = buildTrie(entries, stateVersion);
  const hash = new Uint8Array(32).fill(9);
  const digest = Buffer.concat([
    compact(2),
    Buffer.concat([Uint8Array.of(6), Buffer.from('aura'), prefixed(new Uint8Array(8))]),
    Buffer.concat([Uint8Array.of(5), Buffer.from('aura'), prefixed(new Uint8Array(64))]),
  ]);
  return Buffer.concat([
    compact(version),
    Uint8Array.of(stateVersion),
    ...(version === 3 ? [hash] : []),
    compact(nodes.length),
    ...nodes.flatMap(([key, node]) => [prefixed(key), prefixed(node), Uint8Array.of(1, 0, 0, 0)]),
    root,
    ...(version === 3 ? [] : [hash, compact(block), hash, hash, digest]),
  ]);
};

/** Raw storage in hex as entries. */
export const entriesOf = (storage: Readonly<Record<string, string>>): Entry[] =>
  Object.entries(storage).map(([key, value]) => [Buffer.from(key.slice(2), 'hex'), Buffer.from(value.slice(2), 'hex')]);
