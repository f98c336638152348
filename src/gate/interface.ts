/**
 * The interface of the old runtime against the new one's: all pallets, not only those that are specified, the transactions around
 * their calls, the runtime APIs and the versions. A pure function of two loaded runtimes. What follows from each difference is
 * decided by what it is used for: `interface/uses.ts`.
 */
import type { InterfaceChange, InterfaceSide, ItemChange, Told } from './interface/change.js';
import { apiChanges } from './interface/apis.js';
import { constantChanges } from './interface/constants.js';
import { extrinsicChanges } from './interface/extrinsic.js';
import { fold } from './interface/fold.js';
import { memberChanges } from './interface/members.js';
import { palletChanges, pairPallets } from './interface/pallets.js';
import { itemsOf, storageChanges } from './interface/storage.js';
import { TwoTypes } from './interface/type-differences.js';
import { versionChanges } from './interface/versions.js';

export type { Effect, InterfaceChange, InterfaceSide, ItemChange } from './interface/change.js';

const isSameCode = (old: InterfaceSide, next: InterfaceSide): boolean => Buffer.compare(old.code, next.code) === 0;

const asTold = ({ id, part, sentence, effect, old, new: next }: Told): InterfaceChange => ({
  id,
  part,
  sentence,
  effect,
  old,
  new: next,
});

/** Garbled metadata may have two calls of one name. */
const withoutTwins = (changes: readonly InterfaceChange[]): InterfaceChange[] => [
  ...new Map(changes.map((change) => [change.id, change])).values(),
];

/**
 * All that callers, indexers or the upgrade itself meet otherwise in the new runtime, each thing once: no two changes share an id.
 * Runtimes of the same code have none.
 */
export const compareInterfaces = (old: InterfaceSide, next: InterfaceSide): InterfaceChange[] => {
  if (isSameCode(old, next)) return [];
  const types = new TwoTypes(old.metadata, next.metadata);
  const pallets = pairPallets(types);
  const changes = fold([
    ...extrinsicChanges(types),
    ...palletChanges(pallets, next.metadata.pallets),
    ...pallets.pairs.flatMap((pair) => [
      ...memberChanges(types, pair),
      ...storageChanges(types, pair),
      ...constantChanges(types, pair),
    ]),
    ...apiChanges(types, old, next),
  ]);
  return withoutTwins([...versionChanges(old, next, changes), ...changes].map(asTold));
};

/**
 * The storage items whose layout differs, by the old runtime's `Pallet.Item` (the new one's where only that has the pallet):
 * those whose stored values or keys mean something else under the new runtime, and those that only one of them has. Not among them
 * is what leaves the state as it is: a renamed field, a variant more, another default.
 */
export const changedItems = (old: InterfaceSide, next: InterfaceSide): ReadonlyMap<string, ItemChange> => {
  const types = new TwoTypes(old.metadata, next.metadata);
  return isSameCode(old, next) ? new Map() : itemsOf(types, pairPallets(types));
};
