/**
 * The run for a person at a terminal: progress while it works, what was found as it is found, and a table at the end
 * that is understood in ten seconds. Plain lines where there is no terminal; no colours with `NO_COLOR`.
 */
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import pc from 'picocolors';
import {
  Verdict,
  type Counterexample,
  type CoverageEvent,
  type Difference,
  type Emit,
  type Figures,
  type Finding,
  type RunEvent,
  type SuiteFinished,
} from '../spec/run-events.js';
import { figure, headOf, machineText } from './figures.js';
import { resultOf } from './results.js';
import { shortened, thousands } from './text.js';

/** Differences of a suite that are shown; the others are counted. `--json` has all. */
const SHOWN_DIFFERENCES = 5;
/** Characters of a value that are shown. */
const SHOWN_CHARACTERS = 160;
/** Findings of a suite of which the steps are shown; the others are a line each. */
const SHOWN_STEPS = 10;
/** Cells of a suite that are named; the others are counted. */
const SHOWN_CELLS = 10;
/** Columns of what is no terminal. */
const PLAIN_COLUMNS = 120;

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const paint: Readonly<Record<Verdict, (text: string) => string>> = {
  conforms: pc.green,
  deviates: pc.yellow,
  finding: pc.red,
  unattributed: pc.red,
  absent: pc.red,
  'not covered': pc.yellow,
  vacuous: pc.yellow,
  error: pc.red,
};

const cut = (text: string): string => shortened(text, SHOWN_CHARACTERS);
const rate = ({ steps, elapsed }: { steps: number; elapsed: number }): string =>
  elapsed > 0 ? `${thousands(Math.round((steps / elapsed) * 1000))}/s` : '';

const differenceLines = (each: Difference): string[] => {
  const step = each.step === null ? '' : `, step ${each.step}`;
  const place = each.file === undefined ? '' : ` (${each.file}:${each.line})`;
  return [
    `${pc.red('difference')} in scenario ${each.scenario}${step}, block ${each.block}${place}`,
    `  step      ${cut(each.what)}`,
    `  ${each.aspect.padEnd(9)} ${each.where}`,
    `  expected  ${cut(each.expected)}`,
    `  observed  ${cut(each.observed)}`,
    ...(each.raw && each.raw.byte >= 0 && each.raw.expected !== null && each.raw.observed !== null
      ? [`  bytes     differ from byte ${each.raw.byte} on`]
      : []),
  ];
};

const counterexampleLines = (each: Counterexample): string[] => [
  each.invariant === undefined
    ? `${pc.red('difference')} from the engine under ${each.rules}: ${cut(each.broken)}`
    : `${pc.yellow(each.invariant)} breaks under ${each.rules}: ${each.broken}`,
  ...each.steps.map((step, at) => `  ${at + 1}. ${step}`),
  `  replay it: ${each.command}`,
];

/** How many cells there are of each kind, which is what an id begins with. */
const kindsOf = (cells: readonly string[]): string => {
  const kinds = cells.map((cell) => cell.split('/')[0] ?? cell);
  return [...new Set(kinds)].map((kind) => `${kind} ${kinds.filter((each) => each === kind).length}`).join(', ');
};

const coverageLines = ({ reached, beyond, missing, unreachable }: CoverageEvent, quiet: boolean): string[] => {
  if (quiet) return [];
  const count = Object.keys(reached).length - beyond.length;
  const besides = beyond.length === 0 ? '' : `, and ${beyond.length} beyond them`;
  const out = unreachable.flatMap(({ cells }) => cells);
  const rest = out.length === 0 ? '' : `; ${out.length} can't be reached here (${kindsOf(out)})`;
  const more = missing.length - SHOWN_CELLS;
  return [
    `coverage: ${count} of ${count + missing.length} reachable cells${besides}${rest}`,
    ...missing.slice(0, SHOWN_CELLS).map((cell) => `  ${pc.yellow('not reached')} ${cell}`),
    ...(more > 0 ? [`  and ${more} more: --json FILE has all`] : []),
  ];
};

