/**
 * What the first block with the new code takes, its migrations among it, in storage operations: weighed as the new runtime itself weighs
 * them, against what a block may take. A migration that is heavier stalls a chain, or is never included.
 */
import { costOf, READ_TIME, WRITE_TIME } from '../load/growth/cost.js';
import { blockWeights, dbWeight, type DbWeight } from '../load/growth/weights.js';
import type { RuntimeMetadata } from '../targets/metadata.js';
import type { Spent } from '../targets/runtime/host/context.js';

export interface MigrationCost {
  readonly reads: number;
  readonly writes: number;
  /** Picoseconds; null where the runtime does not say what a block may take. */
  readonly time: bigint;
  readonly most: bigint | null;
  /** Whose weights: for people. */
  readonly by: string;
}

const MICROSECOND = 1_000_000n;
const MILLISECOND = 1_000n * MICROSECOND;

const ROCKS_DB: DbWeight = { read: BigInt(READ_TIME) * MICROSECOND, write: BigInt(WRITE_TIME) * MICROSECOND };

export const migrationCost = (spent: Spent, metadata: RuntimeMetadata): MigrationCost => {
  const { reads, writes } = costOf(spent);
  const own = dbWeight(metadata);
  const isWeighed = own !== null && own.read + own.write > 0n;
  const { read, write } = isWeighed ? own : ROCKS_DB;
  return {
    reads,
    writes,
    time: BigInt(reads) * read + BigInt(writes) * write,
    most: blockWeights(metadata)?.max_block.ref_time ?? null,
    by: isWeighed ? 'its System.DbWeight' : "FRAME's RocksDbWeight, as its System.DbWeight weighs nothing",
  };
};

/** Per cent of a block; null as of {@link MigrationCost.most}. */
export const shareOf = ({ time, most }: MigrationCost): number | null =>
  most === null || most === 0n ? null : Number((time * 10_000n) / most) / 100;

const inMilliseconds = (time: bigint): string => `${Number(time / (MILLISECOND / 100n)) / 100} ms`;

/** `61 reads and 20 writes, 3.52 ms by its System.DbWeight, 0.17 % of a block`. */
export const migrationText = (cost: MigrationCost): string => {
  const share = shareOf(cost);
  const ofBlock = share === null ? '' : `, ${share} % of a block`;
  return `${cost.reads} reads and ${cost.writes} writes, ${inMilliseconds(cost.time)} by ${cost.by}${ofBlock}`;
};
