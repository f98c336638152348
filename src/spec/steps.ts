/** The four things that can be done to a target, and where a scenario begins: what generators make and recordings hold. */
import type { Origin, RawDiff, RawState } from './answers.js';
import type { Call } from './calls.js';
import type { Hex } from './hex.js';

export type Step =
  | { readonly call: Call; readonly origin: Origin }
  /** Blocks to open; under `jump` only the last of them is. */
  | { readonly advance: bigint; readonly jump?: boolean }
  | { readonly inject: RawDiff }
  /** `args` in JSON form. */
  | { readonly query: string; readonly args: Readonly<Record<string, unknown>> };

/** Where a scenario begins. */
export interface Genesis {
  /** The block that is open after the reset. */
  readonly block: bigint;
  /** `Sudo.Key`. */
  readonly sudo: Hex;
  /** Accounts that sign, to be given a balance where fees are taken. */
  readonly accounts: readonly Hex[];
  /** Raw storage of the pallets under test before `block` was opened. */
  readonly storage: RawState;
  /** Derivation path of accounts that can really sign (`accounts.ts`). */
  readonly paths?: Readonly<Record<Hex, string>>;
}
