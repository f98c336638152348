/** Events and changes: neither without the other. */
import { readable, type Hex } from '../hex.js';
import type { ActionRequest } from '../types/compute.js';
import {
  ACTION_LISTS,
  firstBroken,
  ofSuccesses,
  type ActionList,
  type Invariant,
  type Lists,
  type Seen,
  type StateView,
} from './invariant.js';
import { holdersOf, isEqual, listOf, queued, vmOf } from './reading.js';

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
  if (call.name === 'Compute.force_request_compute_delete')
    return fields.caller === call.args.account_id && fields.owner === call.args.account_id;
  return (
    origin.kind === 'signed' &&
    fields.caller === origin.account &&
    fields.owner === state.mainAccount(origin.account) &&
    'plan_id' in call.args &&
    fields.plan_id === call.args.plan_id
  );
};

const ofWish =
  (fields: Fields) =>
  (entry: ActionRequest): boolean =>
    !entry.fullfilled && entry.user_id === fields.owner && entry.plan_id === fields.plan_id;

/** That a list has more of the user's open entries for the plan, or another one. */
const requested =
  (listsOf: (state: StateView) => Lists<ActionRequest>) =>
  (fields: Fields, seen: Seen): boolean => {
    const wishes = (state: StateView): unknown =>
      listsOf(state).map(([node, entries]) => [node, entries.filter(ofWish(fields))]);
    const more = (state: StateView): number =>
      queued(listsOf(state)).filter(({ entry }) => ofWish(fields)(entry)).length;
    const isChanged = more(seen.state) > more(seen.before) || !isEqual(wishes(seen.before), wishes(seen.state));
    return isChanged && isByCaller(fields, seen);
  };

const inPools = ({ pools }: StateView, ip: Hex): number =>
  Object.values(pools)
    .flat()
    .filter((each) => each === ip).length;

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
    return inPools(before, ip) > inPools(state, ip) && state.roleToIp.some(([, of]) => of === ip);
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
  'ExecutionUnit.NodeSpecsStored': (fields, { state }) => state.metrics.some(([node]) => node === fields.node_id),
  'ExecutionUnit.PinCheckMetricsUpdated': (fields, { state }) =>
    state.metrics.some(([node]) => node === fields.node_id),
};

const fieldsText = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? readable(value) : String(value)}`)
    .join(', ');

export const eventsAreTrue: Invariant = {
  id: 'INV-28',
  name: 'events are true',
  statement:
    'Every event tells of a change that happened in its call, with the right node, request, plan, owner, caller and IP.',
  antecedent: 'a call has an event',
  requirements: [
    'REQ-EVENT-1',
    'REQ-EVENT-2',
    'REQ-EVENT-3',
    'REQ-EVENT-4',
    'REQ-EVENT-6',
    'REQ-EVENT-7',
    'REQ-EVENT-8',
  ],
  severity: 'medium',
  brokenBy: ['DEV-07', 'DEV-08', 'DEV-10', 'DEV-12'],
  watch: ofSuccesses((call, seen, { events }) => {
    const broken = events.map(({ name, fields }) =>
      EVIDENCE[name]?.(fields, seen) === true
        ? null
        : `${call.name} has ${name} (${fieldsText(fields)}), which is not what happened`,
    );
    return firstBroken(events.length, broken);
  }),
};

/** How many of each event the changes of a step ask for. */
const askedFor = ({ before, state, step }: Seen): ReadonlyMap<string, number> => {
  const asked = new Map<string, number>();
  const ask = (event: string, times: number): void =>
    void (times > 0 && asked.set(event, (asked.get(event) ?? 0) + times));
  const difference = (of: (view: StateView) => number): number => of(state) - of(before);
  const total = <T>(lists: Lists<T>, is: (each: T) => boolean = () => true): number =>
    queued(lists).filter(({ entry }) => is(entry)).length;
  const requests = difference((view) => total(view.requests));
  ask('Compute.ComputeRequestCreated', requests);
  ask('Compute.ComputeRequestDeleted', -requests);
  const isGivenBack =
    step !== null && 'call' in step && step.call.name === 'Compute.handle_miner_compute_request_failure';
  if (!isGivenBack)
    ask(
      'Compute.ComputeRequestSubmitted',
      difference((view) => total(view.minerQueue)),
    );
  ask(
    'Compute.ComputeRequestFulfilled',
    difference((view) => total(view.minerQueue, (entry) => entry.fullfilled)),
  );
  const deletions = difference((view) => total(view.deletionQueue));
  ask('Compute.ComputeDeleteRequested', deletions);
  ask('Compute.ComputeDeletionRequestRemoved', -deletions);
  for (const list of ACTION_LISTS) {
    const open = difference((view) => total(view.actionQueues[list], (entry) => !entry.fullfilled));
    ask(ASKED[list], open);
    const isAnswer = step !== null && 'call' in step && step.origin.kind === 'none';
    const answered = ANSWERED[list];
    if (isAnswer && answered !== null) ask(answered, -open);
  }
  const waiting = difference((view) => view.releases.length);
  ask('PalletIp.IpReturned', waiting);
  ask(
    'PalletIp.IpAssigned',
    difference((view) => view.roleToIp.length),
  );
  return asked;
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

export const changesHaveEvents: Invariant = {
  id: 'INV-29',
  name: 'changes have events',
  statement:
    'What is bought, given to a miner, fulfilled, asked for, answered, deleted, confirmed, assigned or returned has its event.',
  antecedent: 'a call makes such a change',
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
  brokenBy: ['DEV-09'],
  watch: ofSuccesses((call, seen, { events }) => {
    if (!seen.hasChanged) return { broken: null, spoke: 0 };
    const asked = [...askedFor(seen)];
    const broken = asked.map(([name, times]) => {
      const told = events.filter((event) => event.name === name).length;
      return told >= times ? null : `${call.name} makes a change whose event ${name} is missing`;
    });
    return firstBroken(asked.length, broken);
  }),
};
