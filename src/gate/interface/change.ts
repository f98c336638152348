/** A change of a runtime's interface, and whom it harms. */
import type { Runtime } from '../../targets/runtime/runtime.js';

/** What is compared of a runtime. */
export type InterfaceSide = Pick<Runtime, 'metadata' | 'version' | 'code'>;

/**
 * Whom a change harms: who sends transactions or asks the runtime, who reads events, errors and storage, or the upgrade itself,
 * which the chain refuses.
 */
export type Effect = 'breaks callers' | 'breaks indexers' | 'breaks the upgrade' | 'harmless';

/** One thing that the new runtime has otherwise. */
export interface InterfaceChange {
  /** `interface/part/what`, made of the shape alone: the same for every pair of runtimes that differ there. */
  readonly id: string;
  /** `Pallet.name`, a pallet, a runtime API or its method, `extrinsic`, `version`. */
  readonly part: string;
  /** All of it, with what follows from it. */
  readonly sentence: string;
  readonly effect: Effect;
  /** Both sides in words that follow "is": a type, `absent`, `index 30`. */
  readonly old: string;
  readonly new: string;
}

/** A change while it is still sorted: what it means for others, and whether it is one of many that are the same. */
export interface Told extends InterfaceChange {
  /** Whether a transaction of the same content has other bytes now. */
  readonly reencodes: boolean;
  /** Of a change in a type that other parts may hold, too. */
  readonly nested: Nested | null;
}

export interface Nested {
  /** What the parts are that hold it, in the plural. */
  readonly holders: string;
  /** The change as one of the type, for all its holders. */
  readonly id: string;
  readonly type: string;
  readonly place: string;
  readonly consequence: string;
}

/** What most changes are: nothing is encoded otherwise, and nothing is told twice. */
export const told = (change: InterfaceChange, reencodes = false): Told => ({ ...change, reencodes, nested: null });

export const idOf = (part: string, what: string): string => `interface/${part}/${what}`;
