/** What is known of nodes. */
import type { Call } from '../calls.js';
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

type Counters = Partial<Record<(typeof COUNTERS)[number], number>>;

/** What a report counts; nothing where it is none of these. */
const reported = ({ name, args }: Call): Counters => {
  if (name === 'ExecutionUnit.update_pin_check_metrics') {
    const { total_pin_checks, successful_pin_checks } = args;
    return { total_pin_checks, successful_pin_checks };
  }
  if (name !== 'ExecutionUnit.update_metrics_data') return {};
  const { latency_ms, failed_challenges_count, successful_challenges, total_challenges } = args;
  return {
    total_latency_ms: latency_ms,
    total_times_latency_checked: 1,
    failed_challenges_count,
    successful_challenges,
    total_challenges,
  };
};

const recordOf = ({ metrics }: StateView, node: Hex): NodeMetricsData | undefined =>
  metrics.find(([of]) => of === node)?.[1];

const U32_MAX = 2 ** 32 - 1;

export const countersGrow: Invariant = {
  id: 'INV-30',
  name: 'counters grow',
  statement:
    "A node's counters of checks, latencies and challenges grow by what is reported, up to the edge of their type, and never go down.",
  antecedent: 'a report of a known node succeeds',
  requirements: ['REQ-METRICS-1', 'REQ-OVERVIEW-6'],
  severity: 'high',
  brokenBy: ['DEV-26'],
  watch: ofSuccesses((call, { before, state }) => {
    if (!call.name.startsWith('ExecutionUnit.') || !('node_id' in call.args)) return SILENT;
    const { node_id } = call.args;
    const [was, is] = [recordOf(before, node_id), recordOf(state, node_id)];
    if (was === undefined || is === undefined) return SILENT;
    const more = reported(call);
    const wrong = COUNTERS.find((name) => is[name] !== Math.min(was[name] + (more[name] ?? 0), U32_MAX));
    const broken =
      wrong === undefined
        ? null
        : `${wrong} of ${readable(node_id)} goes from ${was[wrong]} to ${is[wrong]} where ${more[wrong] ?? 0} are reported`;
    return { broken, spoke: COUNTERS.length };
  }),
};

const MIB = 1_024n * 1_024n;
const U64_MAX = 2n ** 64n - 1n;

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

const within = (bytes: bigint): bigint => (bytes < 0n ? 0n : bytes > U64_MAX ? U64_MAX : bytes);

/** Where the record has other storage than the node says. */
const wrongStorage = (record: NodeMetricsData, { storage_total_mb, storage_free_mb }: SystemInfo): string | null => {
  const total = within(storage_total_mb * MIB);
  const used = within(total - within(storage_free_mb * MIB));
  const { total_storage_bytes, current_storage_bytes } = record;
  if (total_storage_bytes === total && current_storage_bytes === used) return null;
  return (
    `uses ${current_storage_bytes} of ${total_storage_bytes} bytes of storage, ` +
    `and says that ${storage_free_mb} of ${storage_total_mb} MiB are free`
  );
};

export const specsAreStored: Invariant = {
  id: 'INV-31',
  name: 'specs are stored',
  statement:
    "A node's record is what its last report of specs says, its storage in bytes: as many as there are, and in use what is not free, " +
    'up to the edge of their type.',
  antecedent: 'a report of specs succeeds',
  requirements: ['REQ-METRICS-1', 'REQ-OVERVIEW-6'],
  severity: 'medium',
  brokenBy: ['DEV-26', 'DEV-27'],
  watch: ofSuccesses((call, { state }) => {
    if (call.name !== 'ExecutionUnit.put_node_specs') return SILENT;
    const { node_id, system_info } = call.args;
    const record = recordOf(state, node_id);
    const of = readable(node_id);
    if (record === undefined) return { broken: `${of} reports specs and has no record`, spoke: 1 };
    const wrong = SHARED.find((name) => !isEqual(record[name], system_info[name]));
    const storage = wrongStorage(record, system_info);
    const loc = system_info.primary_network_interface?.network_details?.loc ?? record.geolocation;
    return firstBroken(SHARED.length + 5, [
      wrong === undefined ? null : `${wrong} of ${of} is not what the node says of itself`,
      record.bandwidth_mbps === system_info.network_bandwidth_mb_s
        ? null
        : `bandwidth_mbps of ${of} is not what it says`,
      record.miner_id === node_id ? null : `the record of ${of} has another node's name`,
      record.geolocation === loc ? null : `geolocation of ${of} is not what it says`,
      storage && `${of} ${storage}`,
    ]);
  }),
};
