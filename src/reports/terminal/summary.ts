/**
 * The end of a run on one screen: what is open, how each suite came out, what that means, and what to do next. What has no room is
 * counted, the worst comes first; lines are those that a terminal shows, with all that it breaks.
 */
import { stripVTControlCharacters } from 'node:util';
import { SEVERITY, type Finding, type SuiteFinished, type SuiteStarted } from '../../spec/run-events.js';
import { worstFirst } from '../results.js';
import { thousands } from '../text.js';
import { shownText } from './paint.js';
import { tableOf } from './table.js';
import { harmOf, type Style } from './told.js';

/** Lines that the end of a run takes at most. */
export const SUMMARY_LINES = 25;

/** Lines of a cell where not everything has room. */
const CELL_LINES = 2;

/** A suite that has ended. */
export interface Ended {
  readonly kind: SuiteStarted['kind'];
  readonly target: string;
  readonly finished: SuiteFinished;
}

export interface Summary {
  readonly open: readonly Finding[];
  readonly suites: readonly Ended[];
  readonly message: string;
  readonly next: readonly string[];
}

interface Row {
  readonly cells: readonly string[];
  /** How many suites or findings it speaks of. */
  readonly count: number;
}

/** How many lines of `columns` characters a terminal makes of a text. */
export const linesOn = (text: string, columns: number): number =>
  text
    .split('\n')
    .map((line) => Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)))
    .reduce((sum, lines) => sum + lines, 0);

/** Rows in the order of the run, and the same by how bad they are. */
interface Part {
  readonly rows: readonly Row[];
  readonly worst: readonly Row[];
  /** What is left out, in words. */
  readonly noun: string;
  readonly draw: (rows: readonly Row[], most?: number) => string;
}

const moreLine = (count: number, noun: string): string =>
  `and ${thousands(count)} more ${noun}: --verbose shows all, --json FILE keeps all`;

/** As much of a table as fits into so many lines: all, then all with less in a cell, then the worst. */
const fitted = ({ rows, worst, noun, draw }: Part, room: number, columns: number): string => {
  if (rows.length === 0) return '';
  for (const most of [Infinity, CELL_LINES]) {
    const whole = draw(rows, most);
    if (linesOn(whole, columns) <= room) return whole;
  }
  for (let shown = Math.min(worst.length - 1, room); shown > 0; shown -= 1) {
    const chosen = new Set(worst.slice(0, shown));
    const left = rows.filter((row) => !chosen.has(row)).reduce((sum, { count }) => sum + count, 0);
    const table = draw(
      rows.filter((row) => chosen.has(row)),
      CELL_LINES,
    );
    const text = `${table}\n${moreLine(left, noun)}`;
    if (linesOn(text, columns) <= room) return text;
  }
  return moreLine(
    rows.reduce((sum, { count }) => sum + count, 0),
    noun,
  );
};

const SUMMARY_COLUMNS = ['checked', 'steps', 'came out', 'verdict'];
const VERDICTS = SUMMARY_COLUMNS.length - 1;

interface SuiteRow extends Row {
  readonly verdict: SuiteFinished['verdict'];
}

const rowOf = ({ suite, steps, summary, verdict }: SuiteFinished, count = 1): SuiteRow => ({
  cells: [suite, thousands(steps), summary, verdict],
  count,
  verdict,
});

/** Suites that are alike, and in order, in one row. */
const merged = (suites: readonly Ended[]): readonly SuiteRow[] => {
  const groups = new Map<string, SuiteFinished[]>();
  for (const { kind, target, finished } of suites) {
    const { verdict, summary } = finished;
    const isGood = verdict === 'conforms' || verdict === 'deviates';
    const key = JSON.stringify(isGood ? [kind, target, verdict, summary] : [finished.suite, groups.size]);
    groups.set(key, [...(groups.get(key) ?? []), finished]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const others = group.length - 1;
    const suite = others === 0 ? first.suite : `${first.suite}, and ${others} more of the kind`;
    return [rowOf({ ...first, suite, steps: group.reduce((sum, { steps }) => sum + steps, 0) }, group.length)];
  });
};

const suitePart = (rows: readonly SuiteRow[], columns: number, { paint }: Style): Part => ({
  rows,
  worst: [...rows].sort((a, b) => SEVERITY.indexOf(b.verdict) - SEVERITY.indexOf(a.verdict)),
  noun: 'suites',
  draw: (shown, most = Infinity) => {
    const verdicts = rows.filter((row) => shown.includes(row)).map(({ verdict }) => verdict);
    return tableOf(
      SUMMARY_COLUMNS,
      shown.map(({ cells }) => cells),
      columns,
      {
        most,
        paint: (line, column, row) => {
          const verdict = verdicts[row];
          return column === VERDICTS && verdict !== undefined ? paint.verdict(verdict, line) : line;
        },
      },
    );
  },
});

const findingPart = (open: readonly Finding[], columns: number): Part => {
  const rows = worstFirst(open).map((each) => ({ cells: [each.id, each.part, harmOf(each)], count: 1 }));
  const draw: Part['draw'] = (shown, most = Infinity) =>
    tableOf(
      ['open finding', 'about', 'harms, to blame'],
      shown.map(({ cells }) => cells),
      columns,
      { most },
    );
  return { rows, worst: rows, noun: 'open findings', draw };
};

const notEmpty = (text: string): boolean => text !== '';

const tailOf = ({ message, next }: Summary): string =>
  [message, ...next.map((each, at) => `${at === 0 ? 'next: ' : '      '}${each}`)]
    .filter(notEmpty)
    .map(shownText)
    .join('\n');

/** What ends a run: {@link SUMMARY_LINES} lines at most, unless everything is asked for. */
export const summaryText = (summary: Summary, columns: number, style: Style): string => {
  const { suites, open } = summary;
  const tail = tailOf(summary);
  const rows = suites.map(({ finished }) => rowOf(finished));
  const all = suitePart(rows, columns, style);
  const found = findingPart(open, columns);
  if (style.isWhole)
    return [found, all]
      .map((part) => (part.rows.length === 0 ? '' : part.draw(part.rows)))
      .concat(tail)
      .filter(notEmpty)
      .join('\n');
  const room = SUMMARY_LINES - (tail === '' ? 0 : linesOn(tail, columns));
  const takes = ({ rows: drawn, draw }: Part): number => (drawn.length === 0 ? 0 : linesOn(draw(drawn), columns));
  const isTight = takes(all) + takes(found) > room;
  const part = isTight ? suitePart(merged(suites), columns, style) : all;
  // Neither pushes the other one out: half of the room is each one's own.
  const half = Math.floor(room / 2);
  const suitesText = fitted(part, Math.max(half, room - takes(found)), columns);
  const foundText = fitted(found, room - (suitesText === '' ? 0 : linesOn(suitesText, columns)), columns);
  return [foundText, suitesText, tail].filter(notEmpty).join('\n');
};
