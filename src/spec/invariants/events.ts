/** Events and changes: neither without the other. */
import type { Call } from '../calls.js';
import { readable, type Hex } from '../hex.js';
import type { ActionRequest } from '../types/compute.js';
import {
  ACTION_LISTS,
  firstBroken,
  ofSuccesses,
  SILENT,
  type ActionList,
  type Invariant,
  type Lists,
  type Seen,
  type StateView,
} from './invariant.js';
import { changedLists, changesOf, holdersOf, isEqual, listOf, vmOf, without } from './reading.js';

type Fields = Readonly<Record<string, unknown>>;

const hexOf = (fields: Fields, name: string): Hex => String(fields[name]);
const idOf = ({ request_id }: Fields): bigint => BigInt(String(request_id));

/** How many of a list's entries are so. */
const count = <T>(lists: Lists<T>, key: Hex, is: (each: T) => boolean): number => listOf(lists, key).filter(is).length;

const isOpenOf =
  (id: bigint) =>
  (entry: ActionRequest): boolean =>
    entry.request_id === id && !entry.fullfilled;

const isHeld = (state: StateView, id: bigint, owner: Hex): boolean =>
  holdersOf(state, id).some((each) => each.owner === owner);

/** That an open entry of a list is open no longer. */
const closed =
  (list: ActionList) =>
  (fields: Fields, { before, state }: Seen): boolean => {
    const [node, id] = [hexOf(fields, 'node_id'), idOf(fields)];
    const open = (view: StateView): number => count(view.actionQueues[list], node, isOpenOf(id));
    return open(before) > open(state) && isHeld(state, id, hexOf(fields, 'owner'));
  };

/** Who signed, or is asked for. */
const isByCaller = (fields: Fields, { step, state }: Seen): boolean => {
  if (step === null || !('call' in step)) return false;
  const { call, origin } = step;
  if (!('plan_id' in call.args) || fields.plan_id !== call.args.plan_id) return false;
  if (call.name === 'Compute.force_request_compute_delete')
    return fields.caller === call.args.account_id && fields.owner === call.args.account_id;
  return (
    origin.kind === 'signed' && fields.caller === origin.account && fields.owner === state.mainAccount(origin.account)
  );
};

const ofWish =
  (fields: Fields) =>
  (entry: ActionRequest): boolean =>
    !entry.fullfilled && entry.user_id === fields.owner && entry.plan_id === fields.plan_id;

/** That the user has another open entry for the plan in a list, or one that asks for something else. */
const requested =
  (listsOf: (state: StateView) => Lists<ActionRequest>) =>
  (fields: Fields, seen: Seen): boolean =>
    isByCaller(fields, seen) &&
    changedLists(listsOf(seen.before), listsOf(seen.state)).some(({ was, is }) =>
      without(is, was).some(ofWish(fields)),
    );

const inPools = ({ pools }: StateView, ip: Hex): number => {
  let count = 0;
  for (const pool of Object.values(pools)) for (const each of pool) if (each === ip) count += 1;
  return count;
};

const isHeldBy = ({ roleToIp }: StateView, ip: Hex): number => roleToIp.filter(([, of]) => of === ip).length;

/** That a node has a record, and reports on itself. */
const isOfNode = (fields: Fields, { state, step }: Seen): boolean => {
  const named = step !== null && 'call' in step && 'node_id' in step.call.args ? step.call.args.node_id : null;
  return fields.node_id === named && state.metrics.some(([node]) => node === named);
};

