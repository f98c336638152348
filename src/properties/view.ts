/** The engine's state as invariants look at it. */
import { pools } from '../engine/calls/pallet-ip/pools.js';
import type { State } from '../engine/state.js';
import type { StateView } from '../spec/invariants.js';
import { isEqual } from '../spec/invariants/reading.js';

/** The earlier value where it is the same: whoever compares two views is soon done. */
const shared = <T>(before: T | undefined, now: T): T => (before !== undefined && isEqual(before, now) ? before : now);

/**
 * A snapshot: what it has stays as it is; registrations and sub-accounts are read when asked for, and no call changes them.
 * @param before an earlier one, with which it shares what is the same
 */
export const viewOf = (
  { Compute, PalletIp, ExecutionUnit, Registration, SubAccount }: State,
  before?: StateView,
): StateView => ({
  nextRequestId: Compute.NextRequestId.get(),
  requests: shared(before?.requests, Compute.ComputeRequests.present()),
  minerQueue: shared(before?.minerQueue, Compute.MinerComputeRequests.present()),
  actionQueues: shared(before?.actionQueues, {
    MinerComputeStopRequests: Compute.MinerComputeStopRequests.present(),
    MinerComputeBootRequests: Compute.MinerComputeBootRequests.present(),
    MinerComputeRebootRequests: Compute.MinerComputeRebootRequests.present(),
    MinerComputeResizeRequests: Compute.MinerComputeResizeRequests.present(),
  }),
  deletionQueue: shared(before?.deletionQueue, Compute.MinerComputeDeletionRequests.present()),
  pools: shared(before?.pools, Object.fromEntries(pools.map((pool) => [pool, PalletIp[pool].get()]))),
  ipToRole: shared(before?.ipToRole, PalletIp.IpToRole.present()),
  roleToIp: shared(before?.roleToIp, PalletIp.RoleToIp.present()),
  assignedVms: shared(before?.assignedVms, PalletIp.AssignedVmIps.get()),
  releases: shared(before?.releases, PalletIp.IpReleaseRequests.get()),
  metrics: shared(before?.metrics, ExecutionUnit.NodeMetrics.present()),
  registrationOf: (node) => Registration.ColdkeyNodeRegistration.get(node) ?? Registration.NodeRegistration.get(node),
  mainAccount: (who) => SubAccount.SubAccount.get(who) ?? who,
});
