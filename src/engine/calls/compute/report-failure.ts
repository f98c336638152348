import { containsBytes, hexOfText } from '../../../spec/hex.js';
import { updateMinerEntry, updateStatus } from '../../lookups.js';
import type { Implementation } from '../call.js';

const NO_CLOUD_INIT = hexOfText('No Cloud-Init CID provided');

/**
 * Call 18. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
 * (DEV-12); `ComputeRequestNotFound`. No event; `is_assigned` and the entry stay.
 */
export const reportFailure: Implementation<'Compute.handle_miner_compute_request_failure'> = (
  chain,
  { node_id, request_id, fail_reason },
) => {
  updateStatus(chain, request_id, 'InProgress', containsBytes(fail_reason, NO_CLOUD_INIT) ? 'Failed' : 'Pending');
  updateMinerEntry(chain, node_id, request_id, { fail_reason });
};
