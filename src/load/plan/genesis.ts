/**
 * What a chain must begin with for a plan to run on it: other people's requests and miners' queues as large as the plan says, and its
 * own users, VMs, IPs and nodes. Values of the specification, for a chain spec to translate.
 */
import { accountAt } from '../../spec/accounts.js';
import type { RawState } from '../../spec/answers.js';
import { EMPTY, hexOfText, type Hex } from '../../spec/hex.js';
import { storage } from '../../spec/storage.js';
import type { ActionRequest } from '../../spec/types/compute.js';
import type { NodeMetricsData } from '../../spec/types/execution-unit.js';
import { SeededState } from '../seeded-state.js';
import { fillQueues, minerEntry, OTHER_PLAN, register, request, wide, type Vm } from '../sized-state.js';
import type { Plan } from '../workload.js';
import { userPaths, worldOf, type World } from './world.js';

const nodeOwner = (number: number): Hex => wide('0c', number);

/** Asked for by the user, and not yet done. */
const asked = ({ node, job, request_id, user, plan }: Vm): ActionRequest => ({
  miner_node_id: node,
  job_id: job,
  request_id,
  user_id: user,
  plan_id: plan,
  created_at: 1n,
  fullfilled: false,
});

const metricsOf = (node: Hex): NodeMetricsData => ({
  miner_id: node,
  bandwidth_mbps: 100,
  current_storage_bytes: 100n * 2n ** 30n,
  total_storage_bytes: 100n * 2n ** 30n,
  geolocation: hexOfText('52.52,13.40'),
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
  is_sev_enabled: false,
  zfs_info: [],
  ipfs_zfs_pool_size: 0n,
  ipfs_zfs_pool_alloc: 0n,
  ipfs_zfs_pool_free: 0n,
  raid_info: [],
  vm_count: 0,
  primary_network_interface: null,
  disks: [],
  ipfs_repo_size: 0n,
  ipfs_storage_max: 0n,
  cpu_model: EMPTY,
  cpu_cores: 64,
  memory_mb: 262_144n,
  free_memory_mb: 131_072n,
  gpu_name: null,
  gpu_memory_mb: null,
  hypervisor_disk_type: null,
  vm_pool_disk_type: null,
  disk_info: [],
});

const seedNodes = (state: SeededState, { nodes }: World, queue: number): void => {
  for (const [number, node] of nodes.entries()) {
    register(state, node, nodeOwner(number));
    state.set(storage.ExecutionUnit.NodeMetrics, node, metricsOf(node));
    fillQueues(state, node, queue);
  }
};

const seedRunning = (state: SeededState, vm: Vm): void => {
  const { Compute, PalletIp } = storage;
  const { user, node, plan, job, ip, request_id } = vm;
  state.push(Compute.ComputeRequests, user, {
    ...request(request_id, user, plan),
    status: 'Running',
    is_assigned: true,
  });
  const entry = { job_id: job, ip_assigned: ip, hypervisor_ip: hexOfText('192.168.0.1'), vnc_port: 5_900n };
  state.push(Compute.MinerComputeRequests, node, { ...minerEntry(node, user, request_id, plan), ...entry });
  state.push(Compute.MinerComputeStopRequests, node, asked(vm));
  state.push(Compute.MinerComputeBootRequests, node, asked(vm));
  state.push(Compute.MinerComputeRebootRequests, node, asked(vm));
  state.push(Compute.MinerComputeResizeRequests, node, { ...asked(vm), resize_gbs: 1 });
  state.push(PalletIp.AssignedVmIps, null, job);
  state.set(PalletIp.IpToRole, ip, { Vm: job });
  state.set(PalletIp.RoleToIp, { Vm: job }, ip);
};

const seedPending = (state: SeededState, { user, plan, request_id, ip }: Vm): void => {
  state.push(storage.Compute.ComputeRequests, user, request(request_id, user, plan));
  state.push(storage.PalletIp.VmAvailableIps, null, ip);
};

/** What the chain must begin with, keys and values as the specification has them. */
export const genesisStorage = (plan: Plan): RawState => {
  const { Compute } = storage;
  const world = worldOf(plan, plan.lives.length);
  const state = new SeededState();
  for (let id = 0; id < plan.requests; id += 1) {
    const owner = wide('0a', id);
    state.push(Compute.ComputeRequests, owner, request(BigInt(id), owner, OTHER_PLAN));
  }
  seedNodes(state, world, plan.queue);
  for (const vm of world.running) seedRunning(state, vm);
  for (const vm of world.pending) seedPending(state, vm);
  return state.set(Compute.NextRequestId, null, world.nextRequestId).raw();
};

/** The accounts that must be able to pay fees: those of all users. */
export const payersOf = ({ users }: Plan): readonly Hex[] => userPaths(users).map(accountAt);
