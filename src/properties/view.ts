/** The engine's state as invariants look at it. */
import { pools } from '../engine/calls/pallet-ip/pools.js';
import type { State } from '../engine/state.js';
import type { StateView } from '../spec/invariants.js';

/** A snapshot: what it has stays as it is; registrations and sub-accounts are read when asked for, and no call changes them. */
export const viewOf = ({ Compute, PalletIp, ExecutionUnit, Registration, SubAccount }: State): StateView => ({
  nextRequestId: Compute.NextRequestId.get(),
  requests: Compute.ComputeRequests.present(),
  minerQueue: Compute.MinerComputeRequests.present(),
  actionQueues: {
    MinerComputeStopRequests: Compute.MinerComputeStopRequests.present(),
    MinerComputeBootRequests: Compute.MinerComputeBootRequests.present(),
    MinerComputeRebootRequests: Compute.MinerComputeRebootRequests.present(),
    MinerComputeResizeRequests: Compute.MinerComputeResizeRequests.present(),
  },
  deletionQueue: Compute.MinerComputeDeletionRequests.present(),
  pools: Object.fromEntries(pools.map((pool) => [pool, PalletIp[pool].get()])),
  ipToRole: PalletIp.IpToRole.present(),
  roleToIp: PalletIp.RoleToIp.present(),
  assignedVms: PalletIp.AssignedVmIps.get(),
  releases: PalletIp.IpReleaseRequests.get(),
  metrics: ExecutionUnit.NodeMetrics.present(),
  registrationOf: (node) => Registration.ColdkeyNodeRegistration.get(node) ?? Registration.NodeRegistration.get(node),
  mainAccount: (who) => SubAccount.SubAccount.get(who) ?? who,
});
