import type { Step } from '../../spec/steps.js';
import { pick, type Command, type Model } from './command.js';

/** A call that was sent before is sent again, byte for byte: what a miner that retries does, and what anyone can do. */
export class RepeatCall implements Command {
  constructor(private readonly back: number) {}

  resolve({ sent }: Model): Step | null {
    return pick(sent.toReversed(), this.back) ?? null;
  }

  toString(): string {
    return `RepeatCall(${this.back} back)`;
  }
}
