/** What breaks an invariant in a state that is there, and the keys that do. */
import { createEngine } from '../engine/engine.js';
import { viewOf } from './view.js';
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
  Object.fromEntries(
    keys.flatMap((key) => {
      const value = storage[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** What an invariant says of some keys of a state, with those that it is always read with; null where it holds. */
type Says = (keys: readonly Hex[]) => string | null;

const saysOf = (invariant: Invariant, storage: RawState, block: bigint): Says => {
  const context = Object.keys(storage).filter(isAlwaysRead);
  return (keys) => invariant.watch()(seenIn(only(storage, [...context, ...keys]), block)).broken;
};

/** Leaves out parts that halve in size, then single keys, as long as the same is said: with less there, something else may be wrong. */
const fewest = (keys: readonly Hex[], says: Says): readonly Hex[] => {
  const sentence = says(keys);
  let left = keys;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const fewer = left.toSpliced(at, size);
      if (fewer.length < left.length && says(fewer) === sentence) left = fewer;
      else at += size;
    }
  }
  return left;
};

const isOfRequests = (key: Hex): boolean => locate(key)?.item.name === 'ComputeRequests';

/**
 * Keys without what is said of them: one less where that does, so that what is said then is not wrong for the lack of others. Users' own lists
 * are the first to go, as nobody else needs them.
 */
const withoutBreak = (keys: readonly Hex[], culprits: readonly Hex[], says: Says): readonly Hex[] => {
  const sentence = says(keys);
  const inTurn = [...culprits.filter(isOfRequests), ...culprits.filter((key) => !isOfRequests(key))];
  const ones = inTurn.map((culprit) => keys.filter((key) => key !== culprit));
  const none = keys.filter((key) => !culprits.includes(key));
  const cured = [...ones, none].find((each) => says(each) === null);
  return cured ?? ones.find((each) => says(each) !== sentence) ?? none;
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
  const found: BrokenState[] = [];
  for (const invariant of invariants) {
    const says = saysOf(invariant, storage, block);
    let left: readonly Hex[] = Object.keys(storage).filter((key) => !isAlwaysRead(key));
    for (let times = 0; times < MOST_EACH; times += 1) {
      const broken = says(left);
      if (broken === null) break;
      const keys = fewest(left, says);
      found.push({ invariant, broken, keys });
      if (keys.length === 0) break;
      left = withoutBreak(left, keys, says);
    }
  }
  return found;
};

/** What each invariant that does not hold in a state says of it. @throws as {@link brokenIn} */
const saidOf = (storage: RawState, block: bigint, invariants: readonly Invariant[]): ReadonlyMap<Invariant, string> => {
  const seen = seenIn(storage, block);
  const said = invariants.map((invariant) => [invariant, invariant.watch()(seen).broken] as const);
  return new Map(said.flatMap(([invariant, broken]) => (broken === null ? [] : [[invariant, broken]])));
};

export interface NewlyBroken {
  readonly broken: readonly BrokenState[];
  /** Those that did not hold before either. */
  readonly before: readonly Invariant[];
  /** Those of them that did not hold wherever one looked: nothing can be said of what came to it. */
  readonly unclear: readonly Invariant[];
}

/**
 * What breaks an invariant in the later of two states, and did not in the earlier one. Where one did not hold in the earlier one either, that
 * is left out in both.
 * @throws as {@link brokenIn}
 */
export const newlyBroken = (
  earlier: RawState,
  later: RawState,
  block: bigint,
  invariants: readonly Invariant[],
): NewlyBroken => {
  const [was, is] = [saidOf(earlier, block, invariants), saidOf(later, block, invariants)];
  const found: BrokenState[] = [];
  const unclear: Invariant[] = [];
  for (const invariant of is.keys()) {
    const before = saysOf(invariant, earlier, block);
    let keys: readonly Hex[] = Object.keys({ ...earlier, ...later }).filter((key) => !isAlwaysRead(key));
    for (let times = 0; times < MOST_EACH && before(keys) !== null; times += 1)
      keys = withoutBreak(keys, fewest(keys, before), before);
    if (before(keys) !== null) {
      unclear.push(invariant);
      continue;
    }
    const after = saysOf(invariant, later, block);
    const broken = after(keys);
    if (broken !== null) found.push({ invariant, broken, keys: fewest(keys, after) });
  }
  return { broken: found, before: [...was.keys()], unclear };
};
