/** The life of a request. */
import type { CallName } from '../calls.js';
import { readable } from '../hex.js';
import type { ComputeRequest, ComputeRequestStatus } from '../types/compute.js';
import { firstBroken, ofStates, SILENT, type Invariant, type Seen, type StateView } from './invariant.js';
import { actionsOf, entriesOf, holdersOf, isEqual, listOf, owned } from './reading.js';

/** `from -> to`, and the call that makes it. */
const CHANGES: Readonly<Record<string, CallName>> = {
  'Pending -> InProgress': 'Compute.submit_compute_request_assignment',
  'InProgress -> Running': 'Compute.mark_compute_request_fulfilled',
  'InProgress -> Pending': 'Compute.handle_miner_compute_request_failure',
  'InProgress -> Failed': 'Compute.handle_miner_compute_request_failure',
  'Running -> Stopped': 'Compute.mark_miner_compute_stop_request_fulfilled',
  'Stopped -> Running': 'Compute.submit_compute_boot_request_fulfillment',
};

const calledBy = ({ step }: Seen): CallName | null => (step !== null && 'call' in step ? step.call.name : null);

export const statusMachine: Invariant = {
  id: 'INV-15',
  name: 'status machine',
  statement:
    'A request begins as Pending; assignment makes it InProgress, fulfilment Running, a failure Pending or Failed; what runs is ' +
    'stopped, what is stopped is booted; each by its own call, and nothing else changes a status.',
  antecedent: 'a request has another status than before, or is new',
  requirements: ['REQ-STATUS-2', 'REQ-STATUS-3', 'REQ-STATUS-4', 'REQ-STATUS-5', 'REQ-STATUS-6', 'REQ-REQUEST-5'],
  severity: 'high',
  brokenBy: ['DEV-12'],
  watch: () => (seen) => {
    const { before, state, hasChanged, step } = seen;
    if (!hasChanged || step === null || 'inject' in step) return SILENT;
    const by = calledBy(seen);
    const changed = owned(state).flatMap(({ owner, request }) => {
      const { request_id, status } = request;
      const was = holdersOf(before, request_id).find((each) => each.owner === owner)?.request.status;
      return was === status ? [] : [{ request_id, was, status }];
    });
    const broken = changed.map(({ request_id, was, status }) => {
      if (was === undefined) return status === 'Pending' ? null : `request ${request_id} begins as ${status}`;
      const change = `${was} -> ${status}`;
      if (CHANGES[change] === undefined) return `request ${request_id} goes from ${was} to ${status}`;
      return CHANGES[change] === by ? null : `request ${request_id} goes from ${was} to ${status} by ${by ?? 'itself'}`;
    });
    return firstBroken(changed.length, broken);
  },
};

const STARTED: readonly ComputeRequestStatus[] = ['Running', 'Stopped'];

export const runningIsStarted: Invariant = {
  id: 'INV-16',
  name: 'running is started',
  statement: "A request that is Running or Stopped is fulfilled in a miner's list, with a job and an IP.",
  antecedent: 'a request is Running or Stopped',
  requirements: ['REQ-STATUS-5', 'REQ-ENTRY-4', 'REQ-ENTRY-12'],
  severity: 'medium',
  brokenBy: ['DEV-25'],
  watch: ofStates((state) => {
    const started = owned(state).filter(({ request }) => STARTED.includes(request.status));
    const wrong = started.find(
      ({ request }) =>
        !entriesOf(state, request.request_id).some(
          ({ entry }) => entry.fullfilled && entry.job_id !== null && entry.ip_assigned !== null,
        ),
    );
    const broken = wrong
      ? `request ${wrong.request.request_id} is ${wrong.request.status} without a job and an IP`
      : null;
    return { broken, spoke: started.length };
  }),
};

/** What a user asked for that says in which status a VM is to be, and in which list that is. */
const WISHES = {
  'Compute.request_compute_stop': { list: 'MinerComputeStopRequests', status: 'Stopped' },
  'Compute.request_compute_boot': { list: 'MinerComputeBootRequests', status: 'Running' },
} as const;

const isWish = (name: CallName): name is keyof typeof WISHES => Object.hasOwn(WISHES, name);

