/** The lookups that calls share (BEHAVIOUR.md sections 3 and 7), and the moves on queues that several calls make. */
import type { CallName } from '../spec/calls.js';
import { signedMessage } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import type {
  ActionRequest,
  ComputeRequest,
  ComputeRequestStatus,
  MinerComputeRequest,
} from '../spec/types/compute.js';
import type { MultiSignature, NodeInfo } from '../spec/types/registration.js';
import type { Chain } from './chain.js';
import { ComputeError, Other, type Failure } from './failures.js';
import type { Store } from './store.js';

/** A map of a miner's or owner's list. */
export type ListStore<T> = Store<Hex, readonly T[]>;

/** What a call says of an id that nobody has: DEV-11. */
export const unknownId = (chain: Chain): Failure =>
  chain.rules.promised('DEV-11') ? ComputeError.ComputeRequestNotFound : Other;

/** Changes the first request with this id in every owner's list, and fails where no list has one. */
const updateEachCopy = (
  chain: Chain,
  request_id: bigint,
  update: (request: ComputeRequest) => ComputeRequest,
): void => {
  const owners = chain.state.owners.holdersOf(request_id);
  if (owners.length === 0) throw unknownId(chain);
  for (const owner of owners) {
    const requests = chain.state.Compute.ComputeRequests.get(owner);
    const at = requests.findIndex((request) => request.request_id === request_id);
    const request = requests[at];
    if (request !== undefined) chain.state.Compute.ComputeRequests.put(owner, requests.with(at, update(request)));
  }
};

/** Marks a request assigned. Fails: `Other` (DEV-11: `ComputeRequestNotFound`) where nobody has the id. */
export const markAssigned = (chain: Chain, request_id: bigint): void =>
  updateEachCopy(chain, request_id, (request) => ({ ...request, is_assigned: true }));

/** DEV-20: the opposite. Fails as {@link markAssigned}. */
export const unmarkAssigned = (chain: Chain, request_id: bigint): void =>
  updateEachCopy(chain, request_id, (request) => ({ ...request, is_assigned: false }));

/**
 * The status update of section 3. `from` is where DEV-12 allows the change. Fails: `Other` (DEV-11:
 * `ComputeRequestNotFound`) where nobody has the id; `Other` where DEV-12 does not allow it for one of the copies.
 */
export const updateStatus = (
  chain: Chain,
  request_id: bigint,
  from: ComputeRequestStatus,
  status: ComputeRequestStatus,
): void =>
  updateEachCopy(chain, request_id, (request) => {
    if (chain.rules.promised('DEV-12') && request.status !== from) throw Other;
    return { ...request, status };
  });

