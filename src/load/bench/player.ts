/** Who lives are played on: the engine itself, or a runtime in this process. Both answer at once. */
import { accountAt } from '../../spec/accounts.js';
import type { Outcome, RawState } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { callNames, type CallName } from '../../spec/calls.js';
import { createEngine } from '../../engine/engine.js';
import type { Rules } from '../../spec/rules.js';
import type { LayoutScope } from '../../properties/scope.js';
import type { RuntimeTarget } from '../../targets/runtime-target.js';
import type { CallStep } from '../life.js';
import { LOAD_SUDO } from '../sized-state.js';

export interface Player {
  /** For people. */
  readonly name: string;
  /** The calls that it takes. */
  readonly calls: readonly CallName[];
  /** Begins at block 1 with this storage. */
  begin(storage: RawState, users: readonly Hex[]): void;
  send(step: CallStep): Outcome;
  /** Writes raw storage. */
  inject(raw: RawState): void;
  /** Opens the block in which everything released until now is due. */
  passRelease(): void;
  /** Plays calls as the player does it best: a runtime under one timer instead of one for each, which costs more than most calls. */
  together(play: () => void): void;
}

/** The engine without anything around it: changes are kept, and nobody asks for their bytes. */
export const enginePlayer = (rules: Rules): Player => {
  const engine = createEngine({ rules });
  return {
    name: `engine (${rules.toString()})`,
    calls: callNames,
    begin: (storage) => void engine.reset({ block: 1n, sudo: accountAt(LOAD_SUDO), storage }),
    send: ({ call, origin }) => engine.dispatch(call, origin).outcome,
    inject: (raw) => void engine.inject(raw),
    passRelease: () => void engine.advance(engine.releasePeriod, true),
    together: (play) => play(),
  };
};

/** A runtime in V8: what is timed are whole extrinsics, signatures apart, with what this host does around them. */
export const runtimePlayer = (
  target: RuntimeTarget,
  releasePeriod: bigint,
  { calls }: Pick<LayoutScope, 'calls'>,
): Player => {
  const sudo = accountAt(LOAD_SUDO);
  return {
    name: target.name,
    calls,
    begin: (storage, users) => void target.reset({ block: 1n, sudo, accounts: users, storage }),
    send: ({ call, origin }) => target.dispatch(call, origin).outcome,
    inject: (raw) => target.inject(raw),
    passRelease: () => void target.advance(releasePeriod, { jump: true }),
    together: (play) => target.together(play),
  };
};
