import { ComputeError } from '../../failures.js';
import { authenticate, findRequest, fulfilEntry, updateStatus } from '../../lookups.js';
import type { Implementation } from '../call.js';

type Name = 'Compute.submit_compute_boot_request_fulfillment';

/**
 * Call 8. Fails: `InvalidSignature` (DEV-01); `ComputeBootRequestNotFound`; `Other` for an unknown id (DEV-11:
 * `ComputeRequestNotFound`) or a request that is not `Stopped` (DEV-12). Event: `ComputeBootRequestRemoved`.
 */
export const fulfilBoot: Implementation<Name> = (chain, args) => {
  const { node_id, request_id } = args;
  authenticate(chain, 'Compute.submit_compute_boot_request_fulfillment', args);
  fulfilEntry(
    chain,
    chain.state.Compute.MinerComputeBootRequests,
    node_id,
    request_id,
    ComputeError.ComputeBootRequestNotFound,
  );
  updateStatus(chain, request_id, 'Stopped', 'Running');
  const found = findRequest(chain, request_id);
  if (found) chain.deposit('Compute.ComputeBootRequestRemoved', { node_id, request_id, owner: found.owner });
};
