/**
 * The HTML report of a long run, 50 findings of 10 000 steps in all: its bytes, how long it takes to make, and how long Chromium takes
 * from the file to a page that is loaded and laid out. Needs chromium on the PATH.
 */
import { Buffer } from 'node:buffer';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { svgOf } from '../../dist/reports/chart.js';
import { runCollector } from '../../dist/reports/collected-run.js';
import { htmlReport } from '../../dist/reports/html.js';
import { RunEvent } from '../../dist/spec/run-events.js';
import { claim, Finding, now, rounded, scratchFolder, spread } from './claim.mjs';
import { longRun } from './long-run.mjs';

const MOST_BYTES = 2_000_000;
const MOST_MILLISECONDS = 1_000;
const PASSES = 7;

const program = () => {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'chromium')).find((file) => existsSync(file));
  if (found === undefined) throw new Finding('chromium is not on the PATH');
  return found;
};

/** Milliseconds from the navigation's begin to the end of the load event, and to the first frame after it. */
const LOADED = `new Promise((done) => {
  const tell = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    const [{ loadEventEnd, domContentLoadedEventEnd }] = performance.getEntriesByType('navigation');
    done({ parsed: domContentLoadedEventEnd, loaded: loadEventEnd, shown: performance.now() });
  }));
  if (document.readyState === 'complete') setTimeout(tell);
  else addEventListener('load', () => setTimeout(tell));
})`;

await claim(async () => {
  const { emit, run } = runCollector();
  for (const event of longRun()) emit(RunEvent.parse(event));
  const began = now();
  const page = htmlReport(run(), svgOf);
  const made = now() - began;
  const bytes = Buffer.byteLength(page);
  if (bytes >= MOST_BYTES) throw new Finding(`the report has ${bytes} bytes, ${MOST_BYTES} or more`);
  const file = join(scratchFolder(), 'report.html');
  writeFileSync(file, page);
  const browser = await chromium.launch({ executablePath: program(), args: ['--no-sandbox'] });
  const passes = [];
  const counts = new Set();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    passes.push(await tab.evaluate(LOADED));
    counts.add(`${await tab.locator('.finding').count()} findings, ${await tab.locator('.steps li').count()} steps`);
    await context.close();
  }
  const version = browser.version();
  await browser.close();
  const of = (name) => spread(passes.map((pass) => rounded(pass[name], 0)));
  const loaded = of('loaded');
  if (loaded.median >= MOST_MILLISECONDS) throw new Finding(`the report takes ${loaded.median} ms to load`);
  return {
    shown: [...counts].join('; '),
    bytes,
    madeInMilliseconds: rounded(made, 0),
    chromium: version,
    parsedInMilliseconds: of('parsed'),
    loadedInMilliseconds: loaded,
    firstFrameInMilliseconds: of('shown'),
  };
});
