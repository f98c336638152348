/**
 * Every way a call can fail, as a value made once: thrown in the documented order, caught by the dispatch, which undoes
 * the layer. Made once because an `Error` costs its stack (some 3 us) and a quarter of all steps fail.
 */
import type { Outcome } from '../spec/answers.js';
import { errors, type ErrorName, type PalletWithErrors } from '../spec/events.js';

export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(readonly outcome: Outcome) {
    super(JSON.stringify(outcome));
  }
}

const failuresOf = <P extends PalletWithErrors>(pallet: P): Readonly<Record<ErrorName<P>, Failure>> => {
  const named = errors[pallet].filter((error) => error !== null);
  return Object.fromEntries(named.map((error) => [error, new Failure({ module: { pallet, error } })])) as Readonly<
    Record<ErrorName<P>, Failure>
  >;
};

export const ComputeError = failuresOf('Compute');
export const PalletIpError = failuresOf('PalletIp');
export const ExecutionUnitError = failuresOf('ExecutionUnit');
export const SudoError = failuresOf('Sudo');

/** `DispatchError::Other`. */
export const Other = new Failure({ other: true });
export const BadOrigin = new Failure({ badOrigin: true });
export const CannotLookup = new Failure({ dispatchError: 'CannotLookup' });
export const Overflow = new Failure({ dispatchError: { Arithmetic: 'Overflow' } });
/** `InvalidTransaction::Call`: the extrinsic enters no block. */
export const InvalidCall = new Failure({ invalid: 'Call' });
/** The runtime panicked: the extrinsic enters no block and leaves no trace. */
export const Panic = new Failure({ panic: true });
