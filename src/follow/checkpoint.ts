/** How far a chain was followed, as a file keeps it: enough to go on behind it without a gap and without a block twice. */
import { z } from 'zod';
import { HexSchema } from '../spec/answers.js';
import { InputError } from '../properties/recording-file.js';

export const CHECKPOINT_FORMAT = 'assay-follow-checkpoint/1';

const Block = z.string().regex(/^\d{1,16}$/, "expected a block's number");

export const Checkpoint = z.object({
  format: z.literal(CHECKPOINT_FORMAT),
  /** Of the chain: what tells it from others. */
  genesisHash: HexSchema,
  /** The last block that was compared, or that could not be for want of its state. */
  block: Block,
  hash: HexSchema,
  /** The first block that no line of the kind `checkpoint` speaks of yet. */
  unsaid: Block,
  /** Blocks and differences since the first beginning. */
  compared: z.int().nonnegative(),
  differences: z.int().nonnegative(),
  /** Under which rules, in blocks how long a released IP waited: for people. */
  settings: z.object({ url: z.string(), rules: z.string(), releasePeriod: z.string() }),
  /** Bytes of the file of alerts that tell of these blocks; what stands behind them is told again. */
  alerts: z.int().nonnegative().optional(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** @param named the flag and its file, for messages @throws InputError */
export const parseCheckpoint = (text: string, named: string): Checkpoint => {
  const expected = `${named}: expected a checkpoint of "assay follow" (${CHECKPOINT_FORMAT})`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${expected}, came no JSON: ${error.message}`, { cause: error });
  }
  const parsed = Checkpoint.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(`${expected}, came something else at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
};