/** What each event says has happened, by what is seen of it. */
const EVIDENCE: Readonly<Record<string, (fields: Fields, seen: Seen) => boolean>> = {
  'Compute.ComputeRequestCreated': (fields, { before, state }) => {
    const owner = hexOf(fields, 'owner');
    const [had, has] = [listOf(before.requests, owner), listOf(state.requests, owner)];
    return has.length === had.length + 1 && has.at(-1)?.plan_id === fields.plan_id;
  },
  'Compute.ComputeRequestDeleted': (fields, { before, state }) =>
    isHeld(before, idOf(fields), hexOf(fields, 'owner')) && holdersOf(state, idOf(fields)).length === 0,
  'Compute.ComputeRequestSubmitted': (fields, { before, state }) => {
    const [miner, id] = [hexOf(fields, 'miner'), idOf(fields)];
    const given = (view: StateView): number => count(view.minerQueue, miner, (entry) => entry.request_id === id);
    return given(state) === given(before) + 1 && isHeld(state, id, hexOf(fields, 'owner'));
  },
  'Compute.ComputeRequestFulfilled': (fields, { before, state }) => {
    const [node, id] = [hexOf(fields, 'node'), idOf(fields)];
    const fulfilled = (view: StateView): number =>
      count(view.minerQueue, node, (entry) => entry.request_id === id && entry.fullfilled);
    return fulfilled(state) > fulfilled(before) && isHeld(state, id, hexOf(fields, 'owner'));
  },
  'Compute.ComputeDeletionRequestRemoved': (fields, { before, state }) => {
    const [node, id] = [hexOf(fields, 'node_id'), idOf(fields)];
    const entries = (view: StateView): number => count(view.deletionQueue, node, (entry) => entry.request_id === id);
    const isOfOwner = listOf(before.deletionQueue, node).some(
      (entry) => entry.request_id === id && entry.user_id === fields.owner,
    );
    return entries(state) < entries(before) && isOfOwner;
  },
  'Compute.ComputeBootRequestRemoved': closed('MinerComputeBootRequests'),
  'Compute.ComputeRebootRequestFulfilled': closed('MinerComputeRebootRequests'),
  'Compute.ComputeResizeRequestFulfilled': closed('MinerComputeResizeRequests'),
  'Compute.ComputeStopRequested': requested((state) => state.actionQueues.MinerComputeStopRequests),
  'Compute.ComputeBootRequested': requested((state) => state.actionQueues.MinerComputeBootRequests),
  'Compute.ComputeRebootRequested': requested((state) => state.actionQueues.MinerComputeRebootRequests),
  'Compute.ComputeResizeRequested': requested((state) => state.actionQueues.MinerComputeResizeRequests),
  'Compute.ComputeDeleteRequested': requested((state) => state.deletionQueue),
  'PalletIp.IpAssigned': (fields, { before, state }) => {
    const ip = hexOf(fields, 'ip');
    return inPools(before, ip) > inPools(state, ip) && isHeldBy(state, ip) > isHeldBy(before, ip);
  },
  'PalletIp.IpReturned': (fields, { before, state, block }) => {
    const [vm, ip] = [hexOf(fields, 'vm_uuid'), hexOf(fields, 'ip')];
    const held = before.roleToIp.some(([role, of]) => vmOf(role) === vm && of === ip);
    return held && state.releases.some((each) => each.vm_name === vm && each.ip === ip && each.created_at === block);
  },
  'PalletIp.IpAdded': (fields, { before, state }) =>
    inPools(state, hexOf(fields, 'ip')) === inPools(before, hexOf(fields, 'ip')) + 1,
  'PalletIp.IpRemoved': (fields, { before, state }) =>
    inPools(state, hexOf(fields, 'ip')) === inPools(before, hexOf(fields, 'ip')) - 1,
  'ExecutionUnit.NodeSpecsStored': isOfNode,
  'ExecutionUnit.PinCheckMetricsUpdated': isOfNode,
};

