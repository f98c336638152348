/**
 * The engine beside a chain that somebody else uses: it begins with the state after some block and plays every block behind it. What it
 * says is held against what the block says, and then the block is right: the engine takes over what the chain has, so that a difference
 * is told once.
 */
import { DecodeError } from '../spec/scale.js';
import type { Outcome, RawDiff, RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import type { Rules } from '../spec/rules.js';
import { compareDiffs, compareEvents, compareOpenings, compareOutcomes, type Mismatch } from '../properties/compare.js';
import { rulesFor } from '../properties/base-rules.js';
import { engineBeside } from '../properties/differential.js';
import { callText } from '../properties/readable.js';
import { recordedBlock, recordedEvents } from '../properties/record.js';
import { inScope } from '../properties/scope.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { ToldBlock, ToldExtrinsic } from '../targets/node/told-block.js';
import { constantPeriod, settingsOf } from '../targets/runtime/genesis.js';
import type { Binding } from './binding.js';
import { judge, OPENING, type Judged, type JudgedCall, type Other } from './judge.js';
import { meaningOf, type Meaning } from './meaning.js';

/** What a chain is held against, unless it says so itself. */
export interface Expected {
  /** As `--rules` has them; without it a lab's own, else as deployed. */
  readonly rules?: string;
  /** `IpReleasePeriod` in blocks, where neither a lab nor the metadata tells it. */
  readonly period?: bigint;
}

/** Single values of the chain, of which the engine must know. */
export interface Circumstances {
  /** `Sudo.Key`; `0x` where there is none. */
  readonly sudo: Hex;
  /** `Lab.Settings`, null where there is none. */
  readonly lab: Hex | null;
}

export interface BlockOfChain extends Circumstances {
  readonly told: ToldBlock;
  /** What it made of the storage of the pallets under test, under the specification's keys. */
  readonly changes: RawDiff;
}

export interface Began extends Circumstances {
  /** The block behind which it begins. */
  readonly block: bigint;
  /** Of the pallets under test, under the specification's keys. */
  readonly storage: RawState;
}

/** What came of a block. */
export interface Played extends Judged {
  /** Calls that were predicted. */
  readonly known: number;
  /** Whether the rules or the release period were set anew in it. */
  readonly isReset: boolean;
}

const isOk = (outcome: Outcome): boolean => 'ok' in outcome;

export class Model {
  private engine: EngineTarget;
  private circumstances: Circumstances;
  /** What the chain has: what the engine has too, but for keys that it can't read. */
  private readonly known: Map<Hex, Hex>;

  constructor(
    private readonly binding: Binding,
    private readonly expected: Expected,
    { block, storage, sudo, lab }: Began,
  ) {
    this.circumstances = { sudo, lab };
    const inside = inScope(binding.scope, storage);
    this.known = new Map(Object.entries(inside));
    this.engine = this.engineAt(block, {});
    this.takeOver(inside);
  }

  get rules(): Rules {
    return this.engine.engine.rules;
  }

  /** In blocks. */
  get releasePeriod(): bigint {
    return this.engine.releasePeriod;
  }

  /** The number of the bug that is switched on in a lab, 0 for none: the engine does not know it. */
  get mutant(): number {
    return this.binding.isLab ? settingsOf(this.circumstances.lab).mutant : 0;
  }

  /**
   * The next block.
   * @param upgraded what may have written to it besides its extrinsics: a new runtime, in the first block that it executes
   */
  play({ told, changes, sudo, lab }: BlockOfChain, upgraded?: string): Played {
    const before = { rules: this.rules.toString(), period: this.releasePeriod };
    const predicted = new Map<Hex, { value: Hex | null; by: Set<number> }>();
    const note = (diff: RawDiff, by: number): void => {
      for (const [key, value] of Object.entries(diff)) {
        const known = predicted.get(key);
        if (known === undefined) predicted.set(key, { value, by: new Set([by]) });
        else {
          known.value = value;
          known.by.add(by);
        }
      }
    };
    const opening = this.open(told, note);
    const made: JudgedCall[] = [];
    const others: Other[] = upgraded === undefined ? [] : [{ index: OPENING, name: upgraded, events: [] }];
    for (const [index, extrinsic] of told.extrinsics.entries()) {
      const meaning = meaningOf(this.binding, extrinsic.bytes);
      if (meaning.kind === 'known') made.push(this.dispatch(meaning, extrinsic, index, note));
      else if (isOk(extrinsic.outcome)) this.pass(meaning, extrinsic, index, others);
    }
    const observed = inScope(this.binding.scope, changes);
    const judged = judge({
      opening,
      calls: made,
      others,
      storage: this.storageMismatches(predicted, observed),
      writers: (key) => [...(predicted.get(key)?.by ?? [])],
    });
    this.learn(observed);
    this.takeOver(this.parted([...predicted.keys(), ...Object.keys(observed)]));
    this.settle({ sudo, lab });
    const isReset = this.rules.toString() !== before.rules || this.releasePeriod !== before.period;
    return { ...judged, known: made.length, isReset };
  }

  /** Events of the opening; what it wrote is noted. */
  private open({ number, opening }: ToldBlock, note: (diff: RawDiff, by: number) => void): readonly Mismatch[] {
    const opened = this.engine.advance(1n);
    for (const { diff } of opened) note(diff, OPENING);
    const expected = opened.map((each) => ({ ...recordedBlock(each), diff: {} }));
    return compareOpenings(expected, [{ block: number, events: opening, diff: {} }], this.binding.scope);
  }

  private dispatch(
    { call, origin }: Extract<Meaning, { kind: 'known' }>,
    { outcome, events }: ToldExtrinsic,
    index: number,
    note: (diff: RawDiff, by: number) => void,
  ): JudgedCall {
    const answer = this.engine.dispatch(call, origin);
    note(answer.diff ?? {}, index);
    const mismatch =
      compareOutcomes('outcome', answer.outcome, outcome) ??
      compareEvents('events', recordedEvents(answer.events), events, this.binding.scope.concernsEvent);
    return { index, name: call.name, text: callText(call, origin), mismatch };
  }

  /** A call that succeeded and is not the engine's to predict. */
  private pass(
    meaning: Exclude<Meaning, { kind: 'known' }>,
    { events }: ToldExtrinsic,
    index: number,
    others: Other[],
  ): void {
    if (meaning.kind === 'settings') {
      this.settle({ ...this.circumstances, lab: meaning.change(this.circumstances.lab) });
      return;
    }
    const ours = events.map(({ name }) => name).filter(this.binding.scope.concernsEvent);
    if (meaning.mayWrite || ours.length > 0) others.push({ index, name: meaning.name, events: ours });
  }

  /** Keys that end otherwise than the engine says; one that ends as it was has not changed. */
  private storageMismatches(
    predicted: ReadonlyMap<Hex, { readonly value: Hex | null }>,
    observed: RawDiff,
  ): readonly Mismatch[] {
    const expected = [...predicted]
      .filter(([key, { value }]) => value !== (this.known.get(key) ?? null))
      .map(([key, { value }]) => [key, value] as const);
    return compareDiffs('storage', Object.fromEntries(expected), observed, this.binding.scope.concernsKey);
  }

  private learn(observed: RawDiff): void {
    for (const [key, value] of Object.entries(observed)) {
      if (value === null) this.known.delete(key);
      else this.known.set(key, value);
    }
  }

  /** Of some keys those in which the engine is not where the chain is, with what the chain has. */
  private parted(keys: readonly Hex[]): RawDiff {
    const parted = [...new Set(keys)]
      .map((key) => [key, this.known.get(key) ?? null] as const)
      .filter(([key, value]) => this.held(key) !== value);
    return Object.fromEntries(parted);
  }

  /** What is no value of its item is none for the engine: that is told where it comes about. */
  private takeOver(raw: RawDiff): void {
    for (const [key, value] of Object.entries(raw)) {
      try {
        this.engine.inject({ [key]: value });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        if (this.held(key) !== null) this.engine.inject({ [key]: null });
      }
    }
  }

  /** What the engine has under a key: nothing under one that does not decode. */
  private held(key: Hex): Hex | null {
    try {
      return this.engine.read(key);
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }

  /** Goes on under what the chain has set. */
  private settle(now: Circumstances): void {
    const { sudo, lab } = this.circumstances;
    if (sudo === now.sudo && lab === now.lab) return;
    this.circumstances = now;
    this.engine = this.engineAt(this.engine.engine.block, this.engine.readAll('0x'));
  }

  private engineAt(block: bigint, storage: RawState): EngineTarget {
    const { binding, expected, circumstances } = this;
    const lab = binding.isLab ? settingsOf(circumstances.lab) : null;
    const rules = rulesFor(expected.rules, binding.layout, lab);
    const releasePeriod = lab?.releasePeriod ?? constantPeriod(binding) ?? expected.period ?? null;
    const engine = new EngineTarget(engineBeside(rules, { releasePeriod }));
    engine.beginAfter({ block, sudo: circumstances.sudo, storage });
    return engine;
  }
}
