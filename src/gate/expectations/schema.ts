/**
 * The form of `assay.yaml`. `docs/assay.schema.json` is made of it, for editors: each description is what they show beside
 * the key. What a schema has as its `error` is what is told that was expected.
 */
import { z } from 'zod';
import { deviations } from '../../spec/deviations.js';
import { allRules, deviationRules, revisionRules, type Rule } from '../../spec/rules.js';

export const EXPECTATIONS_FORMAT = 'assay/1';

const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

const words = matching(/\S/, 'some words');

const basis = {
  reason: words.describe('Why it is to be so. It stands in every report.'),
  author: words.describe('Who says so. It stands in every report.'),
  expires: z.iso
    .date({ error: 'a day that there is, such as 2027-03-31' })
    .describe(
      'The last day on which it counts, in UTC, such as 2027-03-31. After it this entry covers nothing, and is a finding itself.',
    ),
};

const mapping = { error: 'a mapping, such as "key: value"' };
const list = { error: 'a list, each entry behind a "-"' };

const TO = 'The setting that the new runtime is to have.';

const Deviation = z.strictObject(
  { to: z.enum(['promised', 'deployed'], { error: '"promised" or "deployed"' }).describe(TO), ...basis },
  mapping,
);

/** Without quotes YAML takes 9006 for a number. */
const Revision = z.strictObject(
  { to: z.literal(['9006', '9000', 9006, 9000], { error: '"9006" or "9000"' }).describe(TO), ...basis },
  mapping,
);

const describedAs = (rule: Rule): string => {
  const deviation = deviations.find(({ id }) => id === rule);
  if (deviation === undefined) return `${rule}: what the release with spec_version 9006 changed on purpose.`;
  return `Deployed: ${deviation.title}. Promised: ${deviation.promised}`;
};

const Flips = z.strictObject(
  {
    ...Object.fromEntries(deviationRules.map((rule) => [rule, Deviation.optional().describe(describedAs(rule))])),
    ...Object.fromEntries(revisionRules.map((rule) => [rule, Revision.optional().describe(describedAs(rule))])),
  },
  mapping,
);

const Change = z.strictObject(
  {
    change: matching(/^interface\/./, 'the id of an interface finding, "interface/..."').describe(
      'The id of the change, as the gate tells it: interface/Compute.request_compute_stop/index.',
    ),
    ...basis,
  },
  mapping,
);

const named = [...new Set([...deviations.map(({ id }) => id), ...revisionRules])].join('|');

/** What the ids of findings begin with, beside rules: the gate's, then the audit's. */
const KINDS = ['interface', 'behaviour', 'upgrade', 'cost', 'invariant', 'difference', 'state'];

const Accepted = z.strictObject(
  {
    id: matching(
      new RegExp(`^((${KINDS.join('|')})/.|rule/(${named})(/neither)?$)`),
      `the id of a finding: "rule/DEV-04", or what begins with ${KINDS.map((kind) => `"${kind}/"`).join(', ')}`,
    ).describe(
      'The id of the finding, as the gate or the audit tells it: behaviour/Compute.request_compute_stop/..., invariant/INV-06/DEV-21',
    ),
    ...basis,
  },
  mapping,
);

const Value = z.union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, true or false' });

const Defaults = z.record(z.string(), z.record(z.string(), Value, mapping), mapping);

export const ExpectationsFile = z
  .strictObject(
    {
      format: z.literal(EXPECTATIONS_FORMAT, { error: `"${EXPECTATIONS_FORMAT}"` }).describe("This file's format."),
      defaults: Defaults.nullish().describe(
        'Values of flags by command, such as "check: { runs: 800 }". The command line and ASSAY_RUNS in the environment come first.',
      ),
      rules: Flips.nullish().describe('Rules that the new runtime is to follow otherwise than the old one.'),
      interface: z
        .array(Change, list)
        .nullish()
        .describe('Changes of calls, events, errors, storage that are announced.'),
      findings: z.array(Accepted, list).nullish().describe('Findings that are accepted as they are.'),
    },
    mapping,
  )
  .describe('What an upgrade is expected to change, and what an audit is to let pass: for "--expect".');

export type ExpectationsFile = z.infer<typeof ExpectationsFile>;

/** The keys that there are in a mapping of the file. @param path to the mapping */
export const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  const [section] = path;
  if (section === undefined) return Object.keys(ExpectationsFile.shape);
  if (section === 'rules') return path.length === 1 ? allRules : Object.keys(Deviation.shape);
  return Object.keys((section === 'interface' ? Change : Accepted).shape);
};

/** For editors, most of which know draft 7 best. */
export const expectationsJsonSchema = (): unknown =>
  z.toJSONSchema(ExpectationsFile, { target: 'draft-7', io: 'input' });
