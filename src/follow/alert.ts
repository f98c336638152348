/**
 * What following a chain tells: one JSON object a line, for those who watch it. `docs/follow.md` describes them for people. No line has a
 * time of its own: two runs over the same blocks of a chain give the same differences.
 */
import { z } from 'zod';
import { HexSchema } from '../spec/answers.js';
import { Difference } from '../spec/run-events.js';

export const FOLLOW_FORMAT = 'assay-follow/1';

/** A block's number, which may be beyond what JSON's numbers hold. */
const Block = z.string().regex(/^\d+$/, "expected a block's number");
const Count = z.int().nonnegative();

const part = { aspect: Difference.shape.aspect, where: z.string(), expected: z.string(), observed: z.string() };

/** Following begins, anew or behind a checkpoint. */
const Started = z.object({
  type: z.literal('started'),
  format: z.literal(FOLLOW_FORMAT),
  url: z.string(),
  genesisHash: HexSchema,
  specName: z.string(),
  specVersion: z.int(),
  /** Of the engine. */
  rules: z.string(),
  /** Of released IPs, in blocks. */
  releasePeriod: z.string(),
  /** The first block that is compared. */
  from: Block,
  /** Whether a checkpoint says so. */
  resumed: z.boolean(),
  /** What of the runtime the engine has no say in. */
  notCovered: z.array(z.string()),
});

/** The chain did otherwise than the engine. */
const Differs = z.object({
  type: z.literal('difference'),
  block: Block,
  hash: HexSchema,
  /** Its index in the block; null where no extrinsic is known to be the one. */
  extrinsic: z.int().nullable(),
  /** `Pallet.call`, null likewise. */
  call: z.string().nullable(),
  /** The call with its arguments and origin, or a sentence. */
  what: z.string(),
  ...part,
  raw: Difference.shape.raw,
  /** Everything else of the block that parts because of it. */
  also: z.array(z.object(part)),
});

/** Of a block something could not be predicted, because another call wrote there. */
const NotCovered = z.object({
  type: z.literal('not-covered'),
  block: Block,
  hash: HexSchema,
  reason: z.string(),
  /** Keys, events or calls. */
  count: Count,
});

/** Blocks that were not compared. */
const Gap = z.object({
  type: z.literal('gap'),
  from: Block,
  to: Block,
  reason: z.literal('pruned'),
  sentence: z.string(),
});

const Lost = z.object({ type: z.literal('lost'), block: Block, sentence: z.string() });
const Reconnected = z.object({ type: z.literal('reconnected'), block: Block, attempts: Count });

/** From this block on another code executes the chain. */
const Upgrade = z.object({
  type: z.literal('upgrade'),
  block: Block,
  hash: HexSchema,
  specName: z.string(),
  specVersion: z.int(),
  before: z.object({ specName: z.string(), specVersion: z.int(), codeHash: HexSchema }),
  codeHash: HexSchema,
  rules: z.string(),
  layout: z.array(z.string()),
  notCovered: z.array(z.string()),
});

/** The rules or the release period of a lab were set anew in this block. */
const RulesChanged = z.object({
  type: z.literal('rules'),
  block: Block,
  hash: HexSchema,
  rules: z.string(),
  releasePeriod: z.string(),
});

/** All blocks up to `to` were compared, since the last such line from `from` on. */
const Checkpoint = z.object({ type: z.literal('checkpoint'), from: Block, to: Block, hash: HexSchema });

export const Alert = z.discriminatedUnion('type', [
  Started,
  Differs,
  NotCovered,
  Gap,
  Lost,
  Reconnected,
  Upgrade,
  RulesChanged,
  Checkpoint,
]);
export type Alert = z.infer<typeof Alert>;