const harmOf = (finding: Finding): string => resultOf(finding)?.harm ?? '';

/** What is open with all that shows it, while there are few; what was announced or accepted with its reason. */
const findingLines = (finding: Finding, isLong: boolean): string[] => {
  const { id, status, sentence, expectation, steps = [], command } = finding;
  if (status !== 'open') return [`${status} ${id}: ${expectation ?? sentence}`];
  const harm = harmOf(finding);
  return [
    `${pc.red('finding')} ${id}: ${sentence}${harm === '' ? '' : ` (${harm})`}`,
    ...(expectation === undefined ? [] : [`  ${expectation}`]),
    ...(isLong ? steps.map((step, at) => `  ${at + 1}. ${step}`) : []),
    ...(command === undefined ? [] : [`  replay it: ${command}`]),
  ];
};

/** Harmless changes are many, and nobody has to act: their ids, without the kind that all of them have. */
const harmlessLine = (harmless: readonly Finding[]): string =>
  `harmless: ${harmless.length} (${cut(harmless.map(({ id, kind }) => id.replace(`${kind}/`, '')).join(', '))})`;

/** Border and padding of a column; one border more closes the table. */
const COLUMN_FRAME = 3;

/** Widths of columns, frame included, that fit into `available`: the widest give way first. */
const fittingWidths = (rows: readonly (readonly string[])[], available: number): number[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const room = available - widths.length * COLUMN_FRAME - 1;
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths.map((width) => Math.max(width, 1) + COLUMN_FRAME - 1);
};

/** Columns of figures. */
const NUMBERS: ReadonlySet<string> = new Set(['steps', 'line']);

interface TableStyle {
  readonly paint?: (cell: string, column: number) => string;
  readonly isRight?: (column: number) => boolean;
}

const tableOf = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
  { paint: painted = (cell) => cell, isRight = (column) => NUMBERS.has(columns[column] ?? '') }: TableStyle = {},
): string => {
  const table = new Table({
    head: [...columns],
    colWidths: fittingWidths([columns, ...rows], available),
    colAligns: columns.map((_, column) => (isRight(column) ? 'right' : 'left')),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map(painted)));
  return table.toString();
};

const SUMMARY_COLUMNS = ['checked', 'steps', 'came out', 'verdict'];

const summaryTable = (suites: readonly SuiteFinished[], available: number): string => {
  const rows = suites.map(({ suite, steps, summary, verdict }) => [suite, thousands(steps), summary, verdict]);
  const verdicts = SUMMARY_COLUMNS.length - 1;
  return tableOf(SUMMARY_COLUMNS, rows, available, {
    paint: (cell, column) => (column === verdicts ? paint[Verdict.parse(cell)](cell) : cell),
  });
};

/** What is open once more, together: what was told of each lies far above by now. */
const findingsTable = (open: readonly Finding[], available: number): string => {
  const rows = open.map((each) => [each.id, each.part, harmOf(each)]);
  return tableOf(['open finding', 'about', 'harms, to blame'], rows, available);
};

const figuresTable = ({ columns, rows }: Figures, available: number): string => {
  const heads = columns.map(headOf);
  const isFigure = columns.map(({ unit }) => unit !== undefined);
  return tableOf(
    heads,
    rows.map((row) => row.map(figure)),
    available,
    { isRight: (column) => isFigure[column] === true },
  );
};

const DOING: Readonly<Record<Event<'suite-started'>['kind'], string>> = {
  replay: 'replaying',
  invariant: 'searching',
  layout: 'looking at',
  differential: 'comparing',
  record: 'recording',
  node: 'meeting',
  pool: 'asking the',
  interface: 'comparing',
  fingerprint: 'telling',
  behaviour: 'comparing',
  upgrade: 'trying',
  cost: 'counting',
  expectations: 'holding against',
  bench: 'timing',
  growth: 'measuring',
  load: 'loading',
  follow: 'following',
};

/** What is a sentence by itself. */
type Sentence = Event<'layout-finding' | 'notice' | 'not-covered'>;

