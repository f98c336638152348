/**
 * A chain that is loaded: where it began, one load after the other, and in the end all of it verified. What takes long tells how far
 * it is; Ctrl-C and a node that fails end it with what was done until then still there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HexSchema, type RawState } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import type { Rules } from '../../spec/rules.js';
import { NodeFailure } from '../../targets/failures.js';
import { RpcError } from '../../targets/node/connection.js';
import type { OpenedNode } from '../../targets/node/open.js';
import { NotCovered } from '../../targets/target.js';
import { accountKey, nonceOf, SUDO_KEY } from '../../targets/runtime/genesis.js';
import { hexOfKey } from '../../targets/runtime/translation.js';
import { engineBeside } from '../../properties/differential.js';
import { inScope, scopeOf, type LayoutScope } from '../../properties/scope.js';
import { accountAt } from '../../spec/accounts.js';
import type { Thresholds } from '../k6/workload.js';
import { k6Workload } from '../plan/k6-workload.js';
import { loadChain } from '../plan/load-chain.js';
import { signPlan } from '../plan/sign.js';
import type { Plan } from '../workload.js';
import { readBlocks, type LoadedBlock } from './blocks.js';
import { fatesOf, type Fates } from './fates.js';
import { Heads } from './heads.js';
import { runK6, type K6Ended } from './k6-process.js';
import { keysOf, locate } from './locate.js';
import { parseSummary, type K6Summary } from './k6-summary.js';
import { Replay } from './replay.js';
import { readSamples, type Samples } from './samples.js';
import { sentCalls, type SentCall } from './sent.js';
import { buildOne, settle } from './settle.js';

export interface LoadedChainOptions {
  readonly node: OpenedNode;
  /** Of the engine that the chain is held against. */
  readonly rules: Rules;
  /** Milliseconds between two blocks, as far as is known. */
  readonly blockTime: number;
  /** Absolute path of k6. */
  readonly k6: string;
  /** For what k6 reads and writes. */
  readonly folder: string;
  /** Milliseconds for the next block. */
  readonly blockLimit: number;
  readonly thresholds?: Thresholds;
  readonly signal: AbortSignal;
}

/** What one load came to, before its blocks are looked at. */
export interface Load {
  /** Signed. */
  readonly plan: Plan;
  readonly k6: K6Ended;
  /** Null where k6 was ended before. */
  readonly summary: K6Summary | null;
  readonly samples: Samples;
  readonly sent: readonly SentCall[];
}

/** What is told while a load is under way. */
export interface Under {
  readonly doing: 'signing' | 'sending' | 'verifying';
  /** From 0 to 1. */
  readonly share: number;
  /** Extrinsics in blocks. */
  readonly included: number;
}

export type OnProgress = (under: Under) => void;

export interface Verified {
  readonly replay: Replay;
  readonly fates: Fates;
  /** In turn. */
  readonly blocks: readonly Pick<LoadedBlock, 'number' | 'seen'>[];
}

interface Began {
  readonly block: bigint;
  readonly sudo: Hex;
  readonly storage: RawState;
}

/** Milliseconds between two tellings of how far it is. */
const TOLD_EVERY = 1_000;

export class LoadedChain {
  readonly loads: Load[] = [];
  readonly scope: LayoutScope;

  private constructor(
    private readonly options: LoadedChainOptions,
    private readonly began: Began,
    readonly heads: Heads,
  ) {
    this.scope = scopeOf(options.node.identity.layout);
  }

  /** Notes where the chain begins. @throws NodeFailure, Interrupted */
  static async begin(options: LoadedChainOptions): Promise<LoadedChain> {
    const { identity, parts } = options.node;
    const heads = await Heads.follow(parts);
    const block = heads.head;
    const hash = await parts.reader.hashOf(block);
    const [storage, sudo] = await Promise.all([parts.reader.state(hash), parts.reader.value(hexOfKey(SUDO_KEY), hash)]);
    const scope = scopeOf(identity.layout);
    return new LoadedChain(options, { block, sudo: sudo ?? '0x', storage: inScope(scope, storage) }, heads);
  }

