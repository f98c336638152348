/**
 * The lab runtime as a node in this process, so that tests of what befalls a node take milliseconds: as much of JSON-RPC as this project
 * asks, over a WebSocket on loopback. Steered as Chopsticks is (`dev_newBlock`), or, without those methods, a chain that makes blocks by
 * itself. Its code may change from a block on; stopped, it may be started again with the chain that it had.
 */
import { setInterval } from 'node:timers';
import { z } from 'zod';
import { blake2_256 } from '../../src/spec/hashing.js';
import { concat, fromHex, toHex, type Hex } from '../../src/spec/hex.js';
import { HexSchema } from '../../src/spec/answers.js';
import { CODE_KEY } from '../../src/targets/runtime/blob.js';
import { BlockBuilder } from '../../src/targets/runtime/blocks.js';
import { ExtrinsicEncoder } from '../../src/targets/runtime/extrinsic.js';
import { GENESIS_HASH, palletNamed } from '../../src/targets/runtime/genesis.js';
import { RuntimeInstance, RuntimePanic } from '../../src/targets/runtime/instance.js';
import { runtimeOf, type Runtime } from '../../src/targets/runtime/runtime.js';
import { readCompact, Storage, type Key } from '../../src/targets/runtime/storage.js';
import { hexOfKey, keyOf } from '../../src/targets/runtime/translation.js';
import { labSpec } from '../targets/node/lab-chain.js';
import { listen, type Listening, type TextSocket } from '../targets/node/websocket.js';

type State = Map<Key, Uint8Array>;

interface Block {
  readonly hash: Hex;
  readonly number: bigint;
  readonly parent: Hex;
  readonly extrinsics: readonly Hex[];
  state: State;
}

/** Somebody who is told of heads, or of what becomes of an extrinsic. */
interface Watcher {
  readonly client: TextSocket;
  readonly id: string;
  /** Null for heads. */
  readonly extrinsic: Hex | null;
}

class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const Request = z.object({ id: z.int(), method: z.string(), params: z.array(z.unknown()).default([]) });
const Top = z.object({ genesis: z.object({ raw: z.object({ top: z.record(HexSchema, HexSchema) }) }) });
const NewBlock = z.object({
  transactions: z.array(HexSchema).optional(),
  count: z.int().default(1),
  unsafeBlockHeight: z.int().optional(),
});
const Pairs = z.array(z.tuple([HexSchema, HexSchema.nullable()]));

const CODE = keyOf(CODE_KEY);
const ROOT = '0x' + '00'.repeat(32);
/** `TransactionSource::External`. */
const EXTERNAL = '0x02';

const genesisState = (chain: string): State => {
  const { top } = Top.parse(JSON.parse(labSpec())).genesis.raw;
  const state = new Map(Object.entries(top).map(([key, value]) => [keyOf(key), fromHex(value)]));
  // What nobody reads, so that chains differ.
  return state.set(keyOf('0x' + Buffer.from(chain).toString('hex')), Uint8Array.of(1));
};

/** A runtime that a chain has or had, ready to run. */
interface Running {
  readonly runtime: Runtime;
  readonly instance: RuntimeInstance;
  readonly storage: Storage;
  /** What its storage holds. */
  loaded: State | undefined;
}

/** Compiling one takes longer than all that a test asks of it. */
const runnings = new Map<Hex, Running>();

const runningOf = (code: Uint8Array): Running => {
  const hash = blake2_256(toHex(code));
  const known = runnings.get(hash);
  if (known !== undefined) return known;
  const runtime = runtimeOf('the code of a chain in a test', code);
  const storage = new Storage();
  const instance = new RuntimeInstance(runtime.compiled, storage, { uncounted: null, computesRoots: false });
  const running: Running = { runtime, instance, storage, loaded: undefined };
  runnings.set(hash, running);
  return running;
};

export interface LabNodeOptions {
  /** What `system_chain` says; chains of two names have two blocks 0, by which nothing can be signed on any but `assay`, the default. */
  readonly chain?: string;
  /** Milliseconds between two blocks of a chain that makes them by itself. Default: it is steered. */
  readonly blockTime?: number;
}

