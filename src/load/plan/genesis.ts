/**
 * What a chain must begin with for a plan to run on it: other people's requests and miners' queues as large as the plan says, and its
 * own users, VMs, IPs and nodes. Values of the specification, for a chain spec to translate.
 */
import { accountAt } from '../../spec/accounts.js';
import type { RawState } from '../../spec/answers.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import { storage } from '../../spec/storage.js';
import type { ActionRequest } from '../../spec/types/compute.js';
import { firstRecord } from '../../engine/calls/execution-unit/put-node-specs.js';
import { SYSTEM_INFO } from '../node-report.js';
import { SeededState } from '../seeded-state.js';
import { fillQueues, minerEntry, OTHER_PLAN, register, request, wide, type Vm } from '../sized-state.js';
import type { Plan } from '../workload.js';
import { subAccountPaths, userPaths, worldOf, type World } from './world.js';

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

const seedNodes = (state: SeededState, { nodes }: World, queue: number): void => {
  for (const [number, node] of nodes.entries()) {
    register(state, node, nodeOwner(number));
    state.set(storage.ExecutionUnit.NodeMetrics, node, firstRecord(node, SYSTEM_INFO));
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
  for (const [path, sub] of world.subAccounts)
    state.set(storage.SubAccount.SubAccount, accountAt(sub), accountAt(path));
  for (const vm of world.running) seedRunning(state, vm);
  for (const vm of world.pending) seedPending(state, vm);
  return state.set(Compute.NextRequestId, null, world.nextRequestId).raw();
};

/** The accounts that must be able to pay fees: those of all users and of their sub-accounts. */
export const payersOf = ({ users }: Plan): readonly Hex[] =>
  [...userPaths(users), ...subAccountPaths(users).values()].map(accountAt);
