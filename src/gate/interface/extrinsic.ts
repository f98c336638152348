/**
 * What a transaction is made of around its call: formats, and the transaction extensions of signed ones. An extension adds bytes
 * twice, to what is sent (extra) and to what is signed (additional signed). One that adds none to either changes no transaction,
 * wherever it stands, and libraries pass over it when they do not know it: that it came or went is harmless, its place is not told.
 */
import { alignFields } from '../../targets/layout/align-fields.js';
import { inWords } from '../../targets/layout/runtime-types.js';
import { typeIsEmpty, type RuntimeMetadata, type TransactionExtension } from '../../targets/metadata.js';
import { idOf, told, type Told } from './change.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inAdditionalSigned, inExtra } from './uses.js';

const PART = 'extrinsic';

const formatChanges = (old: readonly number[], next: readonly number[]): Told[] => [
  ...old
    .filter((format) => !next.includes(format))
    .map((format) =>
      told({
        id: idOf(PART, `format${format}/removed`),
        part: PART,
        sentence: `Extrinsics of format ${format} are not taken by the new runtime: transactions written in it are refused.`,
        effect: 'breaks callers',
        old: 'taken',
        new: 'not taken',
      }),
    ),
  ...next
    .filter((format) => !old.includes(format))
    .map((format) =>
      told({
        id: idOf(PART, `format${format}/added`),
        part: PART,
        sentence: `Extrinsics of format ${format} are taken by the new runtime, too: those of other formats stay as they are.`,
        effect: 'harmless',
        old: 'not taken',
        new: 'taken',
      }),
    ),
];

const contents = (metadata: RuntimeMetadata, { extra, additionalSigned }: TransactionExtension): string => {
  const parts = [
    ...(typeIsEmpty(metadata, extra) ? [] : [`extra ${inWords(metadata, extra)}`]),
    ...(typeIsEmpty(metadata, additionalSigned) ? [] : [`additional signed ${inWords(metadata, additionalSigned)}`]),
  ];
  return parts.join(', ') || 'without any bytes';
};

const isSilent = (metadata: RuntimeMetadata, { extra, additionalSigned }: TransactionExtension): boolean =>
  typeIsEmpty(metadata, extra) && typeIsEmpty(metadata, additionalSigned);

const REFUSED = 'transactions made for the old runtime are refused';
const SAME = 'transactions keep their bytes';

const oneSided = (metadata: RuntimeMetadata, extension: TransactionExtension, how: 'removed' | 'added'): Told => {
  const silent = isSilent(metadata, extension);
  const part = `${PART}.${extension.identifier}`;
  const words = contents(metadata, extension);
  const where = how === 'removed' ? 'is absent in the new runtime' : 'is new';
  return told(
    {
      id: idOf(part, how),
      part,
      sentence: `The transaction extension \`${extension.identifier}\` (${words}) ${where}: ${silent ? SAME : REFUSED}.`,
      effect: silent ? 'harmless' : 'breaks callers',
      old: how === 'removed' ? words : ABSENT,
      new: how === 'removed' ? ABSENT : words,
    },
    !silent,
  );
};

const moved = (identifier: string, [from, to]: readonly [number, number]): Told => {
  const part = `${PART}.${identifier}`;
  const [old, next] = [`at position ${from + 1}`, `at position ${to + 1}`];
  return told(
    {
      id: idOf(part, 'moved'),
      part,
      sentence: `The transaction extension \`${identifier}\` is ${next} in the new runtime, ${old} in the old: ${REFUSED}.`,
      effect: 'breaks callers',
      old,
      new: next,
    },
    true,
  );
};

interface Named extends TransactionExtension {
  readonly name: string;
}

const named = (all: readonly TransactionExtension[]): Named[] =>
  all.map((extension) => ({ ...extension, name: extension.identifier }));

/** The extensions that stand in another order, for what is sent or for what is signed. */
const movedOnes = (types: TwoTypes, aspect: 'extra' | 'additionalSigned'): string[] => {
  const speaking = ({ old, next }: TwoTypes, which: 'old' | 'next'): Named[] => {
    const metadata = which === 'old' ? old : next;
    return named(metadata.extrinsic.extensions).filter((each) => !typeIsEmpty(metadata, each[aspect]));
  };
  const { pairs } = alignFields(speaking(types, 'old'), speaking(types, 'next'), () => false);
  return pairs.filter(({ how }) => how === 'moved').map(({ expected }) => expected.name);
};

const extensionChanges = (types: TwoTypes): Told[] => {
  const { old, next } = types;
  const elsewhere = new Set([...movedOnes(types, 'extra'), ...movedOnes(types, 'additionalSigned')]);
  const { pairs, missing, extra } = alignFields(
    named(old.extrinsic.extensions),
    named(next.extrinsic.extensions),
    () => false,
  );
  return [
    ...pairs.flatMap(({ expected, observed, at }) => {
      const part = `${PART}.${expected.identifier}`;
      return [
        ...(elsewhere.has(expected.identifier) ? [moved(expected.identifier, at)] : []),
        ...changesOf(part, inExtra, types.types(expected.extra, observed.extra)),
        ...changesOf(part, inAdditionalSigned, types.types(expected.additionalSigned, observed.additionalSigned)),
      ];
    }),
    ...missing.map((extension) => oneSided(old, extension, 'removed')),
    ...extra.map((extension) => oneSided(next, extension, 'added')),
  ];
};

/** What changes of transactions but for their calls. */
export const extrinsicChanges = (types: TwoTypes): Told[] => [
  ...formatChanges(types.old.extrinsic.versions, types.next.extrinsic.versions),
  ...extensionChanges(types),
];
