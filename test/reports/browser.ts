/** Chromium as tests of pages have it, and a page opened from a file, with what it said and asked for. */
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../chromium.js';

export const launchChromium = (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(CHROMIUM_MISSING);
  // As root, in a container, Chromium has no sandbox; the pages are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
};

export interface Opened {
  readonly page: Page;
  /** What the console said, what was thrown, and what was asked for. */
  readonly errors: readonly string[];
  readonly requests: readonly string[];
}

/** In a context of its own, which the caller closes. */
export const openFile = async (
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
  hash = '',
): Promise<Opened> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href + hash);
  return { page, errors, requests };
};
