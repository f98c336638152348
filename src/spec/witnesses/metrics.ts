/**
 * The metrics of a node that show DEV-18: disk details, which the runtime API's answer lacks, and a byte that is no UTF-8
 * in each kind of place. Numbers differ from each other, so that a field read from its neighbour's place shows.
 */
import { hexOfText, type Hex } from '../hex.js';
import type { NodeMetricsData, SystemInfo } from '../types/execution-unit.js';

/** `caf` and Latin-1's e with acute, which no UTF-8 sequence can be. */
export const NO_UTF8: Hex = '0x636166e9';

/** A node's record as storage holds it. */
export const metricsOf = (miner_id: Hex): NodeMetricsData => ({
  miner_id,
  bandwidth_mbps: 1_000,
  current_storage_bytes: 400_000_000_001n,
  total_storage_bytes: 900_000_000_002n,
  geolocation: NO_UTF8,
  successful_pin_checks: 3,
  total_pin_checks: 4,
  storage_proof_time_ms: 5,
  storage_growth_rate: 6,
  latency_ms: 7,
  total_latency_ms: 8,
  total_times_latency_checked: 9,
  avg_response_time_ms: 10,
  peer_count: 11,
  failed_challenges_count: 12,
  successful_challenges: 13,
  total_challenges: 14,
  uptime_minutes: 15,
  total_minutes: 16,
  consecutive_reliable_days: 17,
  recent_downtime_hours: 18,
  is_sev_enabled: true,
  zfs_info: [NO_UTF8],
  ipfs_zfs_pool_size: 19n,
  ipfs_zfs_pool_alloc: 20n,
  ipfs_zfs_pool_free: 21n,
  raid_info: [hexOfText('md0: raid1')],
  vm_count: 22,
  primary_network_interface: {
    name: hexOfText('eth0'),
    mac_address: hexOfText('02:00:00:00:00:01'),
    uplink_mb: 23n,
    downlink_mb: 24n,
    network_details: {
      network_type: 'Public',
      city: NO_UTF8,
      region: null,
      country: hexOfText('FR'),
      loc: hexOfText('48.85,2.35'),
    },
  },
  disks: [{ name: hexOfText('sda'), disk_type: hexOfText('ssd'), total_space_mb: 25n, free_space_mb: 26n }],
  ipfs_repo_size: 27n,
  ipfs_storage_max: 28n,
  cpu_model: hexOfText('EPYC 9354'),
  cpu_cores: 29,
  memory_mb: 65_536n,
  free_memory_mb: 32_768n,
  gpu_name: NO_UTF8,
  gpu_memory_mb: 30,
  hypervisor_disk_type: hexOfText('nvme'),
  vm_pool_disk_type: null,
  disk_info: [
    {
      name: hexOfText('sda'),
      serial: hexOfText('S4EVNX0R'),
      model: hexOfText('PM9A3'),
      size: hexOfText('1.9T'),
      is_rotational: false,
      disk_type: hexOfText('ssd'),
    },
  ],
});

/** What a small node says of itself. */
export const specs: SystemInfo = {
  memory_mb: 65_536n,
  free_memory_mb: 32_768n,
  storage_total_mb: 2_000_000n,
  storage_free_mb: 1_000_000n,
  network_bandwidth_mb_s: 1_000,
  primary_network_interface: null,
  disks: [],
  ipfs_repo_size: 0n,
  ipfs_storage_max: 0n,
  cpu_model: hexOfText('EPYC 9354'),
  cpu_cores: 32,
  is_sev_enabled: false,
  zfs_info: [],
  ipfs_zfs_pool_size: 0n,
  ipfs_zfs_pool_alloc: 0n,
  ipfs_zfs_pool_free: 0n,
  raid_info: [],
  vm_count: 0,
  gpu_name: null,
  gpu_memory_mb: null,
  hypervisor_disk_type: null,
  vm_pool_disk_type: null,
  disk_info: [],
};
