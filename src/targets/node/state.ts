/** What a chain has stored after a block, that of the pallets under test under the specification's keys. Nothing is sent to the chain. */
import { z } from 'zod';
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
  /** As the chain calls itself. */
  readonly chain: string;
  readonly number: bigint;
  readonly hash: Hex;
  /** Of the runtime that it had then. */
  readonly specName: string;
  readonly specVersion: number;
  readonly storage: RawState;
}

export interface FetchOptions extends ConnectionOptions {
  /** Everything that is stored, and not the pallets under test alone. */
  readonly isWhole?: boolean;
}

const Version = z.object({ specName: z.string(), specVersion: z.int() });

/** The pallets may have been called otherwise then: the block's own metadata say. */
const readerAt = async (connection: RpcConnection, hash: Hex, number: bigint): Promise<BlockReader> => {
  const metadata = await metadataOf(connection, hash);
  const layout = checkLayout(metadata);
  if (!foundPallets(layout).some(({ specified }) => Object.hasOwn(storage, specified))) {
    const pallets = Object.keys(storage).join(', ');
    throw new NodeFailure(`${connection.url}: the chain has none of the pallets ${pallets} at block ${number}`);
  }
  return new BlockReader(connection, new Translation(layout, metadata));
};

const stateAt = async (connection: NodeConnection, hash: Hex, number: bigint, isWhole: boolean): Promise<RawState> => {
  const reader = await readerAt(connection, hash, number);
  return isWhole ? reader.wholeState(hash) : reader.state(hash);
};

/** @throws NodeFailure where there is no such node, block or state, or none of the pallets; Interrupted */
export const fetchState = async (
  url: string,
  block: BlockName,
  { isWhole = false, ...options }: FetchOptions,
): Promise<ChainState> => {
  const connection = await NodeConnection.open(url, options);
  try {
    const { hash, number } = await locateBlock(connection, block);
    const [chain, version, state] = await whereKept(connection, number, () =>
      Promise.all([
        connection.request(z.string(), 'system_chain'),
        connection.request(Version, 'state_getRuntimeVersion', hash),
        stateAt(connection, hash, number, isWhole),
      ]),
    );
    return { chain, number, hash, ...version, storage: state };
  } finally {
    await connection.close();
  }
};
