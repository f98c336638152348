import { ComputeError } from '../../failures.js';
import { findRequest, updateMinerEntry, updateStatus } from '../../lookups.js';
import type { Implementation } from '../call.js';

/**
 * Call 16. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
 * (DEV-12); `ComputeRequestNotFound`; `VmHasNoIp` where there is no job yet (DEV-25). Event: `ComputeRequestFulfilled`.
 */
export const markFulfilled: Implementation<'Compute.mark_compute_request_fulfilled'> = (
  chain,
  { node_id, request_id },
) => {
  updateStatus(chain, request_id, 'InProgress', 'Running');
  updateMinerEntry(chain, node_id, request_id, { fullfilled: true }, (entry) => {
    if (entry.job_id === null && chain.rules.promised('DEV-25')) throw ComputeError.VmHasNoIp;
  });
  const found = findRequest(chain, request_id);
  if (found) chain.deposit('Compute.ComputeRequestFulfilled', { node: node_id, request_id, owner: found.owner });
};
