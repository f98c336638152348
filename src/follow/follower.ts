/**
 * Follows a chain from block to block, whatever happens to the connection, the node's memory and the chain's runtime. After each block it
 * is said how far it is, so that somebody can go on from there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { InputError } from '../properties/recording-file.js';
import { Interrupted, NodeFailure } from '../targets/failures.js';
import { foundPallets } from '../targets/layout.js';
import { isStateGone } from '../targets/node/code.js';
import { RpcConnection } from '../targets/node/connection.js';
import { within, type Limits } from '../targets/node/limits.js';
import { constantPeriod } from '../targets/runtime/genesis.js';
import { ahead } from './ahead.js';
import { FOLLOW_FORMAT } from './alert.js';
import { Course, type CourseOptions } from './course.js';
import { FinalHeads } from './final-heads.js';
import type { Expected } from './model.js';
import { BlockSource, type ReadBlock } from './source.js';
import { prefixesOf, standBehind, step, type Standing } from './standing.js';

export interface FollowerOptions extends CourseOptions {
  /** The first block that is compared; null for the newest final one. A checkpoint overrides it. */
  readonly from: bigint | null;
  /** The last one; null for no end. */
  readonly to: bigint | null;
  readonly expected: Expected;
  readonly limits: Limits;
  /** Reconnections in a row that may bring no block. */
  readonly retries: number;
  readonly signal: AbortSignal;
}

/** Blocks that are asked for at once. */
const WINDOW = 16;
/** Milliseconds before it is connected again: the first, and at most. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [100, 5_000];

/** Behind the same URL there is another chain now. */
class OtherChain extends NodeFailure {}

export class Follower {
  readonly course: Course;
  private standing: Standing | null = null;
  /** Of the runtime that executes the next block for the first time. */
  private upgraded: string | undefined;
  /** Reconnections since the last block. */
  private attempts = 0;

  constructor(private readonly options: FollowerOptions) {
    this.course = new Course(options);
  }

  /**
   * Until the last block, or for ever.
   * @throws NodeFailure where the node can't be followed any more, InputError, RuleError, Interrupted
   */
  async run(): Promise<void> {
    try {
      for (;;) {
        const connection = await this.connect();
        const [ended] = await Promise.allSettled([this.through(connection)]);
        await connection.close();
        if (ended.status === 'fulfilled') return;
        this.lose(ended.reason);
      }
    } finally {
      if (this.standing !== null) this.course.say(this.standing);
    }
  }

  private get isDone(): boolean {
    const { to } = this.options;
    return to !== null && this.standing !== null && this.standing.block.number >= to;
  }

  private async through(connection: RpcConnection): Promise<void> {
    const source = new BlockSource(connection);
    await this.expectSameChain(source);
    const heads = await FinalHeads.watch(connection, source);
    try {
      await this.expectSameBlock(source, heads);
      if (this.standing === null) await this.begin(connection, source, heads);
      else this.options.tell({ type: 'reconnected', block: this.nextText(), attempts: this.attempts });
      while (!this.isDone) await this.goOn(connection, source, heads);
    } finally {
      heads.close();
    }
  }

  /** Up to the newest final block, or to where something has to be done first. */
  private async goOn(connection: RpcConnection, source: BlockSource, heads: FinalHeads): Promise<void> {
    const next = this.stand().block.number + 1n;
    await heads.reach(next);
    try {
      if (this.isUpgraded()) await this.bindAnew(connection, source);
      const prefixes = prefixesOf(this.stand().binding);
      const { to } = this.options;
      const last = (): bigint => (to !== null && to < heads.newest ? to : heads.newest);
      for await (const block of ahead(next, last, (number) => source.read(number, prefixes), WINDOW)) {
        if (this.options.signal.aborted) throw new Interrupted();
        this.compare(block);
        if (this.isUpgraded()) return;
      }
    } catch (error) {
      if (!isStateGone(error)) throw error;
      await this.moveUp(connection, source, heads);
    }
  }

  private compare(block: ReadBlock): void {
    const { standing, played } = step(this.stand(), block, this.options.url, this.upgraded);
    this.upgraded = undefined;
    this.standing = standing;
    this.attempts = 0;
    this.course.compared(standing, played);
  }

  /** Begins behind the checkpoint, or the block before the first. @throws InputError where something is missing */
  private async begin(connection: RpcConnection, source: BlockSource, heads: FinalHeads): Promise<void> {
    const { checkpoint, from, url, tell } = this.options;
    const wanted = checkpoint === null ? (from ?? heads.newest) - 1n : BigInt(checkpoint.block);
    const base = wanted < 0n ? 0n : wanted;
    await heads.reach(base);
    const standing = await this.standOrMoveUp(connection, source, heads, base);
    const { binding, model, block } = standing;
    if (foundPallets(binding.layout).length === 0)
      throw new NodeFailure(`${url}: the chain has none of the pallets under test at block ${block.number}`);
    this.expectPeriod(standing);
    this.standing = standing;
    this.course.begin(standing);
    tell({
      type: 'started',
      format: FOLLOW_FORMAT,
      url,
      genesisHash: this.course.genesis ?? '0x',
      specName: binding.specName,
      specVersion: binding.specVersion,
      rules: model.rules.toString(),
      releasePeriod: model.releasePeriod.toString(),
      from: this.nextText(),
      resumed: checkpoint !== null,
      notCovered: [...binding.notCovered],
    });
    this.course.gap(base + 1n, standing);
  }

  private expectPeriod({ binding }: Standing): void {
    const { expected, url } = this.options;
    const { PalletIp } = binding.layout.pallets;
    const isKnown = binding.isLab || constantPeriod(binding) !== null || expected.period !== undefined;
    if (isKnown || PalletIp.verdict !== 'found') return;
    throw new InputError(
      `${url}: its metadata does not tell after how many blocks a released IP is free again: say it with --period`,
    );
  }

