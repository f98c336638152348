import type { Hex } from '../../../spec/hex.js';
import type { ActionRequest } from '../../../spec/types/compute.js';
import type { Chain } from '../../chain.js';
import { findMinerEntry, mainAccount, newEntry, putList, type ListStore } from '../../lookups.js';
import type { Implementation } from '../call.js';

/** What is deleted: a request of a user's for a plan. */
type Deleted = Pick<ActionRequest, 'user_id' | 'plan_id' | 'request_id'>;

/** Drops all that the user asked for with this plan; under DEV-23 only what was asked of this request. */
const removeOfPlan = <E extends ActionRequest>(
  chain: Chain,
  store: ListStore<E>,
  node: Hex,
  { user_id, plan_id, request_id }: Deleted,
): void => {
  const isDropped = chain.rules.promised('DEV-23')
    ? (entry: E): boolean => entry.request_id === request_id
    : (entry: E): boolean => entry.user_id === user_id && entry.plan_id === plan_id;
  putList(
    chain,
    store,
    node,
    store.get(node).filter((entry) => !isDropped(entry)),
  );
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
  const deleted: Deleted = { user_id: owner, plan_id, request_id };
  removeOfPlan(chain, Compute.MinerComputeStopRequests, node, deleted);
  removeOfPlan(chain, Compute.MinerComputeBootRequests, node, deleted);
  removeOfPlan(chain, Compute.MinerComputeRebootRequests, node, deleted);
  removeOfPlan(chain, Compute.MinerComputeResizeRequests, node, deleted);
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
