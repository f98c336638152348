/**
 * The interface of the old runtime against the new one's: all pallets, not only those that are specified, the transactions around
 * their calls, the runtime APIs and the versions. A pure function of two loaded runtimes. What follows from each difference is
 * decided by what it is used for: `interface/uses.ts`.
 */
import type { InterfaceChange, InterfaceSide, Told } from './interface/change.js';
import { apiChanges } from './interface/apis.js';
import { constantChanges } from './interface/constants.js';
import { extrinsicChanges } from './interface/extrinsic.js';
import { fold } from './interface/fold.js';
import { memberChanges } from './interface/members.js';
import { palletChanges, pairPallets } from './interface/pallets.js';
import { storageChanges } from './interface/storage.js';
import { TwoTypes } from './interface/type-differences.js';
import { versionChanges } from './interface/versions.js';

export type { Effect, InterfaceChange, InterfaceSide } from './interface/change.js';

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
