/** Who may change what of whose. */
import { signedMessage, type Call } from '../calls.js';
import { readable, type Hex } from '../hex.js';
import { remembering, verifySignature } from '../signatures.js';
import type { MultiSignature } from '../types/registration.js';
import {
  ACTION_LISTS,
  firstBroken,
  ofSuccesses,
  SILENT,
  type Invariant,
  type Lists,
  type Seen,
  type StateView,
} from './invariant.js';
import { entriesOf, isEqual, listOf, without } from './reading.js';

/** Keys of a map of lists where the lists differ, before or after. */
const changedKeys = <T>(before: Lists<T>, after: Lists<T>): Hex[] => {
  const keys = new Set([...before, ...after].map(([key]) => key));
  return [...keys].filter((key) => !isEqual(listOf(before, key), listOf(after, key)));
};

const named = [...ACTION_LISTS, 'MinerComputeDeletionRequests'] as const;

const listsOf = (state: StateView, name: (typeof named)[number]): StateView['deletionQueue'] =>
  name === 'MinerComputeDeletionRequests' ? state.deletionQueue : state.actionQueues[name];

/** Entries that are there before or after, and not in both. */
const changedEntries = <T>(before: Lists<T>, after: Lists<T>): { node: Hex; entry: T }[] =>
  changedKeys(before, after).flatMap((node) => {
    const [was, is] = [listOf(before, node), listOf(after, node)];
    return [...without(was, is), ...without(is, was)].map((entry) => ({ node, entry }));
  });

export const usersAuthority: Invariant = {
  id: 'INV-19',
  name: "a user's own",
  statement:
    "A signed call changes nothing of other users than the signer's main account, and whom the signer buys for.",
  antecedent: 'a signed call succeeds',
  requirements: [],
  severity: 'critical',
  brokenBy: [],
  watch: () => {
    const look = ofSuccesses((call, seen) => ofSigner(call, seen))();
    return (seen) =>
      seen.step !== null && 'call' in seen.step && seen.step.origin.kind === 'signed' ? look(seen) : SILENT;
  },
};

const ofSigner = (call: Call, { step, before, state }: Seen) => {
  if (step === null || !('call' in step) || step.origin.kind !== 'signed') return SILENT;
  const signer = state.mainAccount(step.origin.account);
  const paidFor = call.name === 'Marketplace.purchase_plan' && call.args.pay_for;
  const own: readonly unknown[] = [signer, ...(paidFor ? [state.mainAccount(paidFor)] : [])];
  const requests = changedKeys(before.requests, state.requests).map((owner) =>
    own.includes(owner) ? null : `the requests of ${owner} are changed by ${signer}`,
  );
  const entries = named.flatMap((name) =>
    changedEntries(listsOf(before, name), listsOf(state, name)).map(({ node, entry }) =>
      own.includes(entry.user_id)
        ? null
        : `${name} of miner ${readable(node)} is changed for ${entry.user_id} by ${signer}`,
    ),
  );
  return firstBroken(1, [...requests, ...entries]);
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

/** The node and the request that a miner's or validator's call names. */
const namedBy = ({ name, args }: Call): { node: Hex; id: bigint } | null => {
  if (!('request_id' in args) || !name.startsWith('Compute.')) return null;
  return { node: 'node_id' in args ? args.node_id : args.miner_node_id, id: args.request_id };
};

export const minersOwn: Invariant = {
  id: 'INV-21',
  name: 'the named request alone',
  statement:
    'A call that names a node and a request changes no other request, and no entry of another request or node.',
  antecedent: 'a call that names a node and a request succeeds',
  requirements: [],
  severity: 'high',
  brokenBy: [],
  watch: ofSuccesses((call, { before, state }) => {
    const names = namedBy(call);
    if (names === null) return SILENT;
    const { node, id } = names;
    const others = [
      ...changedEntries(before.requests, state.requests).map(({ entry }) => ({ node, id: entry.request_id })),
      ...changedEntries(before.minerQueue, state.minerQueue).map((each) => ({ ...each, id: each.entry.request_id })),
      ...named.flatMap((name) =>
        changedEntries(listsOf(before, name), listsOf(state, name)).map((each) => ({
          ...each,
          id: each.entry.request_id,
        })),
      ),
    ];
    const other = others.find((each) => each.node !== node || each.id !== id);
    const broken = other
      ? `${call.name} names request ${id} of miner ${readable(node)} and changes request ${other.id} of ${readable(other.node)}`
      : null;
    return { broken, spoke: 1 };
  }),
};

const OF_OWN_VM = [
  'Compute.request_compute_stop',
  'Compute.request_compute_boot',
  'Compute.request_compute_delete',
  'Compute.request_compute_reboot',
  'Compute.request_compute_resize',
];

export const ownVmIsFound: Invariant = {
  id: 'INV-22',
  name: 'own VM is found',
  statement: 'Who has a fulfilled VM with a plan is not told that there is none, whatever other users have.',
  antecedent: 'a user asks for something of a plan of which a VM of theirs is fulfilled',
  requirements: ['REQ-ERROR-7'],
  severity: 'high',
  brokenBy: ['DEV-04'],
  watch: () => (seen) => {
    const { step, before, answer } = seen;
    if (step === null || !('call' in step) || step.origin.kind !== 'signed' || answer === null) return SILENT;
    const { call, origin } = step;
    if (!OF_OWN_VM.includes(call.name) || !('plan_id' in call.args)) return SILENT;
    const { plan_id } = call.args;
    const user = before.mainAccount(origin.account);
    const fulfilled = listOf(before.requests, user).filter(
      (request) =>
        request.plan_id === plan_id && entriesOf(before, request.request_id).some(({ entry }) => entry.fullfilled),
    );
    if (fulfilled.length === 0) return SILENT;
    const isLost = 'module' in answer.outcome && answer.outcome.module.error === 'ComputeRequestNotFound';
    const broken = isLost
      ? `${user} has request ${fulfilled[0]?.request_id} fulfilled, and ${call.name} does not find it`
      : null;
    return { broken, spoke: 1 };
  },
};

export const deletionOfOne: Invariant = {
  id: 'INV-23',
  name: 'deletion is of one VM',
  statement: 'Deleting a VM leaves what was asked of other VMs as it was.',
  antecedent: 'a VM is deleted',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-23'],
  watch: ofSuccesses((_, { before, state, answer }) => {
    const deleted = answer?.events.find(({ name }) => name === 'Compute.ComputeRequestDeleted');
    if (deleted === undefined) return SILENT;
    const { request_id } = deleted.fields;
    const lost = named.flatMap((name) =>
      changedEntries(listsOf(before, name), listsOf(state, name)).map(({ node, entry }) =>
        entry.request_id === request_id
          ? null
          : `deleting request ${String(request_id)} changes ${name} of miner ${readable(node)} for request ${entry.request_id}`,
      ),
    );
    const requests = changedEntries(before.requests, state.requests).map(({ entry }) =>
      entry.request_id === request_id
        ? null
        : `deleting request ${String(request_id)} changes request ${entry.request_id}`,
    );
    return firstBroken(1, [...lost, ...requests]);
  }),
};
