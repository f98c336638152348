/** Where every life begins: somebody buys a plan. */
import { callOf } from '../../spec/calls.js';
import { EMPTY, hexOfText } from '../../spec/hex.js';
import type { Step } from '../../spec/steps.js';
import { choose, type Command, type Model } from './command.js';

const IMAGE = hexOfText('ubuntu');

/** A user, or a sub-account for its user, buys a plan; some ask for a miner by name. */
export class CreateRequest implements Command {
  constructor(
    private readonly buyer: number,
    private readonly plan: number,
    /** 0 for no wish. */
    private readonly miner: number,
  ) {}

  resolve({ cast }: Model): Step {
    const { id: account } = choose([...cast.users, ...cast.subAccounts], this.buyer);
    const call = callOf('Marketplace.purchase_plan', {
      plan_id: choose(cast.plans, this.plan),
      plan_technical_description: EMPTY,
      image_name: IMAGE,
      image_url: EMPTY,
      cloud_init_cid: null,
      pay_for: null,
      miner_id: this.miner === 0 ? null : choose(cast.miners, this.miner - 1).node,
    });
    return { call, origin: { kind: 'signed', account } };
  }

  toString(): string {
    return `CreateRequest(buyer ${this.buyer}, plan ${this.plan}, miner ${this.miner})`;
  }
}
