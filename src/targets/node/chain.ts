/** How extrinsics get into the blocks of a chain: one whose clock is ours, and one that makes blocks by itself. */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { NotCovered } from '../target.js';
import type { BlockReader } from './block-reader.js';
import { Quantity, RpcError, type NodeConnection } from './connection.js';
import { News, SILENCE } from './news.js';

/** What became of an extrinsic. */
export type Sent =
  /** It was put into a block, which may not have kept it. */
  | { readonly kind: 'built'; readonly block: Hex }
  /** The pool did not take it. */
  | { readonly kind: 'refused'; readonly error: RpcError }
  /** It was taken, and no block up to `head` has it. */
  | { readonly kind: 'left out'; readonly head: Hex; readonly why: string };

/** What the pool said at once: a refusal, or that it takes the extrinsic; then `fate` tells the rest. */
export type Offer =
  { readonly kind: 'refused'; readonly error: RpcError } | { readonly kind: 'taken'; readonly fate: Promise<Sent> };

export interface Chain {
  /** Sends it, and waits for what becomes of it. */
  send(extrinsic: Hex): Promise<Sent>;
  /** Hands it to the pool. @throws NotCovered where the node has no pool worth the name */
  offer(extrinsic: Hex): Promise<Offer>;
  /**
   * Waits for blocks, or makes them.
   * @returns the hash of the last of the `blocks` blocks behind `from`; under `jump` it is the only one, where the clock is ours
   */
  advance(from: bigint, blocks: bigint, jump: boolean): Promise<Hex>;
}

/** A chain that `dev_newBlock` steers: no block comes unless we ask for it. */
export class SteeredChain implements Chain {
  constructor(
    private readonly connection: NodeConnection,
    /** An extrinsic that no block takes: a block that is given none at all takes what the pool has. */
    private readonly invalid: Hex,
  ) {}

  /** Past the pool, which keeps what panics for the next block. Whether the block has it is for who reads it to see. */
  async send(extrinsic: Hex): Promise<Sent> {
    return { kind: 'built', block: await this.build({ transactions: [extrinsic] }) };
  }

  offer(): Promise<Offer> {
    return Promise.reject(new NotCovered('the pool: a steered node takes calls past its pool, which knows no tags'));
  }

  advance(from: bigint, blocks: bigint, jump: boolean): Promise<Hex> {
    const options = jump ? { unsafeBlockHeight: Number(from + blocks) } : { count: Number(blocks) };
    return this.build({ transactions: [this.invalid], ...options });
  }

  private build(options: Readonly<Record<string, unknown>>): Promise<Hex> {
    return this.connection.request(HexSchema, 'dev_newBlock', options);
  }
}

/** Blocks that are waited for at once. */
const MOST_BLOCKS = 200n;

/** Blocks after which the pool forgets an unsigned call of the pallets under test, and one that may be under way. */
const LONGEVITY = 5n + 1n;

const WATCH = ['author_extrinsicUpdate', 'author_submitAndWatchExtrinsic', 'author_unwatchExtrinsic'] as const;

/** The pool has these very bytes: for a moment also where a block has taken them. */
const ALREADY_IMPORTED = 1013;
/** Blocks after which it has forgotten them, or will not. */
const STALE_BLOCKS = 10;

const Header = z.object({ number: Quantity });

const PoolStatus = z.union([z.string(), z.record(z.string(), z.unknown())]);
type PoolStatus = z.infer<typeof PoolStatus>;

/** Ends of an extrinsic's way that have no block. */
const LEFT_OUT = ['invalid', 'dropped', 'usurped'];

const nameOf = (status: PoolStatus): string =>
  typeof status === 'string' ? status : (Object.keys(status)[0] ?? 'nothing');

/** A chain that makes blocks by itself. */
export class RunningChain implements Chain {
  /** The newest head's number; -1 before the first was told. */
  private last = -1n;
  private readonly told = new News();

  private constructor(
    private readonly connection: NodeConnection,
    private readonly reader: BlockReader,
  ) {}

  static async watch(connection: NodeConnection, reader: BlockReader): Promise<RunningChain> {
    const chain = new RunningChain(connection, reader);
    await chain.subscribe();
    await chain.reaches(0n);
    return chain;
  }

