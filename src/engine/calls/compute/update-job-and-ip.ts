import { PalletIpError } from '../../failures.js';
import { findRequest, updateMinerEntry } from '../../lookups.js';
import { assignIpToVm } from '../../pallet-ip.js';
import type { Implementation } from '../call.js';

/**
 * Call 4. Fails: `ComputeRequestNotFound`; `PalletIp.VmAlreadyHasIp` (DEV-22: also where the entry has a job),
 * `PalletIp.NoAvailableIp`. Events:
 * `ComputeRequestFulfilled` where the request still exists (none under DEV-10), `PalletIp.IpAssigned`.
 */
export const updateJobAndIp: Implementation<'Compute.update_miner_compute_request'> = (
  chain,
  { node_id, request_id, job_id, ip },
) => {
  updateMinerEntry(chain, node_id, request_id, { job_id, ip_assigned: ip }, (entry) => {
    if (entry.job_id !== null && chain.rules.promised('DEV-22')) throw PalletIpError.VmAlreadyHasIp;
  });
  const found = findRequest(chain, request_id);
  if (found !== undefined && !chain.rules.promised('DEV-10')) {
    chain.deposit('Compute.ComputeRequestFulfilled', { node: node_id, request_id, owner: found.owner });
  }
  assignIpToVm(chain, job_id, ip);
};
