/** The engine's state as invariants look at it. */
import { pools } from '../engine/calls/pallet-ip/pools.js';
import type { State } from '../engine/state.js';
import type { StateView } from '../spec/invariants.js';

export const viewOf = ({ Compute, PalletIp }: State): StateView => ({
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
  releases: PalletIp.IpReleaseRequests.get(),
});