const fieldsText = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? readable(value) : String(value)}`)
    .join(', ');

export const eventsAreTrue: Invariant = {
  id: 'INV-28',
  name: 'events are true',
  statement:
    'Every event tells of a change that happened in its call, with the right node, request, plan, owner, caller and IP, and tells it once.',
  antecedent: 'a call has an event',
  requirements: [
    'REQ-EVENT-1',
    'REQ-EVENT-2',
    'REQ-EVENT-3',
    'REQ-EVENT-4',
    'REQ-EVENT-5',
    'REQ-EVENT-6',
    'REQ-EVENT-7',
    'REQ-EVENT-8',
  ],
  severity: 'medium',
  brokenBy: ['DEV-07', 'DEV-08', 'DEV-10', 'DEV-12', 'DEV-17'],
  watch: ofSuccesses((call, seen, { events }) => {
    const broken = events.map((event, at) => {
      const { name, fields } = event;
      const text = (): string => `${call.name} has ${name} (${fieldsText(fields)})`;
      if (EVIDENCE[name]?.(fields, seen) !== true) return `${text()}, which is not what happened`;
      const isTold = events.slice(0, at).some((other) => other.name === name && isEqual(other.fields, fields));
      return isTold ? `${text()} twice` : null;
    });
    return firstBroken(events.length, broken);
  }),
};

const ASKED: Readonly<Record<ActionList, string>> = {
  MinerComputeStopRequests: 'Compute.ComputeStopRequested',
  MinerComputeBootRequests: 'Compute.ComputeBootRequested',
  MinerComputeRebootRequests: 'Compute.ComputeRebootRequested',
  MinerComputeResizeRequests: 'Compute.ComputeResizeRequested',
};

/** A fulfilled stop has none: the README knows no such event. */
const ANSWERED: Readonly<Record<ActionList, string | null>> = {
  MinerComputeStopRequests: null,
  MinerComputeBootRequests: 'Compute.ComputeBootRequestRemoved',
  MinerComputeRebootRequests: 'Compute.ComputeRebootRequestFulfilled',
  MinerComputeResizeRequests: 'Compute.ComputeResizeRequestFulfilled',
};

/** The events that what became of the entries of a list asks for; what goes with its request has none. */
const askedByActions = ({ before, state }: Seen): string[] =>
  ACTION_LISTS.flatMap((list) =>
    changesOf(before.actionQueues[list], state.actionQueues[list]).flatMap(({ was, is }) => {
      const [wasOpen, isOpen] = [was?.fullfilled === false, is?.fullfilled === false];
      // Open before and after, it is another size that changed it.
      if (isOpen) return [ASKED[list]];
      const answered = ANSWERED[list];
      const isGone = is === undefined && holdersOf(state, was?.request_id ?? -1n).length === 0;
      return wasOpen && !isGone && answered !== null ? [answered] : [];
    }),
  );

/** The events that what became of requests and of miners' entries asks for. */
const askedByRequests = ({ before, state }: Seen): string[] => [
  ...changesOf(before.requests, state.requests).flatMap(({ was, is }) => {
    if (was === undefined) return ['Compute.ComputeRequestCreated'];
    return is === undefined ? ['Compute.ComputeRequestDeleted'] : [];
  }),
  ...changesOf(before.minerQueue, state.minerQueue).flatMap(({ was, is }) => [
    ...(was === undefined ? ['Compute.ComputeRequestSubmitted'] : []),
    ...(was?.fullfilled !== true && is?.fullfilled === true ? ['Compute.ComputeRequestFulfilled'] : []),
  ]),
  ...changesOf(before.deletionQueue, state.deletionQueue).flatMap(({ was, is }) => {
    if (was === undefined) return ['Compute.ComputeDeleteRequested'];
    return is === undefined ? ['Compute.ComputeDeletionRequestRemoved'] : [];
  }),
];

const times = (count: number, event: string): string[] => Array.from({ length: Math.max(0, count) }, () => event);

/** The events that what became of IPs asks for; time gives them back without any. */
const askedByIps = (call: Call, { before, state }: Seen): string[] => {
  const { pools, releases, roleToIp } = state;
  const asked = [
    ...times(without(releases, before.releases).length, 'PalletIp.IpReturned'),
    ...times(without(roleToIp, before.roleToIp).length, 'PalletIp.IpAssigned'),
  ];
  if (pools === before.pools || !call.name.startsWith('PalletIp.')) return asked;
  for (const [pool, ips] of Object.entries(pools)) {
    const were = before.pools[pool] ?? [];
    asked.push(...times(without(ips, were).length, 'PalletIp.IpAdded'));
    asked.push(...times(without(were, ips).length, 'PalletIp.IpRemoved'));
  }
  return asked;
};

export const changesHaveEvents: Invariant = {
  id: 'INV-29',
  name: 'changes have events',
  statement:
    'What is bought, given to a miner, fulfilled, asked for, answered, deleted, confirmed, assigned, returned, added or removed has its ' +
    'event, each its own; an open boot, reboot or resize goes by its answer or with its request; time does none of it.',
  antecedent: 'a call or time makes such a change',
  requirements: [
    'REQ-EVENT-2',
    'REQ-EVENT-3',
    'REQ-EVENT-4',
    'REQ-EVENT-5',
    'REQ-EVENT-6',
    'REQ-EVENT-7',
    'REQ-EVENT-8',
  ],
  severity: 'medium',
  brokenBy: ['DEV-09', 'DEV-17', 'DEV-23'],
  watch: () => (seen) => {
    const { step, answer, hasChanged } = seen;
    if (!hasChanged || step === null || 'inject' in step || (answer !== null && !('ok' in answer.outcome)))
      return SILENT;
    const asked = [...askedByRequests(seen), ...askedByActions(seen)];
    if ('call' in step) asked.push(...askedByIps(step.call, seen));
    const by = 'call' in step ? step.call.name : 'time';
    const missing = asked.find((name, at) => {
      const told = answer?.events.filter((event) => event.name === name).length ?? 0;
      return asked.slice(0, at + 1).filter((each) => each === name).length > told;
    });
    const broken = missing === undefined ? null : `${by} makes a change whose event ${missing} is missing`;
    return { broken, spoke: asked.length };
  },
};
