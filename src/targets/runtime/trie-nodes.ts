/**
 * The entries of a state trie, read from its nodes (spec.polkadot.network/chap-state), as databases and snapshots keep them. No node is
 * trusted: each is one whose hash is asked for, and they can't be used more often than they are there.
 */
import type { Hash } from '../../spec/hashing.js';
import { toHex, type Hex } from '../../spec/hex.js';
import { readCompact } from './storage.js';

/** Thrown where nodes are no trie; the message says what was expected and what came, without its subject. */
export class TrieError extends Error {
  override readonly name = 'TrieError';
}

/** Bytes of a hash; what is shorter stands in its parent itself. */
const HASH = 32;
const CHILDREN = 16;
/** A node's partial key, and so a key, has no more in Substrate. */
const MOST_NIBBLES = 0xffff;

/** What stands under a hash: a node, or a large value. Undefined where there is none. */
export type Lookup = (hash: Uint8Array) => Uint8Array | undefined;

/** How a node's first byte begins, and what it is then; the bits that are left are the front of its number of nibbles. */
const HEADERS = [
  { bits: 0b0100_0000, mask: 0b1100_0000, isBranch: false, value: 'there' },
  { bits: 0b1000_0000, mask: 0b1100_0000, isBranch: true, value: null },
  { bits: 0b1100_0000, mask: 0b1100_0000, isBranch: true, value: 'there' },
  { bits: 0b0010_0000, mask: 0b1110_0000, isBranch: false, value: 'hashed' },
  { bits: 0b0001_0000, mask: 0b1111_0000, isBranch: true, value: 'hashed' },
] as const;

/** A node in front of which are the nibbles of `path`. */
interface Placed {
  readonly path: string;
  readonly node: Uint8Array;
}

/** One node from its front to its end. */
class NodeReader {
  private at = 0;

  constructor(private readonly node: Uint8Array) {}

  take(count: number, what: string): Uint8Array {
    const left = this.node.length - this.at;
    if (count > left) throw new TrieError(`expected ${what} of ${count} bytes in a node, ${left} are left`);
    this.at += count;
    return this.node.subarray(this.at - count, this.at);
  }

  byte(what: string): number {
    return this.take(1, what)[0] ?? 0;
  }

  /** Bytes behind their number. */
  prefixed(what: string): Uint8Array {
    const length = readCompact(this.node.subarray(this.at));
    if (length === undefined) throw new TrieError(`expected the length of ${what} in a node, came its end`);
    this.at += length.length;
    return this.take(length.value, what);
  }

  /** The partial key, whose number of nibbles begins in the first byte. */
  nibbles(first: number, mask: number): string {
    const most = 0xff & ~mask;
    let count = first & most;
    if (count === most) {
      let more: number;
      do {
        more = this.byte('the number of nibbles');
        count += more;
      } while (more === 0xff && count <= MOST_NIBBLES);
    }
    if (count > MOST_NIBBLES) throw new TrieError(`expected a partial key of ${MOST_NIBBLES} nibbles at most`);
    const digits = toHex(this.take(Math.ceil(count / 2), 'a partial key')).slice(2);
    if (count % 2 === 1 && !digits.startsWith('0'))
      throw new TrieError('expected 0 before a partial key of odd length');
    return digits.slice(digits.length - count);
  }

  end(): void {
    if (this.at < this.node.length)
      throw new TrieError(`expected a node's end, ${this.node.length - this.at} bytes are left over`);
  }
}

const headerOf = (first: number): (typeof HEADERS)[number] => {
  const header = HEADERS.find(({ bits, mask }) => (first & mask) === bits);
  if (header === undefined) throw new TrieError(`expected a node, came one that begins with the byte ${first}`);
  return header;
};

class TrieReader {
  private used = 0;

  constructor(
    private readonly lookup: Lookup,
    private readonly most: number,
    private readonly hash: Hash,
  ) {}

  *entries(root: Uint8Array): Generator<readonly [Hex, Uint8Array]> {
    const waiting: Placed[] = [{ path: '', node: this.under(root, 'the root') }];
    for (let placed = waiting.pop(); placed !== undefined; placed = waiting.pop()) {
      // The one node of a trie without entries.
      if (placed.path === '' && placed.node.length === 1 && placed.node[0] === 0) continue;
      const { key, value, children } = this.read(placed);
      for (const child of children.toReversed()) waiting.push(child);
      if (value === null) continue;
      if (key.length % 2 === 1) throw new TrieError(`expected keys of whole bytes, came one of ${key.length} nibbles`);
      yield ['0x' + key, value];
    }
  }

  private read({ path, node }: Placed): {
    readonly key: string;
    readonly value: Uint8Array | null;
    readonly children: readonly Placed[];
  } {
    const reader = new NodeReader(node);
    const first = reader.byte('a header');
    const header = headerOf(first);
    const key = path + reader.nibbles(first, header.mask);
    if (key.length > MOST_NIBBLES) throw new TrieError(`expected keys of ${MOST_NIBBLES} nibbles at most`);
    const bitmap = header.isBranch ? this.bitmap(reader) : 0;
    const value = this.value(reader, header.value);
    const children: Placed[] = [];
    for (let nibble = 0; nibble < CHILDREN; nibble += 1) {
      if ((bitmap & (1 << nibble)) === 0) continue;
      children.push({ path: key + nibble.toString(16), node: this.child(reader.prefixed('a child')) });
    }
    reader.end();
    return { key, value, children };
  }

  private bitmap(reader: NodeReader): number {
    const [low = 0, high = 0] = reader.take(2, "a branch's children");
    if (low + high === 0) throw new TrieError('expected children of a branch, came none');
    return low | (high << 8);
  }

  private value(reader: NodeReader, kind: 'there' | 'hashed' | null): Uint8Array | null {
    if (kind === null) return null;
    return kind === 'there' ? reader.prefixed('a value') : this.under(reader.take(HASH, "a value's hash"), 'a value');
  }

  private child(reference: Uint8Array): Uint8Array {
    if (reference.length > HASH) throw new TrieError(`expected a hash for a child, came ${reference.length} bytes`);
    return reference.length === HASH ? this.under(reference, 'a node') : reference;
  }

  private under(hash: Uint8Array, what: string): Uint8Array {
    const found = this.lookup(hash);
    if (found === undefined) throw new TrieError(`${what} is missing: nothing is there under ${toHex(hash)}`);
    this.used += 1;
    if (this.used > this.most) throw new TrieError('nodes are used more often than they are there');
    if (Buffer.compare(this.hash(found), hash) !== 0)
      throw new TrieError(`${what} is damaged: what is there under ${toHex(hash)} has another hash`);
    return found;
  }
}

/**
 * Keys and values of a trie, in the order of its keys.
 * @param most how often nodes and values may be looked up: of those that are stored with what leads to them, each is once
 * @throws TrieError
 */
export const trieEntries = (
  root: Uint8Array,
  lookup: Lookup,
  most: number,
  hash: Hash,
): Generator<readonly [Hex, Uint8Array]> => new TrieReader(lookup, most, hash).entries(root);
