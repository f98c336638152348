/**
 * Storage that no call wrote: what calls would take ages to bring about, or a migration, another pallet or a lost update leaves
 * behind. For targets that take injections, and for searches whose judge is the engine: invariants say nothing of such states.
 */
import { U128_MAX, U32_MAX, U64_MAX } from '../../engine/integers.js';
import type { RawDiff } from '../../spec/answers.js';
import { hexOfText, type Hex } from '../../spec/hex.js';
import { encode } from '../../spec/scale.js';
import type { Step } from '../../spec/steps.js';
import { rawKey, storage, type StorageItem } from '../../spec/storage.js';
import type { ComputeRequestStatus } from '../../spec/types/compute.js';
import { nodesOf } from '../cast.js';
import { choose, pick, queued, type Command, type Model } from './command.js';

const { Compute, PalletIp, Registration, SubAccount, ExecutionUnit } = storage;

/** Null where the state has nothing that could be written so. */
type Write = (model: Model, number: number) => RawDiff | null;

const put = <K, V, E>(item: StorageItem<K, V, E>, key: K, value: V): RawDiff => ({
  [rawKey(item, key)]: encode(item.value, value),
});

const POOLS = ['VmAvailableIps', 'AvailableClientIps', 'AvailableHypervisorIps', 'AvailableStorageMinerIps'] as const;

const MANY_IPS = 10_000;
/** Four bytes each, none of them the cast's. */
const manyIps: readonly Hex[] = Array.from(
  { length: MANY_IPS },
  (_, number) => '0x7f00' + number.toString(16).padStart(4, '0'),
);

/** A node's counters one before their end, or at it: what wraps next. */
const fullCounters: Write = ({ engine }, number) => {
  const known = pick(engine.state.ExecutionUnit.NodeMetrics.present(), number);
  if (known === undefined) return null;
  const [node, record] = known;
  const end = U32_MAX - (number % 2);
  return put(ExecutionUnit.NodeMetrics, node, {
    ...record,
    total_times_latency_checked: end,
    total_latency_ms: end,
    total_challenges: end,
    uptime_minutes: number % 4 < 2 ? record.uptime_minutes : end,
  });
};

/** IPs that wait for their release: two from now on, and one whose time wraps. */
const releases: Write = ({ engine, cast }, number) => {
  const waiting = engine.state.PalletIp.IpReleaseRequests.get();
  const release = (at: number, created_at: bigint) => {
    const vm_name = hexOfText(`gone-${at}`);
    return { vm_name, ip: choose(cast.ips, number + at), created_at, role_type: { Vm: vm_name } };
  };
  const wrapping = U64_MAX - BigInt(number);
  const added = [release(0, engine.block), release(1, wrapping), release(2, engine.block - 1n)];
  return put(PalletIp.IpReleaseRequests, null, [...waiting, ...added]);
};

const longPool: Write = ({ engine }, number) => {
  const pool = choose(POOLS, number);
  return put(PalletIp[pool], null, [...manyIps, ...engine.state.PalletIp[pool].get()]);
};

/** A pool in which the first IP is twice. */
const sameIpTwice: Write = ({ engine, cast }, number) => {
  const pool = choose(POOLS, number);
  const ips = engine.state.PalletIp[pool].get();
  const [first = choose(cast.ips, number)] = ips;
  return put(PalletIp[pool], null, [...ips, choose(cast.ips, number), first]);
};

/** A VM that counts as assigned twice, one that has no IP, one whose IP nobody counts. */
const halfAssigned: Write = ({ engine, cast }, number) => {
  const assigned = engine.state.PalletIp.AssignedVmIps.get();
  const name = pick(assigned, number) ?? hexOfText('1a2b-3c4d');
  switch (number % 3) {
    case 0:
      return put(PalletIp.AssignedVmIps, null, [...assigned, hexOfText('other'), name]);
    case 1:
      return { [rawKey(PalletIp.RoleToIp, { Vm: name })]: null };
    default:
      return put(PalletIp.RoleToIp, { Vm: hexOfText('1a2b-3c4d') }, choose(cast.ips, number));
  }
};

/** An IP that is given to something other than a VM. */
const otherRole: Write = ({ cast }, number) => {
  const ip = choose(cast.ips, number);
  const roles = [{ Hypervisor: ip }, { StorageMiner: ip }, { Client: choose(cast.users, 0).id }];
  return put(PalletIp.IpToRole, ip, choose(roles, number));
};

/** A request also in the list of somebody else, or twice in its owner's, with another plan. */
const copiedRequest: Write = ({ engine, cast }, number) => {
  const lists = engine.state.Compute.ComputeRequests;
  const all = lists.present().flatMap(([owner, requests]) => requests.map((request) => ({ owner, request })));
  const chosen = pick(all, number);
  if (chosen === undefined) return null;
  const owner = number % 4 === 3 ? chosen.owner : choose(cast.users, number).id;
  const copy = { ...chosen.request, plan_id: choose(cast.plans, number), owner };
  return put(Compute.ComputeRequests, owner, [...lists.get(owner), copy]);
};

