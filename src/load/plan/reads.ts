/** Reads of the hot request and IP paths over JSON-RPC, as wallets, miners and indexers ask: by raw keys of the specification. */
import { accountAt } from '../../spec/accounts.js';
import type { Hex } from '../../spec/hex.js';
import { encode } from '../../spec/scale.js';
import { bytes } from '../../spec/shape.js';
import { rawKey, storage } from '../../spec/storage.js';
import type { PlannedRead } from '../workload.js';
import { Chance } from './chance.js';
import type { World } from './world.js';

/** Rounds of all reads, of another user and miner each: enough for no cache to have them all, few enough to send along. */
const ROUNDS = 50;

/** Keys of one page: what an indexer asks for at once. */
const PAGE = 100;

const stored = (name: string, key: Hex): PlannedRead => ({ name, method: 'state_getStorage', params: [key] });

const round = (user: Hex, node: Hex): readonly PlannedRead[] => {
  const { Compute, PalletIp } = storage;
  return [
    stored('ComputeRequests', rawKey(Compute.ComputeRequests, user)),
    stored('MinerComputeRequests', rawKey(Compute.MinerComputeRequests, node)),
    stored('MinerComputeStopRequests', rawKey(Compute.MinerComputeStopRequests, node)),
    stored('VmAvailableIps', rawKey(PalletIp.VmAvailableIps, null)),
    stored('AssignedVmIps', rawKey(PalletIp.AssignedVmIps, null)),
    stored('NextRequestId', rawKey(Compute.NextRequestId, null)),
    { name: 'keys', method: 'state_getKeysPaged', params: [Compute.ComputeRequests.prefix, PAGE] },
    {
      name: 'get_node_metrics',
      method: 'state_call',
      params: ['NodeMetricsRuntimeApi_get_node_metrics', encode(bytes, node)],
    },
  ];
};

/** Reads in the order in which they are sent, over and over. */
export const readsOf = ({ users, nodes }: World, seed: number): readonly PlannedRead[] => {
  const chance = new Chance(seed);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [user, node] = [users[chance.below(users.length)], nodes[chance.below(nodes.length)]];
    return user === undefined || node === undefined ? [] : round(accountAt(user), node);
  });
  return chance.shuffled(rounds.flat());
};
