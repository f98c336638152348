/** The HTML report in a browser, from a file: what its links, filters and buttons do, on a wide screen and a phone, light and dark. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { svgOf } from '../../src/reports/chart.js';
import { htmlReport } from '../../src/reports/html.js';
import type { RunEvent } from '../../src/spec/run-events.js';
import { launchChromium, openFile, type Opened } from './browser.js';
import { collected, counterexample, everything, finding, finished, started, suite } from './events.js';
import { longRun } from '../../scripts/evidence/long-run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const HOSTILE = `</title></style></script></code><script>document.title='out'</script><img src=x onerror="document.title='out'">" onclick="x`;

const files = new Map<string, string>();
const fileOf = (name: string, events: readonly RunEvent[]): string => {
  const known = files.get(name);
  if (known !== undefined) return known;
  const file = join(folder, `${name}.html`);
  writeFileSync(file, htmlReport(collected(events), svgOf));
  files.set(name, file);
  return file;
};

const PAGES: Readonly<Record<string, readonly RunEvent[]>> = {
  everything,
  long: longRun(),
  hostile: [
    started('gate', HOSTILE),
    ...suite(HOSTILE, 'finding', [
      finding({ id: HOSTILE, sentence: HOSTILE, steps: [HOSTILE], command: HOSTILE }),
      counterexample({ broken: HOSTILE }),
    ]),
    {
      type: 'curves',
      suite: HOSTILE,
      id: HOSTILE,
      title: HOSTILE,
      x: { label: HOSTILE, scale: 'linear' },
      y: { label: HOSTILE, scale: 'linear' },
      lines: [{ name: HOSTILE, points: [[1, 2]] }],
    },
    { type: 'figures', suite: HOSTILE, id: HOSTILE, title: HOSTILE, columns: [{ name: HOSTILE }], rows: [[HOSTILE]] },
    finished('finding', 1, HOSTILE),
  ],
};

const open = (name: string, options: BrowserContextOptions = {}, hash = ''): Promise<Opened> =>
  openFile(browser, fileOf(name, PAGES[name] ?? []), options, hash);

const shownFindings = (page: Page): Promise<number> => page.locator('.finding:visible').count();

describe('in a browser the page', () => {
  it.each(['everything', 'long', 'hostile'])(
    'says nothing on the console and asks for no other file: %s',
    async (name) => {
      const { page, errors, requests } = await open(name);
      expect(errors).toEqual([]);
      expect(requests).toEqual([pathToFileURL(fileOf(name, [])).href]);
      expect(await page.title()).toMatch(/^Assay: /);
      expect(await page.locator('img, script').count()).toBe(1);
      await page.context().close();
    },
  );

  it.each([390, 1280])('is never wider than a screen of %i pixels, all opened', async (width) => {
    for (const name of Object.keys(PAGES)) {
      const { page } = await open(name, { viewport: { width, height: 800 } });
      await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });

  it('shows what the filters and the search leave', async () => {
    const { page } = await open('everything');
    const all = await shownFindings(page);
    await page.getByRole('combobox', { name: 'status' }).selectOption('accepted');
    expect(await shownFindings(page)).toBe(1);
    expect(await page.locator('[data-shown]').textContent()).toBe(`1 of ${all} shown`);
    await page.getByRole('combobox', { name: 'status' }).selectOption('');
    await page.getByRole('combobox', { name: 'kind' }).selectOption('difference');
    expect(await shownFindings(page)).toBe(3);
    await page.getByRole('searchbox').fill('priority');
    expect(await shownFindings(page)).toBe(1);
    await page.getByRole('searchbox').fill('nothing has this');
    expect(await shownFindings(page)).toBe(0);
    expect(await page.locator('.group:visible').count()).toBe(0);
    await page.context().close();
  });

  it('opens what a link leads to, even where a filter hid it', async () => {
    const [, id = ''] = /id="(finding\/rule\/DEV-04)"/.exec(htmlReport(collected(everything), svgOf)) ?? [];
    const { page } = await open('everything', {}, `#${id}`);
    const target = page.locator(`[id="${id}"]`);
    expect(await target.getAttribute('open')).not.toBeNull();
    await page.getByRole('combobox', { name: 'status' }).selectOption('harmless');
    expect(await target.isVisible()).toBe(false);
    await page.evaluate("location.hash = ''");
    await page.evaluate(`location.hash = '#${id}'`);
    await target.waitFor({ state: 'visible' });
    expect(await page.evaluate(`document.getElementById('${id}').contains(document.activeElement)`)).toBe(true);
    await page.context().close();
  });

  it('copies the command that replays a finding, and says so', async () => {
    const { page } = await open('everything', { permissions: ['clipboard-read', 'clipboard-write'] });
    const item = page.locator('.finding', { hasText: 'npx assay replay b.jsonl' });
    await item.locator('summary').click();
    await item.getByRole('button').click();
    await page.locator('[data-said]', { hasText: 'The command is copied.' }).waitFor({ state: 'attached' });
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('npx assay replay b.jsonl');
    await page.context().close();
  });

  it('follows the system in light and dark, and the reader before it', async () => {
    const back = 'getComputedStyle(document.body).backgroundColor';
    for (const [colorScheme, other] of [
      ['light', 'dark'],
      ['dark', 'light'],
    ] as const) {
      const { page } = await open('everything', { colorScheme });
      const first = await page.evaluate(back);
      const toggle = page.getByRole('button', { name: /^Colours/ });
      while (!(await toggle.textContent())?.endsWith(other)) await toggle.click();
      const second = await page.evaluate(back);
      expect([first, second]).toEqual(colorScheme === 'light' ? [LIGHT, DARK] : [DARK, LIGHT]);
      await page.context().close();
    }
  });

  it('is all there to read without a script, its buttons not', async () => {
    const { page } = await open('everything', { javaScriptEnabled: false });
    expect(await page.locator('.finding').count()).toBeGreaterThan(10);
    expect(await shownFindings(page)).toBe(await page.locator('.finding').count());
    expect(await page.locator('button:visible, form:visible').count()).toBe(0);
    await page.context().close();
  });

  it('shows all on paper', async () => {
    const { page } = await open('everything');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect(await page.locator('button:visible, nav:visible').count()).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('details:not([open])').count()).toBeGreaterThan(0);
    await page.context().close();
  });

  it('can be used by keyboard: what is first is a way past the links, and a finding opens', async () => {
    const { page } = await open('everything');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the verdict');
    const summary = page.locator('.finding:not([open]) summary').first();
    const item = page.locator('.finding:has(summary:focus)');
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await item.getAttribute('open')).not.toBeNull();
    await page.context().close();
  });

  it('is left by keyboard in the order in which it reads, and shows where one is', async () => {
    const { page } = await open('everything');
    const places: number[] = [];
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press('Tab');
      const { at, outline } = Focus.parse(await page.evaluate(FOCUS));
      if (at === -1) break;
      places.push(at);
      expect(outline, `focus ${press + 1}`).toMatch(/^solid [23]/);
    }
    expect(places.length).toBeGreaterThan(25);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    await page.context().close();
  });

  it('goes past the links to the verdict where the first of them is followed', async () => {
    const { page } = await open('everything');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.closest('section').id")).toBe('verdict');
    await page.context().close();
  });

  it.each(['everything', 'long'])('has a name for all that a screen reader stops at: %s', async (name) => {
    const { page } = await open(name);
    const told = (await page.locator('body').ariaSnapshot()).split('\n');
    const stops = told.filter((line) => STOP.test(line));
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.filter((line) => !/^\s*- '?\w+ (?:"[^"]|\/)/.test(line))).toEqual([]);
    for (const role of ['banner', 'navigation', 'main', 'contentinfo', 'search'])
      expect(told.some((line) => line.trim().startsWith(`- ${role}`))).toBe(true);
    await page.context().close();
  });
});

/** What has the focus: its place among all elements, -1 where the page has it, and how that shows. */
const FOCUS = `(() => {
  const { activeElement } = document;
  const at = activeElement === document.body ? -1 : [...document.querySelectorAll('*')].indexOf(activeElement);
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
  return { at, outline: outlineStyle + ' ' + outlineWidth };
})()`;
const Focus = z.object({ at: z.number(), outline: z.string() });

/** Lines of a page's accessible tree that need a name: `- button "Copy"`. */
const STOP = /^\s*- '?(?:button|link|combobox|searchbox|region|img|navigation|search|checkbox)\b/;

const LIGHT = 'rgb(255, 255, 255)';
const DARK = 'rgb(19, 22, 27)';
