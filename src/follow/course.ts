/** What following came to so far: counted, told line by line, and saved after each block, in this order, so that nothing is lost or told twice. */
import type { Hex } from '../spec/hex.js';
import type { Alert } from './alert.js';
import { CHECKPOINT_FORMAT, type Checkpoint } from './checkpoint.js';
import type { Played } from './model.js';
import type { ReadBlock } from './source.js';
import type { Standing } from './standing.js';

export interface CourseOptions {
  readonly url: string;
  readonly checkpoint: Checkpoint | null;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly tell: (alert: Alert) => void;
  /** Told after each block, when all that is to be told of it is told. */
  readonly save: (checkpoint: Checkpoint) => void;
}

/** What was done. */
export interface Totals {
  /** Compared. */
  blocks: number;
  extrinsics: number;
  /** Of them those that the engine predicted. */
  known: number;
  differences: number;
  /** By the reason: keys, events, calls, blocks. */
  readonly notCovered: Map<string, number>;
  readonly gaps: { readonly from: bigint; readonly to: bigint }[];
  reconnections: number;
  upgrades: number;
  first: bigint | null;
  last: bigint | null;
}

/** Milliseconds between two lines that say how far it is. */
const SAID_EVERY = 1_000;

export class Course {
  readonly totals: Totals = {
    blocks: 0,
    extrinsics: 0,
    known: 0,
    differences: 0,
    notCovered: new Map(),
    gaps: [],
    reconnections: 0,
    upgrades: 0,
    first: null,
    last: null,
  };
  /** Of the chain; null before anything is known of it. */
  genesis: Hex | null;
  /** The first block that no line says to be compared. */
  private unsaid = 0n;
  private said: number;

  constructor(private readonly options: CourseOptions) {
    this.genesis = options.checkpoint?.genesisHash ?? null;
    this.said = options.now();
  }

  /** Beginning behind a block. What a run before left unsaid is said first. */
  begin(standing: Standing): void {
    const { checkpoint, tell } = this.options;
    this.unsaid = checkpoint === null ? standing.block.number + 1n : BigInt(checkpoint.unsaid);
    if (checkpoint === null || BigInt(checkpoint.block) < this.unsaid) return;
    tell({ type: 'checkpoint', from: checkpoint.unsaid, to: checkpoint.block, hash: checkpoint.hash });
    this.unsaid = BigInt(checkpoint.block) + 1n;
  }

  /** A block was compared, and is behind us. */
  compared(standing: Standing, played: Played): void {
    this.count(standing.block, played);
    this.tellOf(standing, played);
    if (this.options.now() - this.said >= SAID_EVERY) this.say(standing);
    else this.save(standing);
  }

  /** Blocks up to the one that is behind us now could not be compared. */
  gap(from: bigint, standing: Standing): void {
    const { url, tell } = this.options;
    const to = standing.block.number;
    if (to >= from) {
      this.totals.gaps.push({ from, to });
      this.leave('blocks whose state the node keeps no more', Number(to - from) + 1);
      const sentence = `${url}: the node keeps what was stored after block ${to}, and nothing older: blocks ${from} to ${to} are not compared`;
      tell({ type: 'gap', from: from.toString(), to: to.toString(), reason: 'pruned', sentence });
      this.unsaid = to + 1n;
    }
    this.save(standing);
  }

  /** A line that says how far it is, where it is further than the last line says. */
  say(standing: Standing): void {
    const { number, hash } = standing.block;
    this.said = this.options.now();
    if (number >= this.unsaid) {
      this.options.tell({ type: 'checkpoint', from: this.unsaid.toString(), to: number.toString(), hash });
      this.unsaid = number + 1n;
    }
    this.save(standing);
  }

  private count({ number, extrinsics }: ReadBlock, { known, differences, notCovered }: Played): void {
    const { totals } = this;
    totals.blocks += 1;
    totals.extrinsics += extrinsics.length;
    totals.known += known;
    totals.differences += differences.length;
    totals.first ??= number;
    totals.last = number;
    for (const [reason, count] of notCovered) this.leave(reason, count);
  }

  private leave(reason: string, count: number): void {
    const { notCovered } = this.totals;
    notCovered.set(reason, (notCovered.get(reason) ?? 0) + count);
  }

  private tellOf({ block: { number, hash }, model }: Standing, played: Played): void {
    const { tell } = this.options;
    const at = { block: number.toString(), hash };
    for (const { also, ...difference } of played.differences) {
      const others = also.map(({ aspect, where, expected, observed }) => ({ aspect, where, expected, observed }));
      tell({ type: 'difference', ...at, ...difference, also: others });
    }
    for (const [reason, count] of played.notCovered) tell({ type: 'not-covered', ...at, reason, count });
    if (played.isReset)
      tell({ type: 'rules', ...at, rules: model.rules.toString(), releasePeriod: model.releasePeriod.toString() });
  }

  private save({ block, model }: Standing): void {
    const { checkpoint, save, url } = this.options;
    save({
      format: CHECKPOINT_FORMAT,
      genesisHash: this.genesis ?? '0x',
      block: block.number.toString(),
      hash: block.hash,
      unsaid: this.unsaid.toString(),
      compared: (checkpoint?.compared ?? 0) + this.totals.blocks,
      differences: (checkpoint?.differences ?? 0) + this.totals.differences,
      settings: { url, rules: model.rules.toString(), releasePeriod: model.releasePeriod.toString() },
    });
  }
}
