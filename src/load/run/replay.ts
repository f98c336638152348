/**
 * The engine plays what a chain's blocks say, in the order that the chain chose: each outcome, each event, each block's opening and
 * in the end all storage must be what the model says. After the first difference the two are in different states, so that
 * those behind it may be its consequences.
 */
import { outcomeText, type RawState } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import type { Difference } from '../../spec/run-events.js';
import type { EngineOptions } from '../../engine/engine.js';
import {
  compareDiffs,
  compareEvents,
  compareOpenings,
  compareOutcomes,
  type Mismatch,
} from '../../properties/compare.js';
import { callText } from '../../properties/readable.js';
import { recordedBlock, recordedEvents } from '../../properties/record.js';
import type { LayoutScope } from '../../properties/scope.js';
import { EngineTarget } from '../../targets/engine-target.js';
import type { LoadedBlock, LoadedExtrinsic } from './blocks.js';
import type { SentCall } from './sent.js';

/** A difference but for the suite that it is told in, with the call that showed it. */
export interface LoadDifference extends Omit<Difference, 'type' | 'suite' | 'scenario' | 'file' | 'line'> {
  /** Null where it is about a block's opening or the final state. */
  readonly call: string | null;
}

/** Where an extrinsic of ours is. */
export interface Place {
  readonly block: bigint;
  readonly seen: number | null;
  /** What became of it there: `null` where it succeeded, else the error's name. */
  readonly failed: string | null;
}

export interface ReplayOptions {
  readonly engine: EngineOptions;
  readonly scope: LayoutScope;
  /** The state after the block before the first that is played. */
  readonly began: { readonly block: bigint; readonly sudo: Hex; readonly storage: RawState };
  readonly sent: readonly SentCall[];
}

/** Differences that are kept with all details; the others are counted. */
const KEPT = 50;

export class Replay {
  /** The first ones. */
  readonly differences: LoadDifference[] = [];
  /** How many there are in all. */
  differenceCount = 0;
  /** By the bytes of each extrinsic of ours. */
  readonly places = new Map<Hex, Place[]>();
  /** Extrinsics of ours that were played. */
  played = 0;
  /** Extrinsics that neither we nor the block's author made. */
  foreign = 0;
  /** Blocks that were played, and those of them with something of ours. */
  blocks = 0;
  busyBlocks = 0;
  private readonly engine: EngineTarget;
  private readonly scope: LayoutScope;
  private readonly byBytes: ReadonlyMap<Hex, SentCall>;

  constructor({ engine, scope, began, sent }: ReplayOptions) {
    this.engine = new EngineTarget(engine);
    this.engine.beginAfter(began);
    this.scope = scope;
    this.byBytes = new Map(sent.map((each) => [each.extrinsic, each]));
  }

  /** The next block. @throws RangeError where it is not */
  play(block: LoadedBlock): void {
    const [before, expected] = [this.played, this.engine.engine.block + 1n];
    if (block.number !== expected) throw new RangeError(`expected block ${expected}, came block ${block.number}`);
    this.open(block);
    for (const [index, extrinsic] of block.extrinsics.entries())
      if (index >= block.inherents) this.playOne(extrinsic, block);
    this.blocks += 1;
    if (this.played > before) this.busyBlocks += 1;
  }

  /** Holds the storage after the last block against the model's, key by key. */
  finish(storage: RawState): void {
    const expected = this.engine.readAll('0x');
    for (const mismatch of compareDiffs('final state', expected, storage, this.scope.concernsKey))
      this.tell(mismatch, 'final state', null);
  }

  /** Events alone: what opening a block wrote can't be told from what its calls did, and is in the final state. */
  private open({ number, opening }: LoadedBlock): void {
    const expected = this.engine.advance(1n).map((each) => ({ ...recordedBlock(each), diff: {} }));
    const observed = [{ block: number, events: opening, diff: {} }];
    for (const mismatch of compareOpenings(expected, observed, this.scope)) this.tell(mismatch, 'opening', null);
  }

  private playOne({ bytes, outcome, events }: LoadedExtrinsic, { number, seen }: LoadedBlock): void {
    const sent = this.byBytes.get(bytes);
    if (sent === undefined) {
      this.foreign += 1;
      return;
    }
    const answer = this.engine.dispatch(sent.call, sent.origin);
    const mismatch =
      compareOutcomes('outcome', answer.outcome, outcome) ??
      compareEvents('events', recordedEvents(answer.events), events, this.scope.concernsEvent);
    if (mismatch) this.tell(mismatch, callText(sent.call, sent.origin), sent.call.name);
    const failed = 'ok' in outcome ? null : outcomeText(outcome);
    this.places.set(bytes, [...(this.places.get(bytes) ?? []), { block: number, seen, failed }]);
    this.played += 1;
  }

  private tell(mismatch: Mismatch, what: string, call: string | null): void {
    this.differenceCount += 1;
    if (this.differences.length === KEPT) return;
    const block = this.engine.engine.block.toString();
    this.differences.push({ ...mismatch, step: call === null ? null : this.played, block, what, call });
  }
}
