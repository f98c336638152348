/** `--state`: a chain's state, from a file or from a node. */
import { InputError } from '../properties/recording-file.js';
import { readStateFile, type StateSnapshot } from '../properties/state-file.js';
import { parseChainBlock, SCHEME } from './chain-block.js';
import type { NodeFlags } from './node.js';

export interface ReadStateOptions extends Pick<NodeFlags, 'wait'> {
  readonly signal: AbortSignal;
}

const EXPECTED = "a snapshot's file, or a chain's URL[@BLOCK] with ws:// or wss://";

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
