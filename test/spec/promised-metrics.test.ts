/** What the README of the pallet says of node metrics. They live in ExecutionUnit; Compute only names them. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.js';
import { queryResult } from '../../src/engine/queries.js';
import type { CallArgs } from '../../src/spec/calls.js';
import { hexOfText, type Hex } from '../../src/spec/hex.js';
import { decode } from '../../src/spec/scale.js';
import type { SystemInfo } from '../../src/spec/types/execution-unit.js';
import { NODE, NO_SIGNATURE, OTHER_NODE, send, startChain } from './scenario.js';

const system: SystemInfo = {
  memory_mb: 4096n,
  free_memory_mb: 1024n,
  storage_total_mb: 100n,
  storage_free_mb: 60n,
  network_bandwidth_mb_s: 250,
  primary_network_interface: null,
  disks: [],
  ipfs_repo_size: 0n,
  ipfs_storage_max: 0n,
  cpu_model: hexOfText('EPYC'),
  cpu_cores: 8,
  is_sev_enabled: true,
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

const putSpecs = (chain: Engine, node_id: Hex, change: Partial<SystemInfo> = {}) =>
  send(chain, 'ExecutionUnit.put_node_specs', {
    node_id,
    system_info: { ...system, ...change },
    signature: NO_SIGNATURE,
    node_type: 'ComputeMiner',
  });

const ofPerformance: CallArgs<'ExecutionUnit.update_metrics_data'> = {
  node_id: NODE,
  signature: NO_SIGNATURE,
  storage_proof_time_ms: 12,
  latency_ms: 30,
  peer_count: 4,
  failed_challenges_count: 1,
  successful_challenges: 2,
  total_challenges: 3,
  uptime_minutes: 60,
  total_minutes: 90,
  consecutive_reliable_days: 5,
  recent_downtime_hours: 6,
  node_type: 'ComputeMiner',
  block_number: 0,
};

const ask = (chain: Engine, query: 'node_metrics' | 'get_node_metrics', node_id: Hex): unknown =>
  decode(queryResult(query), chain.query(query, { node_id }));

describe('the metrics of a node', () => {
  it('are tracked from its first report of specs, and updated by what is reported later', () => {
    const chain = startChain();
    putSpecs(chain, NODE);
    send(chain, 'ExecutionUnit.update_metrics_data', ofPerformance);
    send(chain, 'ExecutionUnit.update_metrics_data', { ...ofPerformance, latency_ms: 50 });
    putSpecs(chain, NODE, { cpu_cores: 16 });
    expect(ask(chain, 'node_metrics', NODE)).toMatchObject({
      cpu_cores: 16,
      latency_ms: 50,
      avg_response_time_ms: 40,
      peer_count: 4,
      total_challenges: 6,
      uptime_minutes: 60,
    });
  });

  it('are those of the node that was asked for', () => {
    const chain = startChain();
    putSpecs(chain, NODE);
    putSpecs(chain, OTHER_NODE, { cpu_cores: 2 });
    expect(ask(chain, 'node_metrics', NODE)).toMatchObject({ miner_id: NODE, cpu_cores: 8 });
    expect(ask(chain, 'node_metrics', OTHER_NODE)).toMatchObject({ miner_id: OTHER_NODE, cpu_cores: 2 });
  });

  it('are a NodeMetricsData by the storage getter, and an Option of a poorer one by the runtime API', () => {
    const chain = startChain();
    const disk = hexOfText('disk');
    const details = { name: disk, serial: disk, model: disk, size: disk, is_rotational: false, disk_type: disk };
    putSpecs(chain, NODE, { disk_info: [details] });
    expect(ask(chain, 'node_metrics', NODE)).toMatchObject({ memory_mb: 4096n, disk_info: [details] });
    expect(ask(chain, 'get_node_metrics', NODE)).toMatchObject({ memory_bytes: 4096n });
    expect(ask(chain, 'get_node_metrics', NODE)).not.toHaveProperty('disk_info');
    expect(ask(chain, 'get_node_metrics', OTHER_NODE)).toBeNull();
  });
});
