/** `ext_storage_*` and `ext_default_child_storage_*` (`sp-io`): the state that a runtime sees. */
import { hashes } from '../../../spec/hashing.js';
import { HostTrap, lengthOf, type Span } from '../memory.js';
import { compactLength, type Key } from '../storage.js';
import { trieRoot, type StateVersion } from '../trie.js';
import { flag, NONE, type HostContext, type HostFunctions } from './context.js';

/** Before a child trie's name and key: sorts behind all bytes, so that no top key is among them. */
const CHILD = 'Ā';
/** Where the top trie has a child trie's root. */
const CHILD_ROOT = ':child_storage:default:';

/** Where the keys of a child trie begin; the length keeps one name from being the beginning of another. */
const childPrefix = (name: Key): Key => `${CHILD}${String.fromCharCode(name.length)}${name}`;

const bytesOfKey = (key: Key): Uint8Array => Buffer.from(key, 'latin1');

/** What stands before bytes in the SCALE of `Some(bytes)`. */
const someOf = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length < 0x40) return SHORT[bytes.length] ?? NONE;
  return Uint8Array.of(1, ...compactLength(bytes.length));
};
const SHORT = Array.from({ length: 0x40 }, (_, length) => Uint8Array.of(1, length << 2));

const someU32 = (value: number): Uint8Array => Uint8Array.of(1, value, value >>> 8, value >>> 16, value >>> 24);

/** `Option<u32>` as a runtime gives it: null for none. */
const readLimit = (bytes: Uint8Array): number | null => {
  if (bytes[0] === 0) return null;
  if (bytes[0] !== 1 || bytes.length < 5) throw new HostTrap('it gave the host a limit that is no Option<u32>');
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
};

const isStateVersion = (version: number): version is StateVersion => version === 0 || version === 1;

/** What both kinds of storage do, on keys of the one map below. */
class Keyed {
  constructor(private readonly host: HostContext) {}

  get(key: Key): Span {
    const value = this.host.storage.get(key);
    this.countRead(key, value);
    const { memory } = this.host;
    return value === undefined ? memory.write(NONE) : memory.write(value, someOf(value));
  }

  read(key: Key, out: Span, offset: number): Span {
    const { storage, memory } = this.host;
    const value = storage.get(key);
    this.countRead(key, value);
    if (value === undefined) return memory.write(NONE);
    const rest = value.subarray(Math.min(offset >>> 0, value.length));
    memory.writeInto(out, rest);
    return memory.write(someU32(rest.length));
  }

  set(key: Key, value: Span): void {
    this.countWrite(key, value);
    this.host.storage.set(key, this.host.memory.read(value));
  }

  clear(key: Key): void {
    this.count(key, 'writes');
    this.host.storage.remove(key);
  }

  exists(key: Key): number {
    this.count(key, 'reads');
    return flag(this.host.storage.has(key));
  }

  append(key: Key, element: Span): void {
    this.countWrite(key, element);
    this.host.storage.append(key, this.host.memory.read(element));
  }

  /** The next key of the trie whose keys begin with `trie`, as that trie has it. */
  nextKey(trie: Key, key: Key): Span {
    this.count(key, 'next_key');
    const next = this.host.storage.after(trie + key);
    const isOfTrie = next !== undefined && (trie === '' ? !next.startsWith(CHILD) : next.startsWith(trie));
    if (!isOfTrie) return this.host.memory.write(NONE);
    const bytes = bytesOfKey(next.slice(trie.length));
    this.host.bytes.read += bytes.length;
    return this.host.memory.write(bytes, someOf(bytes));
  }

  /**
   * Removes keys under a prefix. Substrate lets the limit count only keys from before the block; here it counts all.
   * @returns `KillStorageResult`: `AllRemoved` 0 or `SomeRemaining` 1, with their number
   */
  clearPrefix(prefix: Key, limit: number | null): Uint8Array {
    this.count(prefix, 'clear_prefix');
    const { storage } = this.host;
    const keys = prefix === '' ? storage.under('').filter((key) => !key.startsWith(CHILD)) : storage.under(prefix);
    const removed = limit === null ? keys : keys.slice(0, limit);
    for (const key of removed) storage.remove(key);
    return Uint8Array.of(flag(removed.length < keys.length), ...someU32(removed.length).subarray(1));
  }

  /** The root of the trie whose keys begin with `trie`. */
  root(trie: Key, version: number): Uint8Array {
    if (!isStateVersion(version)) throw new HostTrap(`it asked for a root of state version ${version}`);
    const { storage, computesRoots } = this.host;
    if (!computesRoots) return new Uint8Array(32);
    const keys = storage.under(trie).filter((key) => trie !== '' || !key.startsWith(CHILD));
    const entries = keys.map((key): readonly [Uint8Array, Uint8Array] => [
      bytesOfKey(key.slice(trie.length)),
      storage.get(key) ?? NONE,
    ]);
    return trieRoot(trie === '' ? [...entries, ...this.childRoots(version)] : entries, version, hashes.blake2_256);
  }

