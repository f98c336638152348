/** What of a runtime is compared with the engine: what its layout has as the specification does, and nothing else. */
import { callNames, type CallName } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import { ITEM_DIGITS, palletOfKey, rawPrefixes } from '../spec/storage.js';
import { foundPallets, type Layout } from '../targets/layout.js';
import type { Scope } from './compare.js';

export interface LayoutScope extends Scope {
  /** The calls that can be sent. */
  readonly calls: readonly CallName[];
}

/** All that the specification describes: of targets that have no layout of their own. */
export const everything: LayoutScope = { concernsKey: () => true, concernsEvent: () => true, calls: callNames };

/** What of raw storage is compared. */
export const inScope = <T extends Hex | null>(
  { concernsKey }: Scope,
  raw: Readonly<Record<Hex, T>>,
): Readonly<Record<Hex, T>> =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => concernsKey(key) && palletOfKey(key) !== undefined));

const namesOf = (parts: readonly { readonly name: string; readonly verdict: string }[]): string[] =>
  parts.filter(({ verdict }) => verdict === 'same').map(({ name }) => name);

export const scopeOf = (layout: Layout): LayoutScope => {
  const found = foundPallets(layout);
  const items = new Set(found.flatMap(({ storage }) => namesOf(storage)));
  const prefixes = new Set(rawPrefixes.filter(({ name }) => items.has(name)).map(({ prefix }) => prefix));
  const events = new Set(found.flatMap((pallet) => namesOf(pallet.events)));
  const calls = new Set(found.flatMap((pallet) => namesOf(pallet.calls)));
  return {
    concernsKey: (key) => prefixes.has(key.slice(0, ITEM_DIGITS)),
    concernsEvent: (name) => events.has(name),
    calls: callNames.filter((name) => calls.has(name)),
  };
};
