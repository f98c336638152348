/** `--state`: a chain's state, from a file or from a node. */
import { createEngine } from '../engine/engine.js';
import { ForeignKeyError } from '../engine/state.js';
import { InputError } from '../properties/recording-file.js';
import { readStateFile, type StateSnapshot } from '../properties/state-file.js';
import { DecodeError } from '../spec/scale.js';
import { parseChainBlock, SCHEME } from './chain-block.js';
import type { NodeFlags } from './node.js';

export interface ReadStateOptions extends Pick<NodeFlags, 'wait'> {
  readonly signal: AbortSignal;
}

const EXPECTED = "a snapshot's file, or a chain's URL[@BLOCK] with ws:// or wss://";

/**
 * A state whose every key and value is as specified, which is what invariants are asked about: found out before the work, which takes long.
 * @throws InputError
 */
export const expectSpecified = (snapshot: StateSnapshot): StateSnapshot => {
  try {
    createEngine().reset({ block: 0n, sudo: '0x', storage: snapshot.storage });
    return snapshot;
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof ForeignKeyError)) throw error;
    throw new InputError(`${snapshot.from}: ${error.message}: is it damaged, or the state of another release?`);
  }
};

/**
 * Reads what is stored of the pallets under test: from a snapshot, or `URL[@BLOCK]`, the newest final block where none is named. Nothing
 * is sent to the chain.
 * @throws InputError, NodeFailure, Interrupted
 */
export const readState = async (text: string, { wait, signal }: ReadStateOptions): Promise<StateSnapshot> => {
  if (!SCHEME.test(text)) return readStateFile(text);
  const said = `--state ${text}`;
  const { url, block, query } = parseChainBlock(text, said, EXPECTED);
  if (query !== undefined) throw new InputError(`${said}: expected nothing behind the block, came "${query}"`);
  // What only a node needs takes a second to load.
  const { quietLibrary, waitsOf } = await import('./node.js');
  const { fetchState } = await import('../targets/node/state.js');
  quietLibrary();
  const limits = waitsOf(wait === undefined ? {} : { wait });
  const { storage, number, specVersion } = await fetchState(url, block, { limits, signal });
  return { storage, others: {}, block: number, specVersion, from: `${url}@${number}` };
};
