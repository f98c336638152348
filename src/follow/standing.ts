/** Where following stands on a chain: behind a block, with what the chain had stored then and the engine beside it. */
import type { RawDiff, RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { DecodeError } from '../spec/scale.js';
import { palletPrefix, storage } from '../spec/storage.js';
import { NodeFailure } from '../targets/failures.js';
import type { RpcConnection } from '../targets/node/connection.js';
import { toldBlock } from '../targets/node/told-block.js';
import { readEvents } from '../targets/runtime/event-records.js';
import { hexOfKey, keyOf, type Translation } from '../targets/runtime/translation.js';
import { bindBehind, type Binding } from './binding.js';
import { Model, type Expected, type Played } from './model.js';
import type { BlockSource, OwnState, ReadBlock } from './source.js';

export interface Standing {
  readonly binding: Binding;
  readonly model: Model;
  /** The last block that is behind us. */
  readonly block: ReadBlock;
}

/** Where the pallets under test store, as a runtime has it. */
export const prefixesOf = ({ translation }: Pick<Binding, 'translation'>): readonly Hex[] =>
  Object.keys(storage)
    .map((pallet) => translation.runtimeKey(palletPrefix(pallet)))
    .filter(translation.concerns)
    .map(hexOfKey);

const specified = (translation: Translation, key: Hex): Hex => translation.specifiedKey(keyOf(key));

const wholeState = ({ state }: ReadBlock, translation: Translation): RawState => {
  const whole: Record<Hex, Hex> = {};
  for (const part of state.values()) for (const [key, value] of part) whole[specified(translation, key)] = value;
  return whole;
};

const NOTHING: OwnState = new Map();

/** What makes the storage after one block of that after another, under the specification's keys. */
const changesBetween = (before: ReadBlock, after: ReadBlock, translation: Translation): RawDiff => {
  const changes: Record<Hex, Hex | null> = {};
  for (const [prefix, now] of after.state) {
    const then = before.state.get(prefix) ?? NOTHING;
    // A part that the node proves to be the same is the same object.
    if (then === now) continue;
    for (const [key, value] of now) if (then.get(key) !== value) changes[specified(translation, key)] = value;
    for (const key of then.keys()) if (!now.has(key)) changes[specified(translation, key)] = null;
  }
  return changes;
};

/**
 * Begins behind a block, with the runtime that executes the next one.
 * @throws NodeFailure, also where the block's state is gone; Interrupted; RuleError
 */
export const standBehind = async (
  connection: RpcConnection,
  source: BlockSource,
  number: bigint,
  expected: Expected,
): Promise<Standing> => {
  const bare = await source.read(number, []);
  const binding = await bindBehind(connection, bare.hash, bare.codeHash);
  const block = await source.read(number, prefixesOf(binding));
  const { sudo, lab } = block;
  const began = { block: number, storage: wholeState(block, binding.translation), sudo, lab };
  return { binding, model: new Model(binding, expected, began), block };
};

/**
 * Plays the next block.
 * @param upgraded as {@link Model.play} has it
 * @throws NodeFailure where the block does not follow, or its events can't be decoded
 */
export const step = (
  { binding, model, block: before }: Standing,
  block: ReadBlock,
  url: string,
  upgraded?: string,
): { readonly standing: Standing; readonly played: Played } => {
  const { number, extrinsics, sudo, lab } = block;
  if (block.parent !== before.hash || number !== before.number + 1n)
    throw new NodeFailure(`${url}: block ${number} does not follow block ${before.number} as the node told it before`);
  try {
    const events = readEvents(binding.metadata, block.events);
    const told = toldBlock(binding, { number, extrinsics, events });
    const changes = changesBetween(before, block, binding.translation);
    const played = model.play({ told, changes, sudo, lab }, upgraded);
    return { standing: { binding, model, block }, played };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NodeFailure(`${url}: block ${number} can't be read: ${error.message}`, { cause: error });
  }
};
