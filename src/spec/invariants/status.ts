/** The life of a request. */
import type { Call, CallName } from '../calls.js';
import { readable } from '../hex.js';
import type { ActionRequest, ComputeRequest, ComputeRequestStatus } from '../types/compute.js';
import { firstBroken, ofStates, SILENT, type Invariant, type Seen, type StateView } from './invariant.js';
import { changedLists, changesOf, countOf, entriesOf, holdersOf, isEqual, queued, without } from './reading.js';

/** `from -> to`, and the call that makes it. */
const CHANGES: Readonly<Record<string, CallName>> = {
  'Pending -> InProgress': 'Compute.submit_compute_request_assignment',
  'InProgress -> Running': 'Compute.mark_compute_request_fulfilled',
  'InProgress -> Pending': 'Compute.handle_miner_compute_request_failure',
  'InProgress -> Failed': 'Compute.handle_miner_compute_request_failure',
  'Running -> Stopped': 'Compute.mark_miner_compute_stop_request_fulfilled',
  'Stopped -> Running': 'Compute.submit_compute_boot_request_fulfillment',
};

const isLed = (by: CallName, status: ComputeRequestStatus): boolean =>
  Object.entries(CHANGES).some(([change, call]) => call === by && change.endsWith(`> ${status}`));

const LEADING: ReadonlySet<CallName> = new Set(Object.values(CHANGES));

/** Where a call that leads to a status does not. */
const notLed = ({ step, state, answer }: Seen): string | null => {
  if (step === null || !('call' in step) || answer === null || !('ok' in answer.outcome)) return null;
  const { name, args } = step.call;
  if (!LEADING.has(name) || !('request_id' in args)) return null;
  const status = holdersOf(state, args.request_id)[0]?.request.status;
  return status === undefined || isLed(name, status) ? null : `${name} leaves request ${args.request_id} ${status}`;
};

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
    const { before, state, step } = seen;
    if (step === null || 'inject' in step) return SILENT;
    const by = 'call' in step ? step.call.name : null;
    let spoke = 0;
    let broken: string | null = null;
    for (const { was, is } of changesOf(before.requests, state.requests)) {
      if (is === undefined || was?.status === is.status) continue;
      spoke += 1;
      broken ??= wrongChange(was, is, by);
    }
    return { broken: broken ?? notLed(seen), spoke };
  },
};

const wrongChange = (was: ComputeRequest | undefined, is: ComputeRequest, by: CallName | null): string | null => {
  const { request_id, status } = is;
  if (was === undefined) return status === 'Pending' ? null : `request ${request_id} begins as ${status}`;
  const of = `request ${request_id} goes from ${was.status} to ${status}`;
  const right = CHANGES[`${was.status} -> ${status}`];
  if (right === undefined) return of;
  return right === by ? null : `${of} by ${by ?? 'itself'}`;
};

export const runningIsStarted: Invariant = {
  id: 'INV-16',
  name: 'running is started',
  statement: "A request that is Running or Stopped is fulfilled in a miner's list, with a job and an IP.",
  antecedent: 'a request is Running or Stopped',
  requirements: ['REQ-STATUS-5', 'REQ-ENTRY-4', 'REQ-ENTRY-12'],
  severity: 'medium',
  brokenBy: ['DEV-12', 'DEV-17', 'DEV-25'],
  watch: ofStates(['requests', 'minerQueue'], (state) => {
    let spoke = 0;
    let broken: string | null = null;
    for (const [, list] of state.requests) {
      for (const { request_id, status } of list) {
        if (status !== 'Running' && status !== 'Stopped') continue;
        spoke += 1;
        const isStarted = entriesOf(state, request_id).some(
          ({ entry }) => entry.fullfilled && entry.job_id !== null && entry.ip_assigned !== null,
        );
        if (!isStarted) broken ??= `request ${request_id} is ${status} without a job and an IP`;
      }
    }
    return { broken, spoke };
  }),
};

/** What a user asked for that says in which status a VM is to be, and in which list that is. */
const WISHES = {
  'Compute.request_compute_stop': { list: 'MinerComputeStopRequests', status: 'Stopped' },
  'Compute.request_compute_boot': { list: 'MinerComputeBootRequests', status: 'Running' },
} as const;

const isWish = (name: CallName): name is keyof typeof WISHES => Object.hasOwn(WISHES, name);

/** The request that a granted wish is about: that of the new entry, or of the only open one, which then stands for it. */
const wishedFor = ({ step, before, state, answer }: Seen): { id: bigint; status: ComputeRequestStatus } | null => {
  if (step === null || !('call' in step) || step.origin.kind !== 'signed' || answer === null) return null;
  const { call, origin } = step;
  if (!isWish(call.name) || !('ok' in answer.outcome) || !('plan_id' in call.args)) return null;
  const { plan_id } = call.args;
  const { list, status } = WISHES[call.name];
  const user = state.mainAccount(origin.account);
  const isOwn = (entry: ActionRequest): boolean =>
    !entry.fullfilled && entry.user_id === user && entry.plan_id === plan_id;
  const [was, is] = [before.actionQueues[list], state.actionQueues[list]];
  const added = changedLists(was, is).flatMap((changed) => without(changed.is, changed.was).filter(isOwn));
  const [first, second] = added.length > 0 ? added : queued(is).flatMap(({ entry }) => (isOwn(entry) ? [entry] : []));
  return first !== undefined && second === undefined ? { id: first.request_id, status } : null;
};

