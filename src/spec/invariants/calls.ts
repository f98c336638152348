/** What any call may come to. */
import { encodeCall, type Call } from '../calls.js';
import { outcomeText } from '../answers.js';
import type { Hex } from '../hex.js';
import { SILENT, type Invariant } from './invariant.js';
import { holdersOf } from './reading.js';

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
    const left = [...(hasChanged ? ['storage'] : []), ...answer.events.map(({ name }) => name)];
    const failed = `${step.call.name} fails with ${outcomeText(answer.outcome)}`;
    return { broken: left.length === 0 ? null : `${failed} and leaves ${left.join(', ')}`, spoke: 1 };
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

export const unknownIdIsNamed: Invariant = {
  id: 'INV-26',
  name: 'an unknown id is named',
  statement: 'A call that names a request which nobody has fails with an error of the pallet that says so.',
  antecedent: 'a call names a request that nobody has',
  requirements: ['REQ-ERROR-7'],
  severity: 'medium',
  brokenBy: ['DEV-11'],
  watch: () => (seen) => {
    const { step, answer, before } = seen;
    if (step === null || !('call' in step) || step.origin.kind !== 'none' || answer === null) return SILENT;
    const { call } = step;
    if (!call.name.startsWith('Compute.') || !('request_id' in call.args)) return SILENT;
    // What is deleted is known to its miner, until the deletion is confirmed.
    if (call.name === 'Compute.submit_compute_deletion_request') return SILENT;
    if (holdersOf(before, call.args.request_id).length > 0) return SILENT;
    const { outcome } = answer;
    const isNamed = 'module' in outcome || 'panic' in outcome || 'invalid' in outcome || 'badOrigin' in outcome;
    const broken = isNamed
      ? null
      : `${call.name} of request ${call.args.request_id}, which nobody has: ${outcomeText(outcome)}`;
    return { broken, spoke: 1 };
  },
};

const isMinersCall = ({ name }: Call): boolean => name.startsWith('Compute.');

export const onceIsOnce: Invariant = {
  id: 'INV-27',
  name: 'once is once',
  statement: "The bytes of an unsigned call of Compute's that succeeded do nothing when they are sent again at once.",
  antecedent: 'an unsigned call of Compute that succeeded is sent again, with nothing but time between',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-12'],
  watch: () => {
    let last: Hex | null = null;
    return ({ step, answer, hasChanged }) => {
      if (step === null || 'advance' in step || 'query' in step) return SILENT;
      const isCall = 'call' in step && step.origin.kind === 'none' && isMinersCall(step.call) && answer !== null;
      const sent = isCall ? encodeCall(step.call) : null;
      const isAgain = sent !== null && sent === last;
      last = isCall && 'ok' in answer.outcome ? sent : null;
      if (!isAgain || !('call' in step) || answer === null) return SILENT;
      const does = hasChanged || answer.events.length > 0;
      return { broken: does ? `${step.call.name} does it again when the same bytes are sent again` : null, spoke: 1 };
    };
  },
};

export const tagsTellApart: Invariant = {
  id: 'INV-32',
  name: 'tags tell apart',
  statement: 'Calls that the pool takes in one block exclude each other only where they are the same call.',
  antecedent: 'two different unsigned calls of one name are sent in one block',
  requirements: [],
  severity: 'high',
  brokenBy: ['DEV-28'],
  watch: () => {
    let block = -1n;
    let sent = new Map<string, Map<Hex, Call>>();
    return (seen) => {
      const { step } = seen;
      if (seen.block !== block) {
        block = seen.block;
        sent = new Map();
      }
      if (step === null || !('call' in step) || step.origin.kind !== 'none') return SILENT;
      const { call } = step;
      const others = sent.get(call.name) ?? new Map<Hex, Call>();
      sent.set(call.name, others);
      const bytes = encodeCall(call);
      if (others.has(bytes)) return SILENT;
      others.set(bytes, call);
      if (others.size === 1) return SILENT;
      const tagOf = (each: Call): string | undefined => {
        const validity = seen.validityOf(each);
        return validity !== null && 'ok' in validity ? validity.ok.provides.join() : undefined;
      };
      const tag = tagOf(call);
      if (tag === undefined) return SILENT;
      const excluded = [...others].find(([other, each]) => other !== bytes && tagOf(each) === tag);
      const broken = excluded
        ? `two different calls of ${call.name} have one tag: one keeps the other out of the pool`
        : null;
      return { broken, spoke: others.size - 1 };
    };
  },
};
