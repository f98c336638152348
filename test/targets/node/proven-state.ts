/** A state with the nodes of its trie, of which a node's proofs consist: what the trie hashes on the way to its root. */
import { hashes } from '../../../src/spec/hashing.js';
import { fromHex, toHex, type Hex } from '../../../src/spec/hex.js';
import { trieRoot } from '../../../src/targets/runtime/trie.js';

export interface ProvenState {
  readonly root: Hex;
  readonly proof: readonly Hex[];
}

export const provenState = (state: Readonly<Record<Hex, Hex>>): ProvenState => {
  const proof: Hex[] = [];
  const hash = (node: Uint8Array): Uint8Array => {
    proof.push(toHex(node));
    return hashes.blake2_256(node);
  };
  const entries = Object.entries(state).map(([key, value]) => [fromHex(key), fromHex(value)] as const);
  return { root: toHex(trieRoot(entries, 1, hash)), proof };
};
