/**
 * Where a difference of the final state came about: all blocks are played once more, and after each of them the keys that differ in
 * the end are held against the chain's. That block's calls which write such a key are named.
 */
import type { Hex } from '../../spec/hex.js';
import type { StageChain } from '../../targets/node/stage.js';
import { hexOfKey } from '../../targets/runtime/translation.js';
import type { LoadedBlock } from './blocks.js';
import { Replay, type LoadDifference, type Located, type ReplayOptions } from './replay.js';

/** What is asked of the chain. */
interface ChangedChain {
  readonly reader: Pick<StageChain['reader'], 'hashOf' | 'value'>;
  readonly translation: Pick<StageChain['translation'], 'runtimeKey'>;
}

/** Keys that are looked for: each is asked for after every block. */
const MOST_KEYS = 20;

/** The keys of differences of the final state, the first ones. */
export const keysOf = (differences: readonly LoadDifference[]): readonly Hex[] =>
  differences
    .flatMap(({ aspect, raw }) => (aspect === 'final state' && typeof raw?.key === 'string' ? [raw.key] : []))
    .slice(0, MOST_KEYS);

/**
 * @param blocks all since the beginning, in turn
 * @returns by key; without those that the chain does not tell
 * @throws NodeFailure, Interrupted
 */
export const locate = async (
  { reader, translation }: ChangedChain,
  options: ReplayOptions,
  keys: readonly Hex[],
  blocks: AsyncIterable<LoadedBlock>,
): Promise<ReadonlyMap<Hex, Located>> => {
  const located = new Map<Hex, Located>();
  const left = new Set(keys);
  const replay = new Replay({ ...options, watched: new Set(keys) });
  for await (const block of blocks) {
    replay.play(block);
    const hash = await reader.hashOf(block.number);
    for (const key of [...left]) {
      if ((await reader.value(hexOfKey(translation.runtimeKey(key)), hash)) === replay.value(key)) continue;
      located.set(key, { block: block.number, writers: replay.writers.get(key) ?? [] });
      left.delete(key);
    }
    if (left.size === 0) break;
  }
  return located;
};
