import { ComputeError } from '../../failures.js';
import { authenticate, findRequest, fulfilEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

type Name = 'Compute.submit_compute_resize_request_fulfillment';

/**
 * Call 15: no status update. Fails: `InvalidSignature` (DEV-01); `ComputeResizeRequestNotFound`. Event:
 * `ComputeResizeRequestFulfilled` where the request still exists.
 */
export const fulfilResize: Implementation<Name> = (chain, args) => {
  const { node_id, request_id } = args;
  authenticate(chain, 'Compute.submit_compute_resize_request_fulfillment', args);
  const { MinerComputeResizeRequests } = chain.state.Compute;
  fulfilEntry(chain, MinerComputeResizeRequests, node_id, request_id, ComputeError.ComputeResizeRequestNotFound);
  const found = findRequest(chain, request_id);
  if (found) chain.deposit('Compute.ComputeResizeRequestFulfilled', { node_id, request_id, owner: found.owner });
};
