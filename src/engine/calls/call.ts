/** The shape of every call: what the chain gives it, what it takes. The dispatch has checked the origin before. */
import type { CallArgs, CallName } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import type { Chain } from '../chain.js';

/**
 * Runs a call in the order of its section: checks, effects, events. Throws a `Failure`; the dispatch then undoes its
 * storage and its events. `caller` is the signer of a signed call and means nothing to the others.
 */
export type Implementation<N extends CallName> = (chain: Chain, args: CallArgs<N>, caller: Hex) => void;
