import { ComputeError } from '../../failures.js';
import { authenticate, fulfilEntry, updateStatus } from '../../lookups.js';
import type { Implementation } from '../call.js';

type Name = 'Compute.mark_miner_compute_stop_request_fulfilled';

/**
 * Call 5. Fails: `InvalidSignature` (DEV-01); `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request
 * that does not run (DEV-12); `ComputeStopRequestNotFound`. No event.
 */
export const fulfilStop: Implementation<Name> = (chain, args) => {
  authenticate(chain, 'Compute.mark_miner_compute_stop_request_fulfilled', args);
  updateStatus(chain, args.request_id, 'Running', 'Stopped');
  const { MinerComputeStopRequests } = chain.state.Compute;
  fulfilEntry(chain, MinerComputeStopRequests, args.node_id, args.request_id, ComputeError.ComputeStopRequestNotFound);
};
