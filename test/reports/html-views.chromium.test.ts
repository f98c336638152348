/**
 * A picture of each view of the HTML report, of real runs, for people to look at: in the folder that ASSAY_SCREENSHOTS names, else in one
 * that goes with the test. Each must show something, say nothing on the console, ask for nothing, and be as wide as its screen.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { svgOf } from '../../src/reports/chart.js';
import { htmlReport } from '../../src/reports/html.js';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay } from '../cli/run-cli.js';
import { launchChromium, openFile } from './browser.js';
import { collected } from './events.js';
import { readPng } from './png.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
const named = process.env.ASSAY_SCREENSHOTS ?? '';
const pictures = named === '' ? join(folder, 'screenshots') : named;
mkdirSync(pictures, { recursive: true });

const LAB = 'runtime/lab.wasm';
const SMALL = ['--seed', '1', '--runs', '20'];

/** Runs of the command line, by name: what each is asked, and its exit code. */
const RUNS = {
  gate: [1, 'gate', '--old', LAB, '--new', `${LAB}?rules=DEV-04=promised&mutant=3`, ...SMALL],
  invariants: [0, 'check', '--target', 'engine', '--rules', 'deployed', ...SMALL],
  lab: [0, 'check', '--target', `runtime:${LAB}`, '--no-require-coverage', ...SMALL],
  growth: [0, 'bench', '--growth', '--target', `runtime:${LAB}`, '--sizes', '10,100,1k'],
} as const;

/** A load needs a node and k6: its events are those of `assay load run --target omni --duration 10s --rate 20`. */
const LOAD = 'test/reports/load-run.ndjson';

const fileOf = (run: string): string => join(folder, `${run}.html`);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
  for (const [name, [exit, ...args]] of Object.entries(RUNS)) {
    const isSearch = name !== 'growth';
    const ran = await assay([...args, '--report', fileOf(name), ...(isSearch ? ['--out', join(folder, name)] : [])]);
    expect(ran.code, ran.stderr).toBe(exit);
  }
  const events = readFileSync(LOAD, 'utf8').trim().split('\n');
  writeFileSync(fileOf('load'), htmlReport(collected(events.map((line) => RunEvent.parse(JSON.parse(line)))), svgOf));
}, 600_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface View {
  readonly run: keyof typeof RUNS | 'load';
  readonly options?: BrowserContextOptions;
  readonly act?: (page: Page) => Promise<unknown>;
  /** What is shown; the whole page where it is left out. */
  readonly part?: string;
}

const DESK = { viewport: { width: 1280, height: 900 } };
/** A4 at 96 pixels an inch, less its margins. */
const PAPER = { viewport: { width: 718, height: 1046 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const openAll =
  (within: string) =>
  (page: Page): Promise<unknown> =>
    page.evaluate(`for (const each of document.querySelectorAll('${within} details')) each.open = true`);

const openOne =
  (finding: string) =>
  (page: Page): Promise<void> =>
    page.locator(`.finding:not([open])`, { hasText: finding }).first().locator('summary').click();

const printed = async (page: Page): Promise<void> => {
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
};

const VIEWS: Readonly<Record<string, View>> = {
  'page-light': { run: 'gate' },
  'page-dark': { run: 'gate', options: { colorScheme: 'dark' } },
  'page-phone': { run: 'gate', options: PHONE },
  'page-phone-dark': { run: 'invariants', options: { ...PHONE, colorScheme: 'dark' } },
  'page-print': { run: 'gate', options: PAPER, act: printed },
  'page-print-lab': { run: 'lab', options: PAPER, act: printed },
  'page-print-growth': { run: 'growth', options: PAPER, act: printed },
  verdict: { run: 'gate', part: '#verdict' },
  finding: { run: 'gate', part: '.finding[open]' },
  'finding-invariant': { run: 'invariants', act: openOne('INV-02'), part: '.finding[open]' },
  'finding-phone': { run: 'invariants', options: PHONE, act: openOne('INV-02'), part: '.finding[open]' },
  'findings-filtered': {
    run: 'invariants',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'severity' }).selectOption('high');
      await page.getByRole('searchbox').fill('miner');
    },
    part: '#findings',
  },
  suites: { run: 'gate', part: '#suites' },
  fingerprint: { run: 'gate', act: openAll('#fingerprint'), part: '#fingerprint' },
  coverage: { run: 'lab', act: openAll('#coverage'), part: '#coverage' },
  'coverage-dark': { run: 'lab', options: { colorScheme: 'dark' }, act: openAll('#coverage'), part: '#coverage' },
  requirements: { run: 'invariants', act: openAll('#requirements'), part: '#requirements details:nth-of-type(1)' },
  sentences: { run: 'invariants', act: openAll('#requirements'), part: '#requirements details:nth-of-type(2)' },
  mutants: { run: 'invariants', act: openAll('#requirements'), part: '#requirements details:nth-of-type(3)' },
  'requirements-phone': {
    run: 'invariants',
    options: PHONE,
    act: openAll('#requirements'),
    part: '#requirements details:nth-of-type(1)',
  },
  growth: { run: 'growth', part: '#measured' },
  'growth-dark': { run: 'growth', options: { colorScheme: 'dark' }, part: '#measured' },
  load: { run: 'load', part: '#measured' },
  'load-phone': { run: 'load', options: PHONE, part: '#measured' },
};

/** Of a picture with a line of text on it. */
const FEWEST_LINES = 12;

describe('a view of the report', () => {
  it.each(Object.entries(VIEWS))('is a picture: %s', async (name, { run, options, act, part }) => {
    const { page, errors, requests } = await openFile(browser, fileOf(run), { ...DESK, ...options });
    await act?.(page);
    const path = join(pictures, `${name}.png`);
    if (part === undefined) await page.screenshot({ path, fullPage: true });
    else await page.locator(part).first().screenshot({ path });
    expect(errors).toEqual([]);
    expect(requests).toEqual([pathToFileURL(fileOf(run)).href]);
    const { width, height, lines } = readPng(readFileSync(path));
    const screen = (options?.viewport ?? DESK.viewport).width;
    expect(width).toBeLessThanOrEqual(screen);
    expect(width).toBeGreaterThan(screen * 0.7);
    expect(height).toBeGreaterThan(60);
    expect(lines).toBeGreaterThan(FEWEST_LINES);
    await page.context().close();
  });

  it('would not be taken for one where it is empty', async () => {
    const empty = join(folder, 'empty.html');
    writeFileSync(empty, '<!doctype html><title>empty</title><style>body{background:#abc}</style>');
    const { page } = await openFile(browser, empty, DESK);
    const { width, lines } = readPng(await page.screenshot());
    expect(width).toBe(DESK.viewport.width);
    expect(lines).toBeLessThan(FEWEST_LINES);
    await page.context().close();
  });

  it('is a document on paper, too', async () => {
    const { page } = await openFile(browser, fileOf('gate'));
    const pdf = await page.pdf({ path: join(pictures, 'page.pdf'), format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeGreaterThan(1);
    await page.context().close();
  });
});
