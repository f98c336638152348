/** What was checked and how it came out, and what the run was: enough to do it again. */
import { machineText } from '../figures.js';
import type { CollectedRun, CollectedSuite } from '../collected-run.js';
import { shortened, thousands } from '../text.js';
import {
  code,
  factsOf,
  html,
  leftOut,
  scrolling,
  stackedCell,
  tableOf,
  within,
  type Content,
  type Markup,
} from './markup.js';

/** Bytes of all rows. */
const ROOM = 60_000;
const ROOM_NOT_COVERED = 25_000;
const CELL = 400;

/** `12.3 s`, `2 min 5 s`. */
export const duration = (milliseconds: number): string => {
  const seconds = milliseconds / 1_000;
  if (milliseconds > 0 && seconds < 0.01) return '< 0.01 s';
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
};

/** The target of most suites, to be told once. Null where each has its own. */
const commonTarget = (suites: readonly CollectedSuite[]): string | null => {
  const counts = new Map<string, number>();
  for (const { started } of suites) {
    const target = started?.target ?? '';
    if (target !== '') counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return most && most[1] > 1 ? most[0] : null;
};

/** What of a suite is counted. */
const COUNTED = ['scenarios', 'steps', 'differences'] as const;
const HEADS = ['checked', 'verdict', 'came out', ...COUNTED, 'time'];

const rowOf = ({ suite, started, finished, more }: CollectedSuite, common: string | null): Markup => {
  const verdict = finished?.verdict ?? 'no verdict';
  const summary = shortened(finished?.summary ?? 'did not come to its end', CELL);
  const note = more === 0 ? '' : ` (${thousands(more)} more results are not listed)`;
  const target = started?.target ?? '';
  const own = target === common || suite.includes(target) ? '' : target;
  const remarks = [own, started?.about ?? ''].filter((text) => text !== '');
  const counts = COUNTED.map((what) => stackedCell(what, finished ? thousands(finished[what]) : '', 'figure'));
  const time = stackedCell('time', finished ? duration(finished.elapsed) : '', 'figure');
  return html`<tr>
    <th scope="row">
      ${shortened(suite, CELL)}${remarks.map((text) => html`<br /><small>${shortened(text, CELL)}</small>`)}
    </th>
    ${stackedCell('verdict', html`<span class="badge ${verdictClass(verdict)}">${verdict}</span>`)}${stackedCell('came out', html`${summary}${note}`)}${counts}${time}
  </tr>`;
};

/** A verdict's class in the style sheet. */
export const verdictClass = (verdict: string): string => `verdict-${verdict.replaceAll(' ', '-')}`;

const notCovered = ({ suites }: CollectedRun): Content => {
  const all = suites.flatMap((suite) => suite.notCovered);
  if (all.length === 0) return null;
  const rows = all.map(
    ({ suite, what, reason, count }) =>
      html`<tr>
        <th scope="row">${shortened(what, CELL)}</th>
        <td>${shortened(reason, CELL)}</td>
        <td class="figure">${thousands(count)}</td>
        <td>${shortened(suite, CELL)}</td>
      </tr>`,
  );
  const { shown, left } = within(rows, ROOM_NOT_COVERED);
  const table = tableOf(['what', 'why', 'times', 'suite'], shown);
  return html`<h3>Not covered</h3>
    ${scrolling('Not covered', table)}${leftOut(left, 'that were not covered')}`;
};

export const suitesSection = (run: CollectedRun): Content => {
  if (run.suites.length === 0) return null;
  const common = commonTarget(run.suites);
  const { shown, left } = within(
    run.suites.map((suite) => rowOf(suite, common)),
    ROOM,
  );
  const table = tableOf(HEADS, shown, { style: 'stack' });
  return html`<section id="suites" aria-labelledby="suites-title">
    <h2 id="suites-title">What was checked</h2>
    ${common !== null && html`<p>Where a row names no other target: ${code(common, CELL)}</p>`}
    ${scrolling('What was checked', table)}${leftOut(left, 'suites')}${notCovered(run)}
  </section>`;
};

const unique = (texts: readonly (string | undefined)[]): string[] =>
  [...new Set(texts.filter((text) => text !== undefined && text !== ''))].flatMap((text) => text ?? []);

const NAMED = 10;

const listed = (texts: readonly string[]): string => {
  const shown = texts
    .slice(0, NAMED)
    .map((text) => shortened(text, CELL))
    .join('; ');
  return texts.length > NAMED ? `${shown}; and ${texts.length - NAMED} more` : shown;
};

const nodeRows = ({ nodes }: CollectedRun): (readonly [string, Content])[] =>
  nodes
    .slice(0, NAMED)
    .map((node) => [
      'node',
      html`${code(node.url, 120)}: ${shortened(node.chain, CELL)} (${shortened(node.chainType, 80)}),
        ${shortened(node.node, CELL)}, ${shortened(node.specName, CELL)} ${node.specVersion}<br />genesis
        ${code(node.genesisHash)}<br />code ${code(node.codeHash)}`,
    ]);

export const runSection = (run: CollectedRun): Markup => {
  const { started, finished, machine, suites } = run;
  const seeds = unique(suites.map((suite) => suite.started?.seed?.toString()));
  const rows: (readonly [string, Content])[] = [
    ['command', code(`assay ${started?.command.join(' ') ?? ''}`)],
    ['began', started?.time ?? 'not told'],
    ['took', finished ? duration(finished.elapsed) : 'it did not come to its end'],
    ['exit code', finished ? String(finished.exit) : 'none'],
    ['seed', seeds.length === 0 ? 'none' : listed(seeds)],
    ['targets', listed(unique(suites.map((suite) => suite.started?.target)))],
    ...codeRows(run),
    ...nodeRows(run),
    ['versions', `assay ${started?.version ?? '?'}, Node ${started?.node ?? '?'}`],
    ...(machine ? [['measured on', shortened(machineText(machine), CELL)] as const] : []),
  ];
  return html`<section id="run" aria-labelledby="run-title">
    <h2 id="run-title">The run</h2>
    ${factsOf(rows)}
  </section>`;
};

/** Of runtimes whose code was told. */
const codeRows = ({ suites }: CollectedRun): (readonly [string, Content])[] => {
  const codes = new Map(suites.flatMap(({ started }) => (started?.code ? Object.entries(started.code) : [])));
  return [...codes].slice(0, NAMED).map(([name, hash]) => ['code', html`${shortened(name, 200)}<br />${code(hash)}`]);
};