const isSentence = (event: RunEvent): event is Sentence =>
  event.type === 'layout-finding' || event.type === 'notice' || event.type === 'not-covered';

const sentenceLine = (event: Sentence): string => {
  if (event.type === 'notice') return event.sentence;
  if (event.type === 'layout-finding') return `${pc.red('layout')} ${event.sentence}`;
  return `${pc.yellow('not covered')}: ${event.what} (${event.count} times): ${event.reason}`;
};

/** What other reports show: who ran what, a node in full, pictures. */
type ForOthers = Event<'run-started' | 'node-introduced' | 'curves'>;

const isForOthers = (event: RunEvent): event is ForOthers =>
  event.type === 'run-started' || event.type === 'node-introduced' || event.type === 'curves';

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  /** Nothing but the end. */
  readonly quiet: boolean;
}

/** The terminal report, as a consumer of run events. */
export const terminalReport = ({ stream, quiet }: TerminalOptions): Emit => {
  const finished: SuiteFinished[] = [];
  const available = stream.isTTY ? stream.columns : PLAIN_COLUMNS;
  const shown = new Map<string, number>();
  /** Of all suites. */
  const open: Finding[] = [];
  /** Of the suite that is under way. */
  const harmless: Finding[] = [];
  let bar: SingleBar | null = null;

  const say = (...lines: readonly string[]): void => {
    bar?.stop();
    bar = null;
    for (const line of lines) stream.write(line + '\n');
  };

  const start = ({ suite, seed, kind, about }: Event<'suite-started'>): void => {
    if (about !== undefined) say(`${suite}: ${about}`);
    if (quiet) return;
    const text = `${DOING[kind]} ${suite}${seed === undefined ? '' : `, seed ${seed}`}`;
    if (!stream.isTTY) {
      say(text);
      return;
    }
    bar = new SingleBar({ stream, format: `${text} [{bar}] {percentage}% {rate}`, barsize: 24, clearOnComplete: true });
    bar.start(1, 0, { rate: '' });
  };

  const difference = (each: Difference): void => {
    const count = (shown.get(each.suite) ?? 0) + 1;
    shown.set(each.suite, count);
    if (count <= SHOWN_DIFFERENCES) say(...differenceLines(each));
    if (count === SHOWN_DIFFERENCES + 1)
      say('more differences in this suite are counted, not shown: --json FILE writes all');
  };

  const finding = (each: Finding): void => {
    if (each.status === 'harmless') {
      harmless.push(each);
      return;
    }
    if (each.status === 'open') open.push(each);
    const isLong = open.filter(({ suite }) => suite === each.suite).length <= SHOWN_STEPS;
    say(...findingLines(each, isLong));
  };

  const finish = (event: SuiteFinished): void => {
    say(...(harmless.length === 0 ? [] : [harmlessLine(harmless)]));
    harmless.length = 0;
    finished.push(event);
  };

  return (event) => {
    if (isForOthers(event)) return;
    if (isSentence(event)) {
      say(sentenceLine(event));
      return;
    }
    switch (event.type) {
      case 'suite-started':
        start(event);
        break;
      case 'progress':
        bar?.update(event.share ?? 0, { rate: rate(event) });
        break;
      case 'difference':
        difference(event);
        break;
      case 'coverage':
        say(...coverageLines(event, quiet));
        break;
      case 'counterexample':
        say(...counterexampleLines(event));
        break;
      case 'finding':
        finding(event);
        break;
      case 'machine':
        say(`measured on ${machineText(event)}`);
        break;
      case 'figures':
        say('', event.title, figuresTable(event, available));
        break;
      case 'listing':
        say(tableOf(event.columns, event.rows, available));
        break;
      case 'suite-finished':
        finish(event);
        break;
      case 'run-finished':
        if (open.length > 0) say(findingsTable(open, available));
        if (finished.length > 0) say(summaryTable(finished, available));
        if (event.message !== '') say(event.message);
        break;
      default:
        event satisfies never;
    }
  };
};
