import type { Chain } from '../../chain.js';
import type { ActionRequest } from '../../../spec/types/compute.js';
import type { Hex } from '../../../spec/hex.js';
import { ComputeError } from '../../failures.js';
import { findRequest } from '../../lookups.js';
import { releaseIp } from '../../pallet-ip.js';
import type { Implementation } from '../call.js';

/** The IP released is that of the named VM; under DEV-06 that of the entry's job, and none where there is no job. */
const release = (chain: Chain, entry: ActionRequest, vm_name: Hex): void => {
  if (!chain.rules.promised('DEV-06')) releaseIp(chain, vm_name);
  else if (entry.job_id !== null) releaseIp(chain, entry.job_id);
};

/**
 * Call 6. Fails: `ComputeDeletionRequestNotFound`; `PalletIp.VmHasNoIp`. Events: `PalletIp.IpReturned`, then
 * `ComputeDeletionRequestRemoved` where the request still exists (DEV-09: always, for the entry's user).
 */
export const confirmDeletion: Implementation<'Compute.submit_compute_deletion_request'> = (
  chain,
  { node_id, request_id, vm_name },
) => {
  const { MinerComputeDeletionRequests } = chain.state.Compute;
  const queue = MinerComputeDeletionRequests.get(node_id);
  const at = queue.findIndex((each) => each.request_id === request_id);
  const entry = queue[at];
  if (entry === undefined) throw ComputeError.ComputeDeletionRequestNotFound;
  if (queue.length === 1) MinerComputeDeletionRequests.remove(node_id);
  else MinerComputeDeletionRequests.put(node_id, queue.toSpliced(at, 1));
  release(chain, entry, vm_name);
  const owner = chain.rules.promised('DEV-09') ? entry.user_id : findRequest(chain, request_id)?.owner;
  if (owner !== undefined) chain.deposit('Compute.ComputeDeletionRequestRemoved', { node_id, request_id, owner });
};
