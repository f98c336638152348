/** Where a promise comes from: a sentence of the pallet's README, or our own norm of what a user would assume. */
import type { Deviation } from '../spec/deviations.js';
import type { Invariant } from '../spec/invariants.js';
import { requirements } from '../spec/requirements.js';

const OWN_NORM = 'our own norm';

const quote = (id: string): string => {
  const requirement = requirements.find((each) => each.id === id);
  return requirement === undefined ? id : `${id}, line ${requirement.line}: "${requirement.text}"`;
};

/** What a deviation departs from. */
export const promiseOfRule = ({ provenance, promised }: Deviation): string =>
  `${provenance === 'README' ? "the pallet's README" : OWN_NORM}: ${promised}`;

/** What a broken invariant departs from. */
export const promiseOfInvariant = ({ requirements: ids, statement }: Invariant): string => {
  const [first] = ids;
  return first === undefined ? `${OWN_NORM}: ${statement}` : `the pallet's README (${quote(first)}): ${statement}`;
};
