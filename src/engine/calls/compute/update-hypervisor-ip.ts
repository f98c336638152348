import { updateMinerEntry } from '../../lookups.js';
import type { Implementation } from '../call.js';

/** Call 17. Fails: `ComputeRequestNotFound`. No event. */
export const updateHypervisorIp: Implementation<'Compute.update_miner_compute_request_hypervisor_ip'> = (
  chain,
  { node_id, request_id, hypervisor_ip },
) => updateMinerEntry(chain, node_id, request_id, { hypervisor_ip });