/** The request that a granted wish is about: that of the new entry, or of the open one that stands for it. */
const wishedFor = ({ step, before, state, answer }: Seen): { id: bigint; status: ComputeRequestStatus } | null => {
  if (step === null || !('call' in step) || step.origin.kind !== 'signed' || answer === null) return null;
  const { call, origin } = step;
  if (!isWish(call.name) || !('ok' in answer.outcome) || !('plan_id' in call.args)) return null;
  const { plan_id } = call.args;
  const { list, status } = WISHES[call.name];
  const user = state.mainAccount(origin.account);
  for (const [node, entries] of state.actionQueues[list]) {
    const own = entries.filter((entry) => !entry.fullfilled && entry.user_id === user && entry.plan_id === plan_id);
    const isNew = entries.length > listOf(before.actionQueues[list], node).length;
    const entry = isNew ? own.at(-1) : own[0];
    if (entry !== undefined) return { id: entry.request_id, status };
  }
  return null;
};

const hasOpenWish = (state: StateView, id: bigint): boolean =>
  actionsOf(state).some(
    ({ list, entry }) =>
      (list === 'MinerComputeStopRequests' || list === 'MinerComputeBootRequests') &&
      entry.request_id === id &&
      !entry.fullfilled,
  );

export const lastWish: Invariant = {
  id: 'INV-17',
  name: 'the last wish counts',
  statement: 'A VM of which no stop and no boot is open is stopped or runs, as its user asked last.',
  antecedent: 'a stop or a boot was granted and is open no longer',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-12', 'DEV-23', 'DEV-24'],
  watch: () => {
    const wishes = new Map<bigint, ComputeRequestStatus>();
    return (seen) => {
      const wish = wishedFor(seen);
      if (wish) wishes.set(wish.id, wish.status);
      if (!seen.hasChanged || wishes.size === 0) return SILENT;
      let spoke = 0;
      for (const [id, wanted] of wishes) {
        const [holder] = holdersOf(seen.state, id);
        if (holder === undefined) wishes.delete(id);
        if (holder === undefined || hasOpenWish(seen.state, id)) continue;
        spoke += 1;
        const { status } = holder.request;
        if (status !== wanted)
          return { broken: `request ${id} is ${status}, though its user asked last for ${wanted}`, spoke };
      }
      return { broken: null, spoke };
    };
  },
};

/** What stays as it was bought. */
const factsOf = ({ status: _, is_assigned: __, ...facts }: ComputeRequest): object => facts;

export const factsStay: Invariant = {
  id: 'INV-18',
  name: 'facts stay',
  statement:
    'What was bought stays as it was: id, plan, description, owner, image, cloud-init, miner, block; and it is what the buyer asked for.',
  antecedent: 'a request is there before and after a step that changes something, or is bought',
  requirements: ['REQ-REQUEST-3', 'REQ-REQUEST-4', 'REQ-REQUEST-6', 'REQ-REQUEST-7', 'REQ-REQUEST-8', 'REQ-REQUEST-10'],
  severity: 'high',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, before, state, hasChanged, block } = seen;
    if (!hasChanged || step === null || 'inject' in step) return SILENT;
    const requests = owned(state);
    const broken = requests.map(({ owner, request }) => {
      if (request.owner !== owner) return `request ${request.request_id} is held by another than its owner`;
      const earlier = holdersOf(before, request.request_id).find((each) => each.owner === owner)?.request;
      if (earlier) {
        if (earlier === request || isEqual(factsOf(earlier), factsOf(request))) return null;
        return `request ${request.request_id} is not what it was when it was bought`;
      }
      return boughtAs(seen, request, block);
    });
    return firstBroken(requests.length, broken);
  },
};

/** Where a new request is not what its buyer asked for. */
const boughtAs = ({ step }: Seen, request: ComputeRequest, block: bigint): string | null => {
  const of = `request ${request.request_id}`;
  if (step === null || !('call' in step) || step.call.name !== 'Marketplace.purchase_plan')
    return `${of} was not bought`;
  const { plan_id, plan_technical_description, image_name, image_url, cloud_init_cid, miner_id } = step.call.args;
  const asked = {
    plan_id,
    plan_technical_description,
    selected_image: { name: image_name, image_url },
    cloud_init_cid,
    miner_id,
    created_at: block,
  };
  for (const [name, value] of Object.entries(asked)) {
    const has: unknown = request[name as keyof typeof asked];
    if (isEqual(has, value)) continue;
    const text = typeof has === 'string' ? readable(has) : String(has);
    return `${of} has ${name} ${text}, which is not what was asked for`;
  }
  return request.is_assigned ? `${of} is assigned when it is bought` : null;
};
