import { updateMinerEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/** Call 19. Fails: `ComputeRequestNotFound`. No event; the VM's name is ignored. */
export const updateVncPort: Implementation<'Compute.update_miner_compute_request_vnc'> = (
  chain,
  { node_id, request_id, vnc_port },
) => updateMinerEntry(chain, node_id, request_id, { vnc_port });
