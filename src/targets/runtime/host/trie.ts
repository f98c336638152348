/** `ext_trie_*`: roots of tries that the runtime puts together itself, such as that of a block's extrinsics. */
import { hashes, type Hash } from '../../../spec/hashing.js';
import { HostTrap, type Span } from '../memory.js';
import { readCompact } from '../storage.js';
import { orderedRoot, trieRoot, type StateVersion } from '../trie.js';
import type { HostContext, HostFunctions } from './context.js';

/** Reads SCALE byte strings from the front. */
class Strings {
  constructor(private rest: Uint8Array) {}

  private compact(): number {
    const read = readCompact(this.rest);
    if (read === undefined) throw new HostTrap('it gave the host a trie whose bytes end too soon');
    this.rest = this.rest.subarray(read.length);
    return read.value;
  }

  one(): Uint8Array {
    const length = this.compact();
    if (length > this.rest.length) throw new HostTrap('it gave the host a trie whose bytes end too soon');
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  /** As many as the front says. */
  list<T>(read: () => T): T[] {
    const count = this.compact();
    if (count > this.rest.length)
      throw new HostTrap(`it gave the host a trie of ${count} entries, and not their bytes`);
    return Array.from({ length: count }, read);
  }
}

const stateVersion = (version: number): StateVersion => {
  if (version === 0 || version === 1) return version;
  throw new HostTrap(`it asked for a trie root of state version ${version}`);
};

const functionsOf = (name: string, hash: Hash, host: HostContext): HostFunctions => {
  const root = (input: Span, version: number): number => {
    const from = new Strings(host.memory.read(input));
    const entries = from.list((): readonly [Uint8Array, Uint8Array] => [from.one(), from.one()]);
    return host.memory.writeFixed(trieRoot(entries, stateVersion(version), hash));
  };
  const ordered = (input: Span, version: number): number => {
    const from = new Strings(host.memory.read(input));
    const values = from.list(() => from.one());
    return host.memory.writeFixed(orderedRoot(values, stateVersion(version), hash));
  };
  return {
    [`ext_trie_${name}_root_version_1`]: (input: Span) => root(input, 0),
    [`ext_trie_${name}_root_version_2`]: root,
    [`ext_trie_${name}_ordered_root_version_1`]: (input: Span) => ordered(input, 0),
    [`ext_trie_${name}_ordered_root_version_2`]: ordered,
  };
};

export const trieFunctions = (host: HostContext): HostFunctions => ({
  ...functionsOf('blake2_256', hashes.blake2_256, host),
  ...functionsOf('keccak_256', hashes.keccak_256, host),
});
