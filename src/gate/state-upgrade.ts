/**
 * A chain's state across the upgrade: loaded into the old runtime, the new code put over it, and the first blocks of that. What broke is
 * told by value (`upgrade.ts`), and by invariant: those that the old runtime's own blocks leave whole.
 */
import { newlyBroken, type NewlyBroken } from '../properties/broken-state.js';
import { InputError } from '../properties/recording-file.js';
import type { RawState } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { invariants } from '../spec/invariants.js';
import { DecodeError } from '../spec/scale.js';
import { decodeValue, ITEM_DIGITS, locate } from '../spec/storage.js';
import { BlockError } from '../targets/failures.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import { migrationCost, type MigrationCost } from './migration-cost.js';
import type { Sides } from './sides.js';
import { allOf, compareStates, stoppedIn, type StateBreak } from './upgrade.js';
import { translated, TwoMeanings } from './values.js';

/** A state to be upgraded. */
export interface UpgradedState {
  /** Where it comes from, for people. */
  readonly from: string;
  /** In the old runtime's layout; of the pallets under test under the specification's keys. */
  readonly storage: RawState;
  /** Of all other pallets. */
  readonly others: RawState;
  /** After which it is the state; null where nobody knows. */
  readonly block: bigint | null;
  /** Of the runtime that the chain had then; null as of `block`. */
  readonly specVersion: number | null;
}

/** Blocks that are built with the new code: migrations run in the first one. */
export const FIRST_BLOCKS = 3n;

/** Values that were not compared, by why. */
export interface Uncompared {
  /** Of items that only one of the two has, or neither. */
  readonly unknown: readonly Hex[];
  /** That did not decode in the old runtime either. */
  readonly undecodable: readonly Hex[];
}

export interface StateUpgrade {
  readonly breaks: readonly StateBreak[];
  /** Values that were compared. */
  readonly values: number;
  readonly uncompared: Uncompared;
  /** What invariants say; null where no block could be built. */
  readonly invariants: NewlyBroken | null;
  /** Values of which invariants were not asked: the old layout is not as specified. */
  readonly unasked: readonly Hex[];
  /** Of the first block with the new code; null where there is none. */
  readonly cost: MigrationCost | null;
  /** Why nothing is known of what the new code does without an upgrade; null where it is. */
  readonly alone: string | null;
}

/** `twox128(':__STORAGE_VERSION__:')`, behind a pallet's prefix. */
const VERSION = '4e7b9012096b41c4eb3aaf947f6ea429';

const isVersion = (key: Hex): boolean => key.length === ITEM_DIGITS && key.endsWith(VERSION);

const entriesOf = ({ storage, others }: UpgradedState): (readonly [Hex, Hex])[] => [
  ...Object.entries(others),
  ...Object.entries(storage),
];

/** The old runtime's own blocks. @throws InputError where it can't build them: it is not its state */
const buildOwn = (old: RuntimeTarget, { from }: UpgradedState): void => {
  try {
    old.openNext();
    old.advance(FIRST_BLOCKS - 1n);
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    throw new InputError(
      `the state ${from}: --old can't build a block on it: ${error.message}: is it the state of a chain with that runtime?`,
      { cause: error },
    );
  }
};

/** The first blocks with the new code, as far as it can build them. */
const buildUpgraded = (
  old: RuntimeTarget,
  upgraded: RuntimeTarget,
): { readonly stopped: StateBreak | undefined; readonly cost: MigrationCost | null } => {
  const stopped = stoppedIn(() => {
    old.upgradeTo(upgraded);
  });
  if (stopped) return { stopped, cost: null };
  const cost = migrationCost(upgraded.spent, upgraded.runtime.metadata);
  return { stopped: stoppedIn(() => void upgraded.advance(FIRST_BLOCKS - 1n)), cost };
};

/**
 * The new runtime in the same state as if it had always been there: each value by field name in its layout, without those that can't be
 * brought into it. What it makes of it is no upgrade's doing.
 */
