/** Who may change what of whose. */
import { calls, signedMessage, type Call, type CallName } from '../calls.js';
import { readable, type Hex } from '../hex.js';
import { remembering, verifySignature } from '../signatures.js';
import type { MultiSignature } from '../types/registration.js';
import {
  ACTION_LISTS,
  ofSuccesses,
  SILENT,
  type Finding,
  type Invariant,
  type Seen,
  type StateView,
} from './invariant.js';
import { changedEntries, changedLists, entriesOf, holdersOf, listOf } from './reading.js';

const LISTS = [...ACTION_LISTS, 'MinerComputeDeletionRequests'] as const;

const listsOf = (state: StateView, name: (typeof LISTS)[number]): StateView['deletionQueue'] =>
  name === 'MinerComputeDeletionRequests' ? state.deletionQueue : state.actionQueues[name];

/** What a step changed of a list: whose, of which request and node. */
interface Touched {
  readonly list: string;
  readonly id: bigint;
  readonly owners: readonly Hex[];
  /** Null of users' own lists. */
  readonly node: Hex | null;
}

/** Everything that differs in the lists of users and miners. */
const touched = ({ before, state }: Seen): readonly Touched[] => [
  ...changedEntries(before.requests, state.requests).map(({ node: owner, entry }) => ({
    list: 'ComputeRequests',
    id: entry.request_id,
    owners: [owner],
    node: null,
  })),
  ...changedEntries(before.minerQueue, state.minerQueue).map(({ node, entry }) => ({
    list: 'MinerComputeRequests',
    id: entry.request_id,
    owners: holdersOf(before, entry.request_id).map(({ owner }) => owner),
    node,
  })),
  ...LISTS.flatMap((list) =>
    changedEntries(listsOf(before, list), listsOf(state, list)).map(({ node, entry }) => ({
      list,
      id: entry.request_id,
      owners: [entry.user_id],
      node,
    })),
  ),
];

const touchedText = ({ list, id, node }: Touched): string =>
  node === null ? `request ${id}` : `${list} of miner ${readable(node)} for request ${id}`;

/** Whose a call is to change; null where that is nobody's question. */
const allowed = ({ step, state }: Seen): Hex | null => {
  if (step === null || !('call' in step)) return null;
  const { call, origin } = step;
  if (origin.kind === 'none') return null;
  if (call.name === 'Compute.force_request_compute_delete') return call.args.account_id;
  const paidFor = call.name === 'Marketplace.purchase_plan' ? call.args.pay_for : null;
  return state.mainAccount(paidFor ?? origin.account);
};

export const usersAuthority: Invariant = {
  id: 'INV-19',
  name: "a user's own",
  statement:
    'A call succeeds with the origin that it is made for alone. A signed call changes nothing of other users than the main account of the ' +
    'signer, or of whom the signer buys for; a forced deletion nothing of others than the account that it names.',
  antecedent: 'a call of a user or of root succeeds, or one with an origin that is not its own',
  requirements: [],
  severity: 'critical',
  brokenBy: ['DEV-17'],
  watch: ofSuccesses((call, seen) => {
    const { step } = seen;
    const kind = step !== null && 'call' in step ? step.origin.kind : 'none';
    if (calls[call.name].origin !== kind) return { broken: `${call.name} succeeds with the origin ${kind}`, spoke: 1 };
    const own = allowed(seen);
    if (own === null) return SILENT;
    const other = touched(seen).find(({ owners }) => !owners.includes(own));
    const broken = other
      ? `${call.name} for ${own} changes ${touchedText(other)}, of ${other.owners.join(' and ') || 'nobody'}`
      : null;
    return { broken, spoke: 1 };
  }),
};

const verify = remembering(verifySignature);

/** The signature argument of one of Compute's calls. */
const signatureOf = (call: Call): { node_id: Hex; request_id: bigint; signature: MultiSignature } | null =>
  'signature' in call.args && 'request_id' in call.args ? call.args : null;

export const minersAuthority: Invariant = {
  id: 'INV-20',
  name: 'miners sign',
  statement: "A call with a signature succeeds only where the node's registered owner signed it.",
  antecedent: 'a call of Compute with a signature succeeds',
  requirements: ['REQ-ERROR-6'],
  severity: 'critical',
  brokenBy: ['DEV-01'],
  watch: ofSuccesses((call, { state }) => {
    const signed = signatureOf(call);
    if (signed === null) return SILENT;
    const { node_id, request_id, signature } = signed;
    const owner = state.registrationOf(node_id)?.owner;
    const isValid = owner !== undefined && verify(signature, signedMessage(call.name, node_id, request_id), owner);
    const broken = isValid ? null : `${call.name} succeeds for miner ${readable(node_id)}, whose owner did not sign it`;
    return { broken, spoke: 1 };
  }),
};