  async send(extrinsic: Hex): Promise<Sent> {
    for (let blocks = 0; ; blocks += 1) {
      const offer = await this.offer(extrinsic);
      if (offer.kind === 'taken') return offer.fate;
      if (offer.error.code !== ALREADY_IMPORTED || blocks === STALE_BLOCKS) return offer;
      await this.reaches(this.last + 1n);
    }
  }

  async advance(from: bigint, blocks: bigint): Promise<Hex> {
    if (blocks > MOST_BLOCKS)
      throw new NotCovered(`jumps over blocks: ${this.connection.url} makes its blocks by itself`);
    await this.reaches(from + blocks);
    return this.reader.hashOf(from + blocks);
  }

  async offer(extrinsic: Hex): Promise<Offer> {
    const statuses: PoolStatus[] = [];
    try {
      const unwatch = await this.connection.subscribe(PoolStatus, WATCH, [extrinsic], (status) => {
        statuses.push(status);
        this.told.tell();
      });
      const follow = async (): Promise<Sent> => {
        const what = 'put an accepted extrinsic into no block';
        const sent = await this.connection.awaited(what, this.fate(extrinsic, statuses));
        await unwatch();
        return sent;
      };
      const fate = follow();
      // It may fail while another one is awaited: unheard, that would end the process. Whoever awaits it is told all the same.
      fate.catch(() => undefined);
      return { kind: 'taken', fate };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { kind: 'refused', error };
    }
  }

  /** What becomes of an extrinsic that the pool took, as its statuses and the blocks tell. */
  private async fate(extrinsic: Hex, statuses: PoolStatus[]): Promise<Sent> {
    const began = this.last;
    for (;;) {
      for (let status = statuses.shift(); status !== undefined; status = statuses.shift()) {
        if (typeof status !== 'string' && typeof status.inBlock === 'string')
          return { kind: 'built', block: status.inBlock };
        if (LEFT_OUT.includes(nameOf(status))) return this.leftOut(`the pool gave it up as ${nameOf(status)}`);
      }
      const isOverdue = this.last > began + LONGEVITY && !(await this.isPending(extrinsic));
      if (statuses.length > 0) continue;
      if (isOverdue) return (await this.found(extrinsic, began)) ?? (await this.leftOut('the pool has it no more'));
      await this.news();
    }
  }

  private async leftOut(why: string): Promise<Sent> {
    return { kind: 'left out', head: await this.reader.head(), why };
  }

  /** The block that has it, where a node that dropped the subscription to what becomes of it did not say so. */
  private async found(extrinsic: Hex, from: bigint): Promise<Sent | undefined> {
    // The pool forgets what the newest block took, of which we may not have heard yet.
    const { number: newest } = await this.connection.request(Header, 'chain_getHeader');
    for (let number = from; number <= newest; number += 1n) {
      const block = await this.reader.hashOf(number);
      if ((await this.reader.contents(block)).extrinsics.includes(extrinsic)) return { kind: 'built', block };
    }
    return undefined;
  }

  private async isPending(extrinsic: Hex): Promise<boolean> {
    return (await this.connection.request(z.array(HexSchema), 'author_pendingExtrinsics')).includes(extrinsic);
  }

  private async reaches(number: bigint): Promise<void> {
    while (this.last < number) await this.connection.awaited('made no new block', this.newHead());
  }

  private async subscribe(): Promise<void> {
    const heads = ['chain_newHead', 'chain_subscribeNewHeads', 'chain_unsubscribeNewHeads'] as const;
    await this.connection.subscribe(Header, heads, [], ({ number }) => this.saw(number));
  }

  /** The next head or pool status. A node drops subscriptions that were read too slowly, and does not say so: then it is asked. */
  private async news(): Promise<void> {
    if (await this.told.within(SILENCE)) return;
    const { number } = await this.connection.request(Header, 'chain_getHeader');
    if (number <= this.last) return;
    await this.subscribe();
    this.saw(number);
  }

  private async newHead(): Promise<void> {
    const { last } = this;
    while (this.last === last) await this.news();
  }

  private saw(number: bigint): void {
    if (number > this.last) this.last = number;
    this.told.tell();
  }
}
