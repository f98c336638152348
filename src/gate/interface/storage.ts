/**
 * Storage items: matched by name; how keys are hashed, key and value types, and what an absent key reads as. An item's *layout* is
 * where its values stand and what their bytes mean: what old values keep under a new runtime (a name, a variant more, another
 * default) is no other layout.
 */
import { inWords } from '../../targets/layout/runtime-types.js';
import type { StorageItemMetadata } from '../../targets/metadata.js';
import { idOf, told, type ItemChange, type Told } from './change.js';
import { valueInWords } from './constants.js';
import { hasMovedState, type PalletPair, type PairedPallets } from './pallets.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inKeys, inValues, reencodes } from './uses.js';

interface ItemPair {
  /** `Pallet.Item`, as the old runtime names it. */
  readonly part: string;
  readonly old: StorageItemMetadata;
  readonly next: StorageItemMetadata;
}

const SINGLE = 'a single value';

const breaking = (part: string, what: string, place: string, [old, next]: readonly [string, string], follows: string) =>
  told({
    id: idOf(part, what),
    part,
    sentence: `\`${part} ${place}\` is ${next} in the new runtime, ${old} in the old: ${follows}.`,
    effect: 'breaks indexers',
    old,
    new: next,
  });

const ELSEWHERE = 'readers made for the old runtime look in the wrong place, and the state needs a migration';

const keyChanges = (types: TwoTypes, { part, old, next }: ItemPair): Told[] => {
  const [olds, nexts] = [old.keys, next.keys];
  if (olds.length !== nexts.length) {
    const [from, to] = [
      olds.map(({ type }) => inWords(types.old, type)).join(' and ') || SINGLE,
      nexts.map(({ type }) => inWords(types.next, type)).join(' and ') || SINGLE,
    ];
    return [breaking(part, 'key', 'key', [from, to], ELSEWHERE)];
  }
  return olds.flatMap(({ hasher, type }, position) => {
    const there = nexts[position];
    if (there === undefined) return [];
    const at = olds.length === 1 ? '' : String(position + 1);
    const place = `hasher${at === '' ? '' : ` ${at}`}`;
    const isSame = there.hasher === hasher;
    return [
      ...(isSame ? [] : [breaking(part, `hasher${at}`, place, [hasher, there.hasher], ELSEWHERE)]),
      ...changesOf(part, inKeys(at), types.types(type, there.type)),
    ];
  });
};

const queryOf = ({ modifier }: StorageItemMetadata): string => (modifier === 'optional' ? 'OptionQuery' : 'ValueQuery');

const ABSENT_KEY =
  'the state stays as it is, but readers made for the old runtime take an absent key for something else';

const absenceChanges = (types: TwoTypes, { part, old, next }: ItemPair): Told[] => {
  if (old.modifier !== next.modifier) {
    return [breaking(part, 'modifier', 'query', [queryOf(old), queryOf(next)], ABSENT_KEY)];
  }
  const isSame =
    old.modifier === 'optional' || old.fallback === next.fallback || !types.same.has(old.value, next.value);
  if (isSame) return [];
  const [from, to] = [
    valueInWords(types.old, old.value, old.fallback),
    valueInWords(types.next, next.value, next.fallback),
  ];
  return [breaking(part, 'default', 'default', [from, to], ABSENT_KEY)];
};

const itemChanges = (types: TwoTypes, pair: ItemPair): Told[] => [
  ...keyChanges(types, pair),
  ...changesOf(pair.part, inValues, types.types(pair.old.value, pair.next.value)),
  ...absenceChanges(types, pair),
];

const gone = (part: string): Told => {
  const sentence = `The storage item \`${part}\` is absent in the new runtime: its readers find nothing, and what is stored stays behind unless a migration removes it.`;
  return told({
    id: idOf(part, 'storage/removed'),
    part,
    sentence,
    effect: 'breaks indexers',
    old: 'there',
    new: ABSENT,
  });
};

const come = (part: string, words: string): Told => {
  const sentence = `The storage item \`${part}\` (${words}) is new: what was there stays as it is.`;
  return told({ id: idOf(part, 'storage/added'), part, sentence, effect: 'harmless', old: ABSENT, new: words });
};

interface PairedItems {
  readonly pairs: readonly ItemPair[];
  readonly gone: readonly string[];
  readonly come: readonly { readonly part: string; readonly item: StorageItemMetadata }[];
}

const pairItems = ({ old, next }: PalletPair): PairedItems => {
  const [olds, nexts] = [old.storage?.items ?? [], next.storage?.items ?? []];
  const partOf = ({ name }: StorageItemMetadata): string => `${old.name}.${name}`;
  const pairs = olds.flatMap((item): ItemPair[] => {
    const there = nexts.find(({ name }) => name === item.name);
    return there === undefined ? [] : [{ part: partOf(item), old: item, next: there }];
  });
  return {
    pairs,
    gone: olds.map(partOf).filter((part) => !pairs.some((pair) => pair.part === part)),
    come: nexts
      .filter((item) => !olds.some(({ name }) => name === item.name))
      .map((item) => ({ part: partOf(item), item })),
  };
};

/** What changes of a pallet's storage. That its prefix changed is told once, of the pallet. */
export const storageChanges = (types: TwoTypes, pair: PalletPair): Told[] => {
  const items = pairItems(pair);
  return [
    ...items.pairs.flatMap((each) => itemChanges(types, each)),
    ...items.gone.map(gone),
    ...items.come.map(({ part, item }) => come(part, inWords(types.next, item.value))),
  ];
};

const layoutOf = (types: TwoTypes, { old, next }: ItemPair): ItemChange | null => {
  const isMoved =
    old.keys.length !== next.keys.length ||
    old.keys.some(({ hasher, type }, at) => {
      const there = next.keys[at];
      return there?.hasher !== hasher || types.types(type, there.type).some(reencodes);
    });
  if (isMoved) return 'key';
  return types.types(old.value, next.value).some(reencodes) ? 'value' : null;
};

const ofPair = (types: TwoTypes, pair: PalletPair): [string, ItemChange][] => {
  const items = pairItems(pair);
  const isMoved = hasMovedState(pair);
  return [
    ...items.pairs.flatMap((each): [string, ItemChange][] => {
      const change = isMoved ? 'key' : layoutOf(types, each);
      return change === null ? [] : [[each.part, change]];
    }),
    ...items.gone.map((part): [string, ItemChange] => [part, 'gone']),
    ...items.come.map(({ part }): [string, ItemChange] => [part, 'new']),
  ];
};

/** The items whose layout differs, by their `Pallet.Item` in the old runtime, or in the new one where only that has the pallet. */
export const itemsOf = (
  types: TwoTypes,
  { pairs, gone: lost, come: added }: PairedPallets,
): Map<string, ItemChange> => {
  const all = (change: ItemChange, pallets: PairedPallets['gone']): [string, ItemChange][] =>
    pallets.flatMap(({ name, storage }) =>
      (storage?.items ?? []).map((item): [string, ItemChange] => [`${name}.${item.name}`, change]),
    );
  return new Map([...pairs.flatMap((pair) => ofPair(types, pair)), ...all('gone', lost), ...all('new', added)]);
};
