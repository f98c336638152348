/** What a chain has stored of the pallets under test after a block, under the specification's keys. Nothing is sent to the chain. */
import type { RawState } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { storage } from '../../spec/storage.js';
import { NodeFailure } from '../failures.js';
import { checkLayout, foundPallets } from '../layout.js';
import { Translation } from '../runtime/translation.js';
import { BlockReader } from './block-reader.js';
import { locateBlock, whereKept, type BlockName } from './code.js';
import { NodeConnection, type ConnectionOptions, type RpcConnection } from './connection.js';
import { metadataOf } from './identity.js';

export interface ChainState {
  readonly storage: RawState;
  readonly number: bigint;
  readonly hash: Hex;
}

/** The pallets may have been called otherwise then: the block's own metadata say. */
const stateAt = async (connection: RpcConnection, hash: Hex, number: bigint): Promise<RawState> => {
  const metadata = await metadataOf(connection, hash);
  const layout = checkLayout(metadata);
  if (!foundPallets(layout).some(({ specified }) => Object.hasOwn(storage, specified))) {
    const pallets = Object.keys(storage).join(', ');
    throw new NodeFailure(`${connection.url}: the chain has none of the pallets ${pallets} at block ${number}`);
  }
  return new BlockReader(connection, new Translation(layout, metadata)).state(hash);
};

/** @throws NodeFailure where there is no such node, block or state, or none of the pallets; Interrupted */
export const fetchState = async (url: string, block: BlockName, options: ConnectionOptions): Promise<ChainState> => {
  const connection = await NodeConnection.open(url, options);
  try {
    const { hash, number } = await locateBlock(connection, block);
    const state = await whereKept(connection, number, () => stateAt(connection, hash, number));
    return { storage: state, number, hash };
  } finally {
    await connection.close();
  }
};
