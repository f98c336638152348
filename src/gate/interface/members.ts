/**
 * Calls, events and errors: matched by name, each with its index and its fields. A new name at an old index is one less and one
 * more: whether it does the same under another name, nobody can tell by its shape. That a pallet's own index moved is told once,
 * of the pallet.
 */
import type { VariantMetadata } from '../../targets/metadata.js';
import { idOf, told, type Effect, type Told } from './change.js';
import type { PalletPair } from './pallets.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inArguments, inErrors, inEvents, type Use } from './uses.js';

interface Kind {
  readonly list: 'calls' | 'events' | 'errors';
  readonly noun: string;
  /** Of ids, before `removed`, `added` and `index`: calls have no other names among parts of their pallet. */
  readonly what: string;
  readonly harms: Effect;
  /** What follows where nothing, or another one (`{}`), has its index now. */
  readonly gone: string;
  readonly replaced: string;
  readonly moved: string;
  readonly use: Use;
}

const kinds: readonly Kind[] = [
  {
    list: 'calls',
    noun: 'call',
    what: '',
    harms: 'breaks callers',
    gone: 'transactions made for the old runtime are refused',
    replaced: 'transactions made for the old runtime are refused or call {}, which has its index',
    moved: 'transactions made for the old runtime are refused or call something else',
    use: inArguments,
  },
  {
    list: 'events',
    noun: 'event',
    what: 'event/',
    harms: 'breaks indexers',
    gone: 'indexers that wait for it wait in vain',
    replaced:
      'indexers that wait for it wait in vain, and those made for the old runtime take {} for it, which has its index',
    moved: 'indexers made for the old runtime misread it, and all that follow in its block',
    use: inEvents,
  },
  {
    list: 'errors',
    noun: 'error',
    what: 'error/',
    harms: 'breaks indexers',
    gone: 'who waits for it waits in vain',
    replaced: 'who decodes errors by their index takes {} for it, which has its index',
    moved: 'who decodes errors by their index takes it for another',
    use: inErrors,
  },
];

const gone = (part: string, kind: Kind, { index }: VariantMetadata, all: readonly VariantMetadata[]): Told => {
  const instead = all.find((each) => each.index === index);
  const follows = instead === undefined ? kind.gone : kind.replaced.replace('{}', () => `\`${instead.name}\``);
  return told(
    {
      id: idOf(part, `${kind.what}removed`),
      part,
      sentence: `The ${kind.noun} \`${part}\` (index ${index}) is absent in the new runtime: ${follows}.`,
      effect: kind.harms,
      old: `index ${index}`,
      new: ABSENT,
    },
    kind.list === 'calls',
  );
};

const come = (part: string, { noun, what }: Kind, { index }: VariantMetadata): Told =>
  told({
    id: idOf(part, `${what}added`),
    part,
    sentence: `The ${noun} \`${part}\` (index ${index}) is new: what was there stays as it is.`,
    effect: 'harmless',
    old: ABSENT,
    new: `index ${index}`,
  });

const moved = (part: string, kind: Kind, from: number, to: number): Told =>
  told(
    {
      id: idOf(part, `${kind.what}index`),
      part,
      sentence: `The ${kind.noun} \`${part}\` has index ${to} in the new runtime, ${from} in the old: ${kind.moved}.`,
      effect: kind.harms,
      old: `index ${from}`,
      new: `index ${to}`,
    },
    kind.list === 'calls',
  );

const ofKind = (types: TwoTypes, { old, next }: PalletPair, kind: Kind): Told[] => {
  const [olds, nexts] = [old[kind.list], next[kind.list]];
  const partOf = ({ name }: VariantMetadata): string => `${old.name}.${name}`;
  const known = olds.flatMap((member) => {
    const [part, there] = [partOf(member), nexts.find(({ name }) => name === member.name)];
    if (there === undefined) return [gone(part, kind, member, nexts)];
    return [
      ...(there.index === member.index ? [] : [moved(part, kind, member.index, there.index)]),
      ...changesOf(part, kind.use, types.fields(member.fields, there.fields)),
    ];
  });
  const added = nexts.filter(({ name }) => !olds.some((member) => member.name === name));
  return [...known, ...added.map((member) => come(partOf(member), kind, member))];
};

/** What changes of a pallet's calls, events and errors. */
export const memberChanges = (types: TwoTypes, pair: PalletPair): Told[] =>
  kinds.flatMap((kind) => ofKind(types, pair, kind));
