/** What the entries of miners' lists say, and what becomes of it. */
import type { Call } from '../calls.js';
import { readable, type Hex } from '../hex.js';
import type { ActionRequest, MinerComputeRequest } from '../types/compute.js';
import {
  ACTION_LISTS,
  firstBroken,
  ofStates,
  SILENT,
  type ActionList,
  type Invariant,
  type Lists,
  type Seen,
  type StateView,
} from './invariant.js';
import { changesOf, countOf, entriesOf, holdersOf, isEqual, type Pair } from './reading.js';

type ListName = ActionList | 'MinerComputeRequests' | 'MinerComputeDeletionRequests';

/** What is wrong with the first entry of lists of which something is. */
const firstWrong = <E>(lists: Lists<E>, wrong: (node: Hex, entry: E) => string | null): string | null => {
  for (const [node, entries] of lists) {
    for (const entry of entries) {
      const broken = wrong(node, entry);
      if (broken !== null) return broken;
    }
  }
  return null;
};

const entryText = (list: ListName, node: Hex, { request_id }: { readonly request_id: bigint }): string =>
  `${list} of miner ${readable(node)} has request ${request_id}`;

/** Where an entry does not say what its miner's registration and its request say. */
const ofMiner =
  (state: StateView) =>
  (node: Hex, entry: MinerComputeRequest): string | null => {
    const of = (): string => entryText('MinerComputeRequests', node, entry);
    if (entry.miner_node_id !== node) return `${of()} with another miner's name`;
    if (state.registrationOf(node)?.owner !== entry.miner_account_id)
      return `${of()} with another account than the miner's`;
    const [holder] = holdersOf(state, entry.request_id);
    return holder === undefined || holder.request.plan_id === entry.plan_id
      ? null
      : `${of()} with another plan than it was bought for`;
  };

const ofUser =
  (state: StateView, list: ActionList | 'MinerComputeDeletionRequests') =>
  (node: Hex, entry: ActionRequest): string | null => {
    const of = (): string => entryText(list, node, entry);
    if (entry.miner_node_id !== node) return `${of()} with another miner's name`;
    const [holder] = holdersOf(state, entry.request_id);
    if (holder === undefined) return null;
    if (holder.request.plan_id !== entry.plan_id) return `${of()} with another plan than it was bought for`;
    if (holder.owner !== entry.user_id) return `${of()} for another user than its owner`;
    return entriesOf(state, entry.request_id).some((each) => each.node === node)
      ? null
      : `${of()}, which is not that miner's`;
  };

export const entriesAgree: Invariant = {
  id: 'INV-10',
  name: 'entries agree',
  statement:
    "An entry has its miner's name and registered account, and the plan and the owner of its request; what is asked of a VM is asked of " +
    'the miner that has it.',
  antecedent: "a miner's list has an entry",
  requirements: ['REQ-ENTRY-2', 'REQ-ENTRY-3', 'REQ-ENTRY-10', 'REQ-ASSIGN-3', 'REQ-ASSIGN-4'],
  severity: 'high',
  brokenBy: ['DEV-07', 'DEV-12', 'DEV-17'],
  watch: ofStates(['requests', 'minerQueue', 'actionQueues', 'deletionQueue'], (state) => {
    let spoke = countOf(state.minerQueue) + countOf(state.deletionQueue);
    let broken = firstWrong(state.minerQueue, ofMiner(state));
    for (const list of ACTION_LISTS) {
      spoke += countOf(state.actionQueues[list]);
      broken ??= firstWrong(state.actionQueues[list], ofUser(state, list));
    }
    broken ??= firstWrong(state.deletionQueue, ofUser(state, 'MinerComputeDeletionRequests'));
    return { broken, spoke };
  }),
};

/** What a call says of the entry that it names. */
const reported = ({ name, args }: Call): Partial<MinerComputeRequest> | null => {
  if (name === 'Compute.update_miner_compute_request') return { job_id: args.job_id, ip_assigned: args.ip };
  if (name === 'Compute.update_miner_compute_request_hypervisor_ip') return { hypervisor_ip: args.hypervisor_ip };
  if (name === 'Compute.update_miner_compute_request_vnc') return { vnc_port: args.vnc_port };
  if (name === 'Compute.mark_compute_request_fulfilled') return { fullfilled: true };
  return name === 'Compute.handle_miner_compute_request_failure' ? { fail_reason: args.fail_reason } : null;
};

/** The call of a step that succeeded. */
const succeeded = ({ step, answer }: Seen): Call | null =>
  step !== null && 'call' in step && answer !== null && 'ok' in answer.outcome ? step.call : null;

const UNTOLD = {
  job_id: null,
  hypervisor_ip: null,
  fail_reason: null,
  vnc_port: null,
  ip_assigned: null,
  fullfilled: false,
} satisfies Partial<MinerComputeRequest>;

const minerEntry = ({ key, was, is }: Pair<MinerComputeRequest>, seen: Seen): string | null => {
  // That an entry goes only when it may is what INV-09 says.
  if (is === undefined) return null;
  const call = succeeded(seen);
  const of = entryText('MinerComputeRequests', key, is);
  if (was === undefined) {
    if (call?.name !== 'Compute.submit_compute_request_assignment') return `${of}, though it was not assigned`;
    const isNew = isEqual(is, { ...is, ...UNTOLD, created_at: seen.block });
    return isNew ? null : `${of} with more than is known when it is assigned, or of another block`;
  }
  const told = call && reported(call);
  return isEqual(is, { ...was, ...told }) ? null : `${of} with what its miner did not report`;
};

