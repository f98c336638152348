/**
 * What must hold in every state that calls can reach. Each invariant watches one scenario from its first state on; it
 * says what is broken, and how many things it spoke of: one that spoke of nothing has shown nothing.
 */
import { readable, type Hex } from './hex.js';
import type { ComputeRequest } from './types/compute.js';
import type { IpReleaseRequest, RoleType } from './types/pallet-ip.js';

/** An entry of a miner's queue, of any kind. */
export interface QueueEntry {
  readonly request_id: bigint;
}

type Lists<T> = readonly (readonly [Hex, readonly T[]])[];

/** The decoded state, to read. Map keys come in any order. */
export interface StateView {
  readonly nextRequestId: bigint;
  /** By owner. */
  readonly requests: Lists<ComputeRequest>;
  /** `MinerComputeRequests`, by miner. */
  readonly minerQueue: Lists<QueueEntry>;
  /** The stop, boot, reboot and resize lists, by name and miner. */
  readonly actionQueues: Readonly<Record<string, Lists<QueueEntry>>>;
  readonly deletionQueue: Lists<QueueEntry>;
  /** The four pools of available IPs, by name. */
  readonly pools: Readonly<Record<string, readonly Hex[]>>;
  readonly ipToRole: readonly (readonly [Hex, RoleType])[];
  readonly roleToIp: readonly (readonly [RoleType, Hex])[];
  readonly releases: readonly IpReleaseRequest[];
}

/** What an invariant says of one state. */
export interface Finding {
  /** What is the case where the statement says otherwise, or null. */
  readonly broken: string | null;
  /** How many things of this state the invariant is about. */
  readonly spoke: number;
}

export interface Invariant {
  readonly id: string;
  readonly name: string;
  readonly statement: string;
  /** When it says anything. */
  readonly antecedent: string;
  /** Begins to watch a scenario; the answer is given each state in turn. */
  readonly watch: () => (state: StateView) => Finding;
}

const roleText = (role: RoleType): string => {
  const [[kind, of] = ['', '']] = Object.entries(role);
  return `${kind} ${readable(of)}`;
};

/** Each IP with the places where it is. */
const placesOf = (state: StateView): ReadonlyMap<Hex, readonly string[]> => {
  const places = new Map<Hex, string[]>();
  const put = (ip: Hex, place: string): void => void places.set(ip, [...(places.get(ip) ?? []), place]);
  for (const [pool, ips] of Object.entries(state.pools)) for (const ip of ips) put(ip, `in ${pool}`);
  for (const [role, ip] of state.roleToIp) put(ip, `assigned to ${roleText(role)}`);
  for (const [ip, role] of state.ipToRole) {
    const place = `assigned to ${roleText(role)}`;
    if (places.get(ip)?.includes(place) !== true) put(ip, `${place} by IpToRole alone`);
  }
  for (const { ip, vm_name } of state.releases) put(ip, `awaiting release by ${readable(vm_name)}`);
  return places;
};

const uniqueIps: Invariant = {
  id: 'INV-01',
  name: 'unique IPs',
  statement: 'An IP belongs to at most one VM and is in one place only: available, assigned, or awaiting release.',
  antecedent: 'an IP is known to PalletIp',
  watch: () => (state) => {
    const places = placesOf(state);
    for (const [ip, at] of places) {
      if (at.length > 1) return { broken: `IP ${readable(ip)} is ${at.join(' and ')}`, spoke: places.size };
    }
    return { broken: null, spoke: places.size };
  },
};

/** Ids that are held, each once per holder. */
const idsOf = (state: StateView): bigint[] => state.requests.flatMap(([, list]) => list.map((each) => each.request_id));

const brokenIds = (ids: readonly bigint[], next: bigint): string | null => {
  const seen = new Set<bigint>();
  for (const id of ids) {
    if (seen.has(id)) return `request id ${id} is held twice`;
    if (id >= next) return `request id ${id} is not below NextRequestId ${next}`;
    seen.add(id);
  }
  return null;
};

const monotonicIds: Invariant = {
  id: 'INV-02',
  name: 'monotonic request ids',
  statement: 'Request ids are unique and below NextRequestId; NextRequestId never goes back, and no id comes back.',
  antecedent: 'a compute request exists',
  watch: () => {
    let live = new Set<bigint>();
    let highest = -1n;
    let lastNext = 0n;
    return (state) => {
      const next = state.nextRequestId;
      const ids = idsOf(state);
      const returned = ids.find((id) => id <= highest && !live.has(id));
      const broken =
        next < lastNext
          ? `NextRequestId went back from ${lastNext} to ${next}`
          : returned !== undefined
            ? `request id ${returned} was given again`
            : brokenIds(ids, next);
      live = new Set(ids);
      for (const id of ids) if (id > highest) highest = id;
      lastNext = next;
      return { broken, spoke: ids.length };
    };
  },
};

const dangling = (
  queue: string,
  lists: Lists<QueueEntry>,
  wanted: (id: bigint) => boolean,
  why: string,
): string | null => {
  for (const [node, entries] of lists) {
    const entry = entries.find(({ request_id }) => !wanted(request_id));
    if (entry !== undefined) return `${queue} of miner ${readable(node)} has request ${entry.request_id}, ${why}`;
  }
  return null;
};

const inTwoQueues = (lists: Lists<QueueEntry>): string | null => {
  const holders = new Map<bigint, Hex>();
  for (const [node, entries] of lists) {
    for (const { request_id } of entries) {
      const other = holders.get(request_id);
      if (other === node) return `request ${request_id} is twice in the queue of miner ${readable(node)}`;
      if (other !== undefined) {
        const nodes = [other, node].toSorted().map(readable).join(' and ');
        return `request ${request_id} is in the queues of miners ${nodes}`;
      }
      holders.set(request_id, node);
    }
  }
  return null;
};

const queueConsistency: Invariant = {
  id: 'INV-03',
  name: 'queue consistency',
  statement:
    'An entry of the miner, stop, boot, reboot and resize lists refers to a live request, a deletion entry to none; ' +
    "a request is in one miner's queue at most.",
  antecedent: "a miner's list has an entry",
  watch: () => (state) => {
    const ids = new Set(idsOf(state));
    const isLive = (id: bigint): boolean => ids.has(id);
    const queues: Record<string, Lists<QueueEntry>> = { MinerComputeRequests: state.minerQueue, ...state.actionQueues };
    const broken =
      Object.entries(queues)
        .map(([name, lists]) => dangling(name, lists, isLive, 'which does not exist'))
        .find((text) => text !== null) ??
      dangling('MinerComputeDeletionRequests', state.deletionQueue, (id) => !isLive(id), 'which still exists') ??
      inTwoQueues(state.minerQueue);
    const all = [...Object.values(queues), state.deletionQueue];
    const spoke = all.reduce((sum, lists) => sum + lists.reduce((of, [, entries]) => of + entries.length, 0), 0);
    return { broken, spoke };
  },
};

/** Every invariant, by number. */
export const invariants: readonly Invariant[] = [uniqueIps, monotonicIds, queueConsistency];
