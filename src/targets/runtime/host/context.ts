/** What host functions work on, and the form in which they are written. */
import type { LinearMemory } from '../memory.js';
import type { Key, Storage } from '../storage.js';
import type { OperationCounts } from '../../target.js';

/** How much went through the storage: a long list under one key is one operation, and many bytes. */
export interface StorageBytes {
  /**
   * Of values asked for, whole also where only their front is taken, and of keys that followed another. What appending to a list, or
   * asking whether a key exists, makes a database read is not among them.
   */
  readonly read: number;
  /** Of values set, and of elements appended. */
  readonly written: number;
}

/** What a call did to the storage, counted: free of noise. */
export interface Spent {
  readonly counts: OperationCounts;
  readonly bytes: StorageBytes;
}

export interface HostContext {
  /** The memory of the instance that runs: another one after some traps. */
  memory: LinearMemory;
  readonly storage: Storage;
  /** Of the call that runs. */
  readonly counts: { -readonly [K in keyof OperationCounts]: number };
  /**
   * Bytes that the call that runs was given by the storage, values and next keys, and bytes of values that it wrote there. Not
   * among `counts`, whose form is that of recordings.
   */
  readonly bytes: { -readonly [K in keyof StorageBytes]: number };
  /** The key that is the test's own, and not counted. */
  uncounted: Key | null;
  /** Set while an extrinsic that carries the mock signature is applied: that signature is taken as valid. */
  acceptsMock: boolean;
  /** What the runtime logged last as an error: a panic tells its message so. */
  lastError: string | null;
  /** Whether `root` is computed: nothing but a block's header has it. */
  readonly computesRoots: boolean;
}

/**
 * A host function as the module imports it: `i64` are `bigint`, all else numbers, and what it returns where the module
 * wants nothing is dropped. One that throws a `HostTrap` ends the call as a trap does.
 */
export type HostFunction = (...args: never[]) => unknown;

/** Host functions by their names in the module's imports. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** A `bool` as an `i32`. */
export const flag = (value: boolean): number => (value ? 1 : 0);

/** SCALE of `Option<Vec<u8>>`. */
export const NONE = Uint8Array.of(0);
