/**
 * States of a given size along each axis that a call's cost may grow with, and the one VM in them that calls are about. It is
 * always the last that is looked at: its user's and its miner's keys come behind all others in key order, and its entries are
 * the last of their lists, so that what is measured is the whole of a scan (BEHAVIOUR.md section 3).
 */
import { accountAt } from '../spec/accounts.js';
import { hexOfText, type Hex } from '../spec/hex.js';
import { rawKey, storage } from '../spec/storage.js';
import type { ActionRequest, ComputeRequest, MinerComputeRequest } from '../spec/types/compute.js';
import { SeededState } from './seeded-state.js';

/**
 * - `requests`: requests of other users, one each, pending
 * - `owned`: requests of the VM's user besides it
 * - `miners`: other miners, each with one fulfilled entry of the VM's plan
 * - `queue`: entries of another user in each of the six lists of the VM's miner
 * - `ips`: IPs in each of the four pools, and VMs that hold one
 * - `releases`: IPs that wait for their release, none of them due
 */
export const AXES = ['requests', 'owned', 'miners', 'queue', 'ips', 'releases'] as const;
export type Axis = (typeof AXES)[number];
export type Sizes = Readonly<Record<Axis, number>>;

/** `size` of everything. */
export const sizesOf = (size: number): Sizes => ({
  requests: size,
  owned: size,
  miners: size,
  queue: size,
  ips: size,
  releases: size,
});

/** Who calls are about. */
export interface Vm {
  readonly user: Hex;
  /** Derivation path of `user` (`accounts.ts`). */
  readonly path: string;
  readonly node: Hex;
  readonly plan: Hex;
  readonly request_id: bigint;
  readonly job: Hex;
  /** In no pool of the state: a life begins by adding it. */
  readonly ip: Hex;
}

/** Root of such chains. */
export const LOAD_SUDO = '//Assay//sudo';

/** Chosen so that its key in `ComputeRequests` begins with ffff. */
const LAST_USER = '//Assay//load//194';
/** Chosen so that its key in `MinerComputeRequests` begins with fff1. */
const LAST_NODE = hexOfText('12D3KooWLoad84');

/** 32 bytes: of accounts that nobody has the key of, and of plans. `kind` is two digits. */
export const wide = (kind: string, number: number): Hex => '0x' + kind + number.toString(16).padStart(62, '0');
const planOf = (number: number): Hex => wide('50', number);

/** The plan that is bought. */
const PLAN = planOf(0);
/** Of entries that are in the way. */
export const OTHER_PLAN = planOf(1);
const OTHER_USER = wide('0b', 0);
/** Ids of entries whose requests are not among those of the state. */
const ELSEWHERE = 10n ** 12n;
/** A block that no run reaches, so that nothing falls due. */
const NEVER = 10n ** 15n;

/** Names are equally long, so that n entries are n times as many bytes: digits of the largest size that fits into a memory. */
const digits = (number: number): string => number.toString().padStart(7, '0');

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at);

/** So many of what `make` gives, leaving out those whose key would come behind `last`. */
const before = <T>(size: number, last: Hex, keyOf: (of: T) => Hex, make: (number: number) => T): T[] => {
  const found: T[] = [];
  for (let number = 0; found.length < size; number += 1) {
    const made = make(number);
    if (keyOf(made) < last) found.push(made);
  }
  return found;
};

export const request = (request_id: bigint, owner: Hex, plan_id: Hex): ComputeRequest => ({
  request_id,
  plan_technical_description: hexOfText('{"cpu_cores":2,"ram_gb":4,"storage_gb":50}'),
  plan_id,
  status: 'Pending',
  created_at: 1n,
  owner,
  selected_image: { name: hexOfText('debian-12'), image_url: hexOfText('QmDebian12') },
  is_assigned: false,
  cloud_init_cid: null,
  miner_id: null,
});

export const minerEntry = (node: Hex, owner: Hex, request_id: bigint, plan_id: Hex): MinerComputeRequest => ({
  miner_node_id: node,
  miner_account_id: owner,
  job_id: hexOfText(`job-${request_id}`),
  hypervisor_ip: null,
  fail_reason: null,
  vnc_port: null,
  ip_assigned: null,
  request_id,
  plan_id,
  created_at: 1n,
  fullfilled: true,
});

const actionEntry = (node: Hex, request_id: bigint): ActionRequest => ({
  miner_node_id: node,
  job_id: hexOfText(`job-${request_id}`),
  request_id,
  user_id: OTHER_USER,
  plan_id: OTHER_PLAN,
  created_at: 1n,
  fullfilled: true,
});

