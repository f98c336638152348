/** The newest final block of a chain, told by the node; where it is silent it is asked: it drops subscriptions that are read too slowly. */
import { clearTimeout, setTimeout } from 'node:timers';
import { z } from 'zod';
import { Quantity, type RpcConnection } from '../targets/node/connection.js';
import type { BlockSource } from './source.js';

const Header = z.object({ number: Quantity });

const HEADS = ['chain_finalizedHead', 'chain_subscribeFinalizedHeads', 'chain_unsubscribeFinalizedHeads'] as const;

/** Milliseconds without a head after which a node is asked for it. */
const SILENCE = 2_000;

export class FinalHeads {
  private waiting: (() => void)[] = [];
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
    this.wake();
  }

  private async grown(): Promise<void> {
    const { best } = this;
    while (this.best === best && !this.isClosed) if (await this.isSilent()) this.saw(await this.source.finalised());
  }

  private async isSilent(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const told = new Promise<boolean>((resolve) => this.waiting.push(() => resolve(false)));
    const silence = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), SILENCE);
    });
    const isSilent = await Promise.race([told, silence]);
    clearTimeout(timer);
    return isSilent && !this.isClosed;
  }

  private saw(number: bigint): void {
    if (number > this.best) this.best = number;
    this.wake();
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
