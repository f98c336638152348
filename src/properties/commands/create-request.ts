/** Where every life begins: somebody buys a plan. */
import { callOf } from '../../spec/calls.js';
import { EMPTY, hexOfText } from '../../spec/hex.js';
import type { Step } from '../../spec/steps.js';
import { choose, pick, type Command, type Model } from './command.js';

const IMAGE = hexOfText('ubuntu');
const IMAGE_URL = hexOfText('ipfs://ubuntu');
const CID = hexOfText('QmCloudInit');
const DESCRIPTION = hexOfText('{"cpu_cores":2,"ram_gb":4}');

/** A user, or a sub-account for its user, buys a plan; some ask for a miner by name, some have more to say, some buy for others. */
export class CreateRequest implements Command {
  constructor(
    private readonly buyer: number,
    private readonly plan: number,
    /** 0 for no wish. */
    private readonly miner: number,
    /** 0 for nothing more than must be. */
    private readonly more = 0,
    /** 0 for nobody. */
    private readonly forWhom = 0,
  ) {}

  resolve({ cast }: Model): Step {
    const buyers = [...cast.users, ...cast.subAccounts];
    const { id: account } = choose(buyers, this.buyer);
    const saysMore = this.more > 0;
    const call = callOf('Marketplace.purchase_plan', {
      plan_id: choose(cast.plans, this.plan),
      plan_technical_description: saysMore ? DESCRIPTION : EMPTY,
      image_name: IMAGE,
      image_url: saysMore ? IMAGE_URL : EMPTY,
      cloud_init_cid: saysMore ? CID : null,
      pay_for: this.forWhom === 0 ? null : (pick(buyers, this.forWhom - 1)?.id ?? null),
      miner_id: this.miner === 0 ? null : choose(cast.miners, this.miner - 1).node,
    });
    return { call, origin: { kind: 'signed', account } };
  }

  toString(): string {
    return `CreateRequest(buyer ${this.buyer}, plan ${this.plan}, miner ${this.miner}, more ${this.more}, for ${this.forWhom})`;
  }
}
