/** Reading states: who holds what, and what a step made of it, in the words of several invariants. */
import { readable, type Hex } from '../hex.js';
import type { ComputeRequest, MinerComputeRequest } from '../types/compute.js';
import type { RoleType } from '../types/pallet-ip.js';
import type { Lists, StateView } from './invariant.js';

export interface Owned {
  readonly owner: Hex;
  readonly request: ComputeRequest;
}

export interface Queued<E> {
  readonly node: Hex;
  readonly entry: E;
}

/** What has a request's id. */
interface Identified {
  readonly request_id: bigint;
}

const NONE: readonly never[] = [];

export const listOf = <T>(lists: Lists<T>, key: Hex): readonly T[] => {
  for (const [of, list] of lists) if (of === key) return list;
  return NONE;
};

export const queued = <E>(lists: Lists<E>): Queued<E>[] =>
  lists.flatMap(([node, entries]) => entries.map((entry) => ({ node, entry })));

/** How many elements the lists have together. */
export const countOf = (lists: Lists<unknown>): number => {
  let count = 0;
  for (const [, list] of lists) count += list.length;
  return count;
};

/** By id; kept for as long as the lists are, which many states share. */
const grouped = <T, G>(of: (key: Hex, each: T) => G, idOf: (each: T) => bigint) => {
  const known = new WeakMap<Lists<T>, ReadonlyMap<bigint, readonly G[]>>();
  const make = (lists: Lists<T>): ReadonlyMap<bigint, readonly G[]> => {
    const groups = new Map<bigint, G[]>();
    for (const [key, list] of lists) {
      for (const each of list) {
        const group = groups.get(idOf(each));
        if (group) group.push(of(key, each));
        else groups.set(idOf(each), [of(key, each)]);
      }
    }
    known.set(lists, groups);
    return groups;
  };
  return (lists: Lists<T>, id: bigint): readonly G[] => (known.get(lists) ?? make(lists)).get(id) ?? NONE;
};

const requestsById = grouped(
  (owner, request: ComputeRequest): Owned => ({ owner, request }),
  ({ request_id }) => request_id,
);

const entriesById = grouped(
  (node, entry: MinerComputeRequest): Queued<MinerComputeRequest> => ({ node, entry }),
  ({ request_id }) => request_id,
);

/** Every copy of a request, with its owner. */
export const holdersOf = ({ requests }: StateView, id: bigint): readonly Owned[] => requestsById(requests, id);

/** The entries of all miners for a request. */
export const entriesOf = ({ minerQueue }: StateView, id: bigint): readonly Queued<MinerComputeRequest>[] =>
  entriesById(minerQueue, id);

export const roleText = (role: RoleType): string => {
  const [[kind, of] = ['', '']] = Object.entries(role);
  return `${kind} ${readable(of)}`;
};

/** Which VM a role is; null where it is none. */
export const vmOf = (role: RoleType): Hex | null => ('Vm' in role ? role.Vm : null);

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const areListsEqual = (left: readonly unknown[], right: readonly unknown[]): boolean => {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (!isEqual(left[at], right[at])) return false;
  return true;
};

const haveEqualFields = (left: Fields, right: Fields): boolean => {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => isEqual(left[name], right[name]));
};

/** Whether two decoded values are equal. Most that are, are the same. */
export const isEqual = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && areListsEqual(left, right);
  return isFields(left) && isFields(right) && haveEqualFields(left, right);
};

/** Elements of `all` that `others` lack; each of `others` stands for one. */
export const without = <T>(all: readonly T[], others: readonly T[]): readonly T[] => {
  if (all === others || all.length === 0) return NONE;
  const left = [...others];
  return all.filter((each) => {
    const same = left.indexOf(each);
    const at = same === -1 ? left.findIndex((other) => isEqual(other, each)) : same;
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
};

/** A list that is not what it was: a key that is not there has an empty one. */
export interface ChangedList<T> {
  readonly key: Hex;
  readonly was: readonly T[];
  readonly is: readonly T[];
}

export const changedLists = <T>(before: Lists<T>, after: Lists<T>): readonly ChangedList<T>[] => {
  if (before === after) return NONE;
  const changed: ChangedList<T>[] = [];
  for (const [key, is] of after) {
    const was = listOf(before, key);
    if (was !== is && !isEqual(was, is)) changed.push({ key, was, is });
  }
  for (const [key, was] of before) {
    if (was.length > 0 && !after.some(([other]) => other === key)) changed.push({ key, was, is: NONE });
  }
  return changed;
};

/** Entries that are there before or after, and not in both. */
export const changedEntries = <E>(before: Lists<E>, after: Lists<E>): readonly Queued<E>[] =>
  changedLists(before, after).flatMap(({ key: node, was, is }) =>
    [...without(was, is), ...without(is, was)].map((entry) => ({ node, entry })),
  );

/** What something was, and what became of it. */
export interface Pair<T> {
  readonly key: Hex;
  readonly was: T | undefined;
  readonly is: T | undefined;
}

/** What stayed is left out; of the others with one id the first was what is the first now. */
const pairsOf = <T extends Identified>({ key, was, is }: ChangedList<T>): Pair<T>[] => {
  const left = [...without(was, is)];
  const pairs = without(is, was).map((each): Pair<T> => {
    const at = left.findIndex(({ request_id }) => request_id === each.request_id);
    const [earlier] = at === -1 ? [] : left.splice(at, 1);
    return { key, was: earlier, is: each };
  });
  return [...pairs, ...left.map((gone) => ({ key, was: gone, is: undefined }))];
};

/** Everything that came, went or changed in lists. */
export const changesOf = <T extends Identified>(before: Lists<T>, after: Lists<T>): readonly Pair<T>[] => {
  const changed = changedLists(before, after);
  return changed.length === 0 ? NONE : changed.flatMap(pairsOf);
};
