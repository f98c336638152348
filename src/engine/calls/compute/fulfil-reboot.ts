import { ComputeError } from '../../failures.js';
import { authenticate, findRequest, fulfilEntry, updateStatus } from '../../lookups.js';
import type { Implementation } from '../call.js';

type Name = 'Compute.submit_compute_reboot_request_fulfillment';

/**
 * Call 13. Fails: `InvalidSignature` (DEV-01); `ComputeRebootRequestNotFound`; `Other` for an unknown id (DEV-11:
 * `ComputeRequestNotFound`) or a request that is not `Running` (DEV-12). Event: `ComputeRebootRequestFulfilled`.
 */
export const fulfilReboot: Implementation<Name> = (chain, args) => {
  const { node_id, request_id } = args;
  authenticate(chain, 'Compute.submit_compute_reboot_request_fulfillment', args);
  fulfilEntry(
    chain,
    chain.state.Compute.MinerComputeRebootRequests,
    node_id,
    request_id,
    ComputeError.ComputeRebootRequestNotFound,
  );
  updateStatus(chain, request_id, 'Running', 'Running');
  const found = findRequest(chain, request_id);
  if (found) chain.deposit('Compute.ComputeRebootRequestFulfilled', { node_id, request_id, owner: found.owner });
};
