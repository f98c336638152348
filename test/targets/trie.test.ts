/**
 * Roots as another implementation computes them. The table is of sp-trie 42.0.1 (with sp-core 39.0.0): `trie_root` and
 * `ordered_trie_root` of `LayoutV0` and `LayoutV1` over `Blake2Hasher` and `KeccakHasher`, from the entries that
 * `CASES` makes here and a Rust program made by the same formulas; `TrieDBMut` came to the same roots.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashes } from '../../src/spec/hashing.js';
import { orderedRoot, trieRoot } from '../../src/targets/runtime/trie.js';

type Entry = readonly [Uint8Array, Uint8Array];

/** xorshift32 from 1 on: what a few lines of any language give alike. */
class Random {
  private state = 1;

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(end: number): number {
    return this.next() % end;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff);
  }

  /** An entry whose key is drawn before its value. */
  entry(keyLength: number, valueLength: number): Entry {
    return [this.bytes(keyLength), this.bytes(valueLength)];
  }
}

/** About where a value is hashed, and where a node with it is. */
const LENGTHS = [0, 1, 31, 32, 33, 5000] as const;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** A leaf and a branch, with and without a value, for even and odd partial keys of up to 331 nibbles. */
const everyPartialKey = (random: Random, valueLength: number): Entry[] =>
  times(166, (length) => {
    const partial = random.bytes(length);
    const keys = [
      [0, length, ...partial],
      [1, length, 0x00],
      [1, length, 0xf5, ...partial],
      [2, length, ...partial],
      [2, length, ...partial, 0x77],
      [3, length, ...partial, 0x00],
      [3, length, ...partial, 0x10],
      [4, length, ...partial, 0x00],
      [4, length, ...partial, 0x0f],
      [5, length, 0x00],
      [5, length, 0xf5, ...partial],
      [5, length, 0xf5, ...partial, 0x77],
    ];
    return keys.map((key): Entry => [Uint8Array.from(key), random.bytes(valueLength)]);
  }).flat();

const CASES: Readonly<Record<string, (random: Random) => Entry[]>> = {
  nothing: () => [],
  'one entry': (random) => [random.entry(8, 20)],
  'the empty key alone': (random) => [random.entry(0, 33)],
  'a key of 2000 bytes': (random) => [random.entry(2000, 1)],
  'values of 0, 1, 31, 32, 33 and 5000 bytes': (random) => LENGTHS.map((length) => random.entry(4, length)),
  "keys that are each other's prefixes": (random) => {
    const key = random.bytes(24);
    return times(25, (length) => [key.subarray(0, length), random.bytes(LENGTHS[length % 6] ?? 0)]);
  },
  'every key of one byte': (random) => times(256, (byte) => [Uint8Array.of(byte), random.bytes(byte % 41)]),
  'repeated keys': (random) => times(40, () => [Uint8Array.of(random.below(8)), random.bytes(35)]),
  '300 entries': (random) => times(300, () => [random.bytes(random.below(40)), random.bytes(random.below(70))]),
  '300 entries behind a long prefix': (random) => {
    const prefix = random.bytes(190);
    return times(300, () => [Buffer.concat([prefix, random.bytes(random.below(4))]), random.bytes(random.below(70))]);
  },
  'partial keys of every length, small values': (random) => everyPartialKey(random, 3),
  'partial keys of every length, large values': (random) => everyPartialKey(random, 40),
  '16400 entries': (random) => times(16_400, () => random.entry(3, 2)),
};

/** The first 8 bytes of roots under BLAKE2b (versions 0 and 1) and Keccak (0 and 1): as a trie, and of the values as a list. */
const ROOTS: readonly (readonly [name: string, trie: string, list: string])[] = [
  [
    'nothing',
    '03170a2e7597b7b7 03170a2e7597b7b7 bc36789e7a1e2814 bc36789e7a1e2814',
    '03170a2e7597b7b7 03170a2e7597b7b7 bc36789e7a1e2814 bc36789e7a1e2814',
  ],
  [
    'one entry',
    '1e0360685f8f4dab 1e0360685f8f4dab e03be8b23ab679a3 e03be8b23ab679a3',
    '86d4134222368a1b 86d4134222368a1b a723a0cfb834f566 a723a0cfb834f566',
  ],
  [
    'the empty key alone',
    'c35a58f42f7b3355 451d635b4f8f2c54 8e628a33478f897a 10e1305f31be4bd4',
    'e96a9e50d824630d c484539350ec7995 047052b2e8039808 bf8ea9de53f2e988',
  ],
  [
    'a key of 2000 bytes',
    '497e29b1fa0fee59 497e29b1fa0fee59 80843b169d1d9018 80843b169d1d9018',
    '650af3ae5c2c90fb 650af3ae5c2c90fb 06f369d1fa16b44b 06f369d1fa16b44b',
  ],
  [
    'values of 0, 1, 31, 32, 33 and 5000 bytes',
    '7aa339a0c3b7eba2 1721cb774b34b735 90d9b39c1d6417e8 966bd5098c5af600',
    '23b442cea4a59f95 d9aa89b48c5126a4 743abdd770e893b6 18267508a648e777',
  ],
  [
    "keys that are each other's prefixes",
    'a4bdbeb7b11975af 150df1954d989e28 f16a2808a36e3af5 6000692d6d9708f3',
    'ea893f775b78eb4e 17a7bb8c5a351f31 30163e4bd3b34af3 2621783457d89cd1',
  ],
  [
    'every key of one byte',
    'b8f49246a49b5ed4 4bcde311a4cf76cc 4b5a4129cd1157da 8e73fa531af1dabd',
    '1a7d6a1df5292105 2c92ea3ffcfe18e2 d18d7e9a9280dd47 8768bb235b788c3f',
  ],
  [
    'repeated keys',
    'f8b8d32edf1166b3 d3c13298d2abd195 2837de2abe3c75bf cadb5cb975c815b2',
    '58dbce3a947a274d 2e54d15eed776f8e b1da579dfc18a7b3 8647ba4aa81b606b',
  ],
  [
    '300 entries',
    'e5ad1a075f6fa4ca e4660ba8e9745273 44a8c48b8cb592f1 0ec1c479e5639ad9',
    'fbbb92eff978cf51 d58f8324b890e753 6b45fa720ebb1a55 3a760bc751dcd803',
  ],
  [
    '300 entries behind a long prefix',
    'eae178552c325b83 eea3f998712bafbb eac65fa762b5bc0f 1778fd8a7a0bfaf0',
    '3d0ef50e313059d9 38b80d13b9dd9535 62c037d16ba4f76d 4803ad2d1ff0c687',
  ],
  [
    'partial keys of every length, small values',
    '7588235b50705bb4 7588235b50705bb4 621741acc3b87c48 621741acc3b87c48',
    '169fae680a47c25b 169fae680a47c25b 7e8c8a476c0565c3 7e8c8a476c0565c3',
  ],
  [
    'partial keys of every length, large values',
    'bec9a01c8a228f99 9f327b77ce7d5d44 2cb9038a57f81e7e 3b14b94e70292d53',
    'c32ae12ec957c71a 08dbda6eb1163c45 cb9bf074dbe68f95 1f5a2b74b122fa85',
  ],
  [
    '16400 entries',
    'c37ed2eb9a8179af c37ed2eb9a8179af 85e2b742269d7bd0 85e2b742269d7bd0',
    '09fcf017a25323a0 09fcf017a25323a0 16fc1e5b78941588 16fc1e5b78941588',
  ],
];

