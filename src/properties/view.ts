/** The engine's state as invariants look at it. */
import { pools } from '../engine/calls/pallet-ip/pools.js';
import type { State } from '../engine/state.js';
import type { StateView } from '../spec/invariants.js';

type Pairs<K, V> = readonly (readonly [K, V])[];

/** The earlier pairs where they are the same: whoever compares two views is soon done. */
const shared = <K, V>(before: Pairs<K, V> | undefined, now: Pairs<K, V>): Pairs<K, V> => {
  if (before?.length !== now.length) return now;
  const isSame = now.every(([key, value], at) => before[at]?.[0] === key && before[at][1] === value);
  return isSame ? before : now;
};

const sharedRecord = <R extends object>(before: R | undefined, now: R): R => {
  if (before === undefined) return now;
  const entries = Object.entries(before);
  return Object.entries(now).every(([, value], at) => entries[at]?.[1] === value) ? before : now;
};

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
  actionQueues: sharedRecord(before?.actionQueues, {
    MinerComputeStopRequests: shared(
      before?.actionQueues.MinerComputeStopRequests,
      Compute.MinerComputeStopRequests.present(),
    ),
    MinerComputeBootRequests: shared(
      before?.actionQueues.MinerComputeBootRequests,
      Compute.MinerComputeBootRequests.present(),
    ),
    MinerComputeRebootRequests: shared(
      before?.actionQueues.MinerComputeRebootRequests,
      Compute.MinerComputeRebootRequests.present(),
    ),
    MinerComputeResizeRequests: shared(
      before?.actionQueues.MinerComputeResizeRequests,
      Compute.MinerComputeResizeRequests.present(),
    ),
  }),
  deletionQueue: shared(before?.deletionQueue, Compute.MinerComputeDeletionRequests.present()),
  pools: sharedRecord(before?.pools, Object.fromEntries(pools.map((pool) => [pool, PalletIp[pool].get()]))),
  ipToRole: shared(before?.ipToRole, PalletIp.IpToRole.present()),
  roleToIp: shared(before?.roleToIp, PalletIp.RoleToIp.present()),
  assignedVms: PalletIp.AssignedVmIps.get(),
  releases: PalletIp.IpReleaseRequests.get(),
  metrics: shared(before?.metrics, ExecutionUnit.NodeMetrics.present()),
  registrationOf: (node) => Registration.ColdkeyNodeRegistration.get(node) ?? Registration.NodeRegistration.get(node),
  mainAccount: (who) => SubAccount.SubAccount.get(who) ?? who,
});