  /** The node keeps the state no more: goes on behind the oldest that it keeps. */
  private async moveUp(connection: RpcConnection, source: BlockSource, heads: FinalHeads): Promise<void> {
    const next = this.stand().block.number + 1n;
    this.course.say(this.stand());
    this.standing = await this.standOrMoveUp(connection, source, heads, next);
    this.course.gap(next, this.standing);
  }

  private async standOrMoveUp(
    connection: RpcConnection,
    source: BlockSource,
    heads: FinalHeads,
    wanted: bigint,
  ): Promise<Standing> {
    for (let base = wanted; ; base = await this.oldestKept(source, base, heads.newest)) {
      try {
        return await standBehind(connection, source, base, this.options.expected);
      } catch (error) {
        // It may have been forgotten since it was looked for; each time a later one is.
        if (!isStateGone(error) || base >= heads.newest) throw error;
      }
    }
  }

  /** Behind a block whose state is gone. @throws NodeFailure where all is */
  private async oldestKept(source: BlockSource, gone: bigint, newest: bigint): Promise<bigint> {
    let [lost, kept] = [gone, newest];
    while (kept - lost > 1n) {
      const middle = (lost + kept) / 2n;
      if (await source.keeps(middle)) kept = middle;
      else lost = middle;
    }
    return kept;
  }

  private isUpgraded(): boolean {
    const { binding, block } = this.stand();
    return block.codeHash !== binding.codeHash;
  }

  private async bindAnew(connection: RpcConnection, source: BlockSource): Promise<void> {
    const { binding: before, block } = this.stand();
    const standing = await standBehind(connection, source, block.number, this.options.expected);
    const { binding, model } = standing;
    this.standing = standing;
    this.course.totals.upgrades += 1;
    this.upgraded = `the upgrade to ${binding.specName} ${binding.specVersion}`;
    this.options.tell({
      type: 'upgrade',
      block: this.nextText(),
      hash: block.hash,
      specName: binding.specName,
      specVersion: binding.specVersion,
      before: { specName: before.specName, specVersion: before.specVersion, codeHash: before.codeHash },
      codeHash: binding.codeHash,
      rules: model.rules.toString(),
      layout: binding.layout.findings.map(({ sentence }) => sentence),
      notCovered: [...binding.notCovered],
    });
  }

  /** @throws InputError where the checkpoint is another chain's, OtherChain where another one came */
  private async expectSameChain(source: BlockSource): Promise<void> {
    const { url } = this.options;
    const genesis = await source.hashOf(0n);
    if (genesis === null) throw new NodeFailure(`${url}: the node has no block 0`);
    this.course.genesis ??= genesis;
    const known = this.course.genesis;
    if (known === genesis) return;
    if (this.standing === null)
      throw new InputError(
        `${url}: the checkpoint is of the chain that begins with block ${known}, this one begins with ${genesis}: another checkpoint file begins anew`,
      );
    throw new OtherChain(
      `${url}: there is another chain now: it begins with block ${genesis}, the one that was followed with ${known}`,
    );
  }

  /** What is behind us must be part of the chain. @throws as {@link expectSameChain} */
  private async expectSameBlock(source: BlockSource, heads: FinalHeads): Promise<void> {
    const { checkpoint, url } = this.options;
    const behind = this.standing?.block ?? (checkpoint && { number: BigInt(checkpoint.block), hash: checkpoint.hash });
    if (behind === null) return;
    await heads.reach(behind.number);
    const hash = await source.hashOf(behind.number);
    if (hash === behind.hash) return;
    const sentence = `block ${behind.number} was ${behind.hash}, and is ${hash ?? 'not there'} now`;
    if (this.standing === null)
      throw new InputError(`${url}: the checkpoint is of another chain: ${sentence}: another file begins anew`);
    throw new OtherChain(`${url}: the chain is another one than was followed: ${sentence}`);
  }

  private stand(): Standing {
    if (this.standing === null) throw new RangeError('following has not begun');
    return this.standing;
  }

  private nextText(): string {
    return (this.stand().block.number + 1n).toString();
  }

  /** Connects; after a loss again and again, as long as `connect` allows. */
  private async connect(): Promise<RpcConnection> {
    const { url, limits, signal, now } = this.options;
    if (this.attempts === 0) return RpcConnection.dial(url, { limits, signal });
    const until = now() + limits.connect;
    for (let wait = SHORTEST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      await within({ limit: 2 * wait + LONGEST_PAUSE, failure: `${url}: nothing happened`, signal }, pause(wait));
      const left = until - now();
      try {
        const connection = await RpcConnection.dial(url, { limits: { ...limits, connect: Math.max(1, left) }, signal });
        this.course.totals.reconnections += 1;
        return connection;
      } catch (error) {
        if (!(error instanceof NodeFailure)) throw error;
        if (left <= wait) throw this.givenUp(error, `not connected again within ${limits.connect / 1_000} s`);
      }
    }
  }

  /** @throws what can't be mended by connecting again */
  private lose(error: unknown): void {
    const { retries, tell } = this.options;
    if (!(error instanceof NodeFailure) || error instanceof OtherChain || this.standing === null) throw error;
    this.attempts += 1;
    if (this.attempts > retries) throw this.givenUp(error, `${retries} reconnections in a row brought no block`);
    tell({ type: 'lost', block: this.nextText(), sentence: error.message });
  }

  private givenUp(error: NodeFailure, why: string): NodeFailure {
    return new NodeFailure(`${error.message}; ${why}: block ${this.nextText()} is the next one`, { cause: error });
  }
}
