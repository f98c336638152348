/** The newest final block of a chain, told by the node; where it is silent it is asked: it drops subscriptions that are read too slowly. */
import { z } from 'zod';
import { Quantity, type RpcConnection } from '../targets/node/connection.js';
import { News, SILENCE } from '../targets/node/news.js';
import type { BlockSource } from './source.js';

const Header = z.object({ number: Quantity });

const HEADS = ['chain_finalizedHead', 'chain_subscribeFinalizedHeads', 'chain_unsubscribeFinalizedHeads'] as const;

export class FinalHeads {
  private readonly news = new News();
  private isClosed = false;

  private constructor(
    private readonly connection: RpcConnection,
    private readonly source: BlockSource,
    private best: bigint,
  ) {}

  /** @throws NodeFailure, Interrupted */
  static async watch(connection: RpcConnection, source: BlockSource): Promise<FinalHeads> {
    const heads = new FinalHeads(connection, source, await source.finalised());
    await connection.subscribe(Header, HEADS, [], ({ number }) => heads.saw(number));
    return heads;
  }

  /** Its number. */
  get newest(): bigint {
    return this.best;
  }

  /** Waits until a block is final. @throws NodeFailure where none becomes so for too long; Interrupted */
  async reach(number: bigint): Promise<void> {
    while (this.best < number) await this.connection.awaited('told of no new final block', this.grown());
  }

  /** Asks no more. The subscription ends with its connection. */
  close(): void {
    this.isClosed = true;
    this.news.tell();
  }

  private async grown(): Promise<void> {
    const { best } = this;
    while (this.best === best && !this.isClosed) if (await this.isSilent()) this.saw(await this.source.finalised());
  }

  private async isSilent(): Promise<boolean> {
    return !(await this.news.within(SILENCE)) && !this.isClosed;
  }

  private saw(number: bigint): void {
    if (number > this.best) this.best = number;
    this.news.tell();
  }
}
