/**
 * The one interface behind which everything under test stands: the engine, a runtime's WASM in this process, a node.
 * Answers come in the specification's form, so that two targets compare without knowing of each other.
 */
import type { Origin, Outcome, RawDiff, RawState, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import type { Genesis } from '../spec/steps.js';

/**
 * What a target can do beyond dispatching:
 * - `inject`: write raw storage that no call wrote
 * - `clock`: decide when blocks are opened, and jump
 * - `origins`: act for accounts whose keys nobody has
 * - `diffs`: tell the storage changes of a single call, not only of a block
 * - `counts`: count storage operations
 * - `writes`: take calls at all
 */
export type Capability = 'inject' | 'clock' | 'origins' | 'diffs' | 'counts' | 'writes';

export interface SeenEvent {
  /** Pallet and event index in the specification's numbering. */
  readonly index: readonly [number, number];
  /** `Pallet.Event`. */
  readonly name: string;
  /** By field name; 64 bits and more as `bigint`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What became of a call. On a node, block and index are not ours to choose. */
export interface Answer {
  readonly block: bigint;
  /** Position in the block. */
  readonly index: number;
  readonly outcome: Outcome;
  /** The outcome of `Sudo.sudo`, for root. */
  readonly outer?: Outcome;
  /** Events of the pallets under test, in order. */
  readonly events: readonly SeenEvent[];
  /** Raw storage changes of this call; absent where the target knows them for a block only. Made when asked for. */
  readonly diff?: RawDiff;
  /** Why it panicked, where it did. */
  readonly panicMessage?: string;
  /** Storage operations of the whole extrinsic, where the target counts them. */
  readonly counts?: OperationCounts;
  /** Of targets that put each call into a block of its own; `diff` is absent there. */
  readonly own?: OwnBlock;
}

/** The blocks that came with a call, on a target whose blocks are not ours to fill. */
export interface OwnBlock {
  /**
   * Every block since the last step up to the one that `block` of the answer names, that one last. Its diff is empty: what its
   * opening and the call did to storage can't be told apart, and is in `changes`. Empty where no block was built.
   */
  readonly opened: readonly Opening[];
  /** Raw storage changes of the last block as a whole. */
  readonly changes: RawDiff;
}

/** Storage operations, in the terms of recordings. */
export interface OperationCounts {
  /** get, read, exists */
  readonly reads: number;
  /** set, clear, append */
  readonly writes: number;
  readonly next_key: number;
  readonly clear_prefix: number;
}

/** What opening a block did. */
export interface Opening {
  readonly block: bigint;
  readonly events: readonly SeenEvent[];
  readonly diff: RawDiff;
}

/** How a scenario began. */
export interface Beginning {
  readonly opening: Opening;
  /** The genesis keys that nothing is known of. */
  readonly undescribed: readonly Hex[];
  /** On a target that begins elsewhere than the genesis says: the last block that was built, and its storage. */
  readonly began?: { readonly block: bigint; readonly storage: RawState };
}

/** A value or a promise of one: the engine answers at once, a node later. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Goes on with a value at once where it is there, else when it is: a target that answers at once costs no turn of the queue. */
export const whenReady = <T, R>(value: Awaitable<T>, go: (value: T) => Awaitable<R>): Awaitable<R> =>
  isPending(value) ? value.then(go) : go(value);

const isPending = <T>(value: Awaitable<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value;

/**
 * Plays one item after the other until one gives a result: at once as long as answers are there at once.
 * @returns that result, or undefined where no item gave one
 */
export const firstInTurn = <T, R>(
  items: Iterator<T>,
  play: (item: T) => Awaitable<R | undefined>,
): Awaitable<R | undefined> => {
  for (let item = items.next(); item.done !== true; item = items.next()) {
    const found = play(item.value);
    if (isPending(found)) return found.then((value) => value ?? firstInTurn(items, play));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Plays, and where that throws, at once or later, goes on with what `recover` makes of it: it throws what it can't take. */
export const attempt = <T>(play: () => Awaitable<T>, recover: (error: unknown) => Awaitable<T>): Awaitable<T> => {
  let played: Awaitable<T>;
  try {
    played = play();
  } catch (error) {
    return recover(error);
  }
  return isPending(played) ? played.then(undefined, recover) : played;
};

/** Thrown where a target is asked for what it can't do: reported as not covered, never as a pass. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

export interface Target {
  readonly kind: 'engine' | 'runtime' | 'node';
  /** For people and reports: what was tested. */
  readonly name: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** `PalletIp::IpReleasePeriod` in blocks, or null where the target does not tell. */
  readonly releasePeriod: bigint | null;
  /** Starts a scenario: the state of `genesis`, then `genesis.block` is opened; or what {@link Beginning.began} says instead. */
  reset(genesis: Genesis): Awaitable<Beginning>;
  dispatch(call: Call, origin: Origin): Awaitable<Answer>;
  /**
   * Plays what begins with a {@link reset}, as the target does it best; twice where the first time had to be given up.
   * Default: just plays it.
   */
  together?<T>(play: () => T): T;
  /**
   * Opens `blocks` blocks more, or under `jump` only the last of them: where the target has its `clock`, else all of them.
   * @returns those whose opening changed something.
   * @throws NotCovered where so many blocks would have to be waited for
   */
  advance(blocks: bigint, options?: { readonly jump?: boolean }): Awaitable<readonly Opening[]>;
  /** Writes raw storage, null removing a key; all of it or nothing. */
  inject(raw: RawDiff): Awaitable<void>;
  /** SCALE of the answer to `engine/queries.ts`' questions. @throws NotCovered where it can't be asked */
  query(name: string, args: unknown): Awaitable<Hex>;
  /** What the pool says of the call, unsigned. */
  validate(call: Call): Awaitable<Validity>;
  /** The raw value of a raw key, or null. */
  read(key: Hex): Awaitable<Hex | null>;
  /** All raw storage under a prefix. */
  readAll(prefix: Hex): Awaitable<RawState>;
  /** Ends everything the target started. */
  close(): Awaitable<void>;
}