const hasOpenWish = ({ actionQueues }: StateView, id: bigint): boolean =>
  Object.values(WISHES).some(({ list }) =>
    actionQueues[list].some(([, entries]) => entries.some((entry) => entry.request_id === id && !entry.fullfilled)),
  );

export const lastWish: Invariant = {
  id: 'INV-17',
  name: 'the last wish counts',
  statement: 'A VM of which no stop and no boot is open is stopped or runs, as its user asked last.',
  antecedent: 'a stop or a boot was granted and is open no longer',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-12', 'DEV-17', 'DEV-23', 'DEV-24'],
  watch: () => {
    const wishes = new Map<bigint, ComputeRequestStatus>();
    return (seen) => {
      const wish = wishedFor(seen);
      if (wish) wishes.set(wish.id, wish.status);
      if (!seen.hasChanged || wishes.size === 0) return SILENT;
      let spoke = 0;
      let broken: string | null = null;
      for (const [id, wanted] of wishes) {
        const [holder] = holdersOf(seen.state, id);
        if (holder === undefined) wishes.delete(id);
        if (holder === undefined || hasOpenWish(seen.state, id)) continue;
        spoke += 1;
        const { status } = holder.request;
        if (status !== wanted) broken ??= `request ${id} is ${status}, though its user asked last for ${wanted}`;
      }
      return { broken, spoke };
    };
  },
};

/** What stays as it was bought. */
const factsOf = ({ status: _, is_assigned: __, ...facts }: ComputeRequest): object => facts;

type Purchase = Extract<Call, { name: 'Marketplace.purchase_plan' }>;

/** The purchase that succeeded, and who buys. */
const purchaseOf = ({ step, answer }: Seen): { readonly call: Purchase; readonly signer: string } | null => {
  if (step === null || !('call' in step) || step.origin.kind !== 'signed') return null;
  const { call, origin } = step;
  if (call.name !== 'Marketplace.purchase_plan' || answer === null || !('ok' in answer.outcome)) return null;
  return { call, signer: origin.account };
};

export const factsStay: Invariant = {
  id: 'INV-18',
  name: 'facts stay',
  statement:
    'A purchase makes one request, which is what the buyer asked for, of the main account of who is paid for or buys, in its block and not ' +
    'yet assigned. It stays as it was bought: id, plan, description, owner, image, cloud-init, miner, block.',
  antecedent: 'a request is there before and after a step that changes something, or is bought',
  requirements: [
    'REQ-REQUEST-3',
    'REQ-REQUEST-4',
    'REQ-REQUEST-6',
    'REQ-REQUEST-7',
    'REQ-REQUEST-8',
    'REQ-REQUEST-10',
    'REQ-REQUEST-11',
    'REQ-STORAGE-3',
    'REQ-IMAGE-2',
    'REQ-IMAGE-3',
  ],
  severity: 'high',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, before, state, hasChanged } = seen;
    const purchase = purchaseOf(seen);
    if (step === null || 'inject' in step || (!hasChanged && purchase === null)) return SILENT;
    const changes = changesOf(before.requests, state.requests);
    const bought = changes.filter(({ was }) => was === undefined).length;
    return firstBroken(countOf(state.requests), [
      purchase !== null && bought !== 1 ? `a purchase makes ${bought} requests` : null,
      ...changes.map(({ key: owner, was, is }) => {
        if (is === undefined) return null;
        if (is.owner !== owner) return `request ${is.request_id} is held by another than its owner`;
        if (was === undefined) return boughtAs(seen, is);
        const stays = isEqual(factsOf(was), factsOf(is));
        return stays ? null : `request ${is.request_id} is not what it was when it was bought`;
      }),
    ]);
  },
};

/** Where a new request is not what its buyer asked for. */
const boughtAs = (seen: Seen, request: ComputeRequest): string | null => {
  const of = `request ${request.request_id}`;
  const purchase = purchaseOf(seen);
  if (purchase === null) return `${of} was not bought`;
  const { plan_id, plan_technical_description, image_name, image_url, cloud_init_cid, miner_id, pay_for } =
    purchase.call.args;
  const asked = {
    plan_id,
    plan_technical_description,
    owner: seen.before.mainAccount(pay_for ?? purchase.signer),
    selected_image: { name: image_name, image_url },
    cloud_init_cid,
    miner_id,
    created_at: seen.block,
    is_assigned: false,
  };
  for (const [name, value] of Object.entries(asked)) {
    const has: unknown = request[name as keyof typeof asked];
    if (isEqual(has, value)) continue;
    const text = typeof has === 'string' ? readable(has) : String(has);
    return `${of} has ${name} ${text}, which is not what was asked for`;
  }
  return null;
};
