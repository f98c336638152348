import { containsBytes } from '../../../spec/hex.js';
import { ComputeError } from '../../failures.js';
import { putList, unmarkAssigned, updateMinerEntry, updateStatus } from '../../lookups.js';
import { releaseIp } from '../../pallet-ip.js';
import { NO_CLOUD_INIT } from '../../../spec/types/compute.js';
import type { Chain } from '../../chain.js';
import type { Hex } from '../../../spec/hex.js';
import type { Implementation } from '../call.js';

/** DEV-20: the entry leaves the miner's list, and the request may be assigned again. */
const giveBack = (chain: Chain, node_id: Hex, request_id: bigint): void => {
  const { MinerComputeRequests } = chain.state.Compute;
  const entries = MinerComputeRequests.get(node_id);
  const at = entries.findIndex((entry) => entry.request_id === request_id);
  putList(chain, MinerComputeRequests, node_id, entries.toSpliced(at, 1));
  unmarkAssigned(chain, request_id);
};

/** DEV-21: the IP that the job holds is released; none where there is no job, or it holds none. */
const releaseIpOf = (chain: Chain, job_id: Hex | null): void => {
  if (job_id !== null && chain.state.PalletIp.RoleToIp.has({ Vm: job_id })) releaseIp(chain, job_id);
};

/**
 * Call 18. Fails: `Other` for an unknown id (DEV-11: `ComputeRequestNotFound`) or a request that is not `InProgress`
 * (DEV-12); `ComputeRequestNotFound`; `PalletIp.VmHasNoIp` (DEV-21). `is_assigned` and the entry stay (DEV-20: not), and the IP of
 * its job (DEV-21: event `PalletIp.IpReturned`).
 */
export const reportFailure: Implementation<'Compute.handle_miner_compute_request_failure'> = (
  chain,
  { node_id, request_id, fail_reason },
) => {
  updateStatus(chain, request_id, 'InProgress', containsBytes(fail_reason, NO_CLOUD_INIT) ? 'Failed' : 'Pending');
  const entries = chain.state.Compute.MinerComputeRequests.get(node_id);
  const entry = entries.find((each) => each.request_id === request_id);
  if (entry === undefined) throw ComputeError.ComputeRequestNotFound;
  if (chain.rules.promised('DEV-20')) giveBack(chain, node_id, request_id);
  else updateMinerEntry(chain, node_id, request_id, { fail_reason });
  if (chain.rules.promised('DEV-21')) releaseIpOf(chain, entry.job_id);
};
