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
  /** Null where it is about a block's opening, or a final state that no single call is known to have brought about. */
  readonly call: string | null;
}

/** Where a key of the final state first was another one than the model's, and who wrote it there. */
export interface Located {
  readonly block: bigint;
  /** As the model has it; empty where it has nobody. */
  readonly writers: readonly SentCall[];
}

/** What a call makes of a key, as the model has it; null where there is no value. */
export interface Write {
  readonly sent: SentCall;
  readonly before: Hex | null;
  readonly after: Hex | null;
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
  /** Keys for which it is noted which calls of a block write them. */
  readonly watched?: ReadonlySet<Hex>;
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
  /** Of the last block: which of its calls write which of the watched keys, as the model has it. */
  readonly writers = new Map<Hex, Write[]>();
  private readonly watched: ReadonlySet<Hex>;
  private readonly engine: EngineTarget;
  private readonly scope: LayoutScope;
  private readonly byBytes: ReadonlyMap<Hex, SentCall>;

  constructor({ engine, scope, began, sent, watched = new Set() }: ReplayOptions) {
    this.watched = watched;
    this.engine = new EngineTarget(engine);
    this.engine.beginAfter(began);
    this.scope = scope;
    this.byBytes = new Map(sent.map((each) => [each.extrinsic, each]));
  }

  /** The next block. @throws RangeError where it is not */
  play(block: LoadedBlock): void {
    const [before, expected] = [this.played, this.engine.engine.block + 1n];
    if (block.number !== expected) throw new RangeError(`expected block ${expected}, came block ${block.number}`);
    this.writers.clear();
    this.open(block);
    for (const [index, extrinsic] of block.extrinsics.entries())
      if (index >= block.inherents) this.playOne(extrinsic, block);
    this.blocks += 1;
    if (this.played > before) this.busyBlocks += 1;
  }

  /** What the model has under a key. */
  value(key: Hex): Hex | null {
    return this.engine.read(key);
  }

  /** Says of differences of the final state where they came about, by their keys. */
  attribute(located: ReadonlyMap<Hex, Located>): void {
    for (const [at, difference] of this.differences.entries()) {
      const found = difference.aspect === 'final state' && located.get(difference.raw?.key ?? '0x');
      if (!found) continue;
      const { block, writers } = found;
      const calls = writers.map(({ call, origin }) => callText(call, origin));
      const [name, ...others] = new Set(writers.map(({ call }) => call.name));
      const what = calls.length === 0 ? 'final state, as of this block' : `final state, as of ${calls.join(' or ')}`;
      const call = name !== undefined && others.length === 0 ? name : null;
      this.differences[at] = { ...difference, block: block.toString(), what, call };
    }
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
    const before = this.watchedValues();
    const answer = this.engine.dispatch(sent.call, sent.origin);
    this.noteWrites(sent, before);
    const mismatch =
      compareOutcomes('outcome', answer.outcome, outcome) ??
      compareEvents('events', recordedEvents(answer.events), events, this.scope.concernsEvent);
    if (mismatch) this.tell(mismatch, callText(sent.call, sent.origin), sent.call.name);
    const failed = 'ok' in outcome ? null : outcomeText(outcome);
    this.places.set(bytes, [...(this.places.get(bytes) ?? []), { block: number, seen, failed }]);
    this.played += 1;
  }

  private watchedValues(): ReadonlyMap<Hex, Hex | null> {
    return new Map([...this.watched].map((key) => [key, this.engine.read(key)]));
  }

  private noteWrites(sent: SentCall, values: ReadonlyMap<Hex, Hex | null>): void {
    for (const [key, before] of values) {
      const after = this.engine.read(key);
      if (after !== before) this.writers.set(key, [...(this.writers.get(key) ?? []), { sent, before, after }]);
    }
  }

  private tell(mismatch: Mismatch, what: string, call: string | null): void {
    this.differenceCount += 1;
    if (this.differences.length === KEPT) return;
    const block = this.engine.engine.block.toString();
    this.differences.push({ ...mismatch, step: call === null ? null : this.played, block, what, call });
  }
}
