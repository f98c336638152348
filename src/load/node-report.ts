/** What a compute miner's node reports of itself (BEHAVIOUR.md section 8): the same for every node of a load. */
import { EMPTY } from '../spec/hex.js';
import type { SystemInfo } from '../spec/types/execution-unit.js';

export const SYSTEM_INFO: SystemInfo = {
  memory_mb: 65_536n,
  free_memory_mb: 32_768n,
  storage_total_mb: 1_048_576n,
  storage_free_mb: 524_288n,
  network_bandwidth_mb_s: 1_000,
  primary_network_interface: null,
  disks: [],
  ipfs_repo_size: 0n,
  ipfs_storage_max: 0n,
  cpu_model: EMPTY,
  cpu_cores: 32,
  is_sev_enabled: true,
  zfs_info: [],
  ipfs_zfs_pool_size: 0n,
  ipfs_zfs_pool_alloc: 0n,
  ipfs_zfs_pool_free: 0n,
  raid_info: [],
  vm_count: 1,
  gpu_name: null,
  gpu_memory_mb: null,
  hypervisor_disk_type: null,
  vm_pool_disk_type: null,
  disk_info: [],
};
