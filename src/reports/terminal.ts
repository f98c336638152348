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
  type Difference,
  type Emit,
  type Finding,
  type RunEvent,
  type SuiteFinished,
} from '../spec/run-events.js';

/** Differences of a suite that are shown; the others are counted. `--json` has all. */
const SHOWN_DIFFERENCES = 5;
/** Characters of a value that are shown. */
const SHOWN_CHARACTERS = 160;
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

const thousands = (value: number): string => value.toString().replaceAll(/\B(?=(\d{3})+$)/g, ' ');
const cut = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)` : text;
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

const findingLines = ({ id, status, sentence, expectation, steps = [], command }: Finding): string[] => [
  `${status === 'open' ? pc.red('finding') : status} ${id}: ${sentence}`,
  ...(expectation === undefined ? [] : [`  ${expectation}`]),
  ...steps.map((step, at) => `  ${at + 1}. ${step}`),
  ...(command === undefined ? [] : [`  replay it: ${command}`]),
];

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

const tableOf = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
  style: (cell: string, column: number) => string = (cell) => cell,
): string => {
  const table = new Table({
    head: [...columns],
    colWidths: fittingWidths([columns, ...rows], available),
    colAligns: columns.map((column) => (NUMBERS.has(column) ? 'right' : 'left')),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map(style)));
  return table.toString();
};

const SUMMARY_COLUMNS = ['checked', 'steps', 'came out', 'verdict'];

const summaryTable = (suites: readonly SuiteFinished[], available: number): string => {
  const rows = suites.map(({ suite, steps, summary, verdict }) => [suite, thousands(steps), summary, verdict]);
  const verdicts = SUMMARY_COLUMNS.length - 1;
  return tableOf(SUMMARY_COLUMNS, rows, available, (cell, column) =>
    column === verdicts ? paint[Verdict.parse(cell)](cell) : cell,
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
};

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

  return (event) => {
    switch (event.type) {
      case 'run-started':
        break;
      case 'suite-started':
        start(event);
        break;
      case 'progress':
        bar?.update(event.share ?? 0, { rate: rate(event) });
        break;
      case 'difference':
        difference(event);
        break;
      case 'layout-finding':
        say(`${pc.red('layout')} ${event.sentence}`);
        break;
      case 'node-introduced':
        break;
      case 'not-covered':
        say(`${pc.yellow('not covered')}: ${event.what} (${event.count} times): ${event.reason}`);
        break;
      case 'counterexample':
        say(...counterexampleLines(event));
        break;
      case 'finding':
        say(...findingLines(event));
        break;
      case 'listing':
        say(tableOf(event.columns, event.rows, available));
        break;
      case 'suite-finished':
        say();
        finished.push(event);
        break;
      case 'run-finished':
        if (finished.length > 0) say(summaryTable(finished, available));
        if (event.message !== '') say(event.message);
        break;
      default:
        event satisfies never;
    }
  };
};