export class LabNode {
  private readonly blocks = new Map<Hex, Block>();
  private readonly byNumber = new Map<bigint, Hex>();
  private head: Hex;
  private readonly pool: Hex[] = [];
  private watchers: Watcher[] = [];
  private count = 0;
  private server: Listening | undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextCode: Uint8Array | undefined;
  readonly genesisHash: Hex;

  private constructor(private readonly options: LabNodeOptions) {
    const chain = options.chain ?? 'assay';
    this.genesisHash = chain === 'assay' ? GENESIS_HASH : blake2_256('0x' + Buffer.from(chain).toString('hex'));
    this.head = this.genesisHash;
    this.keep({ hash: this.head, number: 0n, parent: ROOT, extrinsics: [], state: genesisState(chain) });
    // As every node has it by the time that somebody comes.
    this.build(this.head, []);
  }

  static async start(options: LabNodeOptions = {}): Promise<LabNode> {
    const node = new LabNode(options);
    await node.listen();
    return node;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  /** Answers again, at another port, with the chain that it had. */
  async listen(): Promise<void> {
    const { blockTime } = this.options;
    this.server = await listen((client) =>
      client.listen(
        (text) => this.answer(client, text),
        () => {
          this.watchers = this.watchers.filter((each) => each.client !== client);
        },
      ),
    );
    if (blockTime !== undefined) this.timer = setInterval(() => this.makeBlock(), blockTime);
  }

  /** Gone at once, as if killed. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.server?.close();
    this.server = undefined;
  }

  /** Other code, from the block behind the next one on: as after `System.set_code`. */
  upgrade(code: Uint8Array): void {
    this.nextCode = code;
  }

  /** Other code, of every block that there is. */
  upgradeAll(code: Uint8Array): void {
    for (const { state } of this.blocks.values()) state.set(CODE, code);
  }

  private keep(block: Block): void {
    this.blocks.set(block.hash, block);
    this.byNumber.set(block.number, block.hash);
    this.head = block.hash;
  }

  private at(hash: Hex): Block {
    const block = this.blocks.get(hash);
    if (block === undefined) throw new Refusal(4003, `unknown block ${hash}`);
    return block;
  }

  private running(block: Block): Running {
    const running = runningOf(block.state.get(CODE) ?? new Uint8Array());
    if (running.loaded !== block.state) running.storage.load(block.state);
    running.loaded = block.state;
    return running;
  }

  /** @returns its hash */
  private build(parent: Hex, extrinsics: readonly Hex[], height?: bigint): Hex {
    const from = this.at(parent);
    const number = height ?? from.number + 1n;
    const running = this.running(from);
    running.loaded = undefined;
    const { runtime, instance, storage } = running;
    const facts = { specVersion: runtime.version.spec_version, transactionVersion: 1, genesisHash: this.genesisHash };
    const encoder = new ExtrinsicEncoder(runtime.metadata, facts);
    const builder = new BlockBuilder(runtime.metadata, instance, storage, encoder);
    builder.begin(number - 1n);
    builder.open(number);
    storage.keep();
    const kept = extrinsics.filter((each) => {
      const isIn = this.apply(each, instance);
      if (isIn) storage.keep();
      else storage.undo();
      return isIn;
    });
    builder.close();
    const state = new Map(storage.entries());
    if (this.nextCode) state.set(CODE, this.nextCode);
    this.nextCode = undefined;
    this.count += 1;
    const inherent = encoder.bare(timestamp(runtime));
    const hash = blake2_256(concat(parent, toHex(Buffer.from(`${number} ${this.count}`)), ...kept));
    this.keep({ hash, number, parent, extrinsics: [inherent, ...kept], state });
    return hash;
  }

  private apply(extrinsic: Hex, instance: RuntimeInstance): boolean {
    try {
      return instance.call('BlockBuilder_apply_extrinsic', fromHex(extrinsic))[0] === 0;
    } catch (error) {
      if (error instanceof RuntimePanic) return false;
      throw error;
    }
  }

  private makeBlock(): void {
    const extrinsics = this.pool.splice(0);
    const hash = this.build(this.head, extrinsics);
    const block = this.at(hash);
    for (const { client, id, extrinsic } of this.watchers) {
      if (extrinsic === null) tell(client, 'chain_newHead', id, headerOf(block));
      else if (block.extrinsics.includes(extrinsic)) tell(client, 'author_extrinsicUpdate', id, { inBlock: hash });
      else if (extrinsics.includes(extrinsic)) tell(client, 'author_extrinsicUpdate', id, 'invalid');
    }
  }

  private answer(client: TextSocket, text: string): void {
    const { id, method, params } = Request.parse(JSON.parse(text));
    const send = (rest: object): void => client.send(JSON.stringify({ jsonrpc: '2.0', id, ...rest }));
    try {
      const answered = this.methods(client)[method];
      if (answered === undefined) throw new Refusal(-32_601, 'Method not found');
      send({ result: answered(...params) });
    } catch (error) {
      const code = error instanceof Refusal ? error.code : -32_603;
      send({ error: { code, message: error instanceof Error ? error.message : String(error) } });
    }
  }

  private methods(client: TextSocket): Readonly<Record<string, (...params: unknown[]) => unknown>> {
    const all = {
      ...this.facts(),
      ...this.reading(),
      ...(this.options.blockTime === undefined ? this.steering() : this.making(client)),
    };
    return { ...all, rpc_methods: () => ({ methods: Object.keys(all) }) };
  }

  private facts(): Readonly<Record<string, (...params: unknown[]) => unknown>> {
    return {
      system_chain: () => this.options.chain ?? 'assay',
      system_chainType: () => 'Development',
      system_name: () => 'lab-node',
      system_version: () => '1.0.0',
      system_properties: () => ({}),
      system_health: () => ({ peers: 0, isSyncing: false, shouldHavePeers: false }),
    };
  }

  private reading(): Readonly<Record<string, (...params: unknown[]) => unknown>> {
    const block = (hash: unknown): Block => this.at(HexSchema.nullish().parse(hash) ?? this.head);
    const value = (key: unknown, hash: unknown): Uint8Array | undefined =>
      block(hash).state.get(keyOf(HexSchema.parse(key)));
    return {
      chain_getBlockHash: (number) =>
        number === undefined || number === null
          ? this.head
          : (this.byNumber.get(BigInt(z.int().parse(number))) ?? null),
      chain_getFinalizedHead: () => this.head,
      chain_getHeader: (hash) => headerOf(block(hash)),
      chain_getBlock: (hash) => ({
        block: { header: headerOf(block(hash)), extrinsics: block(hash).extrinsics },
        justifications: null,
      }),
      state_getRuntimeVersion: (hash) => versionOf(this.running(block(hash)).runtime),
      state_getMetadata: (hash) =>
        withoutLength(this.running(block(hash)).instance.call('Metadata_metadata', new Uint8Array())),
      state_getStorage: (key, hash) => hexOrNull(value(key, hash)),
      state_getStorageHash: (key, hash) => {
        const found = value(key, hash);
        return found === undefined ? null : blake2_256(toHex(found));
      },
      state_getKeysPaged: (prefix, count, start, hash) => {
        const [from, after] = [keyOf(HexSchema.parse(prefix)), HexSchema.nullish().parse(start)];
        const behind = after === undefined || after === null ? '' : keyOf(after);
        const keys = [...block(hash).state.keys()].filter((key) => key.startsWith(from) && key > behind).toSorted();
        return keys.slice(0, z.int().parse(count)).map(hexOfKey);
      },
      state_queryStorageAt: (keys, hash) => [
        {
          block: block(hash).hash,
          changes: z
            .array(HexSchema)
            .parse(keys)
            .map((key) => [key, hexOrNull(value(key, hash))]),
        },
      ],
      state_call: (method, args, hash) =>
        toHex(this.call(block(hash), z.string().parse(method), HexSchema.parse(args))),
    };
  }

  private steering(): Readonly<Record<string, (...params: unknown[]) => unknown>> {
    return {
      dev_newBlock: (options) => {
        const { transactions = [], count, unsafeBlockHeight } = NewBlock.parse(options ?? {});
        const height = unsafeBlockHeight === undefined ? undefined : BigInt(unsafeBlockHeight);
        for (let at = 0; at < count; at += 1) this.build(this.head, at === 0 ? transactions : [], height);
        return this.head;
      },
      dev_setHead: (hash) => {
        const { number } = this.at(HexSchema.parse(hash));
        for (const each of this.byNumber.keys()) if (each > number) this.byNumber.delete(each);
        this.head = HexSchema.parse(hash);
        return this.head;
      },
      dev_setStorage: (pairs) => {
        const block = this.at(this.head);
        block.state = new Map(block.state);
        for (const [key, written] of Pairs.parse(pairs)) {
          if (written === null) block.state.delete(keyOf(key));
          else block.state.set(keyOf(key), fromHex(written));
        }
        return this.head;
      },
    };
  }

  private making(client: TextSocket): Readonly<Record<string, (...params: unknown[]) => unknown>> {
    const watch = (extrinsic: Hex | null): string => {
      this.count += 1;
      const id = `s${this.count}`;
      this.watchers.push({ client, id, extrinsic });
      return id;
    };
    const unwatch = (id: unknown): boolean => {
      this.watchers = this.watchers.filter((each) => each.id !== id);
      return true;
    };
    return {
      chain_subscribeNewHeads: () => watch(null),
      chain_unsubscribeNewHeads: unwatch,
      author_submitAndWatchExtrinsic: (bytes) => {
        const extrinsic = HexSchema.parse(bytes);
        if (this.pool.includes(extrinsic)) throw new Refusal(1013, 'Transaction is already imported');
        const question = EXTERNAL + extrinsic.slice(2) + this.head.slice(2);
        const said = this.call(this.at(this.head), 'TaggedTransactionQueue_validate_transaction', question);
        if (said[0] !== 0) throw new Refusal(1010, 'Invalid Transaction');
        this.pool.push(extrinsic);
        return watch(extrinsic);
      },
      author_unwatchExtrinsic: unwatch,
      author_pendingExtrinsics: () => this.pool,
    };
  }

  private call(block: Block, method: string, args: Hex): Uint8Array {
    const { instance, storage } = this.running(block);
    try {
      return instance.call(method, fromHex(args));
    } finally {
      storage.undo();
    }
  }
}

/** Stands in a block for the one that its opening applied: extrinsics are counted with it. */
const timestamp = ({ metadata }: Runtime): Hex =>
  toHex(Uint8Array.of(palletNamed(metadata, 'Timestamp')?.index ?? 0, 0, 0));

const hexOrNull = (value: Uint8Array | undefined): Hex | null => (value === undefined ? null : toHex(value));

const withoutLength = (opaque: Uint8Array): Hex => toHex(opaque.subarray(readCompact(opaque)?.length ?? 0));

const tell = (client: TextSocket, method: string, subscription: string, result: unknown): void =>
  client.send(JSON.stringify({ jsonrpc: '2.0', method, params: { subscription, result } }));

const headerOf = ({ number, parent }: Block): unknown => ({
  number: `0x${number.toString(16)}`,
  parentHash: parent,
  stateRoot: ROOT,
  extrinsicsRoot: ROOT,
  digest: { logs: [] },
});

const versionOf = ({ version }: Runtime): unknown => ({
  specName: version.spec_name,
  implName: version.impl_name,
  authoringVersion: version.authoring_version,
  specVersion: version.spec_version,
  implVersion: version.impl_version,
  apis: version.apis.map(({ id, version: of }) => [id, of]),
  transactionVersion: version.transaction_version,
  stateVersion: 1,
});

/** Gives `use` a node, and ends it. */
export const withLabNode = async <T>(options: LabNodeOptions, use: (node: LabNode) => Promise<T>): Promise<T> => {
  const node = await LabNode.start(options);
  try {
    return await use(node);
  } finally {
    await node.stop();
  }
};
