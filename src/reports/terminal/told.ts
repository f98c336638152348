/** What is told while the run goes on, as lines: enough to understand it, and all of it with `--verbose`. */
import type { Counterexample, CoverageEvent, Difference, Figures, Finding, RunEvent } from '../../spec/run-events.js';
import { figure, headOf } from '../figures.js';
import { resultOf } from '../results.js';
import { shortened } from '../text.js';
import type { Paint } from './paint.js';
import { tableOf } from './table.js';

/** Characters of a value that are shown. */
const SHOWN_CHARACTERS = 160;
/** Steps of one thing that are shown: what is shrunk has fewer. */
const SHOWN_STEPS = 20;
/** Cells of a suite that are named. */
const SHOWN_CELLS = 10;

export interface Style {
  readonly paint: Paint;
  /** Nothing is cut. */
  readonly isWhole: boolean;
}

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const cut = (text: string, { isWhole }: Style): string => (isWhole ? text : shortened(text, SHOWN_CHARACTERS));

/** The first of many, and a line that counts the others. */
const firstOf = (lines: readonly string[], most: number, { isWhole }: Style): readonly string[] =>
  isWhole || lines.length <= most
    ? lines
    : [...lines.slice(0, most), `  and ${lines.length - most} more: --verbose shows all`];

const stepLines = (steps: readonly string[], style: Style): readonly string[] =>
  firstOf(
    steps.map((step, at) => `  ${at + 1}. ${step}`),
    SHOWN_STEPS,
    style,
  );

export const differenceLines = (each: Difference, style: Style): string[] => {
  const step = each.step === null ? '' : `, step ${each.step}`;
  const place = each.file === undefined ? '' : ` (${each.file}:${each.line})`;
  return [
    `${style.paint.red('difference')} in scenario ${each.scenario}${step}, block ${each.block}${place}`,
    `  step      ${cut(each.what, style)}`,
    `  ${each.aspect.padEnd(9)} ${each.where}`,
    `  expected  ${cut(each.expected, style)}`,
    `  observed  ${cut(each.observed, style)}`,
    ...(each.raw && each.raw.byte >= 0 && each.raw.expected !== null && each.raw.observed !== null
      ? [`  bytes     differ from byte ${each.raw.byte} on`]
      : []),
  ];
};

export const counterexampleLines = (each: Counterexample, style: Style): string[] => [
  each.invariant === undefined
    ? `${style.paint.red('difference')} from the engine under ${each.rules}: ${cut(each.broken, style)}`
    : `${style.paint.yellow(each.invariant)} breaks under ${each.rules}: ${each.broken}`,
  ...stepLines(each.steps, style),
  `  replay it: ${each.command}`,
];

/** How many cells there are of each kind, which is what an id begins with. */
const kindsOf = (cells: readonly string[]): string => {
  const kinds = cells.map((cell) => cell.split('/')[0] ?? cell);
  return [...new Set(kinds)].map((kind) => `${kind} ${kinds.filter((each) => each === kind).length}`).join(', ');
};

export const coverageLines = (
  { reached, beyond, missing, unreachable }: CoverageEvent,
  style: Style,
): readonly string[] => {
  const count = Object.keys(reached).length - beyond.length;
  const besides = beyond.length === 0 ? '' : `, and ${beyond.length} beyond them`;
  const out = unreachable.flatMap(({ cells }) => cells);
  const rest = out.length === 0 ? '' : `; ${out.length} can't be reached here (${kindsOf(out)})`;
  return [
    `coverage: ${count} of ${count + missing.length} reachable cells${besides}${rest}`,
    ...firstOf(
      missing.map((cell) => `  ${style.paint.yellow('not reached')} ${cell}`),
      SHOWN_CELLS,
      style,
    ),
  ];
};

export const harmOf = (finding: Finding): string => resultOf(finding)?.harm ?? '';

/** What is open with all that shows it, while there are few; what was announced or accepted with its reason. */
export const findingLines = (finding: Finding, hasSteps: boolean, style: Style): string[] => {
  const { id, status, sentence, expectation, steps = [], command } = finding;
  if (status !== 'open') return [`${status} ${id}: ${expectation ?? sentence}`];
  const harm = harmOf(finding);
  return [
    `${style.paint.red('finding')} ${id}: ${sentence}${harm === '' ? '' : ` (${harm})`}`,
    ...(expectation === undefined ? [] : [`  ${expectation}`]),
    ...(hasSteps ? stepLines(steps, style) : []),
    ...(command === undefined ? [] : [`  replay it: ${command}`]),
  ];
};

/** Harmless changes are many, and nobody has to act: their ids, without the kind that all of them have. */
export const harmlessLine = (harmless: readonly Finding[], style: Style): string =>
  `harmless: ${harmless.length} (${cut(harmless.map(({ id, kind }) => id.replace(`${kind}/`, '')).join(', '), style)})`;

export const figuresTable = ({ columns, rows }: Figures, available: number): string => {
  const isFigure = columns.map(({ unit }) => unit !== undefined);
  return tableOf(
    columns.map(headOf),
    rows.map((row) => row.map(figure)),
    available,
    { isRight: (column) => isFigure[column] === true },
  );
};

/** What is a sentence by itself. */
export type Sentence = Event<'layout-finding' | 'notice' | 'not-covered'>;

export const isSentence = (event: RunEvent): event is Sentence =>
  event.type === 'layout-finding' || event.type === 'notice' || event.type === 'not-covered';

export const sentenceLine = (event: Sentence, { paint }: Style): string => {
  if (event.type === 'notice') return event.sentence;
  if (event.type === 'layout-finding') return `${paint.red('layout')} ${event.sentence}`;
  return `${paint.yellow('not covered')}: ${event.what} (${event.count} times): ${event.reason}`;
};
