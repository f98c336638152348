/** Storage items: matched by name; how keys are hashed, key and value types, and what an absent key reads as. */
import { inWords } from '../../targets/layout/runtime-types.js';
import type { StorageItemMetadata } from '../../targets/metadata.js';
import { idOf, told, type Told } from './change.js';
import { valueInWords } from './constants.js';
import type { PalletPair } from './pallets.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inKeys, inValues } from './uses.js';

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
