/**
 * The state across the upgrade: the new code put over the old one's storage, and the next block opened by both. Every value of the
 * pallets under test must decode in the new layout, and say what the old runtime's says.
 */
import type { Hex } from '../spec/hex.js';
import { palletPrefix, storage } from '../spec/storage.js';
import { BlockError } from '../targets/failures.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import type { Target } from '../targets/target.js';
import type { TwoMeanings } from './values.js';

/** Something that the upgrade did to the state. */
export interface StateBreak {
  /** Made of its shape. */
  readonly id: string;
  readonly part: string;
  readonly sentence: string;
  readonly old: string;
  readonly next: string;
}

const NO_VALUE = 'no value';

const allOf = (target: Pick<Target, 'readAll'>): Map<Hex, Hex> => {
  const all = new Map<Hex, Hex>();
  for (const pallet of Object.keys(storage)) {
    const under = target.readAll(palletPrefix(pallet)) as Readonly<Record<Hex, Hex>>;
    for (const [key, value] of Object.entries(under)) all.set(key, value);
  }
  return all;
};

const compareStates = (
  old: ReadonlyMap<Hex, Hex>,
  next: ReadonlyMap<Hex, Hex>,
  alone: ReadonlyMap<Hex, Hex>,
  meanings: TwoMeanings,
): { readonly breaks: StateBreak[]; readonly values: number } => {
  const breaks = new Map<string, StateBreak>();
  const put = (each: StateBreak): void => {
    if (!breaks.has(each.id)) breaks.set(each.id, each);
  };
  let values = 0;
  for (const key of new Set([...old.keys(), ...next.keys()])) {
    const common = meanings.common(key);
    if (common === undefined) continue;
    values += 1;
    const [before, after] = [old.get(key) ?? null, next.get(key) ?? null];
    // Then it is the block's opening that does otherwise, and no upgrade.
    if (after === (alone.get(key) ?? null) && meanings.hasSameKeys(common)) continue;
    const part = common.name;
    const as = (what: string, sentence: string, one: string, other: string): StateBreak => ({
      id: `upgrade/${part}/${what}`,
      part,
      sentence,
      old: one,
      next: other,
    });
    if (!meanings.hasSameKeys(common)) {
      if (before !== null && after !== null)
        put(
          as(
            'keys',
            `\`${part}\` is kept under other keys by the new runtime, but its entries are still under the old ones: no migration moved them`,
            'old keys',
            'old keys',
          ),
        );
      continue;
    }
    const mismatch = meanings.value(key, before, after);
    if (mismatch === undefined) continue;
    const { where, expected, observed } = mismatch;
    if (after === null) put(as('lost', `${where} is lost in the upgrade: it was ${expected}`, expected, NO_VALUE));
    else if (before === null)
      put(as('made', `${where} is there only with the new runtime: ${observed}`, NO_VALUE, observed));
    else if (!meanings.decodesIn('old', key, before)) continue;
    else if (meanings.decodesIn('next', key, after))
      put(as('changed', `${where} is ${observed} after the upgrade, ${expected} without it`, expected, observed));
    else
      put(
        as(
          'undecodable',
          `${where} no longer decodes after the upgrade: no migration brought it into the new layout: ${observed}`,
          expected,
          observed,
        ),
      );
  }
  return { breaks: [...breaks.values()], values };
};

/**
 * Upgrades `old` where it stands, with `upgraded` as what its code becomes; all scenarios are over then.
 * @param alone the new runtime in the same state, which it has as its own: what it makes of the next block is no upgrade's doing
 * @returns what broke, and how many values were compared
 */
export const tryUpgrade = (
  old: RuntimeTarget,
  upgraded: RuntimeTarget,
  alone: RuntimeTarget,
  meanings: TwoMeanings,
): { readonly breaks: readonly StateBreak[]; readonly values: number } => {
  try {
    old.upgradeTo(upgraded);
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    const sentence = `no block can be built after the upgrade: ${error.message}`;
    const stopped = { id: 'upgrade/block', part: 'Core.initialize_block', sentence, old: 'a block', next: 'none' };
    return { breaks: [stopped], values: 0 };
  }
  alone.advance(1n);
  return compareStates(allOf(old), allOf(upgraded), allOf(alone), meanings);
};
