/**
 * The snapshots that `try-runtime create-snapshot` writes (frame-remote-externalities): the nodes of a state's trie. SCALE of
 * version: `Compact<u16>`, of the state's version: a byte, `raw_storage: Vec<(Vec<u8>, (Vec<u8>, i32))>` (behind the way to each node its hash; the
 * node, how often it is used), `storage_root: H256`, and the block: its header behind the rest since version 4, its hash before it in 3.
 */
import { hashes } from '../spec/hashing.js';
import { toHex, type Hex } from '../spec/hex.js';
import { readCompact } from '../targets/runtime/storage.js';
import { TrieError, trieEntries } from '../targets/runtime/trie-nodes.js';
import { InputError } from './recording-file.js';

const HASH = 32;
/** Of the last byte of a version that there may be: no text begins so. */
const LAST_FIRST_BYTE = 0x1c;
/** Bytes of an entry that has nothing in it. */
const LEAST_ENTRY = 6;

const KIND = 'a try-runtime snapshot';

/** Whether a file's first byte is the version of a snapshot. */
export const isTryRuntimeSnapshot = ([first]: Uint8Array): boolean =>
  first !== undefined && first > 0 && first <= LAST_FIRST_BYTE && first % 4 === 0;

class SnapshotReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(count: number, what: string): Uint8Array {
    if (count > this.left)
      throw new InputError(`${KIND}: expected ${what} of ${count} bytes, ${this.left} are left: is it cut short?`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  compact(what: string): number {
    const found = readCompact(this.bytes.subarray(this.at, this.at + 5));
    if (found === undefined)
      throw new InputError(`${KIND}: expected ${what} at byte ${this.at}, came none: is it damaged?`);
    this.at += found.length;
    return found.value;
  }

  prefixed(what: string): Uint8Array {
    return this.take(this.compact(`the length of ${what}`), what);
  }
}

interface Nodes {
  /** Nodes and values by their hashes, which keys end with. */
  readonly byHash: ReadonlyMap<string, Uint8Array>;
  /** How many there are: what stands at two places is there twice. */
  readonly count: number;
}

const nodesOf = (reader: SnapshotReader): Nodes => {
  const count = reader.compact('the number of its nodes');
  if (count > reader.left / LEAST_ENTRY)
    throw new InputError(`${KIND}: expected ${count} nodes, ${reader.left} bytes are left: is it cut short?`);
  const byHash = new Map<string, Uint8Array>();
  for (let entry = 0; entry < count; entry += 1) {
    const key = reader.prefixed('a key');
    const node = reader.prefixed('a node');
    const uses = Buffer.from(reader.take(4, 'a count')).readInt32LE();
    if (key.length < HASH)
      throw new InputError(`${KIND}: expected keys that end with a hash, came ${toHex(key)}: is it damaged?`);
    if (uses > 0) byHash.set(hashText(key.subarray(key.length - HASH)), node);
  }
  return { byHash, count };
};

const hashText = (hash: Uint8Array): string => Buffer.from(hash).toString('latin1');

/** @throws InputError where it is of a version that is not read */
const expectVersion = (version: number): void => {
  if (version === 3 || version === 4) return;
  throw new InputError(
    `${KIND} of version ${version}: 3 and 4 are read; make it anew with a try-runtime of today, or take the state from the chain: --state wss://HOST`,
  );
};

const stateOf = (root: Uint8Array, { byHash, count }: Nodes): ReadonlyMap<Hex, Hex> => {
  const all = new Map<Hex, Hex>();
  try {
    const lookup = (hash: Uint8Array): Uint8Array | undefined => byHash.get(hashText(hash));
    for (const [key, value] of trieEntries(root, lookup, count, hashes.blake2_256)) all.set(key, toHex(value));
  } catch (error) {
    if (!(error instanceof TrieError)) throw error;
    throw new InputError(`${KIND} whose trie can't be read: ${error.message}: is it damaged?`, { cause: error });
  }
  return all;
};

/**
 * All keys and values of a snapshot, and the number of the block after which it is the state: null where it does not say.
 * @throws InputError: one sentence
 */
export const readTryRuntimeSnapshot = (
  bytes: Uint8Array,
): { readonly entries: ReadonlyMap<Hex, Hex>; readonly block: bigint | null } => {
  const reader = new SnapshotReader(bytes);
  const version = reader.compact('its version');
  expectVersion(version);
  const [stateVersion = 0] = reader.take(1, "the state's version");
  if (stateVersion > 1) throw new InputError(`${KIND}: expected 0 or 1 for the state's version, came ${stateVersion}`);
  if (version === 3) reader.take(HASH, "the block's hash");
  const nodes = nodesOf(reader);
  const root = reader.take(HASH, "the trie's root");
  if (version === 3 && reader.left > 0)
    throw new InputError(`${KIND}: expected its end, ${reader.left} bytes are left over: is it damaged?`);
  return { entries: stateOf(root, nodes), block: version === 3 ? null : blockOf(reader) };
};

/** Of `DigestItem`: which have an engine's four letters in front of their bytes, and which has nothing. */
const ENGINES = new Set([4, 5, 6]);
const OTHER = 0;
const UPDATED = 8;

/** The header is the last there is. */
const blockOf = (reader: SnapshotReader): bigint => {
  reader.take(HASH, 'the hash of the block before');
  const number = reader.compact("the block's number");
  reader.take(HASH, "the block's state root");
  reader.take(HASH, "the block's extrinsics root");
  for (let items = reader.compact("the number of the header's digests"); items > 0; items -= 1) {
    const [kind = -1] = reader.take(1, 'a digest');
    if (ENGINES.has(kind)) reader.take(4, "a digest's engine");
    else if (kind !== OTHER && kind !== UPDATED)
      throw new InputError(`${KIND}: expected a digest, came one of kind ${kind}: is it damaged?`);
    if (kind !== UPDATED) reader.prefixed('a digest');
  }
  if (reader.left > 0)
    throw new InputError(`${KIND}: expected its end, ${reader.left} bytes are left over: is it damaged?`);
  return BigInt(number);
};
