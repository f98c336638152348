/**
 * Where a difference of the final state came about: all blocks are played once more, and after each of them the keys that differ in
 * the end are held against the chain's. That block's calls which write such a key are named.
 */
import type { Hex } from '../../spec/hex.js';
import { keyMismatch } from '../../properties/compare.js';
import type { StageChain } from '../../targets/node/stage.js';
import { hexOfKey } from '../../targets/runtime/translation.js';
import type { LoadedBlock } from './blocks.js';
import { Replay, type LoadDifference, type Located, type ReplayOptions, type Write } from './replay.js';
import type { SentCall } from './sent.js';

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

/** Of a block's calls that write a key those that change the part which differs; all of them where none is known to. */
const writersAt = (key: Hex, where: string, writes: readonly Write[]): readonly SentCall[] => {
  const there = writes.filter(({ before, after }) => keyMismatch('final state', key, before, after).where === where);
  return (there.length > 0 ? there : writes).map(({ sent }) => sent);
};

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
      const observed = await reader.value(hexOfKey(translation.runtimeKey(key)), hash);
      const expected = replay.value(key);
      if (expected === observed) continue;
      const { where } = keyMismatch('final state', key, expected, observed);
      located.set(key, { block: block.number, writers: writersAt(key, where, replay.writers.get(key) ?? []) });
      left.delete(key);
    }
    if (left.size === 0) break;
  }
  return located;
};
