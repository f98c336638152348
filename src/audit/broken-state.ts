/** What breaks an invariant in a state that is there, and the keys that do. */
import { createEngine } from '../engine/engine.js';
import { viewOf } from '../properties/view.js';
import type { RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import type { Invariant, Seen } from '../spec/invariants.js';
import { locate } from '../spec/storage.js';

export interface BrokenState {
  readonly invariant: Invariant;
  readonly broken: string;
  /** As few as break it by themselves, with what they are read with. */
  readonly keys: readonly Hex[];
}

/** A state as the beginning of a scenario. */
const seenIn = (storage: RawState, block: bigint): Seen => {
  const engine = createEngine();
  engine.reset({ block, sudo: '0x', storage });
  const state = viewOf(engine.state);
  return {
    step: null,
    before: state,
    state,
    hasChanged: true,
    block,
    releasePeriod: null,
    answer: null,
    validityOf: () => null,
    unserved: null,
    repeated: null,
  };
};

/** Keys that say who is registered and who stands for whom: they break nothing, and are read with all the others. */
const isAlwaysRead = (key: Hex): boolean => {
  const pallet = locate(key)?.item.pallet;
  return pallet === 'Registration' || pallet === 'SubAccount';
};

const only = (storage: RawState, keys: readonly Hex[]): RawState =>
  Object.fromEntries(keys.map((key) => [key, storage[key] ?? '0x']));

/** Leaves out parts that halve in size, then single keys, as long as it stays broken. */
const fewest = (keys: readonly Hex[], isBroken: (keys: readonly Hex[]) => boolean): readonly Hex[] => {
  let left = keys;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const fewer = left.toSpliced(at, size);
      if (fewer.length < left.length && isBroken(fewer)) left = fewer;
      else at += size;
    }
  }
  return left;
};

/** Breaks of one invariant that are told; a state with more of them has one cause. */
const MOST_EACH = 10;

/**
 * Looks at a state as it is.
 * @param block the number of the block that the state is of; 0 where it is not known
 * @throws DecodeError where a value does not decode
 */
export const brokenIn = (
  storage: RawState,
  block: bigint,
  invariants: readonly Invariant[],
): readonly BrokenState[] => {
  const all = Object.keys(storage);
  const context = all.filter(isAlwaysRead);
  const saysOf = (invariant: Invariant, keys: readonly Hex[]): string | null =>
    invariant.watch()(seenIn(only(storage, [...context, ...keys]), block)).broken;
  const found: BrokenState[] = [];
  for (const invariant of invariants) {
    let left: readonly Hex[] = all.filter((key) => !isAlwaysRead(key));
    for (let times = 0; times < MOST_EACH && saysOf(invariant, left) !== null; times += 1) {
      const keys = fewest(left, (fewer) => saysOf(invariant, fewer) !== null);
      found.push({ invariant, broken: saysOf(invariant, keys) ?? '', keys });
      if (keys.length === 0) break;
      left = left.filter((key) => !keys.includes(key));
    }
  }
  return found;
};
