/** What any call may come to. */
import type { Call } from '../calls.js';
import { outcomeText, type Outcome } from '../answers.js';
import { SILENT, type Invariant, type StateView } from './invariant.js';
import { holdersOf, isEqual, listOf } from './reading.js';

export const noTrace: Invariant = {
  id: 'INV-24',
  name: 'no trace of a failure',
  statement: 'A call that fails changes no storage and has no event.',
  antecedent: 'a call fails',
  requirements: ['REQ-ASSIGN-7', 'REQ-IP-4'],
  severity: 'critical',
  brokenBy: [],
  watch: () => (seen) => {
    const { step, answer, hasChanged } = seen;
    if (step === null || !('call' in step) || answer === null || 'ok' in answer.outcome) return SILENT;
    if (!hasChanged && answer.events.length === 0) return { broken: null, spoke: 1 };
    const left = [...(hasChanged ? ['storage'] : []), ...answer.events.map(({ name }) => name)];
    return {
      broken: `${step.call.name} fails with ${outcomeText(answer.outcome)} and leaves ${left.join(', ')}`,
      spoke: 1,
    };
  },
};

export const noPanic: Invariant = {
  id: 'INV-25',
  name: 'no panic',
  statement: 'A call that the pool takes does not panic.',
  antecedent: 'an unsigned call is taken by the pool, or a call is signed',
  requirements: ['REQ-ASSIGN-7'],
  severity: 'critical',
  brokenBy: ['DEV-02'],
  watch: () => (seen) => {
    const { step, answer } = seen;
    if (step === null || !('call' in step) || answer === null || 'invalid' in answer.outcome) return SILENT;
    return { broken: 'panic' in answer.outcome ? `${step.call.name} panics` : null, spoke: 1 };
  },
};

/** Errors that say that what was named is not there, or is not its sender's to say. */
const NAMED: ReadonlySet<string> = new Set([
  'ComputeRequestNotFound',
  'ComputeStopRequestNotFound',
  'ComputeBootRequestNotFound',
  'ComputeRebootRequestNotFound',
  'ComputeResizeRequestNotFound',
  'ComputeDeletionRequestNotFound',
  'InvalidSignature',
]);

const isNamed = (outcome: Outcome): boolean =>
  'module' in outcome && outcome.module.pallet === 'Compute' && NAMED.has(outcome.module.error);

/** The id that a miner's or validator's call names, and nobody has. What is deleted is known to its miner, until that is confirmed. */
const unknownId = (before: StateView, { name, args }: Call): bigint | null => {
  if (!name.startsWith('Compute.') || !('request_id' in args)) return null;
  const { request_id } = args;
  if (name !== 'Compute.submit_compute_deletion_request')
    return holdersOf(before, request_id).length > 0 ? null : request_id;
  const isDeleted = listOf(before.deletionQueue, args.node_id).some((entry) => entry.request_id === request_id);
  return isDeleted ? null : request_id;
};

export const unknownIdIsNamed: Invariant = {
  id: 'INV-26',
  name: 'an unknown id is named',
  statement: 'A call that names a request which nobody has fails with an error of the pallet that says so.',
  antecedent: 'a call names a request that nobody has, or confirms a deletion that nobody asked for',
  requirements: ['REQ-ERROR-7', 'REQ-ERROR-8'],
  severity: 'medium',
  brokenBy: ['DEV-11'],
  watch: () => (seen) => {
    const { step, answer, before } = seen;
    if (step === null || !('call' in step) || step.origin.kind !== 'none' || answer === null) return SILENT;
    const { outcome } = answer;
    if ('panic' in outcome || 'invalid' in outcome || 'badOrigin' in outcome) return SILENT;
    const id = unknownId(before, step.call);
    if (id === null) return SILENT;
    const broken = isNamed(outcome)
      ? null
      : `${step.call.name} of request ${id}, which is not there: ${outcomeText(outcome)}`;
    return { broken, spoke: 1 };
  },
};

const isSame = (left: Call, right: Call): boolean =>
  left === right || (left.name === right.name && isEqual(left.args, right.args));

export const onceIsOnce: Invariant = {
  id: 'INV-27',
  name: 'once is once',
  statement: "The bytes of an unsigned call of Compute's that succeeded do nothing when they are sent again at once.",
  antecedent: 'an unsigned call of Compute that succeeded is sent again, with nothing but time and failures between',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-12', 'DEV-17'],
  watch: () => {
    let last: Call | null = null;
    return ({ step, answer, hasChanged }) => {
      if (step === null || 'advance' in step || 'query' in step) return SILENT;
      const sent = 'call' in step && answer !== null ? step : null;
      const isMiners = sent?.origin.kind === 'none' && sent.call.name.startsWith('Compute.');
      const isAgain = sent !== null && isMiners && last !== null && isSame(sent.call, last);
      // What fails does nothing: what succeeded before it is still the last.
      if (sent === null || answer === null || 'ok' in answer.outcome)
        last = sent !== null && isMiners ? sent.call : null;
      if (!isAgain || answer === null) return SILENT;
      const does = hasChanged || answer.events.length > 0;
      return { broken: does ? `${sent.call.name} does it again when the same bytes are sent again` : null, spoke: 1 };
    };
  },
};

export const tagsTellApart: Invariant = {
  id: 'INV-32',
  name: 'tags tell apart',
  statement: 'Calls that the pool takes in one block exclude each other only where they are the same call.',
  antecedent: 'two different unsigned calls are sent in one block',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-28'],
  watch: () => {
    let block = -1n;
    const sent = new Map<string, Call>();
    return ({ step, block: open, validityOf }) => {
      if (open !== block) {
        block = open;
        sent.clear();
      }
      if (step === null || !('call' in step) || step.origin.kind !== 'none') return SILENT;
      const { call } = step;
      const validity = validityOf(call);
      if (validity === null || !('ok' in validity)) return SILENT;
      let broken: string | null = null;
      for (const tag of validity.ok.provides) {
        const other = sent.get(tag);
        if (other && isSame(other, call)) return SILENT;
        if (other)
          broken = `two different calls, of ${call.name} and of ${other.name}, have one tag: one keeps the other out`;
      }
      const spoke = sent.size;
      for (const tag of validity.ok.provides) sent.set(tag, call);
      return { broken, spoke };
    };
  },
};
