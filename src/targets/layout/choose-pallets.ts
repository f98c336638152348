/**
 * Which pallet of a runtime is which of the specification: chosen by its interface, with the name as a hint, because
 * pallets get renamed (`Compute`, `ComputePallet`) and names get used again.
 */
import type { PalletMetadata } from '../metadata.js';
import { isOfLaterReleases, specifiedPallets, type SpecifiedName, type SpecifiedPallet } from './specified.js';

/** Less of the interface than this makes a pallet of another name another pallet. */
const ENOUGH = 0.5;
/** What the right name is worth: more than a call or two, less than a tenth of the interface more. */
const NAME_BONUS = 0.1;

interface Candidate {
  readonly specified: SpecifiedPallet;
  readonly pallet: PalletMetadata;
  /** Specified storage items, calls and events that are there by name, and how many are specified. */
  readonly there: number;
  readonly of: number;
  readonly score: number;
}

const countThere = (specified: readonly string[], there: readonly { readonly name: string }[]): number => {
  const names = new Set(there.map(({ name }) => name));
  return specified.filter((name) => names.has(name)).length;
};

const candidate = (specified: SpecifiedPallet, pallet: PalletMetadata): Candidate => {
  const { items, calls, events } = specified;
  const itemNames = items.map(({ name }) => name).filter((name) => !isOfLaterReleases(`${specified.name}.${name}`));
  const there =
    countThere(itemNames, pallet.storage?.items ?? []) +
    countThere(
      calls.map(({ member }) => member),
      pallet.calls,
    ) +
    countThere(
      events.map(({ member }) => member),
      pallet.events,
    );
  const of = itemNames.length + calls.length + events.length;
  const score = there / of + (specified.name === pallet.name ? NAME_BONUS : 0);
  return { specified, pallet, there, of, score };
};

const isEnough = ({ specified, pallet, there, of }: Candidate): boolean =>
  there > 0 && (specified.name === pallet.name || there / of >= ENOUGH);

/** Where a specified pallet was found, or in one sentence why it was not. */
export type Choice = { readonly pallet: PalletMetadata } | { readonly absent: string };

const whyAbsent = (name: SpecifiedName, all: readonly Candidate[]): string => {
  const best = all.find(({ specified }) => specified.name === name);
  const isNear = best !== undefined && (best.there > 0 || best.pallet.name === name);
  const nearest = isNear ? ` (\`${best.pallet.name}\` has ${best.there} of ${best.of})` : '';
  return `\`${name}\` is absent: no pallet that is left has half of its storage items, calls and events${nearest}`;
};

/** The best match first; no pallet of the runtime is taken twice. */
export const choosePallets = (pallets: readonly PalletMetadata[]): ((name: SpecifiedName) => Choice) => {
  const all = Object.values(specifiedPallets)
    .flatMap((specified) => pallets.map((pallet) => candidate(specified, pallet)))
    .toSorted((a, b) => b.score - a.score);
  const chosen = new Map<SpecifiedName, PalletMetadata>();
  const taken = new Set<PalletMetadata>();
  for (const { specified, pallet } of all.filter(isEnough)) {
    if (chosen.has(specified.name) || taken.has(pallet)) continue;
    chosen.set(specified.name, pallet);
    taken.add(pallet);
  }
  return (name) => {
    const pallet = chosen.get(name);
    return pallet === undefined ? { absent: whyAbsent(name, all) } : { pallet };
  };
};
