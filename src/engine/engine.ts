/**
 * The reference engine: a pure state machine that says of every step what must come back: outcome, events in order, and
 * the exact bytes of every key written or removed. No I/O, no clock, no randomness, no globals.
 */
import { OK, type Origin, type Outcome, type RawDiff, type RawState, type Validity } from '../spec/answers.js';
import { calls, type Call, type CallArgs, type CallName } from '../spec/calls.js';
import type { ChainEvent } from '../spec/events.js';
import type { Hex } from '../spec/hex.js';
import { Rules, type Rule } from '../spec/rules.js';
import { verifySignature, type Verify } from '../spec/signatures.js';
import type { Chain } from './chain.js';
import type { Implementation } from './calls/call.js';
import { clearRequestCounts } from './calls/execution-unit/limit-requests.js';
import { implementations } from './calls/index.js';
import { BadOrigin, Failure, InvalidCall, SudoError } from './failures.js';
import { NO_CHANGES, type Changes } from './journal.js';
import { returnReleasedIps } from './pallet-ip.js';
import { ask, type QueryName } from './queries.js';
import { OpenBlock } from './open-block.js';
import { State } from './state.js';
import { validatesUnsigned, validityOf } from './validity.js';

/** 15 days of 6 s blocks. */
export const RELEASE_PERIOD = 216_000n;

export interface EngineOptions {
  /** Default: all as deployed, revisions at 9000. */
  readonly rules?: Rules;
  /** `PalletIp::IpReleasePeriod` in blocks. Default: {@link RELEASE_PERIOD}. */
  readonly releasePeriod?: bigint;
  /** How DEV-01 `promised` checks signatures. Default: all three kinds, really. */
  readonly verify?: Verify;
  /** Told of each rule that is asked at its place. */
  readonly onRule?: (rule: Rule) => void;
}

/** Where an engine starts. */
export interface EngineGenesis {
  /** The number of the block that is open. */
  readonly block: bigint;
  /** `Sudo.Key`. */
  readonly sudo: Hex;
  /** Raw storage of the pallets under test. */
  readonly storage: RawState;
}

/** What became of a call. */
export interface Dispatched {
  readonly outcome: Outcome;
  /** The outcome of `Sudo.sudo`, for root. */
  readonly outer?: Outcome;
  readonly events: readonly ChainEvent[];
  readonly changes: Changes;
}

/** What opening a block did. */
export interface OpenedBlock {
  readonly block: bigint;
  readonly events: readonly ChainEvent[];
  readonly changes: Changes;
}

export class Engine {
  readonly rules: Rules;
  readonly releasePeriod: bigint;
  /** The rules as calls ask for them. */
  private readonly asked: Rules;
  private readonly verify: Verify;
  private open: OpenBlock;
  private sudo: Hex = '0x';

  constructor(options: EngineOptions = {}) {
    this.rules = options.rules ?? Rules.deployed;
    this.asked = options.onRule ? this.rules.observedBy(options.onRule) : this.rules;
    this.releasePeriod = options.releasePeriod ?? RELEASE_PERIOD;
    this.verify = options.verify ?? verifySignature;
    this.open = this.opened(new State(), 0n);
  }

  /** The number of the block that is open. */
  get block(): bigint {
    return this.open.block;
  }

  /** The decoded state, to read: what invariants look at. */
  get state(): State {
    return this.open.state;
  }

  /** How many map and index operations the engine made since it was made or reset. */
  get operations(): number {
    return this.state.meter.operations;
  }

  /**
   * Starts anew.
   * @returns the genesis keys that the specification does not describe.
   * @throws ForeignKeyError, DecodeError
   */
  reset(genesis: EngineGenesis): readonly Hex[] {
    this.open = this.opened(new State(), genesis.block);
    this.sudo = genesis.sudo;
    return this.inject(genesis.storage);
  }

  /** Applies one extrinsic. */
  dispatch(call: Call, origin: Origin): Dispatched {
    if (origin.kind === 'root') {
      if (origin.account !== this.sudo)
        return { ...refused(SudoError.RequireSudo), outer: SudoError.RequireSudo.outcome };
      const { outcome, events, changes } = this.run(call, 'root', origin.account);
      return { outcome, outer: 'panic' in outcome ? outcome : OK, events, changes };
    }
    if (origin.kind === 'signed') return this.run(call, 'signed', origin.account);
    if (calls[call.name].origin !== 'none' && validatesUnsigned(call.name)) return refused(InvalidCall);
    return this.run(call, 'none', '0x');
  }

  /**
   * Opens the next `blocks` blocks, or under `jump` only the last of them, as if those between had never been.
   * @returns the blocks whose opening changed something.
   */
  advance(blocks: bigint, jump = false): readonly OpenedBlock[] {
    const opened: OpenedBlock[] = [];
    const last = this.block + blocks;
    for (let block = jump ? last : this.block + 1n; block <= last; block += 1n) {
      this.open = this.opened(this.state, block);
      const { events, changes } = this.open.layer(initialize, null, '0x');
      if (events.length > 0 || !changes.isEmpty()) opened.push({ block, events, changes });
    }
    return opened;
  }

  /**
   * Writes raw storage, null removing a key; all of it or nothing.
   * @returns the keys that the specification does not describe.
   * @throws ForeignKeyError, DecodeError
   */
  inject(raw: RawDiff): readonly Hex[] {
    return this.state.inject(raw);
  }

  /**
   * Takes over what another chain came to: the block that is open there and the keys that changed. Nothing is executed.
   * @throws ForeignKeyError, DecodeError
   */
  follow(block: bigint, raw: RawDiff): void {
    this.state.inject(raw);
    this.open = this.opened(this.state, block);
  }

  /** SCALE of a query's answer. */
  query(name: QueryName, args: unknown): Hex {
    return ask(this.state, name, args);
  }

  /** What the pool says of the call, unsigned. It validates for the block after the one that is open. */
  validate(call: Call): Validity {
    return validityOf(call, this.block + 1n, this.asked);
  }

  /** The raw value of a raw key, or null. */
  read(key: Hex): Hex | null {
    return this.state.read(key);
  }

  /** All raw storage under a prefix, `0x` for everything. */
  raw(prefix: Hex): RawState {
    return this.state.raw(prefix);
  }

  private run<N extends CallName>(call: { name: N; args: CallArgs<N> }, kind: Origin['kind'], caller: Hex): Dispatched {
    if (calls[call.name].origin !== kind) return refused(BadOrigin);
    const implementation: Implementation<N> = implementations[call.name];
    try {
      const { events, changes } = this.open.layer(implementation, call.args, caller);
      return { outcome: OK, events, changes };
    } catch (failure) {
      if (failure instanceof Failure) return refused(failure);
      throw failure;
    }
  }

  private opened(state: State, block: bigint): OpenBlock {
    return new OpenBlock(state, this.asked, block, this.releasePeriod, this.verify);
  }
}

/** `on_initialize` of the pallets under test, in the order of their indices. */
const initialize = (chain: Chain): void => {
  clearRequestCounts(chain);
  returnReleasedIps(chain);
};

const refused = ({ outcome }: Failure): Dispatched => ({ outcome, events: [], changes: NO_CHANGES });

/** A reference engine at an empty state; `reset` gives it one. */
export const createEngine = (options: EngineOptions = {}): Engine => new Engine(options);