/** The node that a miner's or validator's call names, and its request; null where it names none. */
const namedBy = ({ args }: Call): { node: Hex; id: bigint | null } | null => {
  if ('miner_node_id' in args) return { node: args.miner_node_id, id: args.request_id };
  if (!('node_id' in args)) return null;
  return { node: args.node_id, id: 'request_id' in args ? args.request_id : null };
};

export const minersOwn: Invariant = {
  id: 'INV-21',
  name: 'the named alone',
  statement:
    'A call that names a node and a request changes no other request, and no entry of another request or node, and no record; a report ' +
    "on a node changes that node's record alone.",
  antecedent: 'a call that names a node succeeds',
  requirements: ['REQ-METRICS-2'],
  severity: 'high',
  brokenBy: [],
  watch: ofSuccesses((call, seen) => {
    const names = namedBy(call);
    if (names === null) return SILENT;
    const other = touched(seen).find(({ node, id }) => id !== names.id || (node !== null && node !== names.node));
    if (other) return changesOther(call, touchedText(other));
    const { before, state } = seen;
    if (before.metrics === state.metrics) return { broken: null, spoke: 1 };
    const records = [before, state].map(({ metrics }) => metrics.map(([of, record]) => [of, [record]] as const));
    const [was = [], is = []] = records;
    const record = changedLists(was, is).find(({ key }) => names.id !== null || key !== names.node);
    return record ? changesOther(call, `the record of ${readable(record.key)}`) : { broken: null, spoke: 1 };
  }),
};

const changesOther = (call: Call, what: string): Finding => {
  const names = namedBy(call);
  const request = names?.id == null ? '' : ` and request ${names.id}`;
  return {
    broken: `${call.name} names miner ${readable(names?.node ?? '0x')}${request}, and changes ${what}`,
    spoke: 1,
  };
};

const OF_OWN_VM: ReadonlySet<CallName> = new Set([
  'Compute.request_compute_stop',
  'Compute.request_compute_boot',
  'Compute.request_compute_delete',
  'Compute.request_compute_reboot',
  'Compute.request_compute_resize',
]);

export const ownVmIsFound: Invariant = {
  id: 'INV-22',
  name: 'own VM is found',
  statement:
    'Who has a fulfilled VM with a plan is not told that there is none, whatever other users have; and who has none is told so.',
  antecedent: 'a user asks for something of a plan',
  requirements: ['REQ-ERROR-7', 'REQ-ASSIGN-1'],
  severity: 'high',
  brokenBy: ['DEV-04', 'DEV-07', 'DEV-17'],
  watch: () => (seen) => {
    const { step, before, answer } = seen;
    if (step === null || !('call' in step) || step.origin.kind !== 'signed' || answer === null) return SILENT;
    const { call, origin } = step;
    if (!OF_OWN_VM.has(call.name) || !('plan_id' in call.args)) return SILENT;
    const { plan_id } = call.args;
    const user = before.mainAccount(origin.account);
    const own = listOf(before.requests, user).find(
      (request) =>
        request.plan_id === plan_id && entriesOf(before, request.request_id).some(({ entry }) => entry.fullfilled),
    );
    const isFound = !('module' in answer.outcome && answer.outcome.module.error === 'ComputeRequestNotFound');
    if (isFound === (own !== undefined)) return { broken: null, spoke: 1 };
    const broken = own
      ? `${user} has request ${own.request_id} fulfilled, and ${call.name} does not find it`
      : `${user} has no request of the plan fulfilled, and ${call.name} finds one`;
    return { broken, spoke: 1 };
  },
};

export const deletionOfOne: Invariant = {
  id: 'INV-23',
  name: 'deletion is of one VM',
  statement: 'Deleting a VM leaves all other requests, and what was asked of them, as they were.',
  antecedent: 'a VM is deleted',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-23'],
  watch: ofSuccesses((_, seen, { events }) => {
    const deleted = events.find(({ name }) => name === 'Compute.ComputeRequestDeleted');
    if (deleted === undefined) return SILENT;
    const { request_id } = deleted.fields;
    const other = touched(seen).find(({ id }) => id !== request_id);
    const broken = other ? `deleting request ${String(request_id)} changes ${touchedText(other)}` : null;
    return { broken, spoke: 1 };
  }),
};
