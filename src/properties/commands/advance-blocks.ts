/** Time passes. */
import type { Step } from '../../spec/steps.js';
import { choose, type Command, type Model } from './command.js';

/** Some blocks, one by one or in a jump. */
export class AdvanceBlocks implements Command {
  constructor(
    private readonly blocks: number,
    private readonly jump: boolean,
  ) {}

  resolve(): Step {
    return { advance: BigInt(this.blocks), jump: this.jump };
  }

  toString(): string {
    return `AdvanceBlocks(${this.blocks}${this.jump ? ', jump' : ''})`;
  }
}

/** Past what 32 bits count, past what a float counts in sixths; and below where milliseconds are more than 64 bits. */
const LEAPS: readonly bigint[] = [1n << 32n, 10n ** 12n, 1n << 50n];

/** How many there are to choose from. */
export const LEAP_COUNT = LEAPS.length;

/** A jump over ages. */
export class LeapTo implements Command {
  constructor(private readonly where: number) {}

  resolve({ engine }: Model): Step | null {
    const blocks = choose(LEAPS, this.where) - engine.block;
    return blocks > 0n ? { advance: blocks, jump: true } : null;
  }

  toString(): string {
    return `LeapTo(block ${choose(LEAPS, this.where)})`;
  }
}

/** What waits longer than that was not released by a call. */
const FAR = 1_000n;

/** How many there are to choose from: the block before, the very block, the one behind; of what waits the first or all of it. */
export const RELEASE_COUNT = 6;

/** A jump to where what waits for its release comes back. */
export class PassReleasePeriod implements Command {
  constructor(private readonly when: number) {}

  resolve({ engine }: Model): Step {
    const waiting = engine.state.PalletIp.IpReleaseRequests.get();
    const chosen = waiting.at(this.when < RELEASE_COUNT / 2 ? 0 : -1);
    const due = (chosen?.created_at ?? engine.block) + engine.releasePeriod;
    const blocks = due - engine.block - 1n + BigInt(this.when % (RELEASE_COUNT / 2));
    return { advance: blocks > 0n && blocks < FAR ? blocks : 1n, jump: true };
  }

  toString(): string {
    return `PassReleasePeriod(${this.when})`;
  }
}
