/** Blocks of a loaded chain, as verification needs them: each extrinsic with its outcome and the events of the pallets under test. */
import type { Outcome } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { bareExtrinsicPallet, type BlockContents, type DepositedEvent } from '../../targets/node/block-reader.js';
import type { StageChain } from '../../targets/node/stage.js';
import { foundPallets } from '../../targets/layout.js';
import type { SeenEvent } from '../../targets/target.js';

export interface LoadedExtrinsic {
  readonly bytes: Hex;
  readonly outcome: Outcome;
  /** Of the pallets under test, in order. */
  readonly events: readonly SeenEvent[];
}

export interface LoadedBlock {
  readonly number: bigint;
  /** When we heard of it, in milliseconds since 1970; null where we did not. */
  readonly seen: number | null;
  /** How many of its first extrinsics its author made: bare ones, of pallets that are not under test, such as `Timestamp`. */
  readonly inherents: number;
  readonly extrinsics: readonly LoadedExtrinsic[];
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
export const testedPallets = ({ identity }: Pick<StageChain, 'identity'>): ReadonlySet<number> =>
  new Set(foundPallets(identity.layout).map(({ index }) => index));

const byExtrinsic = (events: readonly DepositedEvent[]): Map<number | null, DepositedEvent[]> => {
  const grouped = new Map<number | null, DepositedEvent[]>();
  for (const event of events) {
    const group = grouped.get(event.extrinsic);
    if (group) group.push(event);
    else grouped.set(event.extrinsic, [event]);
  }
  return grouped;
};

/** @throws NodeFailure where a block does not say what became of an extrinsic in it */
const loadedBlock = (chain: StageChain, contents: BlockContents, seen: number | null): LoadedBlock => {
  const { outcomes, translation } = chain;
  const { number, extrinsics } = contents;
  const grouped = byExtrinsic(contents.events);
  const eventsOf = (records: readonly DepositedEvent[]): SeenEvent[] =>
    records.map((each) => translation.event(each)).filter((event) => event !== undefined);
  const loaded = extrinsics.map((bytes, index) => {
    const { inner, events } = outcomes.at(index, grouped.get(index) ?? [], number);
    return { bytes, outcome: inner, events: eventsOf(events) };
  });
  return {
    number,
    seen,
    inherents: inherentsOf(extrinsics, testedPallets(chain)),
    extrinsics: loaded,
    opening: eventsOf(grouped.get(null) ?? []),
  };
};

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
  const { reader } = chain;
  const ask = async (number: bigint): Promise<BlockContents> => reader.contents(await reader.hashOf(number));
  for (let first = from; first <= to; first += BigInt(AT_ONCE)) {
    const count = Number(to - first) + 1 < AT_ONCE ? Number(to - first) + 1 : AT_ONCE;
    const numbers = Array.from({ length: count }, (_, at) => first + BigInt(at));
    for (const contents of await Promise.all(numbers.map(ask)))
      yield loadedBlock(chain, contents, seen.get(contents.number) ?? null);
  }
}