const buildAlone = (
  target: RuntimeTarget,
  state: UpgradedState,
  block: bigint,
  { old, next }: TwoMeanings,
): { readonly all: ReadonlyMap<Hex, Hex>; readonly why: string | null } => {
  const own = Object.entries(state.storage).flatMap(([key, value]): (readonly [Hex, Hex])[] => {
    if (isVersion(key)) return [[key, value]];
    const there = translated(old, next, key, value);
    return there === undefined ? [] : [[key, there]];
  });
  try {
    target.beginAfter(block, [...Object.entries(state.others), ...own]);
    target.openNext();
    target.advance(FIRST_BLOCKS - 1n);
    return { all: allOf(target), why: null };
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    return { all: new Map(), why: error.message };
  }
};

/** @throws InputError where none of the values that were given is one of the old runtime's */
const uncomparedIn = (
  old: ReadonlyMap<Hex, Hex>,
  { from, storage }: UpgradedState,
  meanings: TwoMeanings,
): Uncompared => {
  const keys = [...new Set([...Object.keys(storage), ...old.keys()])].filter((key) => !isVersion(key));
  const known = keys.filter((key) => meanings.common(key) !== undefined);
  const whyNot = (key: Hex): string | undefined =>
    meanings.undecodable('old', key, storage[key] ?? old.get(key) ?? '0x');
  const undecodable = known.filter((key) => whyNot(key) !== undefined);
  const bad = new Set(undecodable);
  const given = known.filter((key) => storage[key] !== undefined);
  const [first] = given;
  if (first !== undefined && given.every((key) => bad.has(key)))
    throw new InputError(
      `the state ${from}: none of its ${given.length} values is one of --old's, the first not for ${whyNot(first)}: is it the state of another chain, or of another release?`,
    );
  return { unknown: keys.filter((key) => meanings.common(key) === undefined), undecodable };
};

/** Whether the specification knows it as it is, key and value. */
const isSpecified = (key: Hex, value: Hex): boolean => {
  try {
    const at = locate(key);
    if (at === undefined) return false;
    decodeValue(at.item, key, value);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
};

interface Asked {
  readonly earlier: RawState;
  readonly later: RawState;
  readonly unasked: readonly Hex[];
}

/**
 * Both states in the specification's layout. What the new runtime has no item for, or no longer decodes, stays as it was: that is told by
 * itself.
 */
const asked = (
  old: ReadonlyMap<Hex, Hex>,
  upgraded: ReadonlyMap<Hex, Hex>,
  sides: Sides,
  meanings: TwoMeanings,
): Asked => {
  const earlier: Record<Hex, Hex> = {};
  const later: Record<Hex, Hex> = {};
  const unasked: Hex[] = [];
  for (const key of new Set([...old.keys(), ...upgraded.keys()])) {
    if (isVersion(key)) continue;
    const [was, is] = [old.get(key), upgraded.get(key)];
    const common = meanings.common(key);
    const isMoved = common === undefined || !meanings.hasSameKeys(common);
    const now = isMoved ? was : is && (translated(meanings.next, meanings.old, key, is) ?? was);
    const values = [was, now].filter((value) => value !== undefined);
    if (!sides.old.scope.concernsKey(key) || !values.every((value) => isSpecified(key, value))) {
      unasked.push(key);
      continue;
    }
    if (was !== undefined) earlier[key] = was;
    if (now !== undefined) later[key] = now;
  }
  return { earlier, later, unasked };
};

/**
 * Upgrades a state.
 * @throws InputError where it is no state of the old runtime's
 */
export const upgradeState = (state: UpgradedState, sides: Sides): StateUpgrade => {
  const block = state.block ?? 0n;
  const meanings = new TwoMeanings(sides.old.runtime, sides.next.runtime);
  const [old, upgraded] = [sides.old.makeTarget({ fresh: false }), sides.next.makeTarget({ fresh: false })];
  old.beginAfter(block, entriesOf(state));
  const { stopped, cost } = buildUpgraded(old, upgraded);
  buildOwn(old, state);
  const was = allOf(old);
  const uncompared = uncomparedIn(was, state, meanings);
  if (stopped) return { breaks: [stopped], values: 0, uncompared, invariants: null, unasked: [], cost, alone: null };
  const is = allOf(upgraded);
  const alone = buildAlone(sides.next.makeTarget({ fresh: false }), state, block, meanings);
  const compared = compareStates(was, is, alone.all, meanings);
  const { earlier, later, unasked } = asked(was, is, sides, meanings);
  const found = newlyBroken(earlier, later, block + FIRST_BLOCKS, invariants);
  return { ...compared, uncompared, invariants: found, unasked, cost, alone: alone.why };
};
