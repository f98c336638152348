/** The comment for a pull request: read back as GitHub's Markdown, and short enough whatever was found. */
import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../src/reports/markdown.js';
import { fenced, inline, tableWithin, within } from '../../src/reports/markdown-text.js';
import { printable } from '../../src/reports/text.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import {
  collected,
  difference,
  everything,
  finding,
  finished,
  hostileRun,
  hostileText,
  started,
  suite,
} from './events.js';

const LIMIT = 65_536;

const rendered = (markdown: string): string =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

/** A page's text, without the invisible spaces that we put there. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['amp', '&'],
]);
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, named: string | undefined) =>
      code === undefined ? (ENTITIES.get(named ?? '') ?? whole) : String.fromCodePoint(Number(code)),
    )
    .replaceAll('\u200b', '');

const oneLine = (text: string): string => printable(text).replaceAll(/\s+/g, ' ').trim().replaceAll('\u200b', '');

const reportOf = (...events: readonly RunEvent[]): string => markdownReport(collected(events));

/** All that we write of HTML or let Markdown make. */
const OURS =
  /^<\/?(?:h3|h4|p|table|thead|tbody|tr|t[hd]|code|pre|details|summary|ul|li|sub|em)(?: class="language-sh")?>$/;

describe('text in Markdown', () => {
  it.each([
    ['`Compute.request_compute_stop` | x', '&#96;Compute.request_compute_stop&#96; &#124; x'],
    ['_a_ and a_b', '&#95;a&#95; and a_b'],
    ['line one\nline two', 'line one line two'],
    ['<script>&lt;', '&#60;script&#62;&#38;lt;'],
    ['@team #12', '@&#8203;team #&#8203;12'],
    ['https://a.b', 'https&#58;//a.b'],
  ])('%j is written %s', (text, written) => {
    expect(inline(text)).toBe(written);
  });

  it('means itself in a table, and in HTML', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const html = rendered(`| a | b | c |\n| --- | --- | --- |\n| x | ${inline(text)} | y |`);
        const cells = [...html.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = '']) => cell);
        expect(cells).toHaveLength(3);
        expect(cells[1]).not.toMatch(/<(?!br)/);
        expect(textOf(cells[1] ?? '')).toBe(oneLine(text));
        expect(inline(text)).not.toMatch(/[<>"]/);
        expect(textOf(inline(text))).toBe(oneLine(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is itself in a fence that no text closes', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const html = rendered(`${fenced(['first', text, 'last'])}\n\nafter`);
        const [, code = ''] = /^<pre><code>([^<]*)\n<\/code><\/pre>\n<p>after<\/p>$/.exec(html) ?? [];
        expect(textOf(code)).toBe(`first\n${printable(text)}\nlast`.replaceAll('\u200b', ''));
      }),
      { numRuns: 1_000 },
    );
  });

  it('ends where there is no room for the next part', () => {
    expect(within(['aa', 'bb', 'cc'], 6)).toEqual({ text: 'aa\nbb', shown: 2 });
    expect(within(['aaaa'], 4)).toEqual({ text: '', shown: 0 });
    expect(tableWithin(['h'], [['a'], ['b']], 20)).toEqual({ text: '| h |\n| --- |\n| a |', shown: 1 });
    expect(tableWithin(['h'], [['a']], 15)).toEqual({ text: '', shown: 0 });
  });
});

