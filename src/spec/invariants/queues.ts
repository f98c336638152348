/** Miners' lists, and how they agree with users' requests. */
import { readable, type Hex } from '../hex.js';
import type { ActionRequest } from '../types/compute.js';
import { ACTION_LISTS, firstBroken, ofStates, type Invariant, type Lists, type StateView } from './invariant.js';
import { actionsOf, entriesOf, holdersOf, owned, queued } from './reading.js';

interface Entry {
  readonly request_id: bigint;
}

const dangling = (queue: string, lists: Lists<Entry>, wanted: (id: bigint) => boolean, why: string): string | null => {
  for (const [node, entries] of lists) {
    const entry = entries.find(({ request_id }) => !wanted(request_id));
    if (entry !== undefined) return `${queue} of miner ${readable(node)} has request ${entry.request_id}, ${why}`;
  }
  return null;
};

const inTwoQueues = (lists: Lists<Entry>): string | null => {
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

export const queueConsistency: Invariant = {
  id: 'INV-03',
  name: 'queue consistency',
  statement:
    'An entry of the miner, stop, boot, reboot and resize lists refers to a live request, a deletion entry to none; ' +
    "a request is in one miner's queue at most.",
  antecedent: "a miner's list has an entry",
  requirements: ['REQ-OVERVIEW-4', 'REQ-ENTRY-9'],
  severity: 'high',
  brokenBy: [],
  watch: ofStates((state) => {
    const isLive = (id: bigint): boolean => holdersOf(state, id).length > 0;
    const queues: Record<string, Lists<Entry>> = { MinerComputeRequests: state.minerQueue, ...state.actionQueues };
    const broken =
      Object.entries(queues)
        .map(([name, lists]) => dangling(name, lists, isLive, 'which does not exist'))
        .find((text) => text !== null) ??
      dangling('MinerComputeDeletionRequests', state.deletionQueue, (id) => !isLive(id), 'which still exists') ??
      inTwoQueues(state.minerQueue);
    const all = [...Object.values(queues), state.deletionQueue];
    const spoke = all.reduce((sum, lists) => sum + lists.reduce((of, [, entries]) => of + entries.length, 0), 0);
    return { broken, spoke };
  }),
};

export const assignedIfQueued: Invariant = {
  id: 'INV-09',
  name: 'assigned if queued',
  statement: "A request is marked as assigned if and only if it is in a miner's list and has not failed there.",
  antecedent: 'a compute request exists',
  requirements: ['REQ-REQUEST-9'],
  severity: 'high',
  brokenBy: ['DEV-20'],
  watch: ofStates((state) => {
    const requests = owned(state);
    const wrong = requests.find(({ request }) => {
      const isQueued = entriesOf(state, request.request_id).some(({ entry }) => entry.fail_reason === null);
      return request.is_assigned !== isQueued;
    });
    const broken = wrong
      ? `request ${wrong.request.request_id} is ${wrong.request.is_assigned ? '' : 'not '}marked as assigned, and ` +
        `${wrong.request.is_assigned ? 'no miner has' : 'a miner has'} it to serve`
      : null;
    return { broken, spoke: requests.length };
  }),
};

/** Where an entry does not say what its request says. */
const disagreement = (state: StateView, node: Hex, list: string, entry: ActionRequest): string | null => {
  const of = `${list} of miner ${readable(node)} has request ${entry.request_id}`;
  if (entry.miner_node_id !== node) return `${of} with another miner's name`;
  const [holder] = holdersOf(state, entry.request_id);
  if (holder === undefined) return null;
  if (holder.request.plan_id !== entry.plan_id) return `${of} with another plan than it was bought for`;
  return holder.owner === entry.user_id ? null : `${of} for another user than its owner`;
};

export const entriesAgree: Invariant = {
  id: 'INV-10',
  name: 'entries agree',
  statement: "An entry has its miner's name and registered account, and the plan and the owner of its request.",
  antecedent: "a miner's list has an entry",
  requirements: ['REQ-ENTRY-2', 'REQ-ENTRY-3', 'REQ-ENTRY-10'],
  severity: 'high',
  brokenBy: ['DEV-07'],
  watch: ofStates((state) => {
    const entries = queued(state.minerQueue);
    const actions = actionsOf(state, true);
    const ofMiners = entries.map(({ node, entry }) => {
      const of = `MinerComputeRequests of miner ${readable(node)} has request ${entry.request_id}`;
      if (entry.miner_node_id !== node) return `${of} with another miner's name`;
      if (state.registrationOf(node)?.owner !== entry.miner_account_id)
        return `${of} with another account than the miner's`;
      const [holder] = holdersOf(state, entry.request_id);
      return holder === undefined || holder.request.plan_id === entry.plan_id
        ? null
        : `${of} with another plan than it was bought for`;
    });
    const ofUsers = actions.map(({ node, list, entry }) => disagreement(state, node, list, entry));
    return firstBroken(entries.length + actions.length, [...ofMiners, ...ofUsers]);
  }),
};

export const oneEntryEach: Invariant = {
  id: 'INV-11',
  name: 'bounded queues',
  statement:
    'A VM has at most one entry in each of the stop, boot, reboot and resize lists, however often they are used.',
  antecedent: 'a stop, boot, reboot or resize list has an entry',
  requirements: [],
  severity: 'medium',
  brokenBy: ['DEV-13'],
  watch: ofStates((state) => {
    const actions = actionsOf(state);
    const seen = new Set<string>();
    const broken = actions.map(({ node, list, entry }) => {
      const of = `${list} ${node} ${entry.request_id}`;
      if (!seen.has(of)) {
        seen.add(of);
        return null;
      }
      return `${list} of miner ${readable(node)} has request ${entry.request_id} twice`;
    });
    return firstBroken(actions.length, broken);
  }),
};

export const noEmptyLists: Invariant = {
  id: 'INV-12',
  name: 'no empty lists',
  statement: 'A list that is empty has no key.',
  antecedent: 'a list of requests or entries has a key',
  requirements: [],
  severity: 'low',
  brokenBy: ['DEV-16'],
  watch: ofStates((state) => {
    const all: (readonly [string, Lists<unknown>])[] = [
      ['ComputeRequests', state.requests],
      ['MinerComputeRequests', state.minerQueue],
      ['MinerComputeDeletionRequests', state.deletionQueue],
      ...ACTION_LISTS.map((list) => [list, state.actionQueues[list]] as const),
    ];
    const broken = all.map(([name, lists]) => {
      const empty = lists.find(([, list]) => list.length === 0);
      return empty ? `${name} has an empty list under ${readable(empty[0])}` : null;
    });
    return firstBroken(
      all.reduce((sum, [, lists]) => sum + lists.length, 0),
      broken,
    );
  }),
};

export const minerHonoured: Invariant = {
  id: 'INV-13',
  name: 'miner honoured',
  statement: 'A request that names a miner is in the list of no other.',
  antecedent: 'a request that names a miner is assigned',
  requirements: ['REQ-REQUEST-11'],
  severity: 'low',
  brokenBy: ['DEV-19'],
  watch: ofStates((state) => {
    const named = queued(state.minerQueue).flatMap(({ node, entry }) => {
      const wanted = holdersOf(state, entry.request_id)[0]?.request.miner_id ?? null;
      return wanted === null ? [] : [{ node, wanted, id: entry.request_id }];
    });
    const wrong = named.find(({ node, wanted }) => node !== wanted);
    const broken = wrong
      ? `request ${wrong.id} names miner ${readable(wrong.wanted)} and is given to ${readable(wrong.node)}`
      : null;
    return { broken, spoke: named.length };
  }),
};

export const computeMinersOnly: Invariant = {
  id: 'INV-14',
  name: 'compute miners only',
  statement: 'A request is given to registered compute miners alone.',
  antecedent: 'a request is assigned',
  requirements: ['REQ-OVERVIEW-2'],
  severity: 'medium',
  brokenBy: ['DEV-29'],
  watch: ofStates((state) => {
    const entries = queued(state.minerQueue);
    const wrong = entries.find(({ node }) => state.registrationOf(node)?.node_type !== 'ComputeMiner');
    const type = wrong && (state.registrationOf(wrong.node)?.node_type ?? 'not registered');
    const broken = wrong
      ? `request ${wrong.entry.request_id} is given to ${readable(wrong.node)}, which is ${type}`
      : null;
    return { broken, spoke: entries.length };
  }),
};