/** A miner's entry also in another miner's list, or twice in its own; fulfilled or not. */
const copiedEntry: Write = ({ engine, cast }, number) => {
  const lists = engine.state.Compute.MinerComputeRequests;
  const chosen = pick(queued(lists.present()), number);
  if (chosen === undefined) return null;
  const node = number % 2 === 0 ? chosen.node : choose(cast.miners, number).node;
  const copy = { ...chosen.entry, miner_node_id: node, fullfilled: number % 4 < 2, job_id: null };
  return put(Compute.MinerComputeRequests, node, [copy, ...lists.get(node)]);
};

const STATUSES: readonly ComputeRequestStatus[] = [
  'Cancelled',
  'Failed',
  'Stopped',
  'Pending',
  'InProgress',
  'Running',
];

const otherStatus: Write = ({ engine }, number) => {
  const chosen = pick(engine.state.Compute.ComputeRequests.present(), number);
  if (chosen === undefined) return null;
  const [owner, requests] = chosen;
  const status = choose(STATUSES, number);
  return put(
    Compute.ComputeRequests,
    owner,
    requests.map((request) => ({ ...request, status })),
  );
};

const QUEUES = [
  'MinerComputeStopRequests',
  'MinerComputeBootRequests',
  'MinerComputeRebootRequests',
  'MinerComputeDeletionRequests',
] as const;

/** What was asked of a miner is asked twice, or is forgotten: an empty list. */
const otherQueue: Write = ({ engine, cast }, number) => {
  const queue = choose(QUEUES, number);
  const known = pick(engine.state.Compute[queue].present(), number);
  if (known === undefined) return put(Compute[queue], choose(cast.miners, number).node, []);
  const [node, entries] = known;
  return put(Compute[queue], node, number % 8 < 6 ? [...entries, ...entries] : []);
};

/** A miner's list that is much longer than the others: entries of requests that nobody has. */
const longQueue: Write = ({ engine, cast }, number) => {
  const lists = engine.state.Compute.MinerComputeRequests;
  const chosen = pick(queued(lists.present()), number);
  if (chosen === undefined) return null;
  const { node } = choose(cast.miners, number);
  const strange = Array.from({ length: 300 }, (_, at) => ({ ...chosen.entry, request_id: (1n << 100n) + BigInt(at) }));
  return put(Compute.MinerComputeRequests, node, [...strange, ...lists.get(node)]);
};

const lastIds: Write = (_, number) => put(Compute.NextRequestId, null, U128_MAX - BigInt(number % 3));

/** A node that is registered otherwise, or no longer. */
const otherRegistration: Write = ({ engine, cast }, number) => {
  const { node } = choose(nodesOf(cast), number);
  const { ColdkeyNodeRegistration, NodeRegistration } = engine.state.Registration;
  const known = ColdkeyNodeRegistration.get(node) ?? NodeRegistration.get(node);
  if (number % 3 === 0 || known === null) return { [rawKey(Registration.ColdkeyNodeRegistration, node)]: null };
  const node_type = choose(['GpuMiner', 'Validator', 'StorageS3'] as const, number);
  return put(Registration.NodeRegistration, node, { ...known, node_type, status: 'Offline' });
};

const otherMain: Write = ({ cast }, number) => {
  const who = choose([...cast.users, ...cast.subAccounts], number).id;
  return number % 2 === 0
    ? { [rawKey(SubAccount.SubAccount, who)]: null }
    : put(SubAccount.SubAccount, who, choose(cast.users, number + 1).id);
};

const WRITES: Readonly<Record<string, Write>> = {
  'full counters': fullCounters,
  releases,
  'long pool': longPool,
  'same IP twice': sameIpTwice,
  'half assigned': halfAssigned,
  'other role': otherRole,
  'copied request': copiedRequest,
  'copied entry': copiedEntry,
  'other status': otherStatus,
  'other queue': otherQueue,
  'long queue': longQueue,
  'last ids': lastIds,
  'other registration': otherRegistration,
  'other main': otherMain,
};

/** What can be written. */
export const WRITTEN: readonly string[] = Object.keys(WRITES);

/** Writes storage, where all of it is of what the search is about. */
export class WriteStorage implements Command {
  constructor(
    private readonly what: string,
    private readonly number: number,
    private readonly concerns: (key: Hex) => boolean,
  ) {}

  resolve(model: Model): Step | null {
    const raw = WRITES[this.what]?.(model, this.number) ?? null;
    return raw !== null && Object.keys(raw).every(this.concerns) ? { inject: raw } : null;
  }

  toString(): string {
    return `WriteStorage(${this.what}, ${this.number})`;
  }
}
