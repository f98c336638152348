/** What became of a state across the upgrade, in words: findings, what was not covered, the summary. */
import type { BrokenState } from '../properties/broken-state.js';
import type { Hex } from '../spec/hex.js';
import { locate, nameOfKey } from '../spec/storage.js';
import type { FoundChange } from './expectations.js';
import { migrationText, shareOf, type MigrationCost } from './migration-cost.js';
import type { StateUpgrade, UpgradedState } from './state-upgrade.js';
import { brief } from './told.js';
import type { StateBreak } from './upgrade.js';

/** Keys that a finding names; of more the number is told. */
const MOST_KEYS = 10;

const named = (keys: readonly Hex[]): string[] => [
  ...keys.slice(0, MOST_KEYS).map((key) => `${nameOfKey(key)} (${key})`),
  ...(keys.length > MOST_KEYS ? [`and ${keys.length - MOST_KEYS} more`] : []),
];

const ofValue = ({ id, part, sentence, old, next, values }: StateBreak, command: string): FoundChange => ({
  id,
  kind: 'upgrade',
  part,
  sentence: `${sentence}: ${brief(next)}, where it was ${brief(old)}${values > 1 ? `; so it is with ${values} values` : ''}`,
  old,
  new: next,
  blame: 'new',
  status: 'open',
  command,
});

/** The items of keys, each once: what two states that break an invariant in the same way have in common. */
const shapeOf = (keys: readonly Hex[]): string => {
  const items = keys.map((key) => {
    const item = locate(key)?.item;
    return item ? `${item.pallet}.${item.name}` : key;
  });
  return [...new Set(items)].toSorted().join('+');
};

const ofInvariant = ({ invariant, broken, keys }: BrokenState, command: string): FoundChange => ({
  id: `upgrade/${invariant.id}/${shapeOf(keys)}`,
  kind: 'upgrade',
  part: invariant.id,
  sentence: `${invariant.name}, which held there before the upgrade: ${broken}`,
  old: 'holds',
  new: broken,
  blame: 'new',
  status: 'open',
  severity: invariant.severity,
  steps: named(keys),
  command,
});

const ofCost = (cost: MigrationCost, limit: number, command: string): FoundChange[] => {
  const share = shareOf(cost);
  if (share === null || share <= limit) return [];
  return [
    {
      id: 'cost/migration',
      kind: 'cost',
      part: 'migration',
      sentence: `the first block with the new code takes ${migrationText(cost)}: more than ${limit} %, so that it comes late or never`,
      old: `${limit} %`,
      new: `${share} %`,
      status: 'open',
      command,
    },
  ];
};

/** @param limit per cent of a block that the first one with the new code may take */
export const toldState = (
  { breaks, invariants, cost }: StateUpgrade,
  limit: number,
  command: string,
): readonly FoundChange[] => [
  ...breaks.map((each) => ofValue(each, command)),
  ...(invariants?.broken ?? []).map((each) => ofInvariant(each, command)),
  ...(cost === null ? [] : ofCost(cost, limit, command)),
];

export interface NotCovered {
  readonly what: string;
  readonly reason: string;
  readonly count: number;
}

const places = (keys: readonly Hex[]): string => {
  const [first = ''] = keys;
  return keys.length === 1 ? nameOfKey(first) : `${nameOfKey(first)} and ${keys.length - 1} more`;
};

export const uncoveredOf = ({ uncompared, invariants, unasked, alone, cost }: StateUpgrade): readonly NotCovered[] => {
  const { unknown, undecodable } = uncompared;
  const of = (keys: readonly Hex[], reason: string): NotCovered[] =>
    keys.length === 0 ? [] : [{ what: places(keys), reason, count: keys.length }];
  return [
    ...of(unknown, 'not both runtimes have an item for it'),
    ...of(undecodable, 'it is no value of the old runtime either'),
    ...of(unasked, 'no invariant was asked about it: the old runtime has it otherwise than specified'),
    ...(invariants?.unclear ?? []).map(({ id }) => ({
      what: id,
      reason: 'it was broken all over before the upgrade',
      count: 1,
    })),
    ...(alone === null ? [] : [{ what: 'what the new runtime does without an upgrade', reason: alone, count: 1 }]),
    ...(cost !== null && shareOf(cost) === null
      ? [{ what: "the migration's share of a block", reason: 'the new runtime has no System.BlockWeights', count: 1 }]
      : []),
  ];
};

export const stateSummary = (
  { values, uncompared, invariants, cost }: StateUpgrade,
  { block, specVersion }: Pick<UpgradedState, 'block' | 'specVersion'>,
  oldVersion: number,
): string => {
  const { unknown, undecodable } = uncompared;
  const notes = [
    `${values} values compared`,
    unknown.length > 0 && `${unknown.length} of items that not both have`,
    undecodable.length > 0 && `${undecodable.length} that did not decode before either`,
    invariants && invariants.before.length > 0 && `${invariants.before.map(({ id }) => id).join(', ')} broken before`,
    cost && `the first block with the new code: ${migrationText(cost)}`,
    block === null && 'no block is named: it is taken for that of block 0',
    specVersion !== null &&
      specVersion !== oldVersion &&
      `the chain had spec_version ${specVersion} then, and not the ${oldVersion} of the old runtime`,
  ];
  return notes.filter((note) => typeof note === 'string').join('; ');
};