/** Where the entry that a report names does not say what was reported. */
const notKept = (call: Call, { state }: Seen): string | null => {
  const told = reported(call);
  if (!told || !('node_id' in call.args && 'request_id' in call.args)) return null;
  const { node_id, request_id } = call.args;
  const entries = entriesOf(state, request_id).filter(({ node }) => node === node_id);
  // A failure may take the entry away.
  const isKept = entries.length === 0 || entries.some(({ entry }) => isEqual(entry, { ...entry, ...told }));
  return isKept ? null : `the entry of request ${request_id} of miner ${readable(node_id)} has not what was reported`;
};

/** Where no open entry of a user's has the size that was asked for. */
const notResized = (call: Call, { step, state }: Seen): string | null => {
  if (call.name !== 'Compute.request_compute_resize' || step === null || !('call' in step)) return null;
  const { plan_id, resize_to_gbs } = call.args;
  const user = step.origin.kind === 'signed' ? state.mainAccount(step.origin.account) : null;
  const asked = { user_id: user, plan_id, fullfilled: false, resize_gbs: resize_to_gbs };
  const isKept = state.actionQueues.MinerComputeResizeRequests.some(([, entries]) =>
    entries.some((entry) => isEqual(entry, { ...entry, ...asked })),
  );
  return isKept ? null : `${user} asks for ${resize_to_gbs} GB, and no open entry says so`;
};

/** The user's part of what an entry says, in a state in which its request is there. */
const isOfVm = (state: StateView, node: Hex, { request_id, job_id, user_id, plan_id }: ActionRequest): boolean =>
  entriesOf(state, request_id).some((each) => each.node === node && each.entry.job_id === job_id) &&
  holdersOf(state, request_id).some(({ owner, request }) => owner === user_id && request.plan_id === plan_id);

/** What was asked for: nothing of it is known but in resizes. */
const size = (call: Call | null): object =>
  call?.name === 'Compute.request_compute_resize' ? { resize_gbs: call.args.resize_to_gbs } : {};

const actionEntry = (list: ListName, { key, was, is }: Pair<ActionRequest>, seen: Seen): string | null => {
  // That an open entry goes only when it may is what INV-29 says.
  if (is === undefined) return null;
  const { step, before, block } = seen;
  const call = succeeded(seen);
  const of = entryText(list, key, is);
  if (was === undefined) {
    if (call === null || step === null || !('call' in step) || step.origin.kind === 'none')
      return `${of}, though nobody asked for it`;
    if (!isOfVm(before, key, is)) return `${of} with another job, user or plan than the VM's`;
    const isNew = isEqual(is, { ...is, ...size(call), created_at: block, fullfilled: false });
    return isNew ? null : `${of} with another block or size than that in which it was asked for`;
  }
  const isAnswered = isEqual(is, { ...was, fullfilled: true });
  return isAnswered || isEqual(is, { ...was, ...size(call) }) ? null : `${of}, which is not what it was`;
};

const actionEntries = (seen: Seen): (string | null)[] => {
  const { before, state } = seen;
  const of = (list: ListName, was: Lists<ActionRequest>, is: Lists<ActionRequest>): (string | null)[] =>
    changesOf(was, is).map((pair) => actionEntry(list, pair, seen));
  return [
    ...ACTION_LISTS.flatMap((list) => of(list, before.actionQueues[list], state.actionQueues[list])),
    ...of('MinerComputeDeletionRequests', before.deletionQueue, state.deletionQueue),
  ];
};

export const entriesStay: Invariant = {
  id: 'INV-35',
  name: 'entries stay',
  statement:
    "An entry is made in the block that it names: a miner's by an assignment, with nothing else told yet; what is asked of a VM by its " +
    "user or root, with the VM's job, user and plan and the size asked for. From then on it stays as it is, but for what its miner " +
    'reports (job and IP, hypervisor IP, VNC port, fulfilment, failure) and the size that its user asks for last.',
  antecedent: 'an entry is made, changed or reported on',
  requirements: [
    'REQ-ENTRY-4',
    'REQ-ENTRY-5',
    'REQ-ENTRY-6',
    'REQ-ENTRY-7',
    'REQ-ENTRY-8',
    'REQ-ENTRY-11',
    'REQ-ENTRY-12',
  ],
  severity: 'high',
  brokenBy: ['DEV-08'],
  watch: () => (seen) => {
    const { step, before, state, hasChanged } = seen;
    if (step === null || 'inject' in step || (!hasChanged && succeeded(seen) === null)) return SILENT;
    const broken = [
      ...changesOf(before.minerQueue, state.minerQueue).map((pair) => minerEntry(pair, seen)),
      ...actionEntries(seen),
    ];
    const call = succeeded(seen);
    const isSaid = call !== null && (reported(call) !== null || call.name === 'Compute.request_compute_resize');
    if (isSaid) broken.push(notKept(call, seen), notResized(call, seen));
    return firstBroken(broken.length, broken);
  },
};
