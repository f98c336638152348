/**
 * A runtime's WASM in this process as a target: blocks, extrinsics and storage are ours, so that a step costs microseconds
 * and every storage change of a single call is seen.
 */
import type { Origin, Outcome, RawDiff, RawState, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { signAt } from '../spec/accounts.js';
import { byteLength, fromHex, toHex, type Hex } from '../spec/hex.js';
import { fromJson } from '../spec/json.js';
import { encode } from '../spec/scale.js';
import type { Genesis } from '../spec/steps.js';
import { isQueryName, queryArgs } from '../engine/queries.js';
import { NotCovered, type Answer, type Capability, type Opening, type SeenEvent, type Target } from './target.js';
import { BlockError } from './failures.js';
import { BlockBuilder } from './runtime/blocks.js';
import { Overrun, withinTime } from './runtime/deadline.js';
import { ExtrinsicEncoder, type Signer } from './runtime/extrinsic.js';
import {
  accountKey,
  baseState,
  chainState,
  constantPeriod,
  encodeSettings,
  GENESIS_HASH,
  LAB_SETTINGS,
  scenarioState,
  valueKey,
  withCode,
  type LabSettings,
} from './runtime/genesis.js';
import type { Spent } from './runtime/host/context.js';
import { MissingHostFunction, RuntimeInstance, RuntimePanic } from './runtime/instance.js';
import { DEPLOYED_LAB, isLab, runtimeName } from './runtime/lab.js';
import { appliedResult, dispatchResult, validityResult } from './runtime/outcome.js';
import { CALL_LIMIT, type Runtime } from './runtime/runtime.js';
import { Storage, type Key } from './runtime/storage.js';
import { readEvent, Translation } from './runtime/translation.js';

export { isLab, labText } from './runtime/lab.js';

export interface RuntimeTargetOptions {
  /** For the lab runtime. Default: all as deployed, the deployed release period, no mutant. */
  readonly lab?: LabSettings;
  /** Where neither the lab nor the metadata tells it, in blocks. */
  readonly releasePeriod?: bigint;
  /** Which extrinsic format to write where the runtime takes several. Default: 4. */
  readonly format?: 4 | 5;
  /** Every how many signed extrinsics one is really signed, where the account's path is known. Default: {@link SIGN_EVERY}. */
  readonly signEvery?: number;
  /** Milliseconds that a call into the runtime may take. */
  readonly limit?: number;
  /** A new instance and a new memory for every call. */
  readonly fresh?: boolean;
  /** Whether headers get the state's real root, which nothing but them has: 0.3 ms and more for each block. */
  readonly computesRoots?: boolean;
}

/** A real signature costs 2.5 ms to make and to check in JavaScript. */
export const SIGN_EVERY = 200;

/** What a call into the runtime came to. */
type Attempt = { readonly answer: Uint8Array } | { readonly panic: string };

const PANIC: Outcome = { panic: true };

const EVENTS = valueKey('System', 'Events');
/** `TransactionSource::External`. */
const EXTERNAL = '0x02';
const NO_KEYS: Readonly<Record<Hex, string>> = {};

export class RuntimeTarget implements Target {
  readonly kind = 'runtime';
  readonly capabilities: ReadonlySet<Capability>;
  readonly name: string;
  readonly releasePeriod: bigint | null;
  /** How many extrinsics were really signed, and how many carried the mock signature. */
  readonly signatures = { real: 0, mock: 0 };
  /** SCALE of the event records that the last call deposited, of all pallets. */
  records: readonly Uint8Array[] = [];
  /** Bytes of the last extrinsic. */
  extrinsicLength = 0;
  private readonly storage = new Storage();
  private readonly translation: Translation;
  private readonly instance: RuntimeInstance;
  private readonly encoder: ExtrinsicEncoder;
  private readonly blocks: BlockBuilder;
  private readonly base: ReadonlyMap<Key, Uint8Array>;
  private readonly limit: number;
  private readonly signEvery: number;
  private paths: Readonly<Record<Hex, string>> = NO_KEYS;
  /** Of accounts that signed in this scenario. */
  private readonly accountKeys = new Map<Hex, Key>();
  private block = 0n;
  private isOpen = false;
  private index = 0;
  private isTimed = false;
  /** Set once a scenario took too long: the next ones would waste their first try. */
  private isRunaway = false;

  constructor(
    readonly runtime: Runtime,
    options: RuntimeTargetOptions = {},
  ) {
    const { metadata, layout, version } = runtime;
    const lab = isLab(runtime) ? (options.lab ?? DEPLOYED_LAB) : null;
    this.translation = new Translation(layout, metadata);
    this.limit = options.limit ?? CALL_LIMIT;
    this.signEvery = options.signEvery ?? SIGN_EVERY;
    const { fresh = false, computesRoots = false } = options;
    const uncounted = lab && LAB_SETTINGS;
    this.instance = new RuntimeInstance(runtime.compiled, this.storage, { fresh, computesRoots, uncounted });
    const facts = {
      specVersion: version.spec_version,
      transactionVersion: version.transaction_version,
      genesisHash: GENESIS_HASH,
    };
    this.encoder = new ExtrinsicEncoder(metadata, facts, options.format);
    this.blocks = new BlockBuilder(metadata, this.instance, this.storage, this.encoder);
    const base = baseState(runtime, this.translation);
    if (lab) base.set(LAB_SETTINGS, encodeSettings(lab));
    this.base = base;
    this.releasePeriod = lab?.releasePeriod ?? constantPeriod(runtime) ?? options.releasePeriod ?? null;
    this.capabilities = new Set(['inject', 'clock', 'origins', 'diffs', 'counts', 'writes'] as const);
    this.name = runtimeName(runtime, lab);
  }

  /** Under one timer instead of one for each call; where it fires, again with one for each, which tells what looped. */
  together<T>(play: () => T): T {
    if (this.isRunaway) return play();
    this.isTimed = true;
    try {
      return withinTime(this.limit, play);
    } catch (error) {
      if (!(error instanceof Overrun)) throw error;
      this.isRunaway = true;
      this.instance.startAnew();
    } finally {
      this.isTimed = false;
    }
    return play();
  }

  reset(genesis: Genesis): { opening: Opening; undescribed: readonly Hex[] } {
    this.paths = genesis.paths ?? NO_KEYS;
    this.beginWith(scenarioState(this.base, this.translation, this.runtime.metadata, genesis), genesis.block - 1n);
    return { opening: this.open(genesis.block), undescribed: [] };
  }

  dispatch(call: Call, origin: Origin): Answer {
    const extrinsic = this.extrinsic(call, origin);
    this.extrinsicLength = byteLength(extrinsic);
    const mark = this.storage.appended(EVENTS)?.mark ?? 0;
    this.instance.resetCounts();
    const applied = this.apply(extrinsic, origin);
    const { reads, writes, next_key, clear_prefix } = this.instance.host.counts;
    // Fields one by one: spreading into an answer costs a microsecond each time.
    const counts = { reads, writes, next_key, clear_prefix };
    const { block, index } = this;
    this.index += 1;
    this.records = [];
    if ('panic' in applied) {
      const answer = { block, index, outcome: PANIC, panicMessage: applied.panic, events: [], diff: {}, counts };
      return origin.kind === 'root' ? { ...answer, outer: PANIC } : answer;
    }
    const { outcome, included } = appliedResult(applied.answer, this.translation.nameError);
    const records = included ? (this.storage.appended(EVENTS)?.since(mark) ?? []) : [];
    const diff = included ? this.changes() : {};
    if (included) this.storage.keep();
    else this.storage.undo();
    this.records = records;
    const events = this.seen(records);
    if (origin.kind !== 'root') return { block, index, outcome, events, diff, counts };
    return { block, index, outcome: this.innerOutcome(outcome, records), outer: outcome, events, diff, counts };
  }

  advance(blocks: bigint, { jump = false }: { readonly jump?: boolean } = {}): Opening[] {
    const last = this.block + blocks;
    const opened: Opening[] = [];
    for (let block = jump ? last : this.block + 1n; block <= last; block += 1n) {
      this.building(block - 1n, () => {
        this.blocks.close();
        if (jump) this.blocks.skipTo(block - 1n);
      });
      const opening = this.open(block);
      if (opening.events.length > 0 || Object.keys(opening.diff).length > 0) opened.push(opening);
    }
    return opened;
  }

  inject(raw: RawDiff): void {
    const entries = Object.entries(raw);
    this.write(entries.map(([key, value]) => [key, value && this.translation.runtimeValue(key, value)]));
  }

  /** Writes values in this runtime's own layout. */
  write(raw: Iterable<readonly [Hex, Hex | null]>): void {
    for (const [hex, value] of raw) {
      const key = this.translation.runtimeKey(hex);
      if (value === null) this.storage.remove(key);
      else this.storage.set(key, fromHex(value));
    }
    this.storage.keep();
  }

  query(name: string, args: unknown): Hex {
    const method = `NodeMetricsRuntimeApi_${name}`;
    if (name !== 'get_node_metrics' || !isQueryName(name) || !this.instance.has(method)) {
      throw new NotCovered(`a runtime can't be asked "${name}" from outside`);
    }
    const type = queryArgs(name);
    const asked = this.ask(method, encode(type, fromJson(type, args)));
    if ('panic' in asked) throw new NotCovered(`${method} panics: ${asked.panic}`);
    return toHex(asked.answer);
  }

  /** A runtime that panics over the question, which no pool survives, has no word for it: told as unknown, with the reason. */
  validate(call: Call): Validity {
    const extrinsic = this.encoder.bare(this.translation.encodeCall(call));
    const question = EXTERNAL + extrinsic.slice(2) + GENESIS_HASH.slice(2);
    const asked = this.ask('TaggedTransactionQueue_validate_transaction', question);
    return 'panic' in asked ? { unknown: `panic: ${asked.panic}` } : validityResult(asked.answer);
  }

  read(key: Hex): Hex | null {
    const value = this.storage.get(this.translation.runtimeKey(key));
    return value === undefined ? null : toHex(value);
  }

  readAll(prefix: Hex): RawState {
    const all: Record<Hex, Hex> = {};
    for (const key of this.storage.under(this.translation.runtimeKey(prefix))) {
      const value = this.storage.get(key);
      if (value && this.translation.concerns(key)) all[this.translation.specifiedKey(key)] = toHex(value);
    }
    return all;
  }

  /**
   * Takes a chain's state after a block for its own, in this runtime's layout, but for clock and code; keys of the pallets under test are the
   * specification's. No block is open then: {@link openNext}.
   */
  beginAfter(block: bigint, found: Iterable<readonly [Hex, Hex]>): void {
    this.beginWith(chainState(this.base, this.translation, found), block);
  }

  /**
   * An upgrade: ends the block that is open, and opens the next one in `next`, as if its code had been put over this one's state.
   * Here no block is open then: {@link openNext}. @throws BlockError
   */
  upgradeTo(next: RuntimeTarget): void {
    if (this.isOpen) this.building(this.block, () => this.blocks.close());
    this.isOpen = false;
    next.beginWith(withCode(next.base, this.storage.entries()), this.block);
    next.openNext();
  }

  /** Opens the next block where none is: after {@link upgradeTo}, as if there had been no upgrade. @throws BlockError */
  openNext(): void {
    this.open(this.block + 1n);
  }

  private beginWith(state: ReadonlyMap<Key, Uint8Array>, block: bigint): void {
    this.instance.beginScenario();
    this.accountKeys.clear();
    this.storage.load(state);
    this.blocks.begin(block);
    this.storage.keep();
    this.block = block;
    this.isOpen = false;
  }

  /** Storage operations and bytes of the last extrinsic, or of the opening of a block where that came later. */
  get spent(): Spent {
    return this.instance.spent;
  }

  /** Clears away what the last call left, which the next one would do at its beginning: for who times calls one by one. */
  settle(): void {
    this.instance.settle();
  }

  /** Size of the runtime's memory, in bytes. */
  get memorySize(): number {
    return this.instance.host.memory.size;
  }

  close(): void {
    // Nothing was started.
  }

  private extrinsic(call: Call, origin: Origin): Hex {
    const encoded = this.translation.encodeCall(call);
    if (origin.kind === 'none') return this.encoder.bare(encoded);
    const inner = origin.kind === 'root' ? this.translation.encodeSudo(encoded) : encoded;
    return this.encoder.signed(inner, this.signerOf(origin.account));
  }

  private signerOf(account: Hex): Signer {
    const info = this.storage.get(this.accountKeyOf(account));
    const nonce = info === undefined || info.length < 4 ? 0 : Buffer.from(info.subarray(0, 4)).readUInt32LE();
    const path = this.paths[account];
    const total = this.signatures.real + this.signatures.mock;
    if (path === undefined || total % this.signEvery !== 0) {
      this.signatures.mock += 1;
      return { account, nonce };
    }
    this.signatures.real += 1;
    return { account, nonce, sign: (message) => signAt(path, message) };
  }

  private accountKeyOf(account: Hex): Key {
    const known = this.accountKeys.get(account) ?? accountKey(account);
    this.accountKeys.set(account, known);
    return known;
  }

  private apply(extrinsic: Hex, origin: Origin): Attempt {
    const { host } = this.instance;
    host.acceptsMock = origin.kind !== 'none';
    try {
      return this.attempt('BlockBuilder_apply_extrinsic', extrinsic);
    } finally {
      host.acceptsMock = false;
    }
  }

  /** Calls into the runtime; undone where it panics. @throws NotCovered where this host has not what it takes */
  private attempt(method: string, args: Hex): Attempt {
    try {
      return { answer: this.timed(() => this.instance.call(method, fromHex(args))) };
    } catch (error) {
      this.storage.undo();
      if (error instanceof RuntimePanic) return { panic: error.reason };
      if (error instanceof MissingHostFunction) throw new NotCovered(error.message);
      if (!(error instanceof Overrun)) throw error;
      this.instance.startAnew();
      return { panic: `it ${error.message}` };
    }
  }

  /** Asks without leaving a trace. */
  private ask(method: string, args: Hex): Attempt {
    const attempt = this.attempt(method, args);
    this.storage.undo();
    return attempt;
  }

  private open(block: bigint): Opening {
    this.instance.resetCounts();
    this.building(block, () => this.blocks.open(block));
    this.block = block;
    this.isOpen = true;
    this.index = 0;
    const events = this.seen(this.storage.appended(EVENTS)?.since(0) ?? []);
    const diff = this.changes();
    this.storage.keep();
    return { block, events, diff };
  }

  /** @throws BlockError */
  private building(block: bigint, body: () => void): void {
    try {
      this.timed(body);
    } catch (error) {
      if (error instanceof Overrun) this.instance.startAnew();
      const kinds = [Overrun, RuntimePanic, MissingHostFunction, BlockError];
      if (!(error instanceof Error) || !kinds.some((kind) => error instanceof kind)) throw error;
      throw new BlockError(`${this.runtime.file}: block ${block} can't be built: ${error.message}`, { cause: error });
    }
  }

  private timed<T>(body: () => T): T {
    return this.isTimed ? body() : withinTime(this.limit, body);
  }

  /** For root: in the event of `Sudo.sudo`; where that failed itself, its own. */
  private innerOutcome(outer: Outcome, records: readonly Uint8Array[]): Outcome {
    for (const record of records) {
      const inner = this.translation.sudoResult(readEvent(record));
      if (inner) return dispatchResult(inner, this.translation.nameError);
    }
    return outer;
  }

  private seen(records: readonly Uint8Array[]): SeenEvent[] {
    return records.map((record) => this.translation.event(readEvent(record))).filter((event) => event !== undefined);
  }

  /** Changes of the pallets under test since the last step, in key order. */
  private changes(): RawDiff {
    const found: [Hex, Hex | null][] = [];
    for (const [key, , now] of this.storage.changed(this.translation.concerns)) {
      found.push([this.translation.specifiedKey(key), now && toHex(now)]);
    }
    if (found.length > 1) found.sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(found);
  }
}
