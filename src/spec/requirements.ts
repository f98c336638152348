/**
 * The requirements: an id for every sentence of `docs/pallet/README-of-the-pallet.md` that promises something, tied to what
 * checks it: tests, witnesses, and the invariants that name it. A test holds them against that file and against the tests, so that
 * neither can move away unseen.
 */
import { invariants, type Invariant } from './invariants.js';
import { entryRequirements } from './requirements/entries.js';
import { errorRequirements } from './requirements/errors.js';
import { eventRequirements } from './requirements/events.js';
import { functionRequirements } from './requirements/functions.js';
import { overviewRequirements } from './requirements/overview.js';
import { requestRequirements } from './requirements/requests.js';
import type { Requirement, Tie } from './requirements/requirement.js';
import { storageRequirements } from './requirements/storage.js';

/** Every requirement, in the order of the README but for its conclusion, which stands with the overview. */
export const requirements: readonly Requirement[] = [
  ...overviewRequirements,
  ...functionRequirements,
  ...storageRequirements,
  ...eventRequirements,
  ...errorRequirements,
  ...requestRequirements,
  ...entryRequirements,
];

/** A line of `assay list requirements`. */
export interface RequirementRow {
  readonly id: string;
  /** Line of `docs/pallet/README-of-the-pallet.md`. */
  readonly line: number;
  readonly text: string;
  /** Every tie, in words: `INV-02; DEV-17; test/x.test.ts "title"`, or `not checkable: why`. */
  readonly checkedBy: string;
}

const tieText = (tie: Tie): string => {
  if ('witness' in tie) return tie.witness;
  if ('test' in tie) return `${tie.test.file} "${tie.test.name}"`;
  return `not checkable: ${tie.notCheckable}`;
};

/** The invariants that hold a requirement. */
export const invariantsOf = (requirement: string): readonly Invariant[] =>
  invariants.filter(({ requirements: held }) => held.includes(requirement));

/** The table that `assay list requirements` prints. */
export const requirementRows = (): readonly RequirementRow[] =>
  requirements.map(({ id, line, text, ties }) => {
    const checkedBy = [...invariantsOf(id).map((invariant) => invariant.id), ...ties.map(tieText)].join('; ');
    return { id, line, text, checkedBy };
  });
