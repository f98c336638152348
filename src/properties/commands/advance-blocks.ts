/** Time passes. */
import type { Step } from '../../spec/steps.js';
import type { Command, Model } from './command.js';

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

/** A jump to where what waits for its release comes back: the block before, the very block, the one behind. */
export class PassReleasePeriod implements Command {
  constructor(private readonly beyond: number) {}

  resolve({ engine }: Model): Step {
    const [first] = engine.state.PalletIp.IpReleaseRequests.get();
    const due = (first?.created_at ?? engine.block) + engine.releasePeriod;
    const blocks = due - engine.block - 1n + BigInt(this.beyond);
    return { advance: blocks > 0n ? blocks : 1n, jump: true };
  }

  toString(): string {
    return `PassReleasePeriod(${this.beyond})`;
  }
}
