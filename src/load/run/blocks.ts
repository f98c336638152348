/** Blocks of a loaded chain, as verification needs them: what each tells, and when it was heard of. */
import type { BlockContents } from '../../targets/node/block-reader.js';
import type { StageChain } from '../../targets/node/stage.js';
import { toldBlock, type ToldBlock, type ToldExtrinsic } from '../../targets/node/told-block.js';

export type LoadedExtrinsic = ToldExtrinsic;

export interface LoadedBlock extends ToldBlock {
  /** When we heard of it, in milliseconds since 1970; null where we did not. */
  readonly seen: number | null;
}

/** Blocks that are asked for at once: each is decoded here while the next ones come. */
const AT_ONCE = 4;

/**
 * Blocks in turn, from one number to another, both included.
 * @param seen when each was heard of, by its number
 * @throws NodeFailure, Interrupted
 */
export async function* readBlocks(
  chain: StageChain,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  seen: ReadonlyMap<bigint, number>,
): AsyncGenerator<LoadedBlock> {
  const { reader, identity, outcomes, translation } = chain;
  const meaning = { layout: identity.layout, outcomes, translation };
  const ask = async (number: bigint): Promise<BlockContents> => reader.contents(await reader.hashOf(number));
  for (let first = from; first <= to; first += BigInt(AT_ONCE)) {
    const count = Number(to - first) + 1 < AT_ONCE ? Number(to - first) + 1 : AT_ONCE;
    const numbers = Array.from({ length: count }, (_, at) => first + BigInt(at));
    for (const contents of await Promise.all(numbers.map(ask)))
      yield { ...toldBlock(meaning, contents), seen: seen.get(contents.number) ?? null };
  }
}
