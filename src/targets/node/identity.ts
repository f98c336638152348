/** What a node is and can: asked once, before anything is sent to it. */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import { blake2_256 } from '../../spec/hashing.js';
import { NodeFailure } from '../failures.js';
import { fromHex, type Hex } from '../../spec/hex.js';
import { CODE_KEY } from '../runtime/blob.js';
import { checkLayout, type Layout } from '../layout.js';
import { MetadataError, parseMetadata, type RuntimeMetadata } from '../metadata.js';
import { RpcError, type RpcConnection } from './connection.js';

export interface NodeIdentity {
  readonly url: string;
  /** `system_chain` */
  readonly chain: string;
  /** `system_chainType`: `Development`, `Local`, `Live`, or a name of its own. */
  readonly chainType: string;
  /** `system_name` and `system_version`. */
  readonly node: string;
  readonly methods: ReadonlySet<string>;
  readonly genesisHash: Hex;
  readonly specName: string;
  readonly specVersion: number;
  readonly transactionVersion: number;
  /** `blake2_256` of the chain's code. */
  readonly codeHash: Hex;
  readonly metadata: RuntimeMetadata;
  readonly layout: Layout;
  /** Whether its blocks and its storage are ours: it has `dev_newBlock` and `dev_setStorage`. */
  readonly steered: boolean;
  /** Whether it may be written to without asking: it is on this machine, and its chain says that it is for development. */
  readonly own: boolean;
}

const Text = z.string();
const Methods = z.object({ methods: z.array(z.string()) });
const Version = z.object({ specName: z.string(), specVersion: z.int(), transactionVersion: z.int() });

const STEERING = ['dev_newBlock', 'dev_setStorage', 'dev_setHead'];

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL leads to this machine. */
export const isLoopback = (url: string): boolean => LOOPBACK.test(new URL(url).hostname);

const isForDevelopment = (chainType: string): boolean => chainType === 'Development' || chainType === 'Local';

/** What an old node without the method is taken for: then it is asked before anything is written. */
const chainTypeOf = async (connection: RpcConnection): Promise<string> => {
  try {
    const type = await connection.request(z.unknown(), 'system_chainType');
    return typeof type === 'string' ? type : JSON.stringify(type);
  } catch (error) {
    if (error instanceof RpcError) return 'unknown';
    throw error;
  }
};

/** Of the newest block, or of the one that is named. @throws NodeFailure where they can't be read */
export const metadataOf = async (connection: RpcConnection, block?: Hex): Promise<RuntimeMetadata> => {
  const bytes = await connection.request(HexSchema, 'state_getMetadata', ...(block === undefined ? [] : [block]));
  try {
    return parseMetadata(fromHex(bytes));
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    throw new NodeFailure(`${connection.url}: the chain's metadata can't be read: ${error.message}`, { cause: error });
  }
};

/** @throws NodeFailure, Interrupted */
export const identify = async (connection: RpcConnection): Promise<NodeIdentity> => {
  const { url } = connection;
  const [chain, name, version, { methods }, genesisHash, runtime, code, chainType, metadata] = await Promise.all([
    connection.request(Text, 'system_chain'),
    connection.request(Text, 'system_name'),
    connection.request(Text, 'system_version'),
    connection.request(Methods, 'rpc_methods'),
    connection.request(HexSchema, 'chain_getBlockHash', 0),
    connection.request(Version, 'state_getRuntimeVersion'),
    connection.request(HexSchema, 'state_getStorage', CODE_KEY),
    chainTypeOf(connection),
    metadataOf(connection),
  ]);
  const { specName, specVersion, transactionVersion } = runtime;
  const offered = new Set(methods);
  return {
    url,
    chain,
    chainType,
    node: `${name} ${version}`,
    methods: offered,
    genesisHash,
    specName,
    specVersion,
    transactionVersion,
    codeHash: blake2_256(code),
    metadata,
    layout: checkLayout(metadata),
    steered: STEERING.every((method) => offered.has(method)),
    own: isLoopback(url) && isForDevelopment(chainType),
  };
};
