/** What an argument's name says that it is: the values that exist, then those that almost do. */
import { U128_MAX } from '../../engine/integers.js';
import { EMPTY, hexOfText, type Hex } from '../../spec/hex.js';
import { nodesOf } from '../cast.js';
import { vmNameOf } from '../service/miner.js';
import { bytesOf, FAIL_REASONS, filled } from './edges.js';
import type { Model } from './command.js';

const ascending = (all: readonly bigint[]): bigint[] => all.toSorted((left, right) => (left < right ? -1 : 1));

/** Ids that exist, the next ones, those of deleted requests, and those at the edges. */
const requestIds = ({ engine }: Model): bigint[] => {
  const { Compute } = engine.state;
  const requests = Compute.ComputeRequests.present().flatMap(([, list]) => list.map(({ request_id }) => request_id));
  const deleted = Compute.MinerComputeDeletionRequests.present().flatMap(([, list]) =>
    list.map(({ request_id }) => request_id),
  );
  const next = Compute.NextRequestId.get();
  return [...ascending(requests), next, ...ascending(deleted), 0n, U128_MAX, next + 1n, 1n << 64n].filter(
    (id) => id <= U128_MAX,
  );
};

const jobs = ({ engine }: Model): Hex[] =>
  engine.state.Compute.MinerComputeRequests.present()
    .flatMap(([, entries]) => entries.map(({ job_id }) => job_id))
    .filter((job) => job !== null);

/** The names under which VMs and jobs are known, what miners call their VMs, and some that nobody has. */
const vmNames = (model: Model): Hex[] => {
  const named = [...model.engine.state.PalletIp.AssignedVmIps.get(), ...jobs(model)];
  return [
    ...named,
    hexOfText('1a2b-3c4d'),
    hexOfText('vm-1a2b'),
    ...named.map(vmNameOf),
    hexOfText('vm-'),
    EMPTY,
    filled(63),
    filled(64),
    '0xc328',
  ];
};

/** Those in the pool and at their ends, those that VMs have or gave back, and some that are nowhere. */
const ips = ({ engine, cast }: Model): Hex[] => {
  const { VmAvailableIps, RoleToIp, IpReleaseRequests } = engine.state.PalletIp;
  const held = RoleToIp.present().map(([, ip]) => ip);
  const available = VmAvailableIps.get();
  const first = available.slice(0, 2);
  return [
    ...first,
    ...available.slice(-1),
    ...held,
    ...IpReleaseRequests.get().map(({ ip }) => ip),
    ...cast.ips,
    EMPTY,
  ];
};

const accounts = ({ cast }: Model): Hex[] => [...cast.users, ...cast.subAccounts].map(({ id }) => id);

/** Registered nodes twice: with others most calls end at the first check. */
const nodes = ({ cast }: Model): Hex[] => {
  const registered = nodesOf(cast).map(({ node }) => node);
  return [...registered, ...cast.strangers, ...registered, EMPTY];
};

/** Undefined of names that say nothing: any value of the argument's shape will do. */
export const meaning = (name: string, model: Model): readonly unknown[] | undefined => {
  const { cast } = model;
  switch (name) {
    case 'node_id':
    case 'miner_node_id':
      return nodes(model);
    case 'request_id':
      return requestIds(model);
    case 'plan_id':
      return [...cast.plans, '0x' + '00'.repeat(32)];
    case 'owner':
    case 'account_id':
      return accounts(model);
    case 'pay_for':
      return [null, ...accounts(model)];
    case 'miner_id':
      return [null, ...cast.miners.map(({ node }) => node), ...cast.strangers];
    case 'job_id':
    case 'vm_name':
      return vmNames(model);
    case 'ip':
      return ips(model);
    case 'fail_reason':
      return [...FAIL_REASONS, bytesOf(63)];
    default:
      return undefined;
  }
};
