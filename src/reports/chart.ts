/**
 * What a run measured as pictures: each set of curves a chart, one below the other, as one SVG or as a page with the tables
 * beneath. Drawn on the spot by ECharts' server-side renderer: no script, no network, nothing to install for who looks at it.
 */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Curves, Figures } from '../spec/run-events.js';
import type { CollectedRun } from './collected-run.js';
import { figure, headOf, machineText } from './figures.js';
import { escaped } from './html/markup.js';
import { printable } from './text.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 1_000;
const PLOT_HEIGHT = 420;
const TITLE_HEIGHT = 60;
/** Of a line of the legend, which stands right of the plot. */
const LEGEND_LINE = 18;
const LEGEND_WIDTH = 360;
/** Of a character of it, and of a line's mark. */
const CHARACTER = 6;
const MARK = 50;

/** Told apart by all kinds of eyes (Okabe and Ito), with a mark of its own for each turn through them. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const MARKS = ['circle', 'triangle', 'rect', 'diamond'];

const axisOf = ({ label, scale }: Curves['x']): Record<string, unknown> => ({
  type: scale === 'log' ? 'log' : 'value',
  name: printable(label),
  nameLocation: 'middle',
  nameGap: 30,
  scale: true,
});

const heightOf = ({ lines }: Curves): number => TITLE_HEIGHT + Math.max(PLOT_HEIGHT, lines.length * LEGEND_LINE);

/** What a logarithmic axis has no place for is left out. */
const drawn = ({ x, y, lines }: Curves): Curves['lines'] =>
  lines.map(({ name, points }) => ({
    name: printable(name),
    points: points.filter(([at, value]) => (x.scale === 'linear' || at > 0) && (y.scale === 'linear' || value > 0)),
  }));

const legendWidth = ({ lines }: Curves): number =>
  Math.min(LEGEND_WIDTH, Math.max(...lines.map(({ name }) => name.length), 0) * CHARACTER + MARK);

/** Curves as one SVG, its text escaped by ECharts. */
export const svgOf = (curves: Curves): string => {
  const legend = legendWidth(curves);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: heightOf(curves) });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: {
      text: printable(curves.title),
      left: 10,
      top: 10,
      textStyle: { fontSize: 15, width: WIDTH - 20, overflow: 'truncate' },
    },
    grid: { left: 80, right: legend + 10, top: TITLE_HEIGHT, bottom: 50 },
    legend: { orient: 'vertical', right: 10, top: TITLE_HEIGHT, width: legend, textStyle: { fontSize: 11 } },
    xAxis: axisOf(curves.x),
    yAxis: { ...axisOf(curves.y), nameGap: 55 },
    series: drawn(curves).map(({ name, points }, at) => ({
      type: 'line',
      name,
      symbol: MARKS[Math.floor(at / COLOURS.length) % MARKS.length],
      symbolSize: 7,
      data: points,
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
};

/** Each below the one before. */
const stacked = (all: readonly Curves[]): string => {
  let top = 0;
  const placed = all.map((curves) => {
    const at = top;
    top += heightOf(curves);
    return svgOf(curves).replace('<svg ', `<svg y="${at}" `);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}">\n${placed.join('\n')}\n</svg>\n`;
};

const tableOf = ({ title, columns, rows }: Figures): string => {
  const heads = columns.map((column) => `<th scope="col">${escaped(headOf(column))}</th>`).join('');
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, at) => `<td${columns[at]?.unit === undefined ? '' : ' class="figure"'}>${escaped(figure(cell))}</td>`).join('')}</tr>`,
  );
  return `<h2>${escaped(title)}</h2>\n<table><thead><tr>${heads}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
};

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1040px;margin:2em auto;padding:0 1em}
svg{max-width:100%;height:auto}table{border-collapse:collapse;display:block;overflow-x:auto}th,td{padding:.2em .7em;border-bottom:1px solid #8886;text-align:left}
.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}h2{font-size:1.05em;margin-top:2em}`;

const pageOf = (run: CollectedRun): string => {
  const command = ['assay', ...(run.started?.command ?? [])].join(' ');
  const machine =
    run.machine === undefined
      ? ''
      : `<p>Measured on ${escaped(machineText(run.machine))}, ${escaped(run.started?.time ?? '')}.</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(command)}</title><style>${STYLE}</style></head><body>
<h1>Assay: what was measured</h1>
<p><code>${escaped(command)}</code></p>
${machine}
${run.curves.map((curves) => `<figure role="img" aria-label="${escaped(curves.title)}">${svgOf(curves)}</figure>`).join('\n')}
${run.figures.map(tableOf).join('\n')}
</body></html>
`;
};

/** The document of a run that measured: pictures alone, or a page. One that measured nothing has none: an empty picture. */
export const chartReport = (run: CollectedRun, ending: '.svg' | '.html'): string =>
  ending === '.svg' ? stacked(run.curves) : pageOf(run);
