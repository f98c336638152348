import { EMPTY, type Hex } from '../../../spec/hex.js';
import type { NodeMetricsData, SystemInfo } from '../../../spec/types/execution-unit.js';
import type { Chain } from '../../chain.js';
import { U32_MAX, divide, saturateU64, wrapU32, wrapU64 } from '../../integers.js';
import type { Implementation } from '../call.js';
import { limitRequests } from './limit-requests.js';

const MIB = 1024n * 1024n;
const DEFAULT_STORAGE = 100n * 1024n * MIB;

/** The defaults of section 8: zero and empty, but for five fields. */
const defaults = {
  bandwidth_mbps: 100,
  current_storage_bytes: DEFAULT_STORAGE,
  total_storage_bytes: DEFAULT_STORAGE,
  successful_pin_checks: 0,
  total_pin_checks: 0,
  storage_proof_time_ms: 0,
  storage_growth_rate: 0,
  latency_ms: 0,
  total_latency_ms: 0,
  total_times_latency_checked: 0,
  avg_response_time_ms: 100,
  peer_count: 10,
  failed_challenges_count: 0,
  successful_challenges: 0,
  total_challenges: 0,
  uptime_minutes: 0,
  total_minutes: 0,
  consecutive_reliable_days: 0,
  recent_downtime_hours: 0,
};

/** What every report sets. Sums and products wrap (DEV-26: they stop at the edge). */
const measured = (info: SystemInfo, within: (value: bigint) => bigint) => {
  const total_storage_bytes = within(info.storage_total_mb * MIB);
  return {
    bandwidth_mbps: info.network_bandwidth_mb_s,
    current_storage_bytes: within(total_storage_bytes - within(info.storage_free_mb * MIB)),
    total_storage_bytes,
    ipfs_zfs_pool_size: info.ipfs_zfs_pool_size,
    ipfs_zfs_pool_alloc: info.ipfs_zfs_pool_alloc,
    ipfs_zfs_pool_free: info.ipfs_zfs_pool_free,
    vm_count: info.vm_count,
    primary_network_interface: info.primary_network_interface,
    disks: info.disks,
    ipfs_repo_size: info.ipfs_repo_size,
    ipfs_storage_max: info.ipfs_storage_max,
    cpu_model: info.cpu_model,
    cpu_cores: info.cpu_cores,
    memory_mb: info.memory_mb,
    free_memory_mb: info.free_memory_mb,
    disk_info: info.disk_info,
  };
};

/** What only a node's first report sets (DEV-27: every one). */
const firstOnly = (info: SystemInfo) => ({
  is_sev_enabled: info.is_sev_enabled,
  zfs_info: info.zfs_info,
  raid_info: info.raid_info,
  gpu_name: info.gpu_name,
  gpu_memory_mb: info.gpu_memory_mb,
  hypervisor_disk_type: info.hypervisor_disk_type,
  vm_pool_disk_type: info.vm_pool_disk_type,
});

/** What a node's first report makes of it. */
export const firstRecord = (miner_id: Hex, info: SystemInfo, within = wrapU64): NodeMetricsData => ({
  ...defaults,
  ...measured(info, within),
  ...firstOnly(info),
  miner_id,
  geolocation: info.primary_network_interface?.network_details?.loc ?? EMPTY,
});

const updated = (
  { rules }: Chain,
  record: NodeMetricsData,
  info: SystemInfo,
  within: typeof wrapU64,
): NodeMetricsData => {
  const details = info.primary_network_interface?.network_details;
  const next = {
    ...record,
    ...measured(info, within),
    ...(rules.promised('DEV-27') && firstOnly(info)),
    geolocation: details ? (details.loc ?? EMPTY) : record.geolocation,
  };
  const { uptime_minutes } = record;
  if (uptime_minutes === 0 || uptime_minutes === U32_MAX) return next;
  return { ...next, storage_growth_rate: wrapU32(divide(next.current_storage_bytes, BigInt(uptime_minutes))) };
};

/** Call 1 of ExecutionUnit. Fails: `TooManyRequests` (REV-01). Event: `NodeSpecsStored`. */
export const putNodeSpecs: Implementation<'ExecutionUnit.put_node_specs'> = (chain, { node_id, system_info }) => {
  limitRequests(chain, node_id);
  const { NodeMetrics } = chain.state.ExecutionUnit;
  const record = NodeMetrics.get(node_id);
  const within = chain.rules.promised('DEV-26') ? saturateU64 : wrapU64;
  NodeMetrics.put(
    node_id,
    record === null ? firstRecord(node_id, system_info, within) : updated(chain, record, system_info, within),
  );
  chain.deposit('ExecutionUnit.NodeSpecsStored', { node_id });
};
