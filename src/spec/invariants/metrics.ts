/** What is known of nodes. */
import { readable, type Hex } from '../hex.js';
import type { NodeMetricsData, SystemInfo } from '../types/execution-unit.js';
import { firstBroken, ofSuccesses, SILENT, type Invariant, type StateView } from './invariant.js';
import { isEqual } from './reading.js';

const COUNTERS = [
  'total_pin_checks',
  'successful_pin_checks',
  'total_latency_ms',
  'total_times_latency_checked',
  'failed_challenges_count',
  'successful_challenges',
  'total_challenges',
] as const satisfies readonly (keyof NodeMetricsData)[];

const recordOf = ({ metrics }: StateView, node: Hex): NodeMetricsData | undefined =>
  metrics.find(([of]) => of === node)?.[1];

export const countersGrow: Invariant = {
  id: 'INV-30',
  name: 'counters grow',
  statement: "A node's counters of checks, latencies and challenges never go down.",
  antecedent: 'a report of a known node succeeds',
  requirements: ['REQ-OVERVIEW-6', 'REQ-METRICS-1'],
  severity: 'high',
  brokenBy: ['DEV-26'],
  watch: ofSuccesses((call, { before, state }) => {
    if (!call.name.startsWith('ExecutionUnit.') || !('node_id' in call.args)) return SILENT;
    const { node_id } = call.args;
    const [was, is] = [recordOf(before, node_id), recordOf(state, node_id)];
    if (was === undefined || is === undefined) return SILENT;
    const broken = COUNTERS.map((name) =>
      is[name] < was[name] ? `${name} of ${readable(node_id)} goes from ${was[name]} down to ${is[name]}` : null,
    );
    return firstBroken(COUNTERS.length, broken);
  }),
};

const MIB = 1_024n * 1_024n;

/** Fields that specs and record share. */
const SHARED = [
  'primary_network_interface',
  'disks',
  'ipfs_repo_size',
  'ipfs_storage_max',
  'cpu_model',
  'cpu_cores',
  'memory_mb',
  'free_memory_mb',
  'is_sev_enabled',
  'zfs_info',
  'ipfs_zfs_pool_size',
  'ipfs_zfs_pool_alloc',
  'ipfs_zfs_pool_free',
  'raid_info',
  'vm_count',
  'gpu_name',
  'gpu_memory_mb',
  'hypervisor_disk_type',
  'vm_pool_disk_type',
  'disk_info',
] as const satisfies readonly (keyof NodeMetricsData & keyof SystemInfo)[];

export const specsAreStored: Invariant = {
  id: 'INV-31',
  name: 'specs are stored',
  statement: "A node's record is what its last report of specs says, and no node uses more storage than it has.",
  antecedent: 'a report of specs succeeds',
  requirements: ['REQ-OVERVIEW-6', 'REQ-METRICS-1'],
  severity: 'medium',
  brokenBy: ['DEV-26', 'DEV-27'],
  watch: ofSuccesses((call, { state }) => {
    if (call.name !== 'ExecutionUnit.put_node_specs') return SILENT;
    const { node_id, system_info } = call.args;
    const record = recordOf(state, node_id);
    const of = readable(node_id);
    if (record === undefined) return { broken: `${of} reports specs and has no record`, spoke: 1 };
    const fields = SHARED.map((name) =>
      isEqual(record[name], system_info[name]) ? null : `${name} of ${of} is not what the node says of itself`,
    );
    const { current_storage_bytes: used, total_storage_bytes: total, bandwidth_mbps } = record;
    return firstBroken(SHARED.length + 3, [
      ...fields,
      bandwidth_mbps === system_info.network_bandwidth_mb_s ? null : `bandwidth_mbps of ${of} is not what it says`,
      used <= total ? null : `${of} uses ${used} of ${total} bytes of storage`,
      total >= system_info.storage_total_mb * MIB || total === 2n ** 64n - 1n
        ? null
        : `${of} has ${system_info.storage_total_mb} MiB of storage and ${total} bytes in its record`,
    ]);
  }),
};
