/**
 * How each call's cost grows as deployed, by hand: read off BEHAVIOUR.md clause by clause, never off what was measured. What is not
 * named is constant. A walk over a map takes a step to the next key and a read for each key; a list lies under one key, so that it
 * grows in bytes alone.
 */
import type { CallName } from '../../src/spec/calls.js';
import { OPENINGS, type Part } from '../../src/load/growth/tour.js';
import type { Measure } from '../../src/load/growth/cost.js';
import type { Axis } from '../../src/load/sized-state.js';

/** What grows linearly along which axis; of reads how many operations each entry costs. */
export interface Growing {
  readonly linear: Partial<Readonly<Record<Axis, readonly Measure[]>>>;
  readonly readsPer?: Partial<Readonly<Record<Axis, number>>>;
}

const READ: readonly Measure[] = ['bytes read'];
const REWRITTEN: readonly Measure[] = ['bytes read', 'bytes written'];
const WALKED: readonly Measure[] = ['reads', 'bytes read'];

/** Section 3, status update: every owner's list is looked at, the one with the request is written back. */
const statusUpdate: Growing = { linear: { requests: WALKED, owned: REWRITTEN }, readsPer: { requests: 2 } };
/** Section 3, find request by id: its owner comes last in key order. */
const findById: Growing = { linear: { requests: WALKED, owned: READ }, readsPer: { requests: 2 } };
/** Section 3, miner entry of (account, plan): every miner's list in key order, and the account's requests. */
const findEntry: Growing = { linear: { miners: WALKED, owned: READ, queue: READ }, readsPer: { miners: 2 } };
/** A list of the miner, changed. */
const minersList: Growing = { linear: { queue: REWRITTEN } };
/** The owner's list of requests, changed. */
const ownersList: Growing = { linear: { owned: REWRITTEN } };
/** A pool of IPs, or the names of VMs that hold one, changed. */
const ipList: Growing = { linear: { ips: REWRITTEN } };
const releaseList: Growing = { linear: { releases: REWRITTEN } };

const all = (...parts: readonly Growing[]): Growing => {
  const linear: Partial<Record<Axis, readonly Measure[]>> = {};
  const readsPer: Partial<Record<Axis, number>> = {};
  for (const part of parts) {
    for (const [axis, measures] of Object.entries(part.linear) as [Axis, readonly Measure[]][])
      linear[axis] = [...new Set([...(linear[axis] ?? []), ...measures])];
    for (const [axis, reads] of Object.entries(part.readsPer ?? {}) as [Axis, number][])
      readsPer[axis] = (readsPer[axis] ?? 0) + reads;
  }
  return { linear, readsPer };
};

/** 9, 10, 12, 14: the entry is found, an action is pushed to one of the miner's lists. */
const action = all(findEntry, minersList);
/** 11 and 20: the entry is found; the owner's list and six of the miner's are changed. */
const deletion = all(findEntry, ownersList, minersList);
const nothing: Growing = { linear: {} };

const byHand: Readonly<Record<CallName, Growing>> = {
  // 3: every owner's first request is marked, then the status update, then the entry is pushed.
  'Compute.submit_compute_request_assignment': all(statusUpdate, statusUpdate, minersList),
  // 4: the entry, the event's owner, an IP from the pool to the names.
  'Compute.update_miner_compute_request': all(minersList, findById, ipList),
  'Compute.mark_miner_compute_stop_request_fulfilled': all(statusUpdate, minersList),
  // 6: the deletion entry, the names, the release request, the event's owner (gone, so that all are looked at).
  'Compute.submit_compute_deletion_request': all(minersList, ipList, releaseList, findById),
  'Compute.submit_compute_boot_request_fulfillment': all(minersList, statusUpdate, findById),
  'Compute.request_compute_stop': action,
  'Compute.request_compute_boot': action,
  'Compute.request_compute_delete': deletion,
  'Compute.request_compute_reboot': action,
  'Compute.submit_compute_reboot_request_fulfillment': all(minersList, statusUpdate, findById),
  'Compute.request_compute_resize': action,
  // 15: as 8 without a status update.
  'Compute.submit_compute_resize_request_fulfillment': all(minersList, findById),
  'Compute.mark_compute_request_fulfilled': all(statusUpdate, minersList, findById),
  'Compute.update_miner_compute_request_hypervisor_ip': minersList,
  // 18: no event, so that no owner is looked for.
  'Compute.handle_miner_compute_request_failure': all(statusUpdate, minersList),
  'Compute.update_miner_compute_request_vnc': minersList,
  'Compute.force_request_compute_delete': deletion,

  'PalletIp.add_available_vm_ip': ipList,
  'PalletIp.add_available_hypervisor_ip': ipList,
  'PalletIp.add_available_client_ip': ipList,
  'PalletIp.add_available_storage_miner_ip': ipList,
  'PalletIp.remove_available_vm_ip': ipList,
  'PalletIp.remove_available_hypervisor_ip': ipList,
  'PalletIp.remove_available_client_ip': ipList,
  'PalletIp.remove_available_storage_miner_ip': ipList,

  // Section 4: pushed to the owner's list.
  'Marketplace.purchase_plan': ownersList,

  // Section 8: one record of one node.
  'ExecutionUnit.put_node_specs': nothing,
  'ExecutionUnit.update_pin_check_metrics': nothing,
  'ExecutionUnit.update_metrics_data': nothing,
};

/** Section 6, the hook: the list of releases is written back in every block, the pool where something is due. */
const openings: readonly (readonly [Part, Growing])[] = [
  [OPENINGS.idle, releaseList],
  [OPENINGS.oneDue, all(releaseList, ipList)],
  [OPENINGS.allDue, all(releaseList, ipList)],
];

export const growthByHand: ReadonlyMap<Part, Growing> = new Map<Part, Growing>([
  ...(Object.entries(byHand) as [CallName, Growing][]),
  ...openings,
]);
