/**
 * What types are used for decides whom a difference between them harms. What is *given* to the runtime (arguments) must mean the
 * same there: a variant more harms nobody, a variant less does. What is *read* from it (events, outputs) is the other way round:
 * a reader made for the old runtime fails on the variant that it does not know. What is *kept* in storage is both: a new variant
 * fails whoever reads it, yet leaves the state as it is; a variant less leaves values that nobody decodes, so that the state
 * needs a migration. A name alone changes no bytes, but harms whoever goes by names, as most libraries do.
 */
import { idOf, type Effect, type Told } from './change.js';
import type { DifferenceKind, TypeDifference } from './type-differences.js';

export interface Use {
  /** Of ids: what of the part it is. */
  readonly what: string;
  /** In sentences, between the part and the path. */
  readonly place: string;
  /** Of ids: what is told once of all parts that hold a type. */
  readonly group: string;
  /** What the parts are, in the plural. */
  readonly holders: string;
  readonly effects: Readonly<Record<DifferenceKind, Effect>>;
  readonly consequences: Readonly<Record<DifferenceKind, string>>;
  /** Whether transactions carry it. */
  readonly isSent: boolean;
}

/** Whether old bytes mean something else now. */
export const reencodes = ({ kind }: Pick<TypeDifference, 'kind'>): boolean => kind === 'encoded' || kind === 'narrowed';

const given = {
  named: 'breaks callers',
  widened: 'harmless',
  narrowed: 'breaks callers',
  encoded: 'breaks callers',
} as const;
const read = (effect: Effect) => ({ named: effect, widened: effect, narrowed: 'harmless', encoded: effect }) as const;

export const inArguments: Use = {
  what: 'arguments',
  place: '',
  group: 'calls',
  holders: 'calls',
  effects: given,
  consequences: {
    named: 'transactions keep their bytes, but clients that give arguments by name are refused by their own libraries',
    widened: 'transactions made for the old runtime mean the same',
    narrowed: 'transactions made for the old runtime with it are refused',
    encoded: 'transactions made for the old runtime are refused or mean something else',
  },
  isSent: true,
};

export const inEvents: Use = {
  what: 'event',
  place: '',
  group: 'events',
  holders: 'events',
  effects: read('breaks indexers'),
  consequences: {
    named: 'indexers that go by names miss it',
    widened: 'indexers made for the old runtime fail on events with it',
    narrowed: 'no event has it any more',
    encoded: 'indexers made for the old runtime misread the event, and all that follow in its block',
  },
  isSent: false,
};

export const inErrors: Use = {
  ...inEvents,
  what: 'error',
  group: 'errors',
  holders: 'errors',
  consequences: {
    ...inEvents.consequences,
    widened: 'indexers made for the old runtime fail on errors with it',
    narrowed: 'no error has it any more',
    encoded: 'indexers made for the old runtime misread the error',
  },
};

export const inValues: Use = {
  what: 'value',
  place: ' value',
  group: 'values',
  holders: 'storage items',
  effects: { ...read('breaks indexers'), narrowed: 'breaks indexers' },
  consequences: {
    named: 'the state stays as it is, but readers that go by names miss it',
    widened: 'the state stays as it is, but readers made for the old runtime fail on values with it',
    narrowed: 'values with it that are stored do not decode any more: the state needs a migration',
    encoded: 'readers made for the old runtime misread what is stored, and the state needs a migration',
  },
  isSent: false,
};

/** @param at which of several keys, from 1; empty for an only one */
export const inKeys = (at: string): Use => ({
  ...inValues,
  what: `key${at}`,
  place: ` key${at === '' ? '' : ` ${at}`}`,
  group: 'keys',
  consequences: {
    named: 'keys stay as they are, but readers that go by names miss it',
    widened: 'keys stay as they are, but readers made for the old runtime fail on those with it',
    narrowed: 'keys with it that are stored do not decode any more: the state needs a migration',
    encoded: 'readers made for the old runtime look in the wrong place, and the state needs a migration',
  },
});

export const inConstants: Use = {
  what: 'constant/type',
  place: '',
  group: 'constants',
  holders: 'constants',
  effects: read('breaks callers'),
  consequences: {
    named: 'clients that go by names miss it',
    widened: 'clients made for the old runtime fail where it is the constant',
    narrowed: 'the constant can not be it any more',
    encoded: 'clients made for the old runtime misread it',
  },
  isSent: false,
};

export const inInputs: Use = {
  what: 'api/inputs',
  place: ' input',
  group: 'inputs',
  holders: 'runtime API methods',
  effects: given,
  consequences: {
    named: 'what is asked keeps its bytes, but clients that give inputs by name are refused by their own libraries',
    widened: 'what clients of the old runtime ask means the same',
    narrowed: 'clients of the old runtime that ask with it get no answer',
    encoded: 'clients of the old runtime ask something else, or get no answer',
  },
  isSent: false,
};

export const inOutputs: Use = {
  what: 'api/output',
  place: ' output',
  group: 'outputs',
  holders: 'runtime API methods',
  effects: read('breaks callers'),
  consequences: {
    named: 'the answer keeps its bytes, but clients that go by names miss it',
    widened: 'clients of the old runtime fail on answers with it',
    narrowed: 'no answer has it any more',
    encoded: 'clients of the old runtime misread the answer',
  },
  isSent: false,
};

const inExtensions: Use = {
  ...inArguments,
  group: 'extensions',
  holders: 'transaction extensions',
  consequences: {
    ...inArguments.consequences,
    named: 'transactions keep their bytes, but signers that go by names are refused by their own libraries',
  },
};
export const inExtra: Use = { ...inExtensions, what: 'extra', place: ' extra' };
export const inAdditionalSigned: Use = {
  ...inExtensions,
  what: 'additional_signed',
  place: ' additional signed',
  group: 'additional_signed',
  consequences: {
    ...inExtensions.consequences,
    encoded: 'what signers of the old runtime sign is not what is checked: their transactions are refused',
  },
};

const nowAndThen = ({ old, next }: TypeDifference): string => `is ${next} in the new runtime, ${old} in the old`;

/** Ids do without what only says that something is an entry of a list: nothing else can have the same path. */
const inId = (path: string): string => path.replaceAll('[]', '');

/** The differences of a part's types, each a change. */
export const changesOf = (part: string, use: Use, differences: readonly TypeDifference[]): Told[] =>
  differences.map((each) => {
    const { path, aspect, kind, within, old, next } = each;
    const suffix = (of: string) => inId(of) + (aspect === '' ? '' : `/${aspect}`);
    const says = nowAndThen(each);
    const consequence = use.consequences[kind];
    return {
      id: idOf(part, use.what + suffix(path)),
      part,
      sentence: `\`${part}${use.place}${path}\` ${says}: ${consequence}.`,
      effect: use.effects[kind],
      old,
      new: next,
      reencodes: use.isSent && reencodes(each),
      nested: within && {
        holders: use.holders,
        id: idOf(within.type, use.group + suffix(within.path)),
        type: within.type,
        place: `\`${within.type}${within.path}\` ${says}`,
        consequence,
      },
    };
  });
