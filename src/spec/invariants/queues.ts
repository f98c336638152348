/** Miners' lists, and how they agree with users' requests. */
import { readable, type Hex } from '../hex.js';
import { ACTION_LISTS, ofStates, type Finding, type Invariant, type Lists, type StateView } from './invariant.js';
import { countOf, entriesOf, holdersOf } from './reading.js';

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
  requirements: [
    'REQ-OVERVIEW-4',
    'REQ-ENTRY-9',
    'REQ-STORAGE-4',
    'REQ-STORAGE-5',
    'REQ-STORAGE-6',
    'REQ-STORAGE-7',
    'REQ-STORAGE-8',
    'REQ-STORAGE-9',
  ],
  severity: 'high',
  brokenBy: ['DEV-12', 'DEV-17'],
  watch: ofStates(['requests', 'minerQueue', 'actionQueues', 'deletionQueue'], (state) => {
    const isLive = (id: bigint): boolean => holdersOf(state, id).length > 0;
    const live: readonly (readonly [string, Lists<Entry>])[] = [
      ['MinerComputeRequests', state.minerQueue],
      ...ACTION_LISTS.map((list) => [list, state.actionQueues[list]] as const),
    ];
    let broken: string | null = null;
    let spoke = countOf(state.deletionQueue);
    for (const [name, lists] of live) {
      spoke += countOf(lists);
      broken ??= dangling(name, lists, isLive, 'which does not exist');
    }
    broken ??= dangling('MinerComputeDeletionRequests', state.deletionQueue, (id) => !isLive(id), 'which still exists');
    return { broken: broken ?? inTwoQueues(state.minerQueue), spoke };
  }),
};

export const assignedIfQueued: Invariant = {
  id: 'INV-09',
  name: 'assigned if queued',
  statement: "A request is marked as assigned if and only if it is in a miner's list and has not failed there.",
  antecedent: 'a compute request exists',
  requirements: ['REQ-REQUEST-9'],
  severity: 'high',
  brokenBy: ['DEV-17', 'DEV-20'],
  watch: ofStates(['requests', 'minerQueue'], (state) => {
    let spoke = 0;
    let broken: string | null = null;
    for (const [, list] of state.requests) {
      for (const { request_id, is_assigned } of list) {
        spoke += 1;
        const isQueued = entriesOf(state, request_id).some(({ entry }) => entry.fail_reason === null);
        if (is_assigned === isQueued) continue;
        broken ??= is_assigned
          ? `request ${request_id} is marked as assigned, and no miner has it to serve`
          : `request ${request_id} is not marked as assigned, and a miner has it to serve`;
      }
    }
    return { broken, spoke };
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
  brokenBy: ['DEV-12', 'DEV-13', 'DEV-17'],
  watch: ofStates(['actionQueues'], ({ actionQueues }) => {
    let spoke = 0;
    let broken: string | null = null;
    for (const list of ACTION_LISTS) {
      const seen = new Set<bigint>();
      for (const [node, entries] of actionQueues[list]) {
        for (const { request_id } of entries) {
          spoke += 1;
          if (seen.has(request_id))
            broken ??= `${list} has request ${request_id} twice, again of miner ${readable(node)}`;
          seen.add(request_id);
        }
      }
    }
    return { broken, spoke };
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
  watch: ofStates(['requests', 'minerQueue', 'actionQueues', 'deletionQueue'], (state) => {
    const all: readonly (readonly [string, Lists<unknown>])[] = [
      ['ComputeRequests', state.requests],
      ['MinerComputeRequests', state.minerQueue],
      ['MinerComputeDeletionRequests', state.deletionQueue],
      ...ACTION_LISTS.map((list) => [list, state.actionQueues[list]] as const),
    ];
    let spoke = 0;
    let broken: string | null = null;
    for (const [name, lists] of all) {
      spoke += lists.length;
      const empty = lists.find(([, list]) => list.length === 0);
      if (empty) broken ??= `${name} has an empty list under ${readable(empty[0])}`;
    }
    return { broken, spoke };
  }),
};

/** Of all entries in miners' lists: `wrong` says null, or what is wrong; undefined where there is nothing to say. */
const ofEntries = (
  { minerQueue }: StateView,
  wrong: (node: Hex, request_id: bigint) => string | null | undefined,
): Finding => {
  let spoke = 0;
  let broken: string | null = null;
  for (const [node, entries] of minerQueue) {
    for (const { request_id } of entries) {
      const said = wrong(node, request_id);
      if (said === undefined) continue;
      spoke += 1;
      broken ??= said;
    }
  }
  return { broken, spoke };
};

export const minerHonoured: Invariant = {
  id: 'INV-13',
  name: 'miner honoured',
  statement: 'A request that names a miner is in the list of no other.',
  antecedent: 'a request that names a miner is assigned',
  requirements: ['REQ-REQUEST-11'],
  severity: 'low',
  brokenBy: ['DEV-17', 'DEV-19'],
  watch: ofStates(['requests', 'minerQueue'], (state) =>
    ofEntries(state, (node, id) => {
      const wanted = holdersOf(state, id)[0]?.request.miner_id ?? null;
      if (wanted === null) return undefined;
      return wanted === node ? null : `request ${id} names miner ${readable(wanted)} and is given to ${readable(node)}`;
    }),
  ),
};

export const computeMinersOnly: Invariant = {
  id: 'INV-14',
  name: 'compute miners only',
  statement: 'A request is given to registered compute miners alone.',
  antecedent: 'a request is assigned',
  requirements: ['REQ-OVERVIEW-2'],
  severity: 'medium',
  brokenBy: ['DEV-29'],
  watch: ofStates(['minerQueue'], (state) =>
    ofEntries(state, (node, id) => {
      const type = state.registrationOf(node)?.node_type;
      if (type === 'ComputeMiner') return null;
      return `request ${id} is given to ${readable(node)}, which is ${type ?? 'not registered'}`;
    }),
  ),
};
