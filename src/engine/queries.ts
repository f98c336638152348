/**
 * Questions that change nothing: `get_node_metrics` as the runtime API answers it, and the getters that Compute offers to
 * other pallets (BEHAVIOUR.md sections 5 and 8). Recordings verify the first; the others are restated from the text.
 */
import { fromHex, type Hex } from '../spec/hex.js';
import { encode } from '../spec/scale.js';
import { accountId, bytes, list, option, struct, u128, type Of, type Struct, type Type } from '../spec/shape.js';
import { ComputeRequest, MinerComputeRequest } from '../spec/types/compute.js';
import { NodeMetricsAnswer, NodeMetricsData } from '../spec/types/execution-unit.js';
import type { State } from './state.js';

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });

/** `String::from_utf8_lossy`: each bad sequence becomes U+FFFD. */
const toText = (value: Hex): string => lossy.decode(fromHex(value));
const toTextOption = (value: Hex | null): string | null => (value === null ? null : toText(value));

/** What the runtime API makes of the stored structure: names change, values do not, `disk_info` is lost. */
export const nodeMetricsAnswer = (stored: NodeMetricsData): NodeMetricsAnswer => {
  const nic = stored.primary_network_interface;
  const details = nic?.network_details;
  return {
    ...stored,
    miner_id: toText(stored.miner_id),
    bandwidth_bytes: stored.bandwidth_mbps,
    geolocation: toText(stored.geolocation),
    zfs_info: stored.zfs_info.map(toText),
    raid_info: stored.raid_info.map(toText),
    primary_network_interface: nic && {
      ...nic,
      name: toText(nic.name),
      mac_address: toTextOption(nic.mac_address),
      network_details: details
        ? {
            ...details,
            city: toTextOption(details.city),
            region: toTextOption(details.region),
            country: toTextOption(details.country),
            loc: toTextOption(details.loc),
          }
        : null,
    },
    disks: stored.disks.map((disk) => ({ ...disk, name: toText(disk.name), disk_type: toText(disk.disk_type) })),
    cpu_model: toText(stored.cpu_model),
    memory_bytes: stored.memory_mb,
    free_memory_bytes: stored.free_memory_mb,
    gpu_name: toTextOption(stored.gpu_name),
    gpu_memory_bytes: stored.gpu_memory_mb,
    hypervisor_disk_type: toTextOption(stored.hypervisor_disk_type),
    vm_pool_disk_type: toTextOption(stored.vm_pool_disk_type),
  };
};

interface Query<A, R> {
  readonly args: Type<A>;
  readonly result: Type<R>;
  readonly ask: (state: State, args: A) => R;
}

const query = <F extends Readonly<Record<string, Type<unknown>>>, R>(
  args: F,
  result: Type<R>,
  ask: (state: State, args: Of<Struct<F>>) => R,
): Query<Of<Struct<F>>, R> => ({ args: struct('arguments', args), result, ask });

const ofNode = { node_id: bytes };
const entries = list(MinerComputeRequest);

/** A getter that picks from one miner's list. */
const perNode = (picks: (entry: MinerComputeRequest) => boolean) =>
  query(ofNode, entries, (state, { node_id }) => state.Compute.MinerComputeRequests.get(node_id).filter(picks));

/** A user's request with the entries that miners hold for it. */
const UserVm = struct('UserVm', { request: ComputeRequest, entries });

const queries = {
  /** `NodeMetricsRuntimeApi_get_node_metrics`. */
  get_node_metrics: query(ofNode, option(NodeMetricsAnswer), (state, { node_id }) => {
    const stored = state.ExecutionUnit.NodeMetrics.get(node_id);
    return stored && nodeMetricsAnswer(stored);
  }),
  /** `ExecutionUnit::get_node_metrics`: the storage getter, the only place with the real structure. */
  node_metrics: query(ofNode, option(NodeMetricsData), (state, { node_id }) =>
    state.ExecutionUnit.NodeMetrics.get(node_id),
  ),
  /** Requests that are `Pending`, in key order. */
  pending_requests: query({}, list(ComputeRequest), (state) =>
    [...state.Compute.ComputeRequests.entries()].flatMap(([, requests]) =>
      requests.filter(({ status }) => status === 'Pending'),
    ),
  ),
  unfulfilled_requests: perNode((entry) => !entry.fullfilled && entry.job_id === null && entry.fail_reason === null),
  pending_jobs: perNode((entry) => entry.job_id !== null && !entry.fullfilled && entry.fail_reason === null),
  pending_vnc: perNode((entry) => entry.job_id !== null && entry.fail_reason === null && entry.vnc_port === null),
  pending_hypervisor_ip: perNode(
    (entry) => entry.job_id !== null && entry.fullfilled && entry.hypervisor_ip === null && entry.fail_reason === null,
  ),
  /** Entries of one request that carry a `fail_reason`, in key order. */
  failed_entries: query({ request_id: u128 }, entries, (state, { request_id }) =>
    state.miners
      .holdersOf(request_id)
      .flatMap((node) => state.Compute.MinerComputeRequests.get(node))
      .filter((entry) => entry.request_id === request_id && entry.fail_reason !== null),
  ),
  user_vms: query({ account: accountId }, list(UserVm), (state, { account }) =>
    state.Compute.ComputeRequests.get(account).map((request) => ({
      request,
      entries: state.miners
        .holdersOf(request.request_id)
        .flatMap((node) => state.Compute.MinerComputeRequests.get(node))
        .filter(({ request_id }) => request_id === request.request_id),
    })),
  ),
};

export type QueryName = keyof typeof queries;

export const isQueryName = (name: string): name is QueryName => Object.hasOwn(queries, name);

/** The arguments' type of a query. */
export const queryArgs = (name: QueryName): Type<unknown> => queries[name].args;

/** The result's type of a query. */
export const queryResult = (name: QueryName): Type<unknown> => queries[name].result;

/** SCALE of a query's answer. `args` must be of {@link queryArgs}. */
export const ask = (state: State, name: QueryName, args: unknown): Hex => {
  const { ask: answer, result } = queries[name] as Query<unknown, unknown>;
  return encode(result, answer(state, args));
};
