/** What the specification says of each pallet's interface, gathered by pallet: what a runtime's metadata is held against. */
import { argsType, callNames, calls, type CallName } from '../../spec/calls.js';
import { errors, events, type EventName } from '../../spec/events.js';
import type { Field, Type } from '../../spec/shape.js';
import { storage, type AnyStorageItem } from '../../spec/storage.js';

/** The pallets that are looked for. Of `Marketplace` only the stand-in `purchase_plan` is specified. */
export type SpecifiedName = 'Compute' | 'PalletIp' | 'Registration' | 'SubAccount' | 'ExecutionUnit' | 'Marketplace';

/** A call or an event: its fields in order. */
export interface SpecifiedVariant<N extends string> {
  /** `Pallet.name`. */
  readonly name: N;
  /** The name within the pallet. */
  readonly member: string;
  readonly index: readonly [number, number];
  readonly fields: readonly Field[];
}

export interface SpecifiedError {
  /** `Pallet.Name`. */
  readonly name: string;
  readonly member: string;
  readonly index: number;
}

export interface SpecifiedPallet {
  readonly name: SpecifiedName;
  readonly items: readonly AnyStorageItem[];
  readonly calls: readonly SpecifiedVariant<CallName>[];
  readonly events: readonly SpecifiedVariant<EventName>[];
  readonly errors: readonly SpecifiedError[];
}

/** Of REV-01 (RULES.md): not there before `spec_version` 9006, and no finding then. */
const LATER: ReadonlySet<string> = new Set(['ExecutionUnit.RequestsCount', 'ExecutionUnit.TooManyRequests']);

/** Whether a part, by its `Pallet.name`, is of later releases only. */
export const isOfLaterReleases = (name: string): boolean => LATER.has(name);

const fieldsOf = ({ shape }: Type<unknown>): readonly Field[] => (shape.kind === 'struct' ? shape.fields : []);

const memberOf = (name: string): string => name.slice(name.indexOf('.') + 1);

const isEventName = (name: string): name is EventName => Object.hasOwn(events, name);

const allCalls = callNames.map((name): SpecifiedVariant<CallName> => ({
  name,
  member: memberOf(name),
  index: calls[name].index,
  fields: fieldsOf(argsType(name)),
}));

const allEvents = Object.keys(events)
  .filter(isEventName)
  .map((name): SpecifiedVariant<EventName> => ({
    name,
    member: memberOf(name),
    index: events[name].index,
    fields: fieldsOf(events[name].fields),
  }));

const itemsOf: Readonly<Record<string, Readonly<Record<string, AnyStorageItem>>>> = storage;
const errorsOf: Readonly<Record<string, readonly (string | null)[]>> = errors;

const specified = (name: SpecifiedName): SpecifiedPallet => {
  const isOurs = (each: { readonly name: string }): boolean => each.name.startsWith(`${name}.`);
  return {
    name,
    items: Object.values(itemsOf[name] ?? {}),
    calls: allCalls.filter(isOurs),
    events: allEvents.filter(isOurs),
    errors: (errorsOf[name] ?? []).flatMap((member, index) =>
      member === null ? [] : [{ name: `${name}.${member}`, member, index }],
    ),
  };
};

export const specifiedPallets: Readonly<Record<SpecifiedName, SpecifiedPallet>> = {
  Compute: specified('Compute'),
  PalletIp: specified('PalletIp'),
  Registration: specified('Registration'),
  SubAccount: specified('SubAccount'),
  ExecutionUnit: specified('ExecutionUnit'),
  Marketplace: specified('Marketplace'),
};
