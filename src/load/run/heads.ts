/**
 * The heads of a chain while it is loaded: when each block was heard of, and how many extrinsics were sent into it. Little is asked
 * for, because whoever measures should not be what is measured.
 */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { NodeFailure } from '../../targets/failures.js';
import { Quantity, type NodeConnection } from '../../targets/node/connection.js';
import { News, SILENCE } from '../../targets/node/news.js';
import type { StageChain } from '../../targets/node/stage.js';
import { inherentsOf, testedPallets } from '../../targets/node/told-block.js';

const Header = z.object({ number: Quantity });
const Body = z.object({ block: z.object({ extrinsics: z.array(HexSchema) }) });

const HEADS = ['chain_newHead', 'chain_subscribeNewHeads', 'chain_unsubscribeNewHeads'] as const;

/** Blocks that may have come since the last head that was heard of. */
const MOST_AT_ONCE = 100_000n;

export class Heads {
  /** When each block was heard of, in milliseconds since 1970. One that was passed over was there when the next one was. */
  readonly seen = new Map<bigint, number>();
  /** Of what was sent, everything in blocks but inherents: the block that has it. */
  readonly included = new Map<Hex, bigint>();
  private readonly tested: ReadonlySet<number>;
  private readonly news = new News();
  private unsubscribe: (() => Promise<void>) | undefined;
  private looked: bigint;

  private constructor(
    private readonly chain: StageChain,
    private best: bigint,
  ) {
    this.tested = testedPallets(chain.identity.layout);
    this.looked = best;
  }

  /** Follows the chain from its head on. @throws NodeFailure, Interrupted */
  static async follow(chain: StageChain): Promise<Heads> {
    const { number } = await chain.connection.request(Header, 'chain_getHeader');
    const heads = new Heads(chain, number);
    heads.unsubscribe = await chain.connection.subscribe(Header, HEADS, [], (head) => heads.saw(head.number));
    return heads;
  }

  /** When the block of an extrinsic was heard of, in milliseconds since 1970; undefined where it is in none. */
  seenIn(extrinsic: Hex): number | undefined {
    const block = this.included.get(extrinsic);
    return block === undefined ? undefined : this.seen.get(block);
  }

  /** The number of the newest block. */
  get head(): bigint {
    return this.best;
  }

  /**
   * Waits for the next block.
   * @param limit milliseconds
   * @returns whether it came
   * @throws NodeFailure where the node is gone; Interrupted
   */
  async next(limit: number): Promise<boolean> {
    const { best } = this;
    const until = Date.now() + limit;
    while (this.best === best) {
      if (Date.now() >= until) return false;
      await this.news.within(Math.min(SILENCE, until - Date.now()));
      if (this.best === best) this.saw((await this.connection.request(Header, 'chain_getHeader')).number);
    }
    return true;
  }

  /** Looks into the blocks that were not looked at yet. @returns extrinsics that were sent into all of them */
  async look(): Promise<number> {
    for (; this.looked < this.best; this.looked += 1n) {
      const number = this.looked + 1n;
      const extrinsics = await this.extrinsicsOf(number);
      const sent = extrinsics.slice(inherentsOf(extrinsics, this.tested));
      for (const each of sent) this.included.set(each, number);
    }
    return this.included.size;
  }

  /** Asks for the newest head, whatever was told. */
  async refresh(): Promise<void> {
    this.saw((await this.connection.request(Header, 'chain_getHeader')).number);
  }

  /** Stops following. */
  async close(): Promise<void> {
    await this.unsubscribe?.();
  }

  private get connection(): NodeConnection {
    return this.chain.connection;
  }

  private async extrinsicsOf(number: bigint): Promise<readonly Hex[]> {
    const hash = await this.chain.reader.hashOf(number);
    const body = await this.connection.request(Body.nullable(), 'chain_getBlock', hash);
    if (body === null) throw new NodeFailure(`${this.connection.url}: the node has no block ${number} any more`);
    return body.block.extrinsics;
  }

  private saw(number: bigint): void {
    const now = Date.now();
    // A node may say any number: what it says beyond all reason is found to be missing when it is looked at.
    const first = number - this.best > MOST_AT_ONCE ? number - MOST_AT_ONCE : this.best + 1n;
    for (let each = first; each <= number; each += 1n) this.seen.set(each, now);
    if (number > this.best) this.best = number;
    this.news.tell();
  }
}
