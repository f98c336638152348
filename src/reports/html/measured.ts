/** Figures and curves of runs that measure: the pictures of `--chart`, and the tables beneath. */
import type { Curves, Figures } from '../../spec/run-events.js';
import type { CollectedRun } from '../collected-run.js';
import { figure, headOf } from '../figures.js';
import { shortened } from '../text.js';
import { html, leftOut, scrolling, tableOf, trusted, within, type Content, type Markup } from './markup.js';

/** Draws curves as an SVG element whose text is escaped. */
export type Draw = (curves: Curves) => string;

/** Bytes of all pictures, and of all tables. */
const ROOM_CURVES = 220_000;
const ROOM_FIGURES = 80_000;
const CELL = 200;

const picture = (curves: Curves, draw: Draw): Markup =>
  html`<figure>
    ${scrolling(`chart: ${shortened(curves.title, 300)}`, html`<div class="chart" role="img" aria-label="${shortened(curves.title, 300)}"><div aria-hidden="true">${trusted(draw(curves))}</div></div>`)}
  </figure> `;

const figuresTable = ({ title, columns, rows }: Figures): Markup => {
  const heads = columns.map((column) => shortened(headOf(column), CELL));
  const cellOf = (cell: string | number | null, at: number): Markup => {
    const text = shortened(figure(cell), CELL);
    if (at === 0) return html`<th scope="row">${text}</th>`;
    return columns[at]?.unit === undefined ? html`<td>${text}</td>` : html`<td class="figure">${text}</td>`;
  };
  const cells = rows.map(
    (row) =>
      html`<tr>
        ${row.map(cellOf)}
      </tr> `,
  );
  const table = tableOf(heads, cells);
  return html`<h3>${shortened(title, 300)}</h3>
    ${scrolling(shortened(title, 300), table)} `;
};

export const measuredSection = ({ curves, figures }: CollectedRun, draw: Draw): Content => {
  if (curves.length === 0 && figures.length === 0) return null;
  const pictures = within(
    curves.map((each) => picture(each, draw)),
    ROOM_CURVES,
  );
  const tables = within(figures.map(figuresTable), ROOM_FIGURES);
  return html`<section id="measured" aria-labelledby="measured-title">
    <h2 id="measured-title">Measured</h2>
    ${pictures.shown}${leftOut(pictures.left, 'charts')}${tables.shown}${leftOut(tables.left, 'tables')}
  </section>`;
};