  /**
   * Signs a plan and has k6 send it, with the nonces that the chain's accounts have; then waits until the chain is done with it. Where
   * k6 is ended by Ctrl-C the load has what was sent until then.
   * @throws NodeFailure, Interrupted
   */
  async load(unsigned: Plan, onProgress: OnProgress): Promise<Load> {
    const { node, blockTime, k6, signal, thresholds = {} } = this.options;
    const { identity, parts } = node;
    const plan = await this.signed(await this.continued(unsigned), (share) =>
      onProgress({ doing: 'signing', share, included: this.heads.included.size }),
    );
    const workload = k6Workload(plan, loadChain(identity.metadata, blockTime), thresholds);
    const folder = join(this.options.folder, `k6-${this.loads.length + 1}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
    // Ends k6 where the node is gone, too.
    const failed = new AbortController();
    const ended = runK6({
      bin: k6,
      workload,
      url: identity.url,
      folder,
      signal: AbortSignal.any([signal, failed.signal]),
    });
    const seconds = workload.head.lead / 1_000 + plan.duration;
    const building = identity.steered ? this.building(ended) : null;
    const [watched] = await Promise.allSettled([this.watching(ended, building, seconds, onProgress)]);
    if (watched.status === 'rejected') failed.abort();
    const ran = await ended;
    const samples = await readSamples(ran.samples);
    const load = {
      plan,
      k6: ran,
      summary: ran.summary === null ? null : parseSummary(ran.summary),
      samples,
      sent: sentCalls(plan, samples),
    };
    this.loads.push(load);
    if (watched.status === 'rejected' && !signal.aborted) throw watched.reason;
    if (ran.interrupted) return load;
    await building;
    if (ran.failure !== null) {
      // A node that is gone is why.
      await this.heads.refresh();
      throw ran.failure;
    }
    await settle(parts, this.heads, takenOf(load), this.options.blockLimit);
    return load;
  }

  /**
   * Sends once more what is signed and in no block, for later nonces to come into their own; then waits until the chain is done with
   * it. What the pool takes now counts as taken.
   * @throws NodeFailure, Interrupted
   */
  async mend(load: Load): Promise<void> {
    const { parts } = this.options.node;
    const sent: SentCall[] = [];
    for (const each of load.sent) {
      const isMissing = each.nonce !== null && !this.heads.included.has(each.extrinsic);
      sent.push(
        isMissing && (await this.isTaken(each)) ? { ...each, answer: { at: Date.now(), answer: 'taken' } } : each,
      );
    }
    this.loads[this.loads.indexOf(load)] = { ...load, sent };
    await settle(parts, this.heads, takenOf({ sent }), this.options.blockLimit);
  }

  private async isTaken({ extrinsic }: SentCall): Promise<boolean> {
    try {
      await this.options.node.parts.connection.request(HexSchema, 'author_submitExtrinsic', extrinsic);
      return true;
    } catch (error) {
      if (error instanceof RpcError) return false;
      throw error;
    }
  }

  /** Plays all blocks since the beginning on the engine. @param late milliseconds @throws NodeFailure, Interrupted */
  async verify(late: number, onProgress: OnProgress): Promise<Verified> {
    const { node, rules } = this.options;
    const { reader } = node.parts;
    const sent = this.loads.flatMap((load) => load.sent);
    const { scope, began } = this;
    const options = { engine: engineBeside(rules, node.target), scope, began, sent };
    const replay = new Replay(options);
    const to = this.heads.head;
    const blocks: Verified['blocks'][number][] = [];
    const all = (): AsyncGenerator<LoadedBlock> =>
      readBlocks(node.parts, { from: began.block + 1n, to }, this.heads.seen);
    for await (const block of all()) {
      replay.play(block);
      blocks.push({ number: block.number, seen: block.seen });
      const share = Number(block.number - began.block) / Number(to - began.block);
      onProgress({ doing: 'verifying', share, included: replay.played });
    }
    replay.finish(await reader.state(await reader.hashOf(to)));
    const keys = keysOf(replay.differences);
    if (keys.length > 0) replay.attribute(await locate(node.parts, options, keys, all()));
    return { replay, blocks, fates: fatesOf({ sent, places: replay.places, seen: blocks, late }) };
  }

  /** Stops looking at the chain. */
  close(): Promise<void> {
    return this.heads.close();
  }

  /** Looks at the chain until k6 has ended. */
  private async watching(
    ended: Promise<K6Ended>,
    building: Promise<null> | null,
    seconds: number,
    onProgress: OnProgress,
  ): Promise<K6Ended> {
    const { heads } = this;
    const started = Date.now();
    const nextHead = async (): Promise<null> => {
      await heads.next(TOLD_EVERY);
      return null;
    };
    for (;;) {
      const ran = await Promise.race([ended, nextHead(), ...(building ? [building] : [])]);
      const share = Math.min(1, (Date.now() - started) / (1_000 * seconds));
      onProgress({ doing: 'sending', share, included: await heads.look() });
      if (ran !== null) return ran;
    }
  }

  /** @throws NodeFailure where the runtime lacks a call of the plan */
  private async signed(plan: Plan, onProgress: (share: number) => void): Promise<Plan> {
    const { identity, parts } = this.options.node;
    try {
      return await signPlan(plan, parts.encoder, parts.translation, identity.genesisHash, onProgress);
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      throw new NodeFailure(`${identity.url}: its runtime can't be loaded: ${error.message}`, { cause: error });
    }
  }

