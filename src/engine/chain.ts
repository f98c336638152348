/** What a call sees of the chain: state, rules, block, events. Storage layers and key hashing are not its business. */
import type { EventFields, EventName } from '../spec/events.js';
import type { Rules } from '../spec/rules.js';
import type { Verify } from '../spec/signatures.js';
import type { State } from './state.js';

export interface Chain {
  readonly state: State;
  readonly rules: Rules;
  /** The number of the block that is being built. */
  readonly block: bigint;
  /** `PalletIp::IpReleasePeriod`, in blocks. */
  readonly releasePeriod: bigint;
  /** Whether a `MultiSignature` over a message is an account's: injected, asked under DEV-01 `promised` only. */
  readonly verify: Verify;
  deposit<N extends EventName>(name: N, fields: EventFields<N>): void;
}
