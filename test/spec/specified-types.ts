/** Every type that the specification describes, by the place where it stands: what the codecs' properties run over. */
import { queryArgs, queryResult } from '../../src/engine/queries.js';
import { argsType, calls, isCallName } from '../../src/spec/calls.js';
import { events } from '../../src/spec/events.js';
import type { Type } from '../../src/spec/shape.js';
import { storage, type AnyStorageItem } from '../../src/spec/storage.js';

type Named = readonly [string, Type<unknown>];

const items: readonly AnyStorageItem[] = Object.values(storage).flatMap((pallet): AnyStorageItem[] =>
  Object.values<AnyStorageItem>(pallet),
);

const ofItem = ({ pallet, name, key, value }: AnyStorageItem): Named[] => [
  ...(key === null ? [] : [[`key of ${pallet}.${name}`, key] as const]),
  [`value of ${pallet}.${name}`, value],
];

export const specifiedTypes: readonly Named[] = [
  ...Object.keys(calls)
    .filter(isCallName)
    .map((name): Named => [`arguments of ${name}`, argsType(name)]),
  ...items.flatMap(ofItem),
  ...Object.entries(events).map(([name, { fields }]): Named => [`fields of ${name}`, fields]),
  // The one query that a runtime answers; it alone has texts.
  ['arguments of get_node_metrics', queryArgs('get_node_metrics')],
  ['answer to get_node_metrics', queryResult('get_node_metrics')],
];
