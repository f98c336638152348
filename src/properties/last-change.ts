/** What the last step of a recorded scenario changed in storage, field by field: what a person wants to see of a counterexample. */
import type { RawDiff } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import type { RecordedLine, RecordedScenario, RecordedStep } from '../spec/recording.js';
import { MOST_CHANGES, type StateChange } from '../spec/run-events.js';
import { nameOfKey } from '../spec/storage.js';
import { decodedValue } from './compare.js';
import { ExpectedState } from './expected-state.js';
import { allDifferences, valueText } from './readable.js';

/** Characters of a field. */
const TEXT = 600;

const changesIn = (line: RecordedStep): readonly RawDiff[] => {
  if ('inject' in line) return [line.inject];
  if ('blocks' in line) return line.blocks.map(({ diff = {} }) => diff);
  return 'call' in line ? [line.block_diff ?? {}, line.diff ?? {}] : [];
};

const textOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  const text = valueText(value);
  return text.length > TEXT ? `${text.slice(0, TEXT)}…` : text;
};

const fieldsOf = (key: Hex, before: Hex | null, after: Hex | null): StateChange[] => {
  const [was, is] = [decodedValue(key, before), decodedValue(key, after)];
  return [...allDifferences(was, is)].map(({ path, left, right }) => ({
    where: nameOfKey(key) + path,
    before: textOf(left),
    after: textOf(right),
  }));
};

const isBeginning = (line: RecordedLine): line is RecordedScenario => 'genesis' in line;

/** As the recording has it. Empty where the last step changed nothing, or nothing can be said of it. */
export const lastChanges = (lines: readonly RecordedLine[]): StateChange[] => {
  const [beginning, ...rest] = lines;
  if (beginning === undefined || !isBeginning(beginning)) return [];
  const steps = rest.filter((line): line is RecordedStep => !isBeginning(line));
  const state = new ExpectedState(beginning.genesis);
  state.apply(beginning.opening);
  for (const line of steps.slice(0, -1)) for (const diff of changesIn(line)) state.apply(diff);
  const last = steps.at(-1);
  if (last === undefined) return [];
  const diff: RawDiff = changesIn(last).reduce((all, each) => ({ ...all, ...each }), {});
  const before = state.at(Object.keys(diff));
  const changed = Object.entries(state.changedBy(diff));
  return changed.flatMap(([key, after]) => fieldsOf(key, before[key] ?? null, after)).slice(0, MOST_CHANGES);
};
