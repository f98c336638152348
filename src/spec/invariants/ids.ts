/** Request ids. */
import type { Invariant } from './invariant.js';
import { owned } from './reading.js';

const brokenIds = (ids: readonly bigint[], next: bigint): string | null => {
  const seen = new Set<bigint>();
  for (const id of ids) {
    if (seen.has(id)) return `request id ${id} is held twice`;
    if (id >= next) return `request id ${id} is not below NextRequestId ${next}`;
    seen.add(id);
  }
  return null;
};

export const monotonicIds: Invariant = {
  id: 'INV-02',
  name: 'monotonic request ids',
  statement: 'Request ids are unique and below NextRequestId; NextRequestId never goes back, and no id comes back.',
  antecedent: 'a compute request exists',
  requirements: ['REQ-OVERVIEW-4', 'REQ-ASSIGN-5', 'REQ-REQUEST-2', 'REQ-STORAGE-2'],
  severity: 'high',
  brokenBy: ['DEV-17'],
  watch: () => {
    let live = new Set<bigint>();
    let highest = -1n;
    let lastNext = 0n;
    return ({ state }) => {
      const next = state.nextRequestId;
      const ids = owned(state).map(({ request }) => request.request_id);
      const returned = ids.find((id) => id <= highest && !live.has(id));
      const broken =
        next < lastNext
          ? `NextRequestId went back from ${lastNext} to ${next}`
          : returned !== undefined
            ? `request id ${returned} was given again`
            : brokenIds(ids, next);
      live = new Set(ids);
      for (const id of ids) if (id > highest) highest = id;
      lastNext = next;
      return { broken, spoke: ids.length };
    };
  },
};
