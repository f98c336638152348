/**
 * The state across the upgrade: the new code put over the old one's storage, and the next block opened by both. Every value of the
 * pallets under test must decode in the new layout, and say what the old runtime's says.
 */
import type { Hex } from '../spec/hex.js';
import { palletPrefix, storage } from '../spec/storage.js';
import type { Mismatch } from '../properties/compare.js';
import { BlockError } from '../targets/failures.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import type { Target } from '../targets/target.js';
import type { Common, TwoMeanings } from './values.js';

/** Something that the upgrade did to the state. */
export interface StateBreak {
  /** Made of its shape. */
  readonly id: string;
  readonly part: string;
  /** Of the first value of that shape. */
  readonly sentence: string;
  readonly old: string;
  readonly next: string;
  /** How many values have it. */
  readonly values: number;
}

const NO_VALUE = 'no value';

/** All values of the pallets under test. */
export const allOf = (target: Pick<Target, 'readAll'>): Map<Hex, Hex> => {
  const all = new Map<Hex, Hex>();
  for (const pallet of Object.keys(storage)) {
    const under = target.readAll(palletPrefix(pallet)) as Readonly<Record<Hex, Hex>>;
    for (const [key, value] of Object.entries(under)) all.set(key, value);
  }
  return all;
};

/** A key's value: with the old code, after the upgrade, and where the new code was always there. */
interface AfterBlock {
  readonly old: Hex | null;
  readonly upgraded: Hex | null;
  readonly alone: Hex | null;
}

const UNMOVED =
  'is kept under other keys by the new runtime, but entries are still under the old ones: no migration moved them';

type ValueBreak = Omit<StateBreak, 'values'>;

/** What became of a value that decodes before and after. */
const changeOf = (
  key: Hex,
  [old, upgraded]: readonly [Hex, Hex],
  { where, expected, observed }: Mismatch,
  meanings: TwoMeanings,
  as: (what: string, sentence: string, was: string, is: string) => ValueBreak,
): ValueBreak => {
  const missing = meanings.missing(key, old, upgraded);
  const [first, ...others] = missing?.entries ?? [];
  if (missing === undefined || first === undefined)
    return as('changed', `${where} is another value after the upgrade`, expected, observed);
  const more = others.length === 0 ? '' : `, and with it ${others.length} more of the list's entries`;
  if (missing.of === 'old') return as('lost', `${first.where} is lost in the upgrade${more}`, first.text, NO_VALUE);
  return as('made', `${first.where} is there only after the upgrade${more}`, NO_VALUE, first.text);
};

/** What the upgrade broke of one key. */
const breakOf = (
  key: Hex,
  common: Common,
  { old, upgraded, alone }: AfterBlock,
  meanings: TwoMeanings,
): ValueBreak | undefined => {
  const part = common.name;
  const as = (what: string, sentence: string, was: string, is: string): ValueBreak => ({
    id: `upgrade/${part}/${what}`,
    part,
    sentence,
    old: was,
    next: is,
  });
  if (!meanings.hasSameKeys(common))
    return old !== null && upgraded !== null ? as('keys', `\`${part}\` ${UNMOVED}`, key, key) : undefined;
  // What the new code makes of the next block anyway is no upgrade's doing.
  if (upgraded === alone) return undefined;
  const mismatch = meanings.value(key, old, upgraded);
  if (mismatch === undefined) return undefined;
  const { where, expected, observed } = mismatch;
  if (upgraded === null) return as('lost', `${where} is lost in the upgrade`, expected, NO_VALUE);
  if (old === null) return as('made', `${where} is there only after the upgrade`, NO_VALUE, observed);
  // What did not decode before is not broken by this.
  if (meanings.undecodable('old', key, old) !== undefined) return undefined;
  const why = meanings.undecodable('next', key, upgraded);
  if (why === undefined) return changeOf(key, [old, upgraded], mismatch, meanings, as);
  return as(
    'undecodable',
    `${where} no longer decodes after the upgrade (${why}): no migration brought it into the new layout`,
    expected,
    observed,
  );
};

export interface ComparedStates {
  readonly breaks: readonly StateBreak[];
  /** Values that were compared. */
  readonly values: number;
}

/** What parts the old runtime's state from the upgraded one, but for what the new code does `alone`. */
export const compareStates = (
  old: ReadonlyMap<Hex, Hex>,
  upgraded: ReadonlyMap<Hex, Hex>,
  alone: ReadonlyMap<Hex, Hex>,
  meanings: TwoMeanings,
): ComparedStates => {
  const breaks = new Map<string, StateBreak>();
  let values = 0;
  for (const key of new Set([...old.keys(), ...upgraded.keys()])) {
    const common = meanings.common(key);
    if (common === undefined) continue;
    values += 1;
    const at = { old: old.get(key) ?? null, upgraded: upgraded.get(key) ?? null, alone: alone.get(key) ?? null };
    const broken = breakOf(key, common, at, meanings);
    if (broken === undefined) continue;
    const first = breaks.get(broken.id) ?? { ...broken, values: 0 };
    breaks.set(broken.id, { ...first, values: first.values + 1 });
  }
  return { breaks: [...breaks.values()], values };
};

/** That the new code can't build its blocks. Undefined where it can. */
export const stoppedIn = (build: () => void): StateBreak | undefined => {
  try {
    build();
    return undefined;
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    const sentence = `no block can be built after the upgrade: ${error.message}`;
    return { id: 'upgrade/block', part: 'Core.initialize_block', sentence, old: 'a block', next: 'none', values: 1 };
  }
};

/**
 * Upgrades `old` where it stands, with `upgraded` as what its code becomes; all scenarios are over then.
 * @param alone the new runtime in the same state, which it has as its own: what it makes of the next block is no upgrade's doing
 * @returns what broke, and how many values were compared
 * @throws BlockError where the old one can't open its own next block
 */
export const tryUpgrade = (
  old: RuntimeTarget,
  upgraded: RuntimeTarget,
  alone: RuntimeTarget,
  meanings: TwoMeanings,
): ComparedStates => {
  const stopped = stoppedIn(() => {
    old.upgradeTo(upgraded);
  });
  if (stopped !== undefined) return { breaks: [stopped], values: 0 };
  old.openNext();
  alone.advance(1n);
  return compareStates(allOf(old), allOf(upgraded), allOf(alone), meanings);
};
