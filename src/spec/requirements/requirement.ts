/**
 * What a requirement is: one sentence of the pallet's README that promises something, and what holds somebody to it. Invariants do,
 * too: they name the requirements that they hold (`../invariants/`), and are not named here.
 */
import type { DeviationId } from '../deviations.js';

/** What checks a sentence, or what is known to speak against it. */
export type Tie =
  /** A deviation that contradicts the sentence or narrows it: told by its witness, DEV-14 and DEV-15 over a run. */
  | { readonly witness: DeviationId }
  /** A test of this project: its file and the title of its `it`. */
  | { readonly test: { readonly file: string; readonly name: string } }
  /** Why nothing can check the sentence. Then it is the only tie. */
  | { readonly notCheckable: string };

export interface Requirement {
  /** `REQ-`, the group, and the number in the group: a stable name. */
  readonly id: string;
  /** Line of `docs/pallet/README-of-the-pallet.md`, from 1. */
  readonly line: number;
  /** The sentence as it stands there, without its bullet. */
  readonly text: string;
  readonly ties: readonly Tie[];
}

/** Makes ties to the tests of `test/spec/promised-<topic>.test.ts`. */
export const testsOf =
  (topic: string) =>
  (name: string): Tie => ({ test: { file: `test/spec/promised-${topic}.test.ts`, name } });