describe('a comment', () => {
  const markdown = reportOf(...everything);
  const html = rendered(markdown);

  it('begins with the verdict in one line', () => {
    expect(markdown.split('\n')[0]).toBe(
      '### ⚠️ Assay: error. Exit 2, the work could not be done: 8 open findings, 1 announced, 1 accepted, 1 known, 1 harmless',
    );
    expect(html).toContain('<p>the node fell silent</p>');
  });

  it.each([
    [0, '✅ Assay: conforms. Exit 0, as expected: 0 open findings'],
    [1, '❌ Assay: conforms. Exit 1, not as expected'],
    [130, '⏹️ Assay: conforms. Exit 130, interrupted'],
  ])('tells what exit code %i means', (exit, line) => {
    expect(reportOf(started('check'), finished('conforms', exit)).split('\n')[0]).toContain(line);
  });

  it('counts what a suite found beyond a hundred differences', () => {
    const many = Array.from({ length: 150 }, (_, step) => difference({ step }));
    const [line] = reportOf(started('replay'), ...suite('replay', 'finding', many), finished('finding', 1)).split('\n');
    expect(line).toMatch(/: 100 open findings, 50 not listed$/);
  });

  it('of a process that somebody ended has no verdict', () => {
    expect(reportOf(started('check')).split('\n')[0]).toContain('no verdict. Exit 130, interrupted');
  });

  it('has a row for each open finding: what, whom it harms, who is to blame', () => {
    const row = /<tr>\n<td><code>interface\/Compute.z<\/code><\/td>\n<td>(.*)<\/td>\n<td>(.*)<\/td>/.exec(html);
    expect(row?.slice(1)).toEqual(['the event names the sub account', 'breaks callers; the new runtime is to blame']);
  });

  it('folds steps and the command that replays them', () => {
    const [, fold = ''] = /<details><summary>(.*?<\/details>)/s.exec(html) ?? [];
    expect(fold).toMatch(/^<code>behaviour\/Compute.request_compute_stop\/event<\/code>: 2 steps<\/summary>/);
    expect(fold).toContain('<pre><code>1. one\n2. two\n</code></pre>');
    expect(fold).toContain('<code class="language-sh">npx assay replay b.jsonl\n</code>');
  });

  it('then has what was announced and accepted, the suites, seed and versions', () => {
    const order = ['Announced, accepted, known', 'until 2026-12-31', '1 harmless change', 'Checked', 'seed 7'];
    const places = order.map((text) => markdown.indexOf(text));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(0);
    expect(html).toMatch(/<td>replay<\/td>\n<td>1 234<\/td>\n<td>how replay came out<\/td>\n<td>finding<\/td>/);
    expect(markdown).toContain('assay 0.1.0 · Node v20.19.0 · seed 7 · <code>assay gate --old old.wasm');
  });

  it('has nothing but the verdict and the suites where all is well', () => {
    const lines = reportOf(started('check'), ...suite('s', 'conforms'), finished('conforms', 0)).split('\n');
    expect(lines.filter((line) => line !== '')).toHaveLength(6);
  });

  it('is short enough for GitHub whatever was found, and counts what it leaves out', () => {
    const many = Array.from({ length: 900 }, (_, at) => {
      const status = (['open', 'announced', 'harmless'] as const)[at % 3] ?? 'open';
      // What escapes make longest.
      const text = '@'.repeat(2_500);
      return finding({
        id: `${at}${text}`,
        sentence: text,
        steps: [text, text],
        command: text,
        status,
        expectation: text,
      });
    });
    const suites = Array.from({ length: 500 }, (_, at) => suite(`${at} ${'@'.repeat(300)}`, 'conforms')).flat();
    const report = reportOf(
      started('gate', '@'.repeat(9_000)),
      ...suite('behaviour', 'finding', many),
      ...suites,
      finished('finding', 2, '@'.repeat(9_000)),
    );
    expect(report.length).toBeLessThan(LIMIT);
    expect(report.length).toBeGreaterThan(LIMIT / 3);
    const left = [...report.matchAll(/^_(\d+) (\w+) more:/gm)].map(([, count, what]) => ({
      count: Number(count),
      what,
    }));
    expect(left.map(({ what }) => what)).toEqual(['findings', 'sequences', 'findings', 'changes', 'suites']);
    const rows = [...report.matchAll(/^\| <code>/gm)].length;
    expect((left[0]?.count ?? 0) + (left[2]?.count ?? 0) + rows).toBe(600);
  });

  it('is made of our own elements alone, whatever a runtime says of itself', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const report = markdownReport(run);
        expect(report.length).toBeLessThan(LIMIT);
        const foreign = [...rendered(report).matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter((tag) => !OURS.test(tag));
        expect(foreign).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
