/** ExecutionUnit's types (BEHAVIOUR.md section 8): what storage holds, what a node reports, what the runtime API answers. */
import { bool, bytes, list, names, option, struct, text, u128, u32, u64, type Of, type Type } from '../shape.js';

const NetworkType = names('NetworkType', ['Private', 'Public']);

/** `string` is `Vec<u8>` in storage and `String` in the runtime API. */
const networkInterfaceInfo = <S>(string: Type<S>) =>
  struct('NetworkInterfaceInfo', {
    name: string,
    mac_address: option(string),
    uplink_mb: u64,
    downlink_mb: u64,
    network_details: option(
      struct('NetworkDetails', {
        network_type: NetworkType,
        city: option(string),
        region: option(string),
        country: option(string),
        loc: option(string),
      }),
    ),
  });

const diskInfo = <S>(string: Type<S>) =>
  struct('DiskInfo', { name: string, disk_type: string, total_space_mb: u64, free_space_mb: u64 });

export const NetworkInterfaceInfo = networkInterfaceInfo(bytes);
export const DiskInfo = diskInfo(bytes);

export const DiskDetails = struct('DiskDetails', {
  name: bytes,
  serial: bytes,
  model: bytes,
  size: bytes,
  is_rotational: bool,
  disk_type: bytes,
});

export const NodeMetricsData = struct('NodeMetricsData', {
  miner_id: bytes,
  bandwidth_mbps: u32,
  current_storage_bytes: u64,
  total_storage_bytes: u64,
  geolocation: bytes,
  successful_pin_checks: u32,
  total_pin_checks: u32,
  storage_proof_time_ms: u32,
  storage_growth_rate: u32,
  latency_ms: u32,
  total_latency_ms: u32,
  total_times_latency_checked: u32,
  avg_response_time_ms: u32,
  peer_count: u32,
  failed_challenges_count: u32,
  successful_challenges: u32,
  total_challenges: u32,
  uptime_minutes: u32,
  total_minutes: u32,
  consecutive_reliable_days: u32,
  recent_downtime_hours: u32,
  is_sev_enabled: bool,
  zfs_info: list(bytes),
  ipfs_zfs_pool_size: u128,
  ipfs_zfs_pool_alloc: u128,
  ipfs_zfs_pool_free: u128,
  raid_info: list(bytes),
  vm_count: u32,
  primary_network_interface: option(NetworkInterfaceInfo),
  disks: list(DiskInfo),
  ipfs_repo_size: u64,
  ipfs_storage_max: u64,
  cpu_model: bytes,
  cpu_cores: u32,
  memory_mb: u64,
  free_memory_mb: u64,
  gpu_name: option(bytes),
  gpu_memory_mb: option(u32),
  hypervisor_disk_type: option(bytes),
  vm_pool_disk_type: option(bytes),
  disk_info: list(DiskDetails),
});
export type NodeMetricsData = Of<typeof NodeMetricsData>;

/** The runtime API's structure: strings for bytes, other names for four fields, no `disk_info`. */
export const NodeMetricsAnswer = struct('NodeMetricsData', {
  miner_id: text,
  bandwidth_bytes: u32,
  current_storage_bytes: u64,
  total_storage_bytes: u64,
  geolocation: text,
  successful_pin_checks: u32,
  total_pin_checks: u32,
  storage_proof_time_ms: u32,
  storage_growth_rate: u32,
  latency_ms: u32,
  total_latency_ms: u32,
  total_times_latency_checked: u32,
  avg_response_time_ms: u32,
  peer_count: u32,
  failed_challenges_count: u32,
  successful_challenges: u32,
  total_challenges: u32,
  uptime_minutes: u32,
  total_minutes: u32,
  consecutive_reliable_days: u32,
  recent_downtime_hours: u32,
  is_sev_enabled: bool,
  zfs_info: list(text),
  ipfs_zfs_pool_size: u128,
  ipfs_zfs_pool_alloc: u128,
  ipfs_zfs_pool_free: u128,
  raid_info: list(text),
  vm_count: u32,
  primary_network_interface: option(networkInterfaceInfo(text)),
  disks: list(diskInfo(text)),
  ipfs_repo_size: u64,
  ipfs_storage_max: u64,
  cpu_model: text,
  cpu_cores: u32,
  memory_bytes: u64,
  free_memory_bytes: u64,
  gpu_name: option(text),
  gpu_memory_bytes: option(u32),
  hypervisor_disk_type: option(text),
  vm_pool_disk_type: option(text),
});
export type NodeMetricsAnswer = Of<typeof NodeMetricsAnswer>;

export const SystemInfo = struct('SystemInfo', {
  memory_mb: u64,
  free_memory_mb: u64,
  storage_total_mb: u64,
  storage_free_mb: u64,
  network_bandwidth_mb_s: u32,
  primary_network_interface: option(NetworkInterfaceInfo),
  disks: list(DiskInfo),
  ipfs_repo_size: u64,
  ipfs_storage_max: u64,
  cpu_model: bytes,
  cpu_cores: u32,
  is_sev_enabled: bool,
  zfs_info: list(bytes),
  ipfs_zfs_pool_size: u128,
  ipfs_zfs_pool_alloc: u128,
  ipfs_zfs_pool_free: u128,
  raid_info: list(bytes),
  vm_count: u32,
  gpu_name: option(bytes),
  gpu_memory_mb: option(u32),
  hypervisor_disk_type: option(bytes),
  vm_pool_disk_type: option(bytes),
  disk_info: list(DiskDetails),
});
export type SystemInfo = Of<typeof SystemInfo>;
