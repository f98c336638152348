/** Request ids. */
import { ofStates, type Invariant, type Seen } from './invariant.js';
import { changesOf, countOf } from './reading.js';
import type { Lists } from './invariant.js';
import type { ComputeRequest } from '../types/compute.js';

const brokenIds = (requests: Lists<ComputeRequest>, next: bigint): string | null => {
  const seen = new Set<bigint>();
  for (const [, list] of requests) {
    for (const { request_id: id } of list) {
      if (seen.has(id)) return `request id ${id} is held twice`;
      if (id >= next) return `request id ${id} is not below NextRequestId ${next}`;
      seen.add(id);
    }
  }
  return null;
};

/** Where a step gave other ids than the next ones, or moved the next one otherwise. */
const wronglyGiven = ({ step, before, state }: Seen): string | null => {
  if (step === null || 'inject' in step) return null;
  const given = changesOf(before.requests, state.requests).flatMap(({ was, is }) =>
    was === undefined && is !== undefined ? [is.request_id] : [],
  );
  const [from, to] = [before.nextRequestId, state.nextRequestId];
  const wrong = given.find((id) => id < from || id >= from + BigInt(given.length));
  if (wrong !== undefined) return `request id ${wrong} is given where NextRequestId is ${from}`;
  if (to === from + BigInt(given.length)) return null;
  return `NextRequestId goes from ${from} to ${to}, and ${given.length} of its ids are given`;
};

export const monotonicIds: Invariant = {
  id: 'INV-02',
  name: 'monotonic request ids',
  statement:
    'Request ids are unique and below NextRequestId. A new request gets the id that NextRequestId says, which then grows by one and ' +
    'changes by nothing else: no id comes back.',
  antecedent: 'a compute request exists, or NextRequestId changes',
  requirements: ['REQ-REQUEST-2', 'REQ-STORAGE-2', 'REQ-ASSIGN-5', 'REQ-OVERVIEW-4'],
  severity: 'high',
  brokenBy: ['DEV-17'],
  watch: ofStates(['requests', 'nextRequestId'], ({ requests, nextRequestId }, seen) => ({
    broken: brokenIds(requests, nextRequestId) ?? wronglyGiven(seen),
    spoke: countOf(requests),
  })),
};
