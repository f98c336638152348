/**
 * What a suite reached, as heat maps: each call with each way to end, each status with each call that met it; the other cells as
 * lists. A cell that was not reached says so in text, one that can't be reached has a letter for the reason below.
 */
import type { CoverageEvent } from '../../spec/run-events.js';
import type { CollectedRun } from '../collected-run.js';
import { counted, shortened, thousands } from '../text.js';
import { code, html, leftOut, scrolling, within, type Content, type Markup } from './markup.js';

/** Bytes of all suites' maps. */
const ROOM = 120_000;

interface CellState {
  readonly shown: string;
  readonly title: string;
  /** Of the style sheet: `h1` to `h4` by how often, `miss`, `out`. */
  readonly look: string;
}

/** By powers of ten. */
const heat = (count: number): string => `h${Math.min(4, 1 + Math.floor(Math.log10(Math.max(1, count))))}`;

const letterOf = (at: number): string => (at < 26 ? String.fromCharCode(97 + at) : `${at + 1}`);

const statesOf = ({ reached, missing, unreachable, beyond }: CoverageEvent): ReadonlyMap<string, CellState> => {
  const states = new Map<string, CellState>();
  const isBeyond = new Set(beyond);
  for (const [cell, count] of Object.entries(reached)) {
    const title = `reached ${counted(count, 'time')}${isBeyond.has(cell) ? ', beyond what calls alone are known to lead to' : ''}`;
    states.set(cell, { shown: thousands(count) + (isBeyond.has(cell) ? '+' : ''), title, look: heat(count) });
  }
  for (const cell of missing) states.set(cell, { shown: 'none', title: 'not reached, and can be', look: 'miss' });
  for (const [at, { reason, cells }] of unreachable.entries()) {
    const state = { shown: letterOf(at), title: `can't be reached here: ${reason}`, look: 'out' };
    for (const cell of cells) states.set(cell, state);
  }
  return states;
};

interface Matrix {
  readonly caption: string;
  readonly corner: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cell: (row: string, column: string) => CellState | undefined;
}

const matrix = ({ caption, corner, rows, columns, cell }: Matrix): Content => {
  if (rows.length === 0) return null;
  const heads = columns.map((column) => html`<th scope="col"><span>${column}</span></th>`);
  const bodies = rows.map((row) => {
    const cells = columns.map((column) => {
      const state = cell(row, column);
      return state
        ? html`<td class="${state.look}" title="${column}: ${state.title}">${state.shown}</td>`
        : html`<td></td>`;
    });
    return html`<tr>
      <th scope="row">${row}</th>
      ${cells}
    </tr> `;
  });
  const table = html`<table class="heat">
    <thead>
      <tr>
        <td>${corner}</td>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${bodies}
    </tbody>
  </table>`;
  return html`<h4>${caption}</h4>
    ${scrolling(caption, table)}`;
};

/** Parts of the ids of a kind: `call/<call>/<outcome>`, `status/<status>/<call>`. */
const partsOf = (cells: readonly string[], kind: string): (readonly [string, string])[] =>
  cells.flatMap((cell) => {
    const [of, first, second, ...rest] = cell.split('/');
    return of === kind && first !== undefined && second !== undefined && rest.length === 0
      ? [[first, second] as const]
      : [];
  });

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const byCall = (states: ReadonlyMap<string, CellState>): Content => {
  const parts = partsOf([...states.keys()], 'call');
  const own = parts.map(([, outcome]) => outcome);
  // What many calls have in common comes first.
  const columns = unique(own).toSorted((one, other) => frequency(own, other) - frequency(own, one));
  return matrix({
    caption: 'How calls ended',
    corner: 'call',
    rows: unique(parts.map(([call]) => call)).toSorted(),
    columns,
    cell: (call, outcome) => states.get(`call/${call}/${outcome}`),
  });
};

