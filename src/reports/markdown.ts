/**
 * A run as a comment for a pull request: the verdict in one line, what is open and how to see it again, what was announced or
 * accepted, the suites. GitHub takes 65 536 characters; each part has its share, and what has no room in it is counted.
 */
import { exitOf, meaningOf, withStatus, type CollectedRun } from './collected-run.js';
import { fenced, inline, name, tableWithin, within } from './markdown-text.js';
import type { Result } from './results.js';
import { counted, shortened, thousands } from './text.js';

/** Characters that the parts may have. Together with what stands between them less than GitHub's limit. */
const ROOM = { open: 15_000, details: 17_000, settled: 7_000, harmless: 3_000, suites: 8_000 } as const;

/** Characters of a sentence, a cell's other texts, and a step. */
const SENTENCE = 400;
const CELL = 120;
const STEP = 300;
const STEPS = 40;
/** A command that is cut replays nothing: as good as never. */
const COMMAND = 2_000;

const MARKS: ReadonlyMap<number, string> = new Map([
  [0, '✅'],
  [1, '❌'],
  [2, '⚠️'],
]);

const cell = (text: string, limit: number = SENTENCE): string => inline(shortened(text, limit));
const id = (text: string): string => name(shortened(text, CELL));

const headline = (run: CollectedRun): string => {
  const exit = exitOf(run);
  const counts = [
    counted(withStatus(run, 'open').length, 'open finding'),
    ...(['announced', 'accepted', 'known', 'harmless'] as const).flatMap((status) => {
      const { length } = withStatus(run, status);
      return length === 0 ? [] : [`${thousands(length)} ${status}`];
    }),
  ];
  const more = run.suites.reduce((sum, suite) => sum + suite.more, 0);
  const rest = more === 0 ? '' : `, ${thousands(more)} not listed`;
  const verdict = run.finished?.verdict ?? 'no verdict';
  return `### ${MARKS.get(exit) ?? '⏹️'} Assay: ${verdict}. Exit ${exit}, ${meaningOf(exit)}: ${counts.join(', ')}${rest}`;
};

/** Why there is no verdict on what was tested. */
const failure = (run: CollectedRun): string[] => {
  const message = run.finished?.message ?? '';
  return exitOf(run) >= 2 && message !== '' ? [cell(message, 2 * SENTENCE)] : [];
};

const leftOut = (count: number, what: string): string[] =>
  count === 0 ? [] : [`_${counted(count, what)} more: \`--json\`, \`--sarif\` and \`--junit\` have them._`];

const openTable = (open: readonly Result[]): string[] => {
  const rows = open.map((result) => [id(result.id), cell(result.sentence), cell(result.harm, CELL)]);
  const { text, shown } = tableWithin(['finding', 'what', 'harms, to blame'], rows, ROOM.open);
  return text === '' ? leftOut(open.length, 'finding') : [text, ...leftOut(open.length - shown, 'finding')];
};

const stepsShown = (steps: readonly string[]): string[] => [
  ...steps.slice(0, STEPS).map((step, at) => `${at + 1}. ${shortened(step, STEP)}`),
  ...(steps.length > STEPS ? [`… ${counted(steps.length - STEPS, 'step')} more`] : []),
];

const detailsOf = ({ id: finding, steps, command }: Result): string => {
  const blocks = [
    ...(steps.length === 0 ? [] : [fenced(stepsShown(steps))]),
    ...(command === undefined ? [] : ['Replay it:', fenced([shortened(command, COMMAND)], 'sh')]),
  ];
  const summary = steps.length === 0 ? 'how to see it' : counted(steps.length, 'step');
  return `<details><summary>${id(finding)}: ${summary}</summary>\n\n${blocks.join('\n\n')}\n\n</details>\n`;
};

const details = (open: readonly Result[]): string[] => {
  const told = open.filter(({ steps, command }) => steps.length > 0 || command !== undefined);
  const { text, shown } = within(told.map(detailsOf), ROOM.details);
  return [...(text === '' ? [] : [text]), ...leftOut(told.length - shown, 'sequence')];
};

const settledTable = (run: CollectedRun): string[] => {
  const settled = withStatus(run, 'announced', 'accepted', 'known');
  if (settled.length === 0) return [];
  const rows = settled.map(({ id: finding, status, sentence, reason = '' }) => [
    id(finding),
    status,
    cell(sentence, CELL * 2),
    cell(reason),
  ]);
  const { text, shown } = tableWithin(['finding', 'status', 'what', 'why, until when'], rows, ROOM.settled);
  return ['#### Announced, accepted, known', text, ...leftOut(settled.length - shown, 'finding')];
};

const harmlessList = (run: CollectedRun): string[] => {
  const harmless = withStatus(run, 'harmless');
  if (harmless.length === 0) return [];
  const items = harmless.map((result) => `- ${id(result.id)}: ${cell(result.sentence, CELL * 2)}`);
  const { text, shown } = within(items, ROOM.harmless);
  const summary = `<summary>${counted(harmless.length, 'harmless change')}</summary>`;
  return [`<details>${summary}\n\n${text}\n\n</details>`, ...leftOut(harmless.length - shown, 'change')];
};

const suitesTable = ({ suites }: CollectedRun): string[] => {
  const rows = suites.map(({ suite, finished, more }) => [
    cell(suite, CELL * 2),
    finished ? thousands(finished.steps) : '',
    cell(finished?.summary ?? 'did not come to its end') +
      (more === 0 ? '' : ` (${counted(more, 'more result')} not listed)`),
    finished?.verdict ?? 'no verdict',
  ]);
  const { text, shown } = tableWithin(['checked', 'steps', 'came out', 'verdict'], rows, ROOM.suites);
  return rows.length === 0 ? [] : ['#### Checked', text, ...leftOut(rows.length - shown, 'suite')];
};

const footer = ({ started, suites }: CollectedRun): string[] => {
  if (!started) return [];
  const seeds = [...new Set(suites.flatMap((suite) => suite.started?.seed ?? []))];
  const parts = [
    `assay ${cell(started.version, CELL)}`,
    `Node ${cell(started.node, CELL)}`,
    ...(seeds.length === 0 ? [] : [`seed ${seeds.slice(0, 10).join(', ')}`]),
    name(shortened(`assay ${started.command.join(' ')}`, SENTENCE)),
  ];
  return [`<sub>${parts.join(' · ')}</sub>`];
};

export const markdownReport = (run: CollectedRun): string => {
  const open = withStatus(run, 'open');
  const parts = [
    headline(run),
    ...failure(run),
    ...(open.length === 0 ? [] : [...openTable(open), ...details(open)]),
    ...settledTable(run),
    ...harmlessList(run),
    ...suitesTable(run),
    ...footer(run),
  ];
  return parts.filter((part) => part !== '').join('\n\n') + '\n';
};