const ipOf = (pool: string, number: number): Hex => hexOfText(`${pool}.${digits(number)}`);

/** Registers a node, so that requests can be assigned to it. */
export const register = (state: SeededState, node: Hex, owner: Hex): void =>
  void state.set(storage.Registration.NodeRegistration, node, {
    node_id: node,
    node_type: 'ComputeMiner',
    ipfs_node_id: null,
    status: 'Online',
    registered_at: 1n,
    owner,
  });

const seedRequests = (state: SeededState, { requests, owned }: Sizes): readonly ComputeRequest[] => {
  const { ComputeRequests, NextRequestId } = storage.Compute;
  const key = (owner: Hex): Hex => rawKey(ComputeRequests, owner);
  const user = accountAt(LAST_USER);
  const owners = before(requests, key(user), key, (number) => wide('0a', number));
  for (const [id, owner] of owners.entries())
    state.push(ComputeRequests, owner, request(BigInt(id), owner, OTHER_PLAN));
  const own = range(owned).map((at) => request(BigInt(requests + at), user, OTHER_PLAN));
  if (own.length > 0) state.push(ComputeRequests, user, ...own);
  state.set(NextRequestId, null, BigInt(requests + owned));
  return own;
};

/** So many entries of another user in each of a node's six lists. */
export const fillQueues = (state: SeededState, node: Hex, size: number): void => {
  if (size === 0) return;
  const { Compute } = storage;
  const ids = range(size).map((at) => 2n * ELSEWHERE + BigInt(at));
  const entries = ids.map((id) => actionEntry(node, id));
  state.push(Compute.MinerComputeRequests, node, ...ids.map((id) => minerEntry(node, OTHER_USER, id, OTHER_PLAN)));
  for (const item of [
    Compute.MinerComputeDeletionRequests,
    Compute.MinerComputeStopRequests,
    Compute.MinerComputeBootRequests,
    Compute.MinerComputeRebootRequests,
  ])
    state.push(item, node, ...entries);
  state.push(Compute.MinerComputeResizeRequests, node, ...entries.map((entry) => ({ ...entry, resize_gbs: 1 })));
};

const seedMiners = (state: SeededState, { miners, queue }: Sizes): void => {
  const { Compute } = storage;
  const key = (node: Hex): Hex => rawKey(Compute.MinerComputeRequests, node);
  const nodes = before(miners, key(LAST_NODE), key, (number) => hexOfText(`12D3KooWOther${digits(number)}`));
  for (const [at, node] of nodes.entries())
    state.push(Compute.MinerComputeRequests, node, minerEntry(node, OTHER_USER, ELSEWHERE + BigInt(at), PLAN));
  register(state, LAST_NODE, OTHER_USER);
  fillQueues(state, LAST_NODE, queue);
};

const seedIps = (state: SeededState, { ips, releases }: Sizes): void => {
  const { PalletIp } = storage;
  if (ips > 0) {
    for (const [pool, item] of [
      ['10.0', PalletIp.VmAvailableIps],
      ['10.1', PalletIp.AvailableHypervisorIps],
      ['10.2', PalletIp.AvailableClientIps],
      ['10.3', PalletIp.AvailableStorageMinerIps],
    ] as const)
      state.push(item, null, ...range(ips).map((at) => ipOf(pool, at)));
    state.push(PalletIp.AssignedVmIps, null, ...range(ips).map((at) => hexOfText(`vm-${digits(at)}`)));
  }
  const waiting = range(releases).map((at) => {
    const vm_name = hexOfText(`gone-${digits(at)}`);
    return { vm_name, ip: ipOf('10.5', at), created_at: NEVER, role_type: { Vm: vm_name } } as const;
  });
  if (releases > 0) state.push(PalletIp.IpReleaseRequests, null, ...waiting);
};

export interface SizedState {
  readonly state: SeededState;
  /** Bought by nobody yet: `request_id` is the next one. */
  readonly vm: Vm;
  /** The user's requests besides. */
  readonly owned: readonly ComputeRequest[];
}

/** A state of these sizes. Measured: 10 us a request. */
export const sizedState = (sizes: Sizes): SizedState => {
  const state = new SeededState();
  const owned = seedRequests(state, sizes);
  seedMiners(state, sizes);
  seedIps(state, sizes);
  const vm = {
    user: accountAt(LAST_USER),
    path: LAST_USER,
    node: LAST_NODE,
    plan: PLAN,
    request_id: BigInt(sizes.requests + sizes.owned),
    job: hexOfText('1a2b-3c4d'),
    ip: hexOfText('10.9.9.9'),
  };
  return { state, vm, owned };
};
