/** Reading states: who holds what, in the words of several invariants. */
import { readable, type Hex } from '../hex.js';
import type { ActionRequest, ComputeRequest, MinerComputeRequest } from '../types/compute.js';
import type { RoleType } from '../types/pallet-ip.js';
import { ACTION_LISTS, type ActionList, type Lists, type StateView } from './invariant.js';

export interface Owned {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

export interface Queued<E> {
  readonly node: Hex;
  readonly entry: E;
}

/** What is looked up by request id. */
interface Index {
  readonly requests: ReadonlyMap<bigint, readonly Owned[]>;
  readonly entries: ReadonlyMap<bigint, readonly Queued<MinerComputeRequest>[]>;
}

export const listOf = <T>(lists: Lists<T>, key: Hex): readonly T[] => lists.find(([of]) => of === key)?.[1] ?? [];

export const queued = <E>(lists: Lists<E>): Queued<E>[] =>
  lists.flatMap(([node, entries]) => entries.map((entry) => ({ node, entry })));

export const owned = ({ requests }: StateView): Owned[] =>
  requests.flatMap(([owner, list]) => list.map((request) => ({ owner, request })));

const grouped = <T>(all: readonly T[], idOf: (each: T) => bigint): Map<bigint, T[]> => {
  const groups = new Map<bigint, T[]>();
  for (const each of all) {
    const id = idOf(each);
    const group = groups.get(id);
    if (group) group.push(each);
    else groups.set(id, [each]);
  }
  return groups;
};

const indexes = new WeakMap<StateView, Index>();

const indexOf = (state: StateView): Index => {
  const known = indexes.get(state);
  if (known) return known;
  const made = {
    requests: grouped(owned(state), ({ request }) => request.request_id),
    entries: grouped(queued(state.minerQueue), ({ entry }) => entry.request_id),
  };
  indexes.set(state, made);
  return made;
};

/** Every copy of a request, with its owner. */
export const holdersOf = (state: StateView, id: bigint): readonly Owned[] => indexOf(state).requests.get(id) ?? [];

/** The entries of all miners for a request. */
export const entriesOf = (state: StateView, id: bigint): readonly Queued<MinerComputeRequest>[] =>
  indexOf(state).entries.get(id) ?? [];

/** Every entry of the four lists of what users ask, and of the deletions where asked for. */
export const actionsOf = (
  state: StateView,
  withDeletions = false,
): (Queued<ActionRequest> & { readonly list: ActionList | 'MinerComputeDeletionRequests' })[] => [
  ...ACTION_LISTS.flatMap((list) => queued(state.actionQueues[list]).map((each) => ({ ...each, list }))),
  ...(withDeletions
    ? queued(state.deletionQueue).map((each) => ({ ...each, list: 'MinerComputeDeletionRequests' as const }))
    : []),
];

export const roleText = (role: RoleType): string => {
  const [[kind, of] = ['', '']] = Object.entries(role);
  return `${kind} ${readable(of)}`;
};

/** Which VM a role is; null where it is none. */
export const vmOf = (role: RoleType): Hex | null => ('Vm' in role ? role.Vm : null);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));

/** Whether two decoded values are equal. */
export const isEqual = (left: unknown, right: unknown): boolean => left === right || textOf(left) === textOf(right);

/** Elements of `all` that `others` lack; each of `others` stands for one. */
export const without = <T>(all: readonly T[], others: readonly T[]): T[] => {
  if (all === others) return [];
  const left = new Map<string, number>();
  for (const each of others) {
    const text = textOf(each);
    left.set(text, (left.get(text) ?? 0) + 1);
  }
  return all.filter((each) => {
    const text = textOf(each);
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    return count === 0;
  });
};
