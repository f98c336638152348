/**
 * The runtime that offers exactly what the specification describes, as data for the metadata builder; and how to change
 * it in one place.
 */
import { argsType, callNames, calls } from '../../src/spec/calls.js';
import { errors, events } from '../../src/spec/events.js';
import { encode } from '../../src/spec/scale.js';
import type { Type } from '../../src/spec/shape.js';
import { storage, type AnyStorageItem } from '../../src/spec/storage.js';
import type { Item, Pallet, Runtime } from './metadata-builder.js';
import { isOfItself, type Member, type RuntimeField, type RuntimeType } from './portable-types.js';

const INDICES = {
  System: 1,
  Registration: 53,
  ExecutionUnit: 54,
  Marketplace: 56,
  SubAccount: 58,
  Compute: 67,
  PalletIp: 74,
};

const items: Readonly<Record<string, Readonly<Record<string, AnyStorageItem>>>> = storage;
const errorNames: Readonly<Record<string, readonly (string | null)[]>> = errors;

const fieldsOf = ({ shape }: Type<unknown>): readonly RuntimeField[] => (shape.kind === 'struct' ? shape.fields : []);

const item = ({ name, key, value, absent }: AnyStorageItem): Item => {
  const isOption = absent === null && value.shape.kind !== 'option';
  return {
    name,
    modifier: isOption ? 'optional' : 'default',
    keys: key === null ? [] : [{ hasher: 'Blake2_128Concat', type: key.shape }],
    value: value.shape,
    fallback: isOption ? '0x00' : encode(value, absent),
  };
};

const split = (name: string): readonly [string, string] => {
  const [pallet = '', member = ''] = name.split('.');
  return [pallet, member];
};

const callsOf = (pallet: string): Member[] =>
  callNames
    .filter((name) => split(name)[0] === pallet)
    .map((name) => ({ name: split(name)[1], index: calls[name].index[1], fields: fieldsOf(argsType(name)) }));

const eventsOf = (pallet: string): Member[] =>
  Object.entries(events)
    .filter(([name]) => split(name)[0] === pallet)
    .map(([name, { index, fields }]) => ({ name: split(name)[1], index: index[1], fields: fieldsOf(fields) }));

const errorsOf = (pallet: string): Member[] =>
  (errorNames[pallet] ?? []).flatMap((name, index) => (name === null ? [] : [{ name, index, fields: [] }]));

const palletOf = (name: string, index: number): Pallet => ({
  name,
  index,
  items: Object.values(items[name] ?? {}).map(item),
  calls: callsOf(name),
  events: eventsOf(name),
  errors: errorsOf(name),
});

/** Both settings of REV-01's storage and error included: that of `spec_version` 9006. */
export const specifiedRuntime: Runtime = {
  pallets: Object.entries(INDICES).map(([name, index]) => palletOf(name, index)),
  extensions: [
    { identifier: 'CheckGenesis', extra: { kind: 'tuple', of: [] }, additionalSigned: { kind: 'fixed', length: 32 } },
    {
      identifier: 'CheckNonce',
      extra: { kind: 'compact', of: { kind: 'uint', bits: 32 } },
      additionalSigned: { kind: 'tuple', of: [] },
    },
  ],
};

/** The runtime with a pallet changed. */
export const withPallet = (name: string, change: (pallet: Pallet) => Pallet, runtime = specifiedRuntime): Runtime => ({
  ...runtime,
  pallets: runtime.pallets.map((pallet) => (pallet.name === name ? change(pallet) : pallet)),
});

/** The runtime with a storage item changed, given as `Pallet.Item`. */
export const withItem = (name: string, change: (item: Item) => Item): Runtime => {
  const [pallet, member] = split(name);
  return withPallet(pallet, (old) => ({
    ...old,
    items: old.items.map((each) => (each.name === member ? change(each) : each)),
  }));
};

/** The runtime with a call, event or error changed, given as `Pallet.name`. */
export const withMember = (
  list: 'calls' | 'events' | 'errors',
  name: string,
  change: (member: Member) => Member,
): Runtime => {
  const [pallet, member] = split(name);
  return withPallet(pallet, (old) => ({
    ...old,
    [list]: old[list].map((each) => (each.name === member ? change(each) : each)),
  }));
};

/** A type with every part of it changed, the innermost first. */
export const changedType = (type: RuntimeType, change: (part: RuntimeType) => RuntimeType): RuntimeType => {
  const inner = (part: RuntimeType): RuntimeType => changedType(part, change);
  if (isOfItself(type)) return change(type.kind === 'chain' ? { ...type, of: inner(type.of) } : type);
  switch (type.kind) {
    case 'option':
    case 'list':
    case 'compact':
    case 'newtype':
    case 'array':
      return change({ ...type, of: inner(type.of) });
    case 'tuple':
      return change({ ...type, of: type.of.map(inner) });
    case 'struct':
      return change({ ...type, fields: type.fields.map((field) => ({ ...field, shape: inner(field.shape) })) });
    case 'enum': {
      const variants = type.variants.map((each) => ({ ...each, shape: each.shape && inner(each.shape) }));
      return change({ ...type, variants });
    }
    case 'uint':
    case 'bool':
    case 'bytes':
    case 'text':
    case 'fixed':
    case 'i32':
    case 'char':
    case 'primitive':
    case 'bits':
      return change(type);
    default:
      return type satisfies never;
  }
};

/** The fields of the struct with this name changed, wherever it stands in `type`. */
export const withFieldsOf = (
  struct: string,
  change: (fields: readonly RuntimeField[]) => readonly RuntimeField[],
): ((type: RuntimeType) => RuntimeType) => {
  const changed = (part: RuntimeType): RuntimeType =>
    part.kind === 'struct' && part.name === struct ? { ...part, fields: change(part.fields) } : part;
  return (type) => changedType(type, changed);
};

/** What is left of a list when these are taken out. */
export const without =
  (...names: string[]) =>
  <T extends { readonly name: string | null }>(all: readonly T[]): T[] =>
    all.filter(({ name }) => name === null || !names.includes(name));

/** An item whose value's type is changed. */
export const value =
  (change: (type: RuntimeType) => RuntimeType) =>
  (of: Item): Item => ({ ...of, value: change(of.value) });

/** An item whose value is of this type. */
export const valueIs = (type: RuntimeType): ((of: Item) => Item) => value(() => type);

/** A call, event or error whose fields are changed. */
export const fields =
  (change: (all: readonly RuntimeField[]) => readonly RuntimeField[]) =>
  (of: Member): Member => ({ ...of, fields: change(of.fields) });