const frequency = (texts: readonly string[], text: string): number => texts.filter((each) => each === text).length;

const byStatus = (states: ReadonlyMap<string, CellState>): Content => {
  const parts = partsOf([...states.keys()], 'status');
  return matrix({
    caption: 'In which status calls met their request',
    corner: 'call',
    rows: unique(parts.map(([, call]) => call)).toSorted(),
    columns: unique(parts.map(([status]) => status)),
    cell: (call, status) => states.get(`status/${status}/${call}`),
  });
};

const byRule = (states: ReadonlyMap<string, CellState>): Content => {
  const parts = partsOf([...states.keys()], 'rule');
  return matrix({
    caption: 'Which rules were asked, under which setting',
    corner: 'rule',
    rows: unique(parts.map(([rule]) => rule)).toSorted(),
    columns: unique(parts.map(([, setting]) => setting)),
    cell: (rule, setting) => states.get(`rule/${rule}/${setting}`),
  });
};

/** Whatever is in none of the maps. */
const others = (states: ReadonlyMap<string, CellState>): Content => {
  const mapped = new Set(
    ['call', 'status', 'rule'].flatMap((kind) =>
      partsOf([...states.keys()], kind).map(([first, second]) => `${kind}/${first}/${second}`),
    ),
  );
  const rest = [...states].filter(([cell]) => !mapped.has(cell));
  if (rest.length === 0) return null;
  const items = rest.map(
    ([cell, { shown, title, look }]) =>
      html`<li class="${look}" title="${title}">${cell.replace(/^antecedent\//, '')} <b>${shown}</b></li>`,
  );
  return html`<h4>What else</h4>
    <ul class="cells">
      ${items}
    </ul>`;
};

const reasons = ({ unreachable }: CoverageEvent): Content =>
  unreachable.length > 0 &&
  html`<h4>Why cells can't be reached here</h4>
    <dl class="reasons">
      ${unreachable.map(
        ({ reason, cells }, at) =>
          html`<div>
            <dt>${letterOf(at)}</dt>
            <dd>${shortened(reason, 300)} <small>${counted(cells.length, 'cell')}</small></dd>
          </div>`,
      )}
    </dl>`;

const missed = ({ missing }: CoverageEvent): Content =>
  missing.length > 0 &&
  html`<h4>Not reached, and can be</h4>
    <ul class="plain">
      ${missing.slice(0, 400).map((cell) => html`<li>${code(cell, 200)}</li>`)}
    </ul>`;

const mapOf = (event: CoverageEvent, isOnly: boolean): Markup => {
  const states = statesOf(event);
  const count = Object.keys(event.reached).length - event.beyond.length;
  const out = event.unreachable.reduce((sum, { cells }) => sum + cells.length, 0);
  const summary = `${shortened(event.suite, 200)}: ${count} of ${count + event.missing.length} cells that can be reached`;
  return html`<details class="map" ${isOnly && html` open`}>
    <summary><h3>${summary}</h3></summary>
    <p>
      ${event.required ? 'All of them must be. ' : ''}${event.beyond.length > 0 && `${event.beyond.length} were reached beyond them (+). `}${out > 0 && `${out} can't be reached here. `}Numbers
      are how often; the stronger the colour, the more: ten times as often a shade.
    </p>
    ${missed(event)}${byCall(states)}${byStatus(states)}${byRule(states)}${others(states)}${reasons(event)}
  </details> `;
};

export const coverageSection = ({ suites }: CollectedRun): Content => {
  const events = suites.flatMap(({ coverage }) => (coverage ? [coverage] : []));
  if (events.length === 0) return null;
  const { shown, left } = within(
    events.map((event) => mapOf(event, events.length === 1)),
    ROOM,
  );
  return html`<section id="coverage" aria-labelledby="coverage-title">
    <h2 id="coverage-title">Coverage</h2>
    ${shown}${leftOut(left, 'maps')}
  </section>`;
};
