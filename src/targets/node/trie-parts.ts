/**
 * Which part of a chain's state lies under a prefix, named by the hash of its trie's node: two blocks with the same name for it have the
 * same keys and values there. It costs one proof of a few nodes, where reading the part costs all of its keys.
 */
import { blake2_256 } from '../../spec/hashing.js';
import { fromHex, toHex, type Hex } from '../../spec/hex.js';
import { DecodeError } from '../../spec/scale.js';
import { compactAt } from '../metadata/extent.js';

const HASH = 32;

interface Node {
  /** Nibbles between the way here and the fork, or the end. */
  readonly partial: readonly number[];
  /** By nibble, as the node holds them; null of a leaf. */
  readonly children: ReadonlyMap<number, Uint8Array> | null;
}

/** How first bytes begin, the rest of them being a count of nibbles (spec.polkadot.network/chap-state). */
const KINDS = [
  { prefix: 0b0100_0000, bits: 2, isBranch: false, value: 'there' },
  { prefix: 0b1000_0000, bits: 2, isBranch: true, value: 'none' },
  { prefix: 0b1100_0000, bits: 2, isBranch: true, value: 'there' },
  { prefix: 0b0010_0000, bits: 3, isBranch: false, value: 'hashed' },
  { prefix: 0b0001_0000, bits: 4, isBranch: true, value: 'hashed' },
] as const;

const nibblesOf = (bytes: Uint8Array): number[] => [...bytes].flatMap((byte) => [byte >> 4, byte & 0xf]);

const kindOf = (first: number): (typeof KINDS)[number] => {
  const kind = KINDS.find(({ prefix, bits }) => first >> (8 - bits) === prefix >> (8 - bits));
  if (kind === undefined) throw new DecodeError(`byte 0: expected a node of a trie, came 0x${first.toString(16)}`);
  return kind;
};

const readNode = (bytes: Uint8Array): Node => {
  const first = bytes[0] ?? 0;
  // Of a trie without entries.
  if (first === 0 && bytes.length === 1) return { partial: [], children: new Map() };
  const kind = kindOf(first);
  const most = (1 << (8 - kind.bits)) - 1;
  let count = first & most;
  let at = 1;
  if (count === most) {
    while (bytes[at] === 255) {
      count += 255;
      at += 1;
    }
    count += bytes[at] ?? 0;
    at += 1;
  }
  const end = at + Math.ceil(count / 2);
  // Of an odd number the first is alone in its byte.
  const partial = nibblesOf(bytes.subarray(at, end)).slice(count % 2);
  if (partial.length !== count) throw new DecodeError(`byte ${at}: expected ${count} nibbles, came ${partial.length}`);
  return { partial, children: kind.isBranch ? childrenAt(bytes, end, kind.value) : null };
};

const endOfValue = (bytes: Uint8Array, at: number, value: (typeof KINDS)[number]['value']): number => {
  if (value === 'none') return at;
  if (value === 'hashed') return at + HASH;
  const { value: length, end } = compactAt(bytes, at);
  return end + length;
};

const childrenAt = (
  bytes: Uint8Array,
  start: number,
  value: (typeof KINDS)[number]['value'],
): ReadonlyMap<number, Uint8Array> => {
  const bitmap = (bytes[start] ?? 0) | ((bytes[start + 1] ?? 0) << 8);
  const children = new Map<number, Uint8Array>();
  let at = endOfValue(bytes, start + 2, value);
  for (let nibble = 0; nibble < 16; nibble += 1) {
    if ((bitmap & (1 << nibble)) === 0) continue;
    const { value: length, end } = compactAt(bytes, at);
    at = end + length;
    if (at > bytes.length) throw new DecodeError(`byte ${end}: expected a child of ${length} bytes`);
    children.set(nibble, bytes.subarray(end, at));
  }
  return children;
};

/** The part under a prefix of which nothing is there. */
export const NO_PART = 'nothing';

/**
 * Names the part of a state under each prefix.
 * @param root of the state
 * @param proof nodes of its trie, such as `state_getReadProof` gives for the prefixes as keys
 * @returns by prefix; {@link NO_PART} where nothing lies under it
 * @throws DecodeError where the proof does not show it
 */
export const partsUnder = (root: Hex, proof: readonly Hex[], prefixes: readonly Hex[]): ReadonlyMap<Hex, string> => {
  const nodes = new Map(proof.map((node) => [blake2_256(node), fromHex(node)]));
  const nodeOf = (reference: Uint8Array): Node => {
    const bytes = reference.length === HASH ? nodes.get(toHex(reference)) : reference;
    if (bytes === undefined) throw new DecodeError(`the proof has no node ${toHex(reference)}`);
    return readNode(bytes);
  };
  const partUnder = (prefix: Hex): string => {
    const path = nibblesOf(fromHex(prefix));
    let reference = fromHex(root);
    for (let at = 0; ;) {
      const { partial, children } = nodeOf(reference);
      const shared = Math.min(partial.length, path.length - at);
      for (let step = 0; step < shared; step += 1) if (partial[step] !== path[at + step]) return NO_PART;
      // Where it is reached belongs to the name: the same node elsewhere has other keys.
      if (path.length - at <= partial.length) return `${at} ${toHex(reference)}`;
      at += partial.length;
      const child = children?.get(path[at] ?? 0);
      if (child === undefined) return NO_PART;
      reference = child;
      at += 1;
    }
  };
  return new Map(prefixes.map((prefix) => [prefix, partUnder(prefix)]));
};
