/** A chain's runtime as a node has it: the bytes under `:code` after a block. Nothing is sent to the chain. */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import { fromHex, type Hex } from '../../spec/hex.js';
import { NodeFailure } from '../failures.js';
import { CODE_KEY } from '../runtime/blob.js';
import { NodeConnection, Quantity, RpcError, type ConnectionOptions, type RpcConnection } from './connection.js';

/** A block's number or hash; null is the newest that is final. */
export type BlockName = number | Hex | null;

export interface ChainCode {
  /** As it lies there: WASM, or compressed. It is what the next block is made with. */
  readonly code: Uint8Array;
  readonly number: bigint;
  readonly hash: Hex;
}

const Header = z.object({ number: Quantity });

/** How nodes say that they keep the block and no more what was stored after it. */
const STATE_IS_GONE = /discarded|pruned|UnknownBlock|unknown block|state.*not (?:found|available)/i;

const noBlock = async (connection: RpcConnection, block: number | Hex): Promise<NodeFailure> => {
  const newest = await connection.request(Header, 'chain_getHeader');
  return new NodeFailure(`${connection.url}: the node has no block ${block}: its newest is ${newest.number}`);
};

const hashOf = async (connection: RpcConnection, block: BlockName): Promise<Hex> => {
  if (block === null) return connection.request(HexSchema, 'chain_getFinalizedHead');
  if (typeof block === 'string') return block;
  const hash = await connection.request(HexSchema.nullable(), 'chain_getBlockHash', block);
  if (hash === null) throw await noBlock(connection, block);
  return hash;
};

/** Chopsticks takes a hash that it does not know for one of block 0. */
const numberOf = async (connection: RpcConnection, hash: Hex): Promise<bigint> => {
  const header = await connection.request(Header.nullable(), 'chain_getHeader', hash);
  if (header === null) throw await noBlock(connection, hash);
  return header.number;
};

/** A block's hash and number. @throws NodeFailure where the node has no such block */
export const locateBlock = async (
  connection: RpcConnection,
  block: BlockName,
): Promise<{ readonly hash: Hex; readonly number: bigint }> => {
  const hash = await hashOf(connection, block);
  return { hash, number: await numberOf(connection, hash) };
};

/** Whether a node's answer says that it keeps a block's state no more. */
export const isStateGone = (error: unknown): error is RpcError =>
  error instanceof RpcError && STATE_IS_GONE.test(error.said + error.data);

/** Asks for what was stored after a block. @throws NodeFailure where the node keeps it no more */
export const whereKept = async <T>({ url }: RpcConnection, number: bigint, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!isStateGone(error)) throw error;
    throw new NodeFailure(
      `${url}: the node has block ${number}, but no more what was stored then: ask an archive node, or name a newer block`,
      { cause: error },
    );
  }
};

const codeAt = async (connection: RpcConnection, hash: Hex, number: bigint): Promise<Hex> => {
  const code = await whereKept(connection, number, () =>
    connection.request(HexSchema.nullable(), 'state_getStorage', CODE_KEY, hash),
  );
  if (code !== null) return code;
  throw new NodeFailure(
    `${connection.url}: the chain has no code (:code) at block ${number}: it is none of Substrate's`,
  );
};

/**
 * The code that a chain has after a block.
 * @throws NodeFailure where there is no such node, block, state or code; Interrupted
 */
export const fetchCode = async (url: string, block: BlockName, options: ConnectionOptions): Promise<ChainCode> => {
  const connection = await NodeConnection.open(url, options);
  try {
    const { hash, number } = await locateBlock(connection, block);
    return { code: fromHex(await codeAt(connection, hash, number)), number, hash };
  } finally {
    await connection.close();
  }
};
