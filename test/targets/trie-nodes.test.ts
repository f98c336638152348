/** A trie's entries are read from its nodes, and damaged nodes are none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashes } from '../../src/spec/hashing.js';
import { toHex } from '../../src/spec/hex.js';
import { trieRoot } from '../../src/targets/runtime/trie.js';
import { TrieError, trieEntries, type Lookup } from '../../src/targets/runtime/trie-nodes.js';
import { buildTrie, type BuiltTrie, type Entry } from './trie-builder.js';

const hash = hashes.blake2_256;

/** Found by its hash alone, as keys of snapshots end with it. */
const lookupIn = ({ nodes }: Pick<BuiltTrie, 'nodes'>): Lookup => {
  const byHash = new Map(nodes.map(([key, node]) => [toHex(key.subarray(key.length - 32)), node]));
  return (asked) => byHash.get(toHex(asked));
};

const read = (trie: BuiltTrie): (readonly [string, string])[] =>
  [...trieEntries(trie.root, lookupIn(trie), trie.nodes.length, hash)].map(([key, value]) => [key, toHex(value)]);

const inOrder = (entries: readonly Entry[]): (readonly [string, string])[] =>
  entries
    .map(([key, value]) => [toHex(key), toHex(value)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));

const keys = fc.oneof(
  fc.uint8Array({ maxLength: 4 }),
  fc.uint8Array({ minLength: 30, maxLength: 80 }),
  fc.uint8Array({ maxLength: 3, max: 1 }),
);
const values = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 60, maxLength: 200 }));
const entries = fc.uniqueArray(fc.tuple(keys, values), {
  maxLength: 30,
  selector: ([key]) => toHex(key),
});
const versions = fc.constantFrom<0 | 1>(0, 1);

describe("a trie's entries", () => {
  it('are read from its nodes, whose root is the one that runtimes are told', () => {
    fc.assert(
      fc.property(entries, versions, (all, version) => {
        const trie = buildTrie(all, version);
        expect(toHex(trie.root)).toBe(toHex(trieRoot(all, version, hash)));
        expect(read(trie)).toEqual(inOrder(all));
      }),
      { numRuns: 300 },
    );
  });

  it('are read behind partial keys whose length takes more than the first byte', () => {
    const long = [62, 63, 64, 317, 318, 319, 700].map((length): Entry => [
      Uint8Array.of(length % 256, length >> 8, ...new Uint8Array(length).fill(0xa7)),
      new Uint8Array(40).fill(length % 256),
    ]);
    for (const version of [0, 1] as const) expect(read(buildTrie(long, version))).toEqual(inOrder(long));
  });

  it('are none of an empty trie', () => {
    expect(read(buildTrie([], 1))).toEqual([]);
  });
});

const some = buildTrie(
  Array.from({ length: 40 }, (_, at): Entry => [hash(Uint8Array.of(at)), new Uint8Array(30 + at).fill(at)]),
  1,
);

describe('nodes that are no trie', () => {
  it('are told where one is missing, whichever it is', () => {
    expect(read(some)).toHaveLength(40);
    for (const [at] of some.nodes.entries()) {
      const nodes = some.nodes.toSpliced(at, 1);
      expect(() => read({ ...some, nodes })).toThrow(/is missing: nothing is there under 0x/);
    }
  });

  it('are told where a byte of one is another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, mask) => {
        const at = which % some.nodes.length;
        const [key, node] = some.nodes[at] ?? [new Uint8Array(), new Uint8Array()];
        const changed = Uint8Array.from(node);
        changed[where % node.length] = (changed[where % node.length] ?? 0) ^ mask;
        const nodes = some.nodes.toSpliced(at, 1, [key, changed]);
        expect(() => read({ ...some, nodes })).toThrow(/is damaged: .* has another hash/);
      }),
      { numRuns: 200 },
    );
  });

  /** A root of these bytes, with whatever stands under other hashes. */
  const rooted = (root: Uint8Array, others: readonly Uint8Array[] = []): BuiltTrie => ({
    root: hash(root),
    nodes: [root, ...others].map((node) => [hash(node), node]),
  });

  it.each<[string, readonly number[], RegExp]>([
    ['begins as none does', [0x05], /came one that begins with the byte 5$/],
    ['ends in its partial key', [0x44, 0x12], /expected a partial key of 2 bytes in a node, 1 are left$/],
    ['has something before an odd partial key', [0x41, 0x12, 0x00], /expected 0 before a partial key of odd length$/],
    ['has more than its value', [0x42, 0x12, 0x04, 0xaa, 0xbb], /expected a node's end, 1 bytes are left over$/],
    [
      'has a longer value than it is',
      [0x42, 0x12, 0xfe, 0xff, 0xff, 0xff],
      /expected a value of \d+ bytes in a node, 0 are left/,
    ],
    ['is a key of half a byte', [0x41, 0x01, 0x00], /expected keys of whole bytes, came one of 1 nibbles$/],
    ['branches to nothing', [0x80, 0x00, 0x00], /expected children of a branch, came none$/],
    [
      'has a child that is longer than a hash',
      [0x80, 0x01, 0x00, 0x84, ...new Array<number>(33).fill(1)],
      /came 33 bytes$/,
    ],
    ['never ends the number of its nibbles', [0x7f, ...new Array<number>(300).fill(255)], /65535 nibbles at most$/],
  ])('are told where one %s', (_, node, sentence) => {
    expect(() => read(rooted(Uint8Array.from(node)))).toThrow(TrieError);
    expect(() => read(rooted(Uint8Array.from(node)))).toThrow(sentence);
  });

  it('are told where few stand for more than there are', () => {
    let node = Buffer.from([0x42, 0x12, 0x04, 0xaa, ...new Array<number>(40).fill(0)]);
    const all: Buffer[] = [];
    for (let depth = 0; depth < 20; depth += 1) {
      all.push(node);
      const children = Array.from({ length: 16 }, () => Buffer.concat([Uint8Array.of(0x80), hash(node)]));
      node = Buffer.concat([Uint8Array.of(0x80, 0xff, 0xff), ...children]);
    }
    expect(() => read(rooted(node, all))).toThrow(/used more often than they are there|left over/);
  });
});
