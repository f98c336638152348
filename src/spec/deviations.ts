/**
 * Every known departure of the deployed pallet from its README or from what its users assume (DEVIATIONS.md; from DEV-20 on
 * `docs/findings.md`, where this suite found it), with what RULES.md or that page says of it: the calls it touches, what the `promised` setting is and where that comes from. The numbers are
 * stable names.
 */
import { calls, isCallName, type CallName } from './calls.js';
import type { ErrorName, EventName } from './events.js';
import type { DeviationRule, RevisionRule } from './rules.js';

export type DeviationId = DeviationRule | 'DEV-14' | 'DEV-15' | 'DEV-18';
type Severity = 'critical' | 'high' | 'medium' | 'low';
/** Where a promise comes from: a sentence of the pallet's README, or what a user of it would assume. */
type Provenance = 'README' | 'own norm';

interface Described {
  readonly severity: Severity;
  readonly title: string;
  readonly provenance: Provenance;
  /** In one sentence. */
  readonly promised: string;
  /** What was measured of it, on which node: figures that `npm run evidence` makes anew. */
  readonly evidence?: string;
  /** The calls whose behaviour the rule switches: none where there is no rule. */
  readonly calls: readonly CallName[];
}

/** Changes behaviour: a switch of the engine, told by its witness. */
export interface RuleDeviation extends Described {
  readonly kind: 'rule';
  readonly id: DeviationRule;
  readonly rule: DeviationRule;
}

/** Changes no behaviour and shows in no single answer: it is seen over a run. */
interface ObservedDeviation extends Described {
  readonly kind: 'observation';
  readonly id: 'DEV-14' | 'DEV-15';
  readonly rule: null;
  readonly observed: Observation;
}

/** Changes no behaviour, but the shape of an answer: told by its witness, which injects and asks. */
interface AnswerDeviation extends Described {
  readonly kind: 'answer';
  readonly id: 'DEV-18';
  readonly rule: null;
}

/** How a deviation is seen over a run; `how` is for people. */
type Observation =
  | {
      readonly by: 'storage operations';
      readonly how: string;
      /** How many requests of all users exist when the same call is counted. */
      readonly requests: readonly number[];
    }
  | {
      readonly by: 'never shown';
      readonly how: string;
      readonly events: readonly EventName[];
      readonly errors: readonly ErrorName<'Compute'>[];
    };

export type Deviation = RuleDeviation | ObservedDeviation | AnswerDeviation;

/** Calls of one pallet, by the indices with which RULES.md names them. */
const callsAt = (pallet: number, ...indices: readonly number[]): readonly CallName[] =>
  Object.keys(calls)
    .filter(isCallName)
    .filter((name) => calls[name].index[0] === pallet && indices.includes(calls[name].index[1]));

const compute = (...indices: readonly number[]): readonly CallName[] => callsAt(67, ...indices);

/** Every call that the pool takes unsigned. */
const unsignedCalls: readonly CallName[] = Object.keys(calls)
  .filter(isCallName)
  .filter((name) => calls[name].origin === 'none');

const rule = (
  id: DeviationRule,
  severity: Severity,
  touched: readonly CallName[],
  title: string,
  promised: string,
  provenance: Provenance = 'own norm',
): RuleDeviation => ({ kind: 'rule', id, rule: id, severity, title, provenance, promised, calls: touched });