export interface OwnedRequest {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

/** The first request with this id in key order, with its owner. */
export const findRequest = (chain: Chain, request_id: bigint): OwnedRequest | undefined => {
  const owner = chain.state.owners.holdersOf(request_id)[0];
  if (owner === undefined) return undefined;
  const request = chain.state.Compute.ComputeRequests.get(owner).find((each) => each.request_id === request_id);
  return request && { owner, request };
};

/** Each key once, in key order. */
const inKeyOrder = <T>(store: ListStore<T>, keys: readonly Hex[]): readonly Hex[] =>
  [...new Set(keys)].toSorted((left, right) => (store.orderOf(left) < store.orderOf(right) ? -1 : 1));

/**
 * The miner entry of (`account`, `plan_id`): miners in key order; of a list only its first fulfilled entry with that
 * plan (DEV-04: every one); it must be a request of `account`'s with that plan. The index leads from the account's
 * requests to the few miners that can answer. Fails: `ComputeRequestNotFound`.
 */
export const findMinerEntry = (
  chain: Chain,
  account: Hex,
  plan_id: Hex,
): { readonly node: Hex; readonly entry: MinerComputeRequest } => {
  const { ComputeRequests, MinerComputeRequests } = chain.state.Compute;
  const ids = new Set<bigint>();
  for (const request of ComputeRequests.get(account)) if (request.plan_id === plan_id) ids.add(request.request_id);
  const holders = [...ids].map((id) => chain.state.miners.holdersOf(id));
  const nodes = holders.length === 1 ? (holders[0] ?? []) : inKeyOrder(MinerComputeRequests, holders.flat());
  for (const node of nodes) {
    for (const entry of MinerComputeRequests.get(node)) {
      if (entry.plan_id !== plan_id || !entry.fullfilled) continue;
      if (ids.has(entry.request_id)) return { node, entry };
      if (!chain.rules.promised('DEV-04')) break;
    }
  }
  throw ComputeError.ComputeRequestNotFound;
};

/** DEV-24: what is asked of a VM is asked of one in this status. Fails: `Other`. */
export const expectStatus = (chain: Chain, owner: Hex, request_id: bigint, status: ComputeRequestStatus): void => {
  if (!chain.rules.promised('DEV-24')) return;
  const request = chain.state.Compute.ComputeRequests.get(owner).find((each) => each.request_id === request_id);
  if (request?.status !== status) throw Other;
};

/** The account that a sub-account stands for, one level deep, or the account itself. */
export const mainAccount = (chain: Chain, who: Hex): Hex => chain.state.SubAccount.SubAccount.get(who) ?? who;

/** A node's registration: cold keys first; a stored `None` counts as absent. */
export const registrationOf = (chain: Chain, node_id: Hex): NodeInfo | null =>
  chain.state.Registration.ColdkeyNodeRegistration.get(node_id) ??
  chain.state.Registration.NodeRegistration.get(node_id);

/** DEV-01: the registered owner of the node must have signed the call. Fails: `InvalidSignature`. */
export const authenticate = (
  chain: Chain,
  name: CallName,
  { node_id, request_id, signature }: { node_id: Hex; request_id: bigint; signature: MultiSignature },
): void => {
  if (!chain.rules.promised('DEV-01')) return;
  const registration = registrationOf(chain, node_id);
  const valid = registration && chain.verify(signature, signedMessage(name, node_id, request_id), registration.owner);
  if (!valid) throw ComputeError.InvalidSignature;
};

/** Changes the node's first entry with this id, once it was judged. Fails: `ComputeRequestNotFound`; what `judge` throws. */
export const updateMinerEntry = (
  chain: Chain,
  node_id: Hex,
  request_id: bigint,
  change: Partial<MinerComputeRequest>,
  judge?: (entry: MinerComputeRequest) => void,
): void => {
  const entries = chain.state.Compute.MinerComputeRequests.get(node_id);
  const at = entries.findIndex((entry) => entry.request_id === request_id);
  const entry = entries[at];
  if (entry === undefined) throw ComputeError.ComputeRequestNotFound;
  judge?.(entry);
  chain.state.Compute.MinerComputeRequests.put(node_id, entries.with(at, { ...entry, ...change }));
};

/** Writes a list back: an empty one keeps its key, or has none under DEV-16. */
export const putList = <T>(chain: Chain, store: ListStore<T>, key: Hex, list: readonly T[]): void => {
  if (list.length === 0 && chain.rules.promised('DEV-16')) store.remove(key);
  else store.put(key, list);
};

/** Where the user's unfulfilled entry for a plan stands in a queue, or -1. */
export const openEntry = (queue: readonly ActionRequest[], user_id: Hex, plan_id: Hex): number =>
  queue.findIndex((entry) => !entry.fullfilled && entry.plan_id === plan_id && entry.user_id === user_id);

/** A new entry of a deletion, stop, boot or reboot queue. */
export const newEntry = (
  chain: Chain,
  node: Hex,
  of: MinerComputeRequest,
  user_id: Hex,
  plan_id: Hex,
): ActionRequest => ({
  miner_node_id: node,
  job_id: of.job_id,
  request_id: of.request_id,
  user_id,
  plan_id,
  created_at: chain.block,
  fullfilled: false,
});

/** Marks the first unfulfilled entry with this id fulfilled, or removes it under DEV-13. Fails: `notFound`. */
export const fulfilEntry = <E extends ActionRequest>(
  chain: Chain,
  store: ListStore<E>,
  node_id: Hex,
  request_id: bigint,
  notFound: Failure,
): void => {
  const queue = store.get(node_id);
  const at = queue.findIndex((entry) => entry.request_id === request_id && !entry.fullfilled);
  const entry = queue[at];
  if (entry === undefined) throw notFound;
  if (chain.rules.promised('DEV-13')) putList(chain, store, node_id, queue.toSpliced(at, 1));
  else store.put(node_id, queue.with(at, { ...entry, fullfilled: true }));
};
