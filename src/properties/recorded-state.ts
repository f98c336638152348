/** What `assay record --state` takes from a chain, as a file: where and when it was so, and raw storage. */
import { z } from 'zod';
import type { ChainState } from '../targets/node/state.js';

export const STATE_FORMAT = 'assay-state/1';

const Recorded = z.object({
  format: z.literal(STATE_FORMAT),
  /** As the chain calls itself. */
  chain: z.string(),
  block: z.object({ number: z.int().nonnegative(), hash: z.string() }),
  spec_name: z.string(),
  spec_version: z.int().nonnegative(),
  /** Keys and values are looked at with those of other forms. */
  storage: z.record(z.string(), z.unknown()),
});

/** A file of this form, its keys and values not looked at. */
export type Recorded = z.infer<typeof Recorded>;

/** Whether JSON says that it is of this form, whether or not it is. */
export const saysItIsRecorded = (json: Readonly<Record<string, unknown>>): boolean =>
  typeof json.format === 'string' && json.format.startsWith('assay-state/');

/** Null where it is not of this form, with what is wrong. */
export const parseRecorded = (json: unknown): { readonly recorded: Recorded } | { readonly wrong: string } => {
  const parsed = Recorded.safeParse(json);
  if (parsed.success) return { recorded: parsed.data };
  const [issue] = parsed.error.issues;
  return { wrong: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
};

/** The file's text: a key a line, in their order. */
export const recordedText = ({ chain, number, hash, specName, specVersion, storage }: ChainState): string => {
  const recorded: Recorded = {
    format: STATE_FORMAT,
    chain,
    block: { number: Number(number), hash },
    spec_name: specName,
    spec_version: specVersion,
    storage: Object.fromEntries(Object.entries(storage).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
  return `${JSON.stringify(recorded, null, 1)}\n`;
};
