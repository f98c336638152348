/** Blocks as whoever plays them on the engine needs them: each extrinsic with its outcome and the events of the pallets under test. */
import type { Outcome } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { foundPallets, type Layout } from '../layout.js';
import type { DepositedEvent } from '../runtime/event-records.js';
import type { Translation } from '../runtime/translation.js';
import type { SeenEvent } from '../target.js';
import { bareExtrinsicPallet, type BlockContents } from './block-reader.js';
import type { Outcomes } from './outcomes.js';

export interface ToldExtrinsic {
  readonly bytes: Hex;
  /** Of a call inside `Sudo.sudo` that call's. */
  readonly outcome: Outcome;
  /** Of the pallets under test, in order. */
  readonly events: readonly SeenEvent[];
}

export interface ToldBlock {
  readonly number: bigint;
  /** How many of its first extrinsics its author made: bare ones, of pallets that are not under test, such as `Timestamp`. */
  readonly inherents: number;
  readonly extrinsics: readonly ToldExtrinsic[];
  /** Events that no extrinsic deposited. */
  readonly opening: readonly SeenEvent[];
}

/** How many of a block's first extrinsics nobody sent. */
export const inherentsOf = (extrinsics: readonly Hex[], tested: ReadonlySet<number>): number => {
  const sent = extrinsics.findIndex((each) => {
    const pallet = bareExtrinsicPallet(each);
    return pallet === null || tested.has(pallet);
  });
  return sent === -1 ? extrinsics.length : sent;
};

/** The indices of the pallets under test on a chain. */
export const testedPallets = (layout: Layout): ReadonlySet<number> =>
  new Set(foundPallets(layout).map(({ index }) => index));

const byExtrinsic = (events: readonly DepositedEvent[]): Map<number | null, DepositedEvent[]> => {
  const grouped = new Map<number | null, DepositedEvent[]>();
  for (const event of events) {
    const group = grouped.get(event.extrinsic);
    if (group) group.push(event);
    else grouped.set(event.extrinsic, [event]);
  }
  return grouped;
};

/** What reads a block of a chain. */
export interface BlockMeaning {
  readonly layout: Layout;
  readonly outcomes: Outcomes;
  readonly translation: Translation;
}

/** @throws NodeFailure where a block does not say what became of an extrinsic in it */
export const toldBlock = (
  { layout, outcomes, translation }: BlockMeaning,
  { number, extrinsics, events: deposited }: Pick<BlockContents, 'number' | 'extrinsics' | 'events'>,
): ToldBlock => {
  const grouped = byExtrinsic(deposited);
  const eventsOf = (records: readonly DepositedEvent[]): SeenEvent[] =>
    records.map((each) => translation.event(each)).filter((event) => event !== undefined);
  const told = extrinsics.map((bytes, index) => {
    const { inner, events } = outcomes.at(index, grouped.get(index) ?? [], number);
    return { bytes, outcome: inner, events: eventsOf(events) };
  });
  return {
    number,
    inherents: inherentsOf(extrinsics, testedPallets(layout)),
    extrinsics: told,
    opening: eventsOf(grouped.get(null) ?? []),
  };
};
