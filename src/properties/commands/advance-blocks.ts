import type { Step } from '../../spec/steps.js';
import type { Command } from './command.js';

/** Time passes. */
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
