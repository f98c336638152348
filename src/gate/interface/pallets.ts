/**
 * The pallets of both runtimes, and what changes of them as a whole. They are matched by name; what has another name at the same
 * index, and most of its parts, was renamed. Parts are named after the old runtime's pallet.
 */
import type { PalletMetadata } from '../../targets/metadata.js';
import { idOf, told, type Effect, type Told } from './change.js';
import { ABSENT, type TwoTypes } from './type-differences.js';

export interface PalletPair {
  readonly old: PalletMetadata;
  readonly next: PalletMetadata;
}

export interface PairedPallets {
  /** In the old runtime's order. */
  readonly pairs: readonly PalletPair[];
  readonly gone: readonly PalletMetadata[];
  readonly come: readonly PalletMetadata[];
}

/** More than this of a pallet's parts make a pallet of another name the same one. */
const MOST = 0.5;

const partsOf = ({ calls, storage, events }: PalletMetadata): string[] => [
  ...calls.map(({ name }) => `call ${name}`),
  ...(storage?.items ?? []).map(({ name }) => `item ${name}`),
  ...events.map(({ name }) => `event ${name}`),
];

const isRenamed = (old: PalletMetadata, next: PalletMetadata): boolean => {
  const [parts, there] = [partsOf(old), new Set(partsOf(next))];
  return old.index === next.index && parts.filter((part) => there.has(part)).length > parts.length * MOST;
};

export const pairPallets = ({ old, next }: Pick<TwoTypes, 'old' | 'next'>): PairedPallets => {
  const has = (all: readonly PalletMetadata[], name: string): boolean => all.some((each) => each.name === name);
  const free = next.pallets.filter(({ name }) => !has(old.pallets, name));
  const pairs = old.pallets.flatMap((pallet): PalletPair[] => {
    const there = next.pallets.find(({ name }) => name === pallet.name) ?? free.find((each) => isRenamed(pallet, each));
    return there === undefined ? [] : [{ old: pallet, next: there }];
  });
  return {
    pairs,
    gone: old.pallets.filter((pallet) => !pairs.some((pair) => pair.old === pallet)),
    come: free.filter((pallet) => !pairs.some((pair) => pair.next === pallet)),
  };
};

/** What the first half of a pallet's storage keys are the hash of. */
export const prefixOf = ({ storage, name }: PalletMetadata): string => storage?.prefix ?? name;

const hasMovedState = ({ old, next }: PalletPair): boolean =>
  old.storage !== null && next.storage !== null && prefixOf(old) !== prefixOf(next);

/** Whom it harms that a pallet is not where it was. */
const effectOn = ({ calls, constants, events, errors, storage }: PalletMetadata): Effect => {
  if (calls.length > 0 || constants.length > 0) return 'breaks callers';
  return events.length > 0 || errors.length > 0 || storage !== null ? 'breaks indexers' : 'harmless';
};

/** Of its index, constants and storage know nothing. */
const effectOnIndex = (pallet: PalletMetadata): Effect => effectOn({ ...pallet, constants: [], storage: null });

const counted = (count: number, one: string): string[] =>
  count === 0 ? [] : [`${count} ${one}${count === 1 ? '' : 's'}`];

const contents = ({ calls, events, errors, storage, constants }: PalletMetadata): string =>
  [
    ...counted(calls.length, 'call'),
    ...counted(events.length, 'event'),
    ...counted(errors.length, 'error'),
    ...counted(storage?.items.length ?? 0, 'storage item'),
    ...counted(constants.length, 'constant'),
  ].join(', ') || 'nothing in it';

const gone = (pallet: PalletMetadata, all: readonly PalletMetadata[]): Told => {
  const { name, index, calls } = pallet;
  const instead = all.find((each) => each.index === index);
  const refused =
    instead === undefined ? 'are refused' : `are refused, or call \`${instead.name}\`, which has its index`;
  const follows =
    calls.length > 0 ? `transactions made for the old runtime that call it ${refused}` : 'nobody finds it';
  return told(
    {
      id: idOf(name, 'removed'),
      part: name,
      sentence: `The pallet \`${name}\` (index ${index}: ${contents(pallet)}) is absent in the new runtime: ${follows}.`,
      effect: effectOn(pallet),
      old: `index ${index}`,
      new: ABSENT,
    },
    calls.length > 0,
  );
};

const come = (pallet: PalletMetadata): Told => {
  const { name, index } = pallet;
  const sentence = `The pallet \`${name}\` (index ${index}: ${contents(pallet)}) is new: what was there stays as it is.`;
  return told({
    id: idOf(name, 'added'),
    part: name,
    sentence,
    effect: 'harmless',
    old: ABSENT,
    new: `index ${index}`,
  });
};

const moved = ({ old, next }: PalletPair): Told => {
  const calls = old.calls.length > 0;
  const follows = calls
    ? 'transactions made for the old runtime are refused or call something else, and indexers misread its events and errors'
    : 'indexers made for the old runtime misread its events and errors';
  return told(
    {
      id: idOf(old.name, 'index'),
      part: old.name,
      sentence: `The pallet \`${old.name}\` has index ${next.index} in the new runtime, ${old.index} in the old: ${follows}.`,
      effect: effectOnIndex(old),
      old: `index ${old.index}`,
      new: `index ${next.index}`,
    },
    calls,
  );
};

const STATE_LOST = 'what is stored is not found any more unless a migration moves it';

const renamed = (pair: PalletPair): Told => {
  const { old, next } = pair;
  const state = hasMovedState(pair) ? `its storage keys change with it, ${STATE_LOST}` : 'its storage keys stay';
  const sentence = `The pallet \`${old.name}\` is named \`${next.name}\` in the new runtime: who goes by names misses it; ${state}.`;
  const [from, to] = [`named \`${old.name}\``, `named \`${next.name}\``];
  return told({ id: idOf(old.name, 'renamed'), part: old.name, sentence, effect: effectOn(old), old: from, new: to });
};

const stateMoved = ({ old, next }: PalletPair): Told => {
  const [from, to] = [`\`${prefixOf(old)}\``, `\`${prefixOf(next)}\``];
  const sentence = `The storage prefix of \`${old.name}\` is ${to} in the new runtime, ${from} in the old: ${STATE_LOST}.`;
  return told({
    id: idOf(old.name, 'prefix'),
    part: old.name,
    sentence,
    effect: 'breaks indexers',
    old: from,
    new: to,
  });
};

const ofPair = (pair: PalletPair): Told[] => {
  const { old, next } = pair;
  if (old.name !== next.name) return [renamed(pair)];
  return [...(old.index === next.index ? [] : [moved(pair)]), ...(hasMovedState(pair) ? [stateMoved(pair)] : [])];
};

/** What changes of pallets as a whole; their parts are compared where both runtimes have them. */
export const palletChanges = (
  { pairs, gone: lost, come: added }: PairedPallets,
  all: readonly PalletMetadata[],
): Told[] => [...pairs.flatMap(ofPair), ...lost.map((pallet) => gone(pallet, all)), ...added.map(come)];
