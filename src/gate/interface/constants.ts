/**
 * Constants: matched by name; their types, and under the same type their values. `System.Version` is left out: it changes with
 * every upgrade, and the versions in it are compared for themselves.
 */
import type { Hex } from '../../spec/hex.js';
import { DecodeError } from '../../spec/scale.js';
import { valueText } from '../../properties/readable.js';
import { inWords } from '../../targets/layout/runtime-types.js';
import { MetadataError, type ConstantMetadata, type RuntimeMetadata, type TypeId } from '../../targets/metadata.js';
import { decodeOwn } from '../../targets/metadata/values.js';
import { idOf, told, type Told } from './change.js';
import type { PalletPair } from './pallets.js';
import { ABSENT, type TwoTypes } from './type-differences.js';
import { changesOf, inConstants } from './uses.js';

const LEFT_OUT = 'System.Version';

/** Characters beyond which nobody reads a value. */
const LONG = 100;

/** A value as a person reads it where it is short, else its bytes, or their beginning. */
export const valueInWords = (metadata: RuntimeMetadata, type: TypeId, bytes: Hex): string => {
  try {
    const words = valueText(decodeOwn(metadata, type, bytes));
    if (words.length <= LONG) return words;
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof MetadataError)) throw error;
  }
  return bytes.length <= LONG ? bytes : `${bytes.slice(0, LONG)}… (${bytes.length / 2 - 1} bytes)`;
};

const gone = (part: string): Told => {
  const sentence = `The constant \`${part}\` is absent in the new runtime: clients that ask for it fail.`;
  return told({
    id: idOf(part, 'constant/removed'),
    part,
    sentence,
    effect: 'breaks callers',
    old: 'there',
    new: ABSENT,
  });
};

const come = (part: string, words: string): Told => {
  const sentence = `The constant \`${part}\` (${words}) is new: what was there stays as it is.`;
  return told({ id: idOf(part, 'constant/added'), part, sentence, effect: 'harmless', old: ABSENT, new: words });
};

const ofBoth = (types: TwoTypes, part: string, old: ConstantMetadata, next: ConstantMetadata): Told[] => {
  const differences = types.types(old.type, next.type);
  if (differences.length > 0) return changesOf(part, inConstants, differences);
  if (old.value === next.value) return [];
  const from = valueInWords(types.old, old.type, old.value);
  const to = valueInWords(types.next, next.type, next.value);
  const sentence = `The constant \`${part}\` is ${to} in the new runtime, ${from} in the old: clients that rely on it do what held before.`;
  return [told({ id: idOf(part, 'constant/value'), part, sentence, effect: 'breaks callers', old: from, new: to })];
};

/** What changes of a pallet's constants. */
export const constantChanges = (types: TwoTypes, { old, next }: PalletPair): Told[] => {
  const partOf = ({ name }: ConstantMetadata): string => `${old.name}.${name}`;
  const known = old.constants.flatMap((constant) => {
    const part = partOf(constant);
    if (part === LEFT_OUT) return [];
    const there = next.constants.find(({ name }) => name === constant.name);
    return there === undefined ? [gone(part)] : ofBoth(types, part, constant, there);
  });
  const added = next.constants.filter(({ name }) => !old.constants.some((each) => each.name === name));
  return [...known, ...added.map((each) => come(partOf(each), inWords(types.next, each.type)))];
};
