/** A node of loopback that tells a scripted chain, and nothing else: it has no method that is not for reading. */
import { z } from 'zod';
import { HexSchema } from '../../src/spec/answers.js';
import type { Hex } from '../../src/spec/hex.js';
import { CODE_KEY } from '../../src/targets/runtime/blob.js';
import { LAB_SETTINGS, SUDO_KEY, valueKey } from '../../src/targets/runtime/genesis.js';
import { hexOfKey } from '../../src/targets/runtime/translation.js';
import { provenState, type ProvenState } from '../targets/node/proven-state.js';
import { listen, type TextSocket } from '../targets/node/websocket.js';
import type { ChainBlock, ScriptedChain } from './scripted-chain.js';

const Request = z.object({ id: z.int(), method: z.string(), params: z.array(z.unknown()) });

const EVENTS = hexOfKey(valueKey('System', 'Events'));

export interface NodeOptions {
  /** The number of the oldest block whose state is there. */
  keeps?: number;
  /** Whether it has proofs; default: yes. */
  proves?: boolean;
  /** Tells nothing of heads, and answers no question about them. */
  silent?: boolean;
}

export interface ScriptedNode {
  readonly url: string;
  /** All methods that were asked. */
  readonly asked: ReadonlySet<string>;
  /** How often it was connected to. */
  readonly connections: () => number;
  /** May be changed while it runs. */
  readonly options: NodeOptions;
  /** Tells another chain from now on. */
  readonly become: (chain: ScriptedChain) => void;
  /** Ends all connections without a goodbye. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const proven = new WeakMap<ChainBlock, ProvenState>();

const proofOf = (block: ChainBlock): ProvenState => {
  const known = proven.get(block) ?? provenState(block.state);
  proven.set(block, known);
  return known;
};

const header = (block: ChainBlock) => ({
  number: '0x' + block.number.toString(16),
  parentHash: block.parent,
  stateRoot: proofOf(block).root,
  extrinsicsRoot: block.parent,
  digest: { logs: [] },
});

const valueAt = (block: ChainBlock, key: Hex): Hex | null => {
  if (key === EVENTS) return block.events;
  if (key === hexOfKey(SUDO_KEY)) return block.sudo;
  if (key === hexOfKey(LAB_SETTINGS)) return block.lab;
  return block.state[key] ?? null;
};

const keysUnder = ({ state }: ChainBlock, prefix: Hex, count: number, after: Hex | null): Hex[] =>
  Object.keys(state)
    .filter((key) => key.startsWith(prefix) && (after === null || key > after))
    .toSorted()
    .slice(0, count);

const Key = z.tuple([HexSchema, HexSchema]);

export const serve = async (first: ScriptedChain, options: NodeOptions = {}): Promise<ScriptedNode> => {
  let chain = first;
  const asked = new Set<string>();
  const sockets = new Set<TextSocket>();
  let connections = 0;

  const blockOf = (hash: unknown): ChainBlock => {
    const block = chain.blocks.find((each) => each.hash === hash);
    if (block === undefined) throw new Refusal(4003, `UnknownBlock: ${String(hash)} is not there`);
    return block;
  };
  const stored = (hash: unknown): ChainBlock => {
    const block = blockOf(hash);
    if (block.number < (options.keeps ?? 0)) throw new Refusal(4003, `State already discarded for ${block.hash}`);
    return block;
  };

  const methods: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
    chain_getBlockHash: ([number]) => chain.blocks[z.int().parse(number)]?.hash ?? null,
    chain_getFinalizedHead: () => chain.head.hash,
    chain_getHeader: ([hash]) => header(hash === undefined ? chain.head : blockOf(hash)),
    chain_getBlock: ([hash]) => {
      const block = blockOf(hash);
      return { block: { header: header(block), extrinsics: block.extrinsics }, justifications: null };
    },
    chain_subscribeFinalizedHeads: () => 'heads',
    state_getMetadata: ([hash]) => stored(hash).runtime.encoded,
    state_getRuntimeVersion: ([hash]) => {
      const { specName, specVersion } = stored(hash).runtime;
      return { specName, specVersion, transactionVersion: 1 };
    },
    state_getStorageHash: (params) => {
      const [key, hash] = Key.parse(params);
      return key === CODE_KEY ? stored(hash).runtime.codeHash : null;
    },
    state_queryStorageAt: ([keys, hash]) => {
      const block = stored(hash);
      const all = z.array(HexSchema).parse(keys);
      return [{ block: block.hash, changes: all.map((key) => [key, valueAt(block, key)]) }];
    },
    state_getReadProof: ([, hash]) => {
      if (options.proves === false) throw new Refusal(-32_601, 'Method not found: state_getReadProof');
      const block = stored(hash);
      return { at: block.hash, proof: proofOf(block).proof };
    },
    state_getKeysPaged: ([prefix, count, after, hash]) =>
      keysUnder(stored(hash), HexSchema.parse(prefix), z.int().parse(count), HexSchema.nullable().parse(after)),
  };

  const answer = (method: string, params: readonly unknown[]): object => {
    try {
      const ask = methods[method];
      if (ask === undefined) throw new Refusal(-32_601, `Method not found: ${method}`);
      return { result: ask(params) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  };

  const isHeads = (method: string): boolean => /finalized/i.test(method);
  const server = await listen((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.listen(
      (text) => {
        const { id, method, params } = Request.parse(JSON.parse(text));
        asked.add(method);
        if (options.silent === true && isHeads(method) && connections > 1) return;
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer(method, params) }));
      },
      () => sockets.delete(socket),
    );
  });
  const tell = (): void => {
    if (options.silent === true) return;
    const params = { subscription: 'heads', result: header(chain.head) };
    for (const socket of sockets)
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'chain_finalizedHead', params }));
  };
  first.watch(tell);
  return {
    url: server.url,
    asked,
    connections: () => connections,
    options,
    become: (other) => {
      chain = other;
    },
    cut: () => {
      for (const socket of sockets) socket.close();
    },
    close: () => server.close(),
  };
};
