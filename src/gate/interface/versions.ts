/** What `Core_version` says of a runtime that has other code: what the chain asks of it, and what signers go by. */
import { idOf, told, type InterfaceSide, type Told } from './change.js';

const PART = 'version';

type Versions = InterfaceSide['version'];

const said = (name: string, from: number, to: number): string =>
  from === to ? `\`${name}\` stays ${to}` : `\`${name}\` is ${to} in the new runtime, ${from} in the old`;

const specChanges = (old: Versions, next: Versions): Told[] => {
  if (next.spec_version > old.spec_version) return [];
  const sentence = `${said('spec_version', old.spec_version, next.spec_version)}, though the code differs: \`System.set_code\` refuses it (SpecVersionNeedsToIncrease).`;
  return [
    told({
      id: idOf(PART, 'spec_version'),
      part: PART,
      sentence,
      effect: 'breaks the upgrade',
      old: String(old.spec_version),
      new: String(next.spec_version),
    }),
  ];
};

const nameChanges = (old: Versions, next: Versions): Told[] => {
  if (next.spec_name === old.spec_name) return [];
  const [from, to] = [`"${old.spec_name}"`, `"${next.spec_name}"`];
  const sentence = `\`spec_name\` is ${to} in the new runtime, ${from} in the old: \`System.set_code\` refuses it (InvalidSpecName).`;
  return [
    told({ id: idOf(PART, 'spec_name'), part: PART, sentence, effect: 'breaks the upgrade', old: from, new: to }),
  ];
};

const transactionChanges = (old: Versions, next: Versions, reencoded: readonly Told[]): Told[] => {
  const [from, to] = [old.transaction_version, next.transaction_version];
  const isRaised = to > from;
  const isNeeded = reencoded.length > 0;
  if (isRaised === isNeeded && (isRaised || to === from)) return [];
  const which = said('transaction_version', from, to);
  const [first] = reencoded;
  const others = reencoded.length > 1 ? ` and ${reencoded.length - 1} more` : '';
  const sentence =
    first !== undefined
      ? `${which}, though transactions have other bytes (${first.id}${others}): offline signers can not tell that theirs are of another runtime.`
      : `${which}, though no transaction has other bytes: offline signers ask for an update that they do not need.`;
  return [
    told({
      id: idOf(PART, 'transaction_version'),
      part: PART,
      sentence,
      effect: isNeeded ? 'breaks callers' : 'harmless',
      old: String(from),
      new: String(to),
    }),
  ];
};

/** What changes of the versions, or should; `changes` is everything else that changed. */
export const versionChanges = (
  { version: old }: InterfaceSide,
  { version: next }: InterfaceSide,
  changes: readonly Told[],
): Told[] => [
  ...specChanges(old, next),
  ...nameChanges(old, next),
  ...transactionChanges(
    old,
    next,
    changes.filter(({ reencodes }) => reencodes),
  ),
];
