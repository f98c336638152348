/**
 * Waits, once nothing more is sent, until a chain has done with what it took: all of it is in blocks, or the pool has none of it any
 * more, or several blocks in turn took nothing.
 */
import { z } from 'zod';
import { HexSchema } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import type { StageChain } from '../../targets/node/stage.js';
import type { Heads } from './heads.js';

/** Blocks with nothing of ours after which no more is waited for: more than those that the pool keeps an unsigned call. */
const IDLE_BLOCKS = 8;

/** A steered node puts what its pool has into a block, behind all that it is building already. @throws NodeFailure, Interrupted */
export const buildOne = async ({ connection }: StageChain): Promise<void> => {
  await connection.request(HexSchema, 'dev_newBlock', {});
};

const pendingOf = async ({ connection }: StageChain, ours: ReadonlySet<Hex>): Promise<number> => {
  const pending = await connection.request(z.array(HexSchema), 'author_pendingExtrinsics');
  return pending.filter((each) => ours.has(each)).length;
};

const missing = (taken: ReadonlySet<Hex>, heads: Heads): boolean =>
  [...taken].some((each) => !heads.included.has(each));

/**
 * @param taken what the pool took, by its bytes
 * @param limit milliseconds for the next block
 * @throws NodeFailure, Interrupted
 */
export const settle = async (
  chain: StageChain,
  heads: Heads,
  taken: ReadonlySet<Hex>,
  limit: number,
): Promise<void> => {
  let idle = 0;
  await heads.refresh();
  await heads.look();
  while (missing(taken, heads) && idle < IDLE_BLOCKS) {
    const before = heads.included.size;
    const isPending = (await pendingOf(chain, taken)) > 0;
    if (chain.identity.steered) await buildOne(chain);
    else if (isPending && !(await heads.next(limit))) return;
    await heads.refresh();
    await heads.look();
    // What is not pending was put into a block before it was asked for, and that one has been looked at now.
    if (!isPending && heads.included.size === before) return;
    idle = heads.included.size === before ? idle + 1 : 0;
  }
};
