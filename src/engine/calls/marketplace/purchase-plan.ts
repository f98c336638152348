import { Overflow } from '../../failures.js';
import { U128_MAX } from '../../integers.js';
import { mainAccount } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 7 of Marketplace, the stand-in, and `create_compute_request` behind it (BEHAVIOUR.md sections 4 and 7). Fails:
 * `Arithmetic::Overflow` where ids are used up (DEV-17; else the last id repeats). Event: `ComputeRequestCreated`.
 */
export const purchasePlan: Implementation<'Marketplace.purchase_plan'> = (chain, args, caller) => {
  const { NextRequestId, ComputeRequests } = chain.state.Compute;
  const { plan_id } = args;
  const owner = mainAccount(chain, args.pay_for ?? caller);
  const request_id = NextRequestId.get();
  if (request_id === U128_MAX && chain.rules.promised('DEV-17')) throw Overflow;
  NextRequestId.put(request_id === U128_MAX ? U128_MAX : request_id + 1n);
  ComputeRequests.put(owner, [
    ...ComputeRequests.get(owner),
    {
      request_id,
      plan_technical_description: args.plan_technical_description,
      plan_id,
      status: 'Pending',
      created_at: chain.block,
      owner,
      selected_image: { name: args.image_name, image_url: args.image_url },
      is_assigned: false,
      cloud_init_cid: args.cloud_init_cid,
      miner_id: args.miner_id,
    },
  ]);
  chain.deposit('Compute.ComputeRequestCreated', { plan_id, owner });
};
