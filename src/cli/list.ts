/** `assay list`: what the specification knows, and the bugs of the lab runtime, as tables. */
import { deviations, type Deviation } from '../spec/deviations.js';
import { invariants } from '../spec/invariants.js';
import { mutants } from '../spec/mutants.js';
import { requirementRows } from '../spec/requirements.js';
import { deviationRules, revisionRules } from '../spec/rules.js';
import type { RunEvent } from '../spec/run-events.js';

type Listing = Extract<RunEvent, { type: 'listing' }>;

/** A column of its own would be empty in most rows. */
const toldOf = ({ title, evidence }: Deviation): string =>
  evidence === undefined ? title : `${title}. Measured: ${evidence}`;

const listings = {
  requirements: (): Omit<Listing, 'type' | 'what'> => ({
    columns: ['id', 'line', 'the README says', 'checked by'],
    rows: requirementRows().map(({ id, line, text, checkedBy }) => [id, String(line), text, checkedBy]),
  }),
  rules: (): Omit<Listing, 'type' | 'what'> => ({
    columns: ['rule', 'settings', 'what the second setting is'],
    rows: [
      ...deviationRules.map((rule) => {
        const deviation = deviations.find(({ id }) => id === rule);
        return [rule, 'deployed, promised', deviation?.promised ?? ''];
      }),
      ...revisionRules.map((rule) => [rule, '9000, 9006', 'as the release with spec_version 9006 has it']),
    ],
  }),
  deviations: (): Omit<Listing, 'type' | 'what'> => ({
    columns: ['id', 'severity', 'deviation', 'promised by'],
    rows: deviations.map((each) => [each.id, each.severity, toldOf(each), each.provenance]),
  }),
  invariants: (): Omit<Listing, 'type' | 'what'> => ({
    columns: ['id', 'severity', 'name', 'statement', 'says something when', 'broken alone by'],
    rows: invariants.map(({ id, severity, name, statement, antecedent, brokenBy }) => [
      id,
      severity,
      name,
      statement,
      antecedent,
      brokenBy.length === 0 ? 'none' : brokenBy.join(', '),
    ]),
  }),
  mutants: (): Omit<Listing, 'type' | 'what'> => ({
    columns: ['mutant', 'where', 'what is wrong'],
    rows: mutants.map(({ number, where, description }) => [String(number), where, description]),
  }),
};

export type ListName = keyof typeof listings;

/** A table of the specification. */
export const listing = (name: ListName): Listing => ({ type: 'listing', what: name, ...listings[name]() });
