/** How a miner behaves: what section 9 says, slower than that, or without success. */
import { hexOfText, type Hex } from '../../spec/hex.js';

export interface Conduct {
  /** Whether the miner's worker serves its lists in a round; rounds count from 0. */
  readonly serves: (round: number) => boolean;
  /** With what it gives up every job that it has started, or null: what its VM manager says. */
  readonly failReason: Hex | null;
}

/** The request is pending again. */
export const OUT_OF_MEMORY = hexOfText('out of memory');

export const healthy: Conduct = { serves: () => true, failReason: null };

/** Leaves out every other round, the first one too. */
export const slow: Conduct = { serves: (round) => round % 2 === 1, failReason: null };

/** Starts each job and gives it up. */
export const failing = (failReason: Hex = OUT_OF_MEMORY): Conduct => ({ serves: () => true, failReason });
