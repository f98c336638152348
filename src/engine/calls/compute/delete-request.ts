import type { Hex } from '../../../spec/hex.js';
import type { ActionRequest } from '../../../spec/types/compute.js';
import type { Chain } from '../../chain.js';
import { findMinerEntry, mainAccount, newEntry, putList, type ListStore } from '../../lookups.js';
import type { Implementation } from '../call.js';

const removeOfPlan = <E extends ActionRequest>(
  chain: Chain,
  store: ListStore<E>,
  node: Hex,
  user_id: Hex,
  plan_id: Hex,
): void => {
  const others = store.get(node).filter((entry) => entry.user_id !== user_id || entry.plan_id !== plan_id);
  putList(chain, store, node, others);
};

/** What calls 11 and 20 do. Under DEV-16 a list that is or becomes empty has no key. */
const deleteRequest = (chain: Chain, plan_id: Hex, owner: Hex, caller: Hex): void => {
  const { Compute } = chain.state;
  const { node, entry } = findMinerEntry(chain, owner, plan_id);
  const { request_id } = entry;
  const without = <T extends { readonly request_id: bigint }>(list: readonly T[]): T[] =>
    list.filter((each) => each.request_id !== request_id);
  putList(chain, Compute.MinerComputeRequests, node, without(Compute.MinerComputeRequests.get(node)));
  putList(chain, Compute.ComputeRequests, owner, without(Compute.ComputeRequests.get(owner)));
  removeOfPlan(chain, Compute.MinerComputeStopRequests, node, owner, plan_id);
  removeOfPlan(chain, Compute.MinerComputeBootRequests, node, owner, plan_id);
  removeOfPlan(chain, Compute.MinerComputeRebootRequests, node, owner, plan_id);
  removeOfPlan(chain, Compute.MinerComputeResizeRequests, node, owner, plan_id);
  const deletions = Compute.MinerComputeDeletionRequests;
  deletions.put(node, [...deletions.get(node), newEntry(chain, node, entry, owner, plan_id)]);
  chain.deposit('Compute.ComputeRequestDeleted', { request_id, owner });
  chain.deposit('Compute.ComputeDeleteRequested', { plan_id, owner, caller });
};

/** Call 11. Fails: `ComputeRequestNotFound`. Events: `ComputeRequestDeleted`, `ComputeDeleteRequested`. */
export const requestDelete: Implementation<'Compute.request_compute_delete'> = (chain, { plan_id }, caller) =>
  deleteRequest(chain, plan_id, mainAccount(chain, caller), caller);

/** Call 20: as 11 for the account itself, which is also the event's caller. */
export const forceDelete: Implementation<'Compute.force_request_compute_delete'> = (chain, { plan_id, account_id }) =>
  deleteRequest(chain, plan_id, account_id, account_id);
