/** Each part of a specified pallet against the runtime's pallet that was chosen for it. */
import type { CallName } from '../../spec/calls.js';
import type { EventName } from '../../spec/events.js';
import { encode } from '../../spec/scale.js';
import { describe } from '../../spec/shape.js';
import type { AnyStorageItem } from '../../spec/storage.js';
import type { PalletMetadata, RuntimeMetadata, StorageItemMetadata, VariantMetadata } from '../metadata.js';
import { compareFields, compareType, type Difference } from './compare-types.js';
import { inWords } from './runtime-types.js';
import type { SpecifiedError, SpecifiedPallet, SpecifiedVariant } from './specified.js';

export type PartVerdict = 'same' | 'absent' | 'differs';

/** A part of a pallet's interface. Another index is no difference: whoever sends or reads translates. */
export interface Part<N extends string = string> {
  /** `Pallet.name` as specified. */
  readonly name: N;
  readonly verdict: PartVerdict;
  /** With paths that begin with the part's name; empty unless it `differs`. */
  readonly differences: readonly Difference[];
}

/** A call or an event. */
export interface IndexedPart<N extends string = string> extends Part<N> {
  /** Pallet and member index in this runtime, null where it is absent. */
  readonly index: readonly [number, number] | null;
  /** Whether that is another index than the specified one. */
  readonly moved: boolean;
}

export interface ErrorPart extends Part {
  /** Index in this runtime, null where it is absent. */
  readonly index: number | null;
  readonly moved: boolean;
}

export interface Parts {
  readonly storage: readonly Part[];
  readonly calls: readonly IndexedPart<CallName>[];
  readonly events: readonly IndexedPart<EventName>[];
  readonly errors: readonly ErrorPart[];
}

/** All maps are hashed with it (BEHAVIOUR.md section 2). */
const SPECIFIED_HASHER = 'Blake2_128Concat';
const NO_KEY = 'a single value';

const judged = <N extends string>(name: N, found: readonly Difference[]): Part<N> => ({
  name,
  verdict: found.length === 0 ? 'same' : 'differs',
  differences: found.map((each) => ({ ...each, path: name + each.path })),
});

const absent = <N extends string>(name: N): Part<N> => ({ name, verdict: 'absent', differences: [] });

const named = <T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((each) => each.name === name);

/** `differences`, with what they are about put before their paths. */
const of = (place: string, differences: readonly Difference[]): Difference[] =>
  differences.map((each) => ({ ...each, path: place + each.path }));

const queryOf = ({ modifier }: Pick<StorageItemMetadata, 'modifier'>): string =>
  modifier === 'optional' ? 'OptionQuery' : 'ValueQuery';

/** A stored `Option` is the value of a `ValueQuery`; else an absent null tells of an `OptionQuery`. */
const specifiedQuery = ({ value, absent: absentValue }: AnyStorageItem): string =>
  queryOf({ modifier: absentValue === null && value.shape.kind !== 'option' ? 'optional' : 'default' });

const compareKey = (metadata: RuntimeMetadata, item: AnyStorageItem, { keys }: StorageItemMetadata): Difference[] => {
  const [key, ...others] = keys;
  if (item.key === null && key === undefined) return [];
  if (item.key === null || key === undefined || others.length > 0) {
    const expected = item.key === null ? NO_KEY : describe(item.key.shape);
    const observed = keys.map(({ type }) => inWords(metadata, type)).join(' and ') || NO_KEY;
    return of(' key', [{ path: '', expected, observed, type: key?.type ?? null }]);
  }
  const hashed = key.hasher === SPECIFIED_HASHER;
  const hasher = { path: '', expected: SPECIFIED_HASHER, observed: key.hasher, type: null };
  return [...of(' hasher', hashed ? [] : [hasher]), ...of(' key', compareType(metadata, item.key.shape, key.type))];
};

const compareDefault = (item: AnyStorageItem, { fallback }: StorageItemMetadata): Difference[] => {
  const expected = encode(item.value, item.absent);
  return fallback === expected ? [] : [{ path: ' default', expected, observed: fallback, type: null }];
};

/** A single value's own type has the item's name for its path: ` value` is said where there is a key, or a part. */
const valuePlace = (item: AnyStorageItem, { path }: Difference): string =>
  item.key === null && path === '' ? '' : ' value';

const compareItem = (metadata: RuntimeMetadata, item: AnyStorageItem, observed: StorageItemMetadata): Difference[] => {
  const value = compareType(metadata, item.value.shape, observed.value);
  const [expectedQuery, query] = [specifiedQuery(item), queryOf(observed)];
  const queries =
    expectedQuery === query ? [] : [{ path: ' query', expected: expectedQuery, observed: query, type: null }];
  const readsAsDefault = value.length === 0 && queries.length === 0 && observed.modifier === 'default';
  return [
    ...compareKey(metadata, item, observed),
    ...value.flatMap((each) => of(valuePlace(item, each), [each])),
    ...queries,
    ...(readsAsDefault ? compareDefault(item, observed) : []),
  ];
};

const storagePart = (metadata: RuntimeMetadata, pallet: PalletMetadata, item: AnyStorageItem): Part => {
  const name = `${item.pallet}.${item.name}`;
  const observed = named(pallet.storage?.items ?? [], item.name);
  return observed === undefined ? absent(name) : judged(name, compareItem(metadata, item, observed));
};

const indexedPart = <N extends string>(
  metadata: RuntimeMetadata,
  pallet: PalletMetadata,
  all: readonly VariantMetadata[],
  specified: SpecifiedVariant<N>,
): IndexedPart<N> => {
  const observed = named(all, specified.member);
  if (observed === undefined) return { ...absent(specified.name), index: null, moved: false };
  const index = [pallet.index, observed.index] as const;
  return {
    ...judged(specified.name, compareFields(metadata, specified.fields, observed.fields)),
    index,
    moved: index.some((each, at) => each !== specified.index[at]),
  };
};

const errorPart = (metadata: RuntimeMetadata, pallet: PalletMetadata, specified: SpecifiedError): ErrorPart => {
  const observed = named(pallet.errors, specified.member);
  if (observed === undefined) return { ...absent(specified.name), index: null, moved: false };
  return {
    ...judged(specified.name, compareFields(metadata, [], observed.fields)),
    index: observed.index,
    moved: observed.index !== specified.index,
  };
};

/** All that is specified of a pallet, in the specification's order. */
export const compareParts = (metadata: RuntimeMetadata, specified: SpecifiedPallet, pallet: PalletMetadata): Parts => ({
  storage: specified.items.map((item) => storagePart(metadata, pallet, item)),
  calls: specified.calls.map((call) => indexedPart(metadata, pallet, pallet.calls, call)),
  events: specified.events.map((event) => indexedPart(metadata, pallet, pallet.events, event)),
  errors: specified.errors.map((error) => errorPart(metadata, pallet, error)),
});