  /** For each child trie that has keys, where its root stands in the top trie, and the root. */
  private childRoots(version: number): (readonly [Uint8Array, Uint8Array])[] {
    const names = new Set(this.host.storage.under(CHILD).map((key) => key.slice(2, 2 + key.charCodeAt(CHILD.length))));
    return [...names].map((name) => [bytesOfKey(CHILD_ROOT + name), this.root(childPrefix(name), version)]);
  }

  private countRead(key: Key, value: Uint8Array | undefined): void {
    const { uncounted, counts, bytes } = this.host;
    if (key === uncounted) return;
    counts.reads += 1;
    if (value !== undefined) bytes.read += value.length;
  }

  private countWrite(key: Key, value: Span): void {
    const { uncounted, counts, bytes } = this.host;
    if (key === uncounted) return;
    counts.writes += 1;
    bytes.written += lengthOf(value);
  }

  private count(key: Key, what: keyof HostContext['counts']): void {
    const { uncounted, counts } = this.host;
    if (key !== uncounted) counts[what] += 1;
  }
}

/** The state itself. */
export const storageFunctions = (host: HostContext): HostFunctions => {
  const keyed = new Keyed(host);
  const { storage } = host;
  const key = (span: Span): Key => host.memory.key(span);
  const end = (change: 'commit' | 'rollback') => () => {
    if (storage.depth === 0) throw new HostTrap(`it ended a storage transaction (${change}) that it had not begun`);
    storage[change]();
  };
  return {
    ext_storage_get_version_1: (at: Span) => keyed.get(key(at)),
    ext_storage_read_version_1: (at: Span, out: Span, offset: number) => keyed.read(key(at), out, offset),
    ext_storage_set_version_1: (at: Span, value: Span) => keyed.set(key(at), value),
    ext_storage_clear_version_1: (at: Span) => keyed.clear(key(at)),
    ext_storage_exists_version_1: (at: Span) => keyed.exists(key(at)),
    ext_storage_append_version_1: (at: Span, element: Span) => keyed.append(key(at), element),
    ext_storage_next_key_version_1: (at: Span) => keyed.nextKey('', key(at)),
    ext_storage_clear_prefix_version_1: (at: Span) => keyed.clearPrefix(key(at), null),
    ext_storage_clear_prefix_version_2: (at: Span, limit: Span) =>
      host.memory.write(keyed.clearPrefix(key(at), readLimit(host.memory.read(limit)))),
    ext_storage_root_version_1: () => host.memory.write(keyed.root('', 0)),
    ext_storage_root_version_2: (version: number) => host.memory.write(keyed.root('', version)),
    ext_storage_changes_root_version_1: (_parent: Span) => host.memory.write(NONE),
    ext_storage_start_transaction_version_1: () => storage.begin(),
    ext_storage_commit_transaction_version_1: end('commit'),
    ext_storage_rollback_transaction_version_1: end('rollback'),
  };
};

/** Tries of their own below the state, such as those of contracts and crowdloans. */
export const childStorageFunctions = (host: HostContext): HostFunctions => {
  const keyed = new Keyed(host);
  const trie = (name: Span): Key => childPrefix(host.memory.key(name));
  const key = (name: Span, at: Span): Key => trie(name) + host.memory.key(at);
  const limitOf = (span: Span): number | null => readLimit(host.memory.read(span));
  const all = `ext_default_child_storage` as const;
  return {
    [`${all}_get_version_1`]: (name: Span, at: Span) => keyed.get(key(name, at)),
    [`${all}_read_version_1`]: (name: Span, at: Span, out: Span, offset: number) =>
      keyed.read(key(name, at), out, offset),
    [`${all}_set_version_1`]: (name: Span, at: Span, value: Span) => keyed.set(key(name, at), value),
    [`${all}_clear_version_1`]: (name: Span, at: Span) => keyed.clear(key(name, at)),
    [`${all}_exists_version_1`]: (name: Span, at: Span) => keyed.exists(key(name, at)),
    [`${all}_next_key_version_1`]: (name: Span, at: Span) => keyed.nextKey(trie(name), host.memory.key(at)),
    [`${all}_storage_kill_version_1`]: (name: Span) => keyed.clearPrefix(trie(name), null),
    [`${all}_storage_kill_version_2`]: (name: Span, limit: Span) =>
      flag(keyed.clearPrefix(trie(name), limitOf(limit))[0] === 0),
    [`${all}_storage_kill_version_3`]: (name: Span, limit: Span) =>
      host.memory.write(keyed.clearPrefix(trie(name), limitOf(limit))),
    [`${all}_clear_prefix_version_1`]: (name: Span, prefix: Span) => keyed.clearPrefix(key(name, prefix), null),
    [`${all}_clear_prefix_version_2`]: (name: Span, prefix: Span, limit: Span) =>
      host.memory.write(keyed.clearPrefix(key(name, prefix), limitOf(limit))),
    [`${all}_root_version_1`]: (name: Span) => host.memory.write(keyed.root(trie(name), 0)),
    [`${all}_root_version_2`]: (name: Span, version: number) => host.memory.write(keyed.root(trie(name), version)),
  };
};