  /** Has a steered node build a block every so often, until k6 has ended: it builds none by itself. */
  private async building(ended: Promise<K6Ended>): Promise<null> {
    const { node, blockTime } = this.options;
    const over = ended.then(
      () => true,
      () => true,
    );
    for (;;) {
      const isOver = await Promise.race([over, pause(blockTime, false)]);
      if (isOver) return null;
      await buildOne(node.parts);
    }
  }

  /** The plan with nonces that follow those of the chain's accounts. */
  private async continued(plan: Plan): Promise<Plan> {
    const { reader } = this.options.node.parts;
    const hash = await this.options.node.parts.connection.request(HexSchema, 'chain_getBlockHash');
    const paths = [...new Set([...plan.arrivals, ...plan.lives.flat()].flatMap(({ signer }) => signer?.path ?? []))];
    const stored = await Promise.all(paths.map((path) => reader.value(hexOfKey(accountKey(accountAt(path))), hash)));
    const poor = paths.find((_, at) => stored[at] === null);
    if (poor !== undefined)
      throw new NodeFailure(`${this.options.node.identity.url}: account ${poor} of the plan has no funds there`);
    const first = new Map(paths.map((path, at) => [path, nonceOf(stored[at] ?? null)]));
    return withNonces(plan, first);
  }
}

/** What the pool took, by its bytes. */
export const takenOf = ({ sent }: Pick<Load, 'sent'>): ReadonlySet<Hex> =>
  new Set(sent.filter(({ answer }) => answer?.answer === 'taken').map(({ extrinsic }) => extrinsic));

/** The same calls, each signer's nonces counted from `first` on: in the order in which the plan has them. */
export const withNonces = (plan: Plan, first: ReadonlyMap<string, number>): Plan => {
  const next = new Map(first);
  const counted = <C extends Plan['lives'][number][number]>(planned: C): C => {
    if (planned.signer === null) return planned;
    const { path } = planned.signer;
    const nonce = next.get(path) ?? 0;
    next.set(path, nonce + 1);
    return { ...planned, signer: { path, nonce } };
  };
  return { ...plan, arrivals: plan.arrivals.map(counted), lives: plan.lives.map((steps) => steps.map(counted)) };
};
