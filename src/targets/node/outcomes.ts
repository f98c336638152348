/** What became of an extrinsic, as the events of its block tell. */
import { OK, type Outcome } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { NodeFailure } from '../failures.js';
import { palletNamed } from '../runtime/genesis.js';
import { dispatchError, dispatchResult } from '../runtime/outcome.js';
import type { Translation } from '../runtime/translation.js';
import type { BlockContents, DepositedEvent } from './block-reader.js';
import type { NodeIdentity } from './identity.js';

export interface Told {
  /** Position in the block. */
  readonly index: number;
  readonly outcome: Outcome;
  /** Of the call inside `Sudo.sudo`; where that failed itself, and for every other call, `outcome`. */
  readonly inner: Outcome;
  /** The extrinsic's events, in order. */
  readonly events: readonly DepositedEvent[];
}

export class Outcomes {
  private readonly pallet: number;
  private readonly success: number;
  private readonly failed: number;

  /** @throws NodeFailure where the chain has not the two events */
  constructor(
    private readonly identity: Pick<NodeIdentity, 'url' | 'metadata'>,
    private readonly translation: Translation,
  ) {
    const system = palletNamed(identity.metadata, 'System');
    const success = system?.events.find(({ name }) => name === 'ExtrinsicSuccess');
    const failed = system?.events.find(({ name }) => name === 'ExtrinsicFailed');
    if (system === undefined || success === undefined || failed === undefined) {
      const { url } = identity;
      throw new NodeFailure(
        `${url}: its runtime has no System.ExtrinsicSuccess and ExtrinsicFailed: not a FRAME chain`,
      );
    }
    this.pallet = system.index;
    this.success = success.index;
    this.failed = failed.index;
  }

  /** Undefined where the block does not have the extrinsic. @throws NodeFailure where it does not say what became of it */
  of(block: BlockContents, extrinsic: Hex): Told | undefined {
    const index = block.extrinsics.indexOf(extrinsic);
    if (index === -1) return undefined;
    return this.at(
      index,
      block.events.filter((each) => each.extrinsic === index),
      block.number,
    );
  }

  /** Of the extrinsic at a position of a block, by its events in order. @throws NodeFailure where they do not say */
  at(index: number, events: readonly DepositedEvent[], number: bigint): Told {
    const outcome = this.outcome(events, number);
    return { index, outcome, inner: this.inner(events) ?? outcome, events };
  }

  private outcome(events: readonly DepositedEvent[], number: bigint): Outcome {
    for (const event of events) {
      if (event.pallet !== this.pallet) continue;
      if (event.member === this.success) return OK;
      if (event.member === this.failed) return dispatchError(event.fields, this.translation.nameError);
    }
    throw new NodeFailure(`${this.identity.url}: block ${number} does not say what became of an extrinsic in it`);
  }

  private inner(events: readonly DepositedEvent[]): Outcome | undefined {
    for (const event of events) {
      const result = this.translation.sudoResult(event);
      if (result) return dispatchResult(result, this.translation.nameError);
    }
    return undefined;
  }
}