/** In the order of DEVIATIONS.md, then of `docs/findings.md`. */
export const deviations: readonly Deviation[] = [
  rule(
    'DEV-01',
    'critical',
    compute(5, 8, 13, 15),
    'Nobody authenticates miners: every fulfilment, failure and IP call is unsigned and open to anyone, and `_signature` is ignored',
    "A fulfilment is signed by the node's registered owner over its call index, node and request; else `InvalidSignature`.",
  ),
  {
    ...rule(
      'DEV-02',
      'critical',
      compute(3),
      'An assignment to an unregistered node panics the runtime although the pool accepts it',
      'An assignment to an unregistered node fails with `CannotLookup`.',
    ),
    evidence:
      'polkadot-omni-node 1.25.1 with --instant-seal took the call, sealed one empty block over it, told its sender `invalid`, and went on; a hundred of them, one after the other, were a hundred panics and a hundred empty blocks within 5 s',
  },
  rule(
    'DEV-03',
    'critical',
    callsAt(74, 0, 1, 2, 3),
    'Two VMs can hold the same IP: adding an IP looks only at the available list',
    'Adding an IP that is available anywhere, held, or waiting for its release fails with `IpAlreadyExists`.',
  ),
  rule(
    'DEV-04',
    'high',
    compute(9, 10, 11, 12, 14, 20),
    'The second user of a plan on a miner cannot stop, boot, reboot, resize or delete: the lookup stops at the first entry of the list',
    "The lookup of a user's VM tries every fulfilled entry with that plan.",
  ),
  rule(
    'DEV-05',
    'high',
    compute(3),
    "A request can sit in several miners' queues, or twice in one: assignment does not look at status or `is_assigned`",
    'A request that is not `Pending` or already assigned is not assigned: `ComputeRequestNotFound`.',
  ),
  rule(
    'DEV-06',
    'high',
    compute(6),
    'The IP of a deleted VM never comes back: it is assigned under `job_id` and released under `vm-...`',
    "Confirming a deletion releases the IP that the deleted VM's job holds, whatever `vm_name` says.",
  ),
  rule(
    'DEV-07',
    'high',
    compute(3),
    '`plan_id` and `owner` of an assignment are whatever the sender wrote, in storage and in the event',
    "An assignment whose plan or owner is not the request's fails with `ComputeRequestNotFound`.",
  ),
  rule(
    'DEV-08',
    'medium',
    compute(9, 10, 12, 14),
    'A repeated stop, boot, reboot or resize request succeeds with its event; `ComputeStopRequestAlreadyExists` is never returned',
    'A repeated stop request fails with `ComputeStopRequestAlreadyExists`; a repeated boot, reboot or resize has no event, but for a resize to another size.',
    'README',
  ),
  rule(
    'DEV-09',
    'medium',
    compute(6),
    '`ComputeDeletionRequestRemoved` is not emitted in the ordinary flow: the request is gone before the deletion is confirmed',
    'Confirming a deletion always emits `ComputeDeletionRequestRemoved`, for the user who asked for it.',
    'README',
  ),
  rule(
    'DEV-10',
    'medium',
    compute(4),
    '`ComputeRequestFulfilled` is emitted at job assignment and again at fulfilment',
    '`ComputeRequestFulfilled` is emitted at fulfilment only.',
  ),
  rule(
    'DEV-11',
    'medium',
    compute(3, 5, 8, 13, 16, 18),
    'Unknown ids give `DispatchError::Other` where the README lists `ComputeRequestNotFound`',
    'An id that nobody has fails with `ComputeRequestNotFound`.',
    'README',
  ),
  rule(
    'DEV-12',
    'medium',
    compute(3, 5, 8, 13, 16, 18),
    'Status has no state machine: a fulfilled VM can be set back to `Pending` by a failure report, a stopped one fulfilled, and `Cancelled` is never reached',
    'A status changes only along the life of a VM; a call that would change it otherwise fails with `Other`.',
  ),
  rule(
    'DEV-13',
    'medium',
    compute(5, 8, 13, 15),
    'Nothing bounds or prunes the queues: fulfilled stop, boot, reboot and resize entries stay until the VM is deleted',
    'A fulfilled entry leaves its queue.',
  ),
  {
    kind: 'observation',
    id: 'DEV-14',
    rule: null,
    severity: 'medium',
    title: 'Every call has the same constant weight while its cost grows with all requests of all users',
    provenance: 'own norm',
    promised: 'A call declares a weight that bounds what it costs.',
    calls: [],
    observed: {
      by: 'storage operations',
      how: 'count the storage operations of the same call while 10, 1 000 and 100 000 requests exist: they grow, its weight does not',
      requests: [10, 1_000, 100_000],
    },
  },
  {
    kind: 'observation',
    id: 'DEV-15',
    rule: null,
    severity: 'low',
    title:
      'The four IP events and four IP errors of `Compute` are never used: they come from `PalletIp`, under its index, and `IpAssigned` without the VM',
    provenance: 'README',
    promised: 'IP errors and events are those that `Compute` declares, and `IpAssigned` names the VM.',
    calls: [],
    observed: {
      by: 'never shown',
      how: 'list which of these events and errors a long run with IP calls never showed: all of them',
      events: ['Compute.IpAssigned', 'Compute.IpReturned', 'Compute.IpRetrieved', 'Compute.IpAdded'],
      errors: ['NoAvailableIp', 'VmAlreadyHasIp', 'VmHasNoIp', 'IpAlreadyExists'],
    },
  },
  rule(
    'DEV-16',
    'low',
    compute(5, 8, 11, 13, 15, 20),
    'Deletion leaves empty lists behind under up to six keys, four of which it creates itself',
    'A list that is or becomes empty has no key.',
  ),
  rule(
    'DEV-17',
    'low',
    ['Marketplace.purchase_plan'],
    'Ids saturate at `u128::MAX`, after which they repeat',
    'Creation at the last id fails with `ArithmeticError::Overflow`, and nothing is created.',
  ),
  {
    kind: 'answer',
    id: 'DEV-18',
    rule: null,
    severity: 'low',
    title:
      '`get_node_metrics` gives an `Option`, not the structure; over the runtime API it also loses `disk_info` and every byte that is no UTF-8',
    provenance: 'README',
    promised: '`get_node_metrics` returns the `NodeMetricsData` structure that storage holds.',
    calls: [],
  },
  rule(
    'DEV-19',
    'low',
    compute(3),
    'A miner asked for by name is not honoured on chain',
    'A request that names a miner is assigned to no other: `ComputeRequestNotFound`.',
  ),
  rule(
    'DEV-20',
    'high',
    compute(18),
    'A failed request is stuck: it stays marked as assigned and in the list of the miner that failed it, where nobody serves it',
    "A failure report takes the entry from the miner's list and `is_assigned` from the request, which can be assigned again.",
  ),
  rule(
    'DEV-21',
    'high',
    compute(18),
    'The IP of a VM that failed never comes back: its job holds it for ever',
    'A failure report releases the IP that the job holds.',
  ),
  rule(
    'DEV-22',
    'high',
    compute(4),
    "A second job for a VM replaces the first, whose IP never comes back: anybody drains the pool, or turns a running VM's job into another",
    'A job and an IP for a VM that has them fail with `VmAlreadyHasIp`.',
    'README',
  ),
  rule(
    'DEV-23',
    'high',
    compute(11, 20),
    'Deleting a VM drops what the user asked of the other VMs with that plan on the same miner: a stop that was granted never comes',
    'Deleting a VM drops only what was asked of that VM.',
  ),
  rule(
    'DEV-24',
    'high',
    compute(9, 10, 12),
    'A stop, boot or reboot of a VM that is not in the state for it is granted and waits: a stopped VM that is asked to stop is stopped again after its next boot',
    'A VM that does not run is not stopped or rebooted, one that is not stopped not booted: `Other`.',
  ),
  rule(
    'DEV-25',
    'medium',
    compute(16),
    'A VM counts as running without a job or an IP: a fulfilment does not look for them, and its deletion can never be confirmed',
    'A fulfilment of a VM without a job fails with `VmHasNoIp`.',
    'README',
  ),
  rule(
    'DEV-26',
    'high',
    callsAt(54, 1, 2, 3),
    "A node's sums wrap: one report that anybody sends sets a miner's counters back to nothing, or gives a node 2^64 bytes of storage",
    'Sums stop at the edge of their type.',
  ),
  rule(
    'DEV-27',
    'medium',
    callsAt(54, 1),
    "A node's SEV, GPU, RAID, ZFS and disk types are those of its first report for ever: a miner that adds SEV is never chosen for it, one that loses it still is",
    'Every report of its specs sets all of them.',
  ),
  rule(
    'DEV-28',
    'high',
    unsignedCalls,
    "Pool tags leave arguments out: a call that will fail, with a wrong signature, owner or reason, keeps the miner's own out of the pool for that block",
    'A tag is made of all arguments of its call.',
  ),
  rule(
    'DEV-29',
    'medium',
    compute(3),
    'A request can be assigned to a node that is no compute miner and will never serve it',
    'An assignment to a node that is not registered as a compute miner fails with `CannotLookup`.',
  ),
];

/** What a later release changed on purpose (RULES.md, "Revisions"), and the calls that it touches. */
export const revisions: Readonly<
  Record<RevisionRule, { readonly title: string; readonly calls: readonly CallName[] }>
> = {
  'REV-01': {
    title: 'ExecutionUnit counts the requests of each node, and refuses more than 20 within ten blocks',
    calls: callsAt(54, 1, 2, 3),
  },
  'REV-02': { title: '`update_metrics_data` deposits no event', calls: callsAt(54, 3) },
};