/** In the order of the table's columns. */
const SETTINGS = [
  [0, hashes.blake2_256],
  [1, hashes.blake2_256],
  [0, hashes.keccak_256],
  [1, hashes.keccak_256],
] as const;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const starts = (roots: readonly Uint8Array[]): string => roots.map((root) => hex(root).slice(0, 16)).join(' ');

const entriesOf = (name: string): readonly Entry[] => {
  const make = CASES[name];
  if (make === undefined) throw new Error(`the table has roots of ${name}, and CASES no such entries`);
  return make(new Random());
};

describe('a root is what sp-trie says', () => {
  it('for each of the cases', () => {
    expect(ROOTS.map(([name]) => name)).toEqual(Object.keys(CASES));
  });

  it.each(ROOTS)('of a trie: %s', (name, expected) => {
    const entries = entriesOf(name);
    expect(starts(SETTINGS.map(([version, hash]) => trieRoot(entries, version, hash)))).toBe(expected);
  });

  it.each(ROOTS)('of a list: %s', (name, _, expected) => {
    const values = entriesOf(name).map(([, value]) => value);
    expect(starts(SETTINGS.map(([version, hash]) => orderedRoot(values, version, hash)))).toBe(expected);
  });

  it('in all its 32 bytes', () => {
    expect(hex(trieRoot(entriesOf('300 entries'), 1, hashes.blake2_256))).toBe(
      'e4660ba8e9745273d20d137cfd8354a88b0d4b610f53168c92b5325aa6c0bc13',
    );
  });

  it('and the empty root the one that Substrate chains begin their extrinsics with', () => {
    expect(hex(orderedRoot([], 0, hashes.blake2_256))).toBe(
      '03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314',
    );
  });
});

/** Keys of few letters share prefixes, and are each other's; values of both sides of every limit. */
const key = fc.array(fc.constantFrom(0x00, 0x01, 0x10, 0xff), { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes));
const value = fc.uint8Array({ maxLength: 70 });
const entries = fc.uniqueArray(fc.tuple(key, value), {
  selector: ([bytes]) => hex(bytes),
  minLength: 1,
  maxLength: 40,
});
const setting = fc.constantFrom(...SETTINGS);

describe('a root', () => {
  it('does not depend on the order of the entries', () => {
    const shuffled = entries.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, setting, ([one, other], [version, hash]) => {
        expect(trieRoot(other, version, hash)).toEqual(trieRoot(one, version, hash));
      }),
    );
  });

  it('changes with any one value', () => {
    fc.assert(
      fc.property(entries, fc.nat(), value, setting, (list, place, changed, [version, hash]) => {
        const at = place % list.length;
        const other = list.map(([bytes, old], index): Entry => [bytes, index === at ? changed : old]);
        fc.pre(hex(changed) !== hex(list[at]?.[1] ?? changed));
        expect(trieRoot(other, version, hash)).not.toEqual(trieRoot(list, version, hash));
      }),
    );
  });

  it('changes when an entry goes', () => {
    fc.assert(
      fc.property(entries, fc.nat(), setting, (list, place, [version, hash]) => {
        const other = list.toSpliced(place % list.length, 1);
        expect(trieRoot(other, version, hash)).not.toEqual(trieRoot(list, version, hash));
      }),
    );
  });

  it('has the last of the values that a key is given', () => {
    fc.assert(
      fc.property(entries, entries, setting, (before, list, [version, hash]) => {
        const keys = new Set(list.map(([bytes]) => hex(bytes)));
        const kept = before.filter(([bytes]) => !keys.has(hex(bytes)));
        expect(trieRoot([...before, ...list], version, hash)).toEqual(trieRoot([...kept, ...list], version, hash));
      }),
    );
  });

  it('leaves what it was given as it was, in its order', () => {
    const given = entriesOf('300 entries');
    trieRoot(given, 1, hashes.blake2_256);
    expect(given).toEqual(entriesOf('300 entries'));
  });
});
