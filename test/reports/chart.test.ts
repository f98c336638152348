/** Charts: pictures and pages that any browser shows, whatever names are drawn, and that ask for nothing. */
import { describe, expect, it } from 'vitest';
import { chartReport } from '../../src/reports/chart.js';
import { runCollector, type CollectedRun } from '../../src/reports/collected-run.js';
import type { Curves, Figures, RunEvent } from '../../src/spec/run-events.js';
import { everything, started } from './events.js';
import { wellFormedErrors } from './validating.js';

const HOSTILE = `</svg><script>alert(1)</script> & "quoted" 'x' \u0000 \ud800 ]]>`;

const curves = (name: string, ...points: [number, number][]): Curves => ({
  type: 'curves',
  suite: name,
  id: 'growth/reads',
  title: name,
  x: { label: name, scale: 'log' },
  y: { label: name, scale: 'log' },
  lines: [
    { name, points },
    { name: `${name} again`, points: [[1, 1]] },
  ],
});

const figures = (title: string): Figures => ({
  type: 'figures',
  suite: title,
  id: 'growth/class',
  title,
  columns: [{ name: title }, { name: 'reads', unit: title }],
  rows: [
    [title, 1_234_567],
    [title, null],
  ],
});

const collected = (...events: readonly RunEvent[]): CollectedRun => {
  const { emit, run } = runCollector();
  for (const event of events) emit(event);
  return run();
};

const hostile = collected(started('bench', HOSTILE), curves(HOSTILE, [10, 20], [100, 2_000]), figures(HOSTILE));

describe('a chart', () => {
  it('is XML, whatever the names are, and nothing of them becomes part of the document', async () => {
    const svg = chartReport(hostile, '.svg');
    expect(await wellFormedErrors(svg)).toEqual([]);
    expect(svg).not.toContain('<script');
    expect(chartReport(hostile, '.html')).not.toContain('<script');
  });

  it('has each set of curves, one below the other, and their names', () => {
    const svg = chartReport(collected(curves('one', [1, 2]), curves('two', [1, 2])), '.svg');
    expect(svg.match(/<svg y="\d+"/g)).toEqual(['<svg y="0"', '<svg y="480"']);
    expect(svg).toContain('one again');
    expect(svg).toContain('two again');
  });

  it('leaves out what a logarithmic axis has no place for', async () => {
    const svg = chartReport(collected(curves('none', [0, 5], [10, 0], [10, 7])), '.svg');
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(await wellFormedErrors(svg)).toEqual([]);
  });

  it('of a page has the tables, the command and the machine, and asks for nothing', () => {
    const page = chartReport(collected(...everything), '.html');
    expect(page).toContain('a processor, 2 cores, 16 GiB, an os; node 20.19.0');
    expect(page).toContain('<td class="figure">12 345</td>');
    expect(page).toContain('assay gate --old old.wasm');
    const addresses = [...page.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address);
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']));
  });

  it('of a run that measured nothing is an empty picture', async () => {
    const svg = chartReport(collected(started('bench')), '.svg');
    expect(await wellFormedErrors(svg)).toEqual([]);
  });
});
