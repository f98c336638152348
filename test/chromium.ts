/** Chromium, for tests that look at a page as somebody does: the program on the `PATH`, driven by playwright-core. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

export const CHROMIUM_MISSING = 'chromium is not on the PATH: get it with "apt-get install chromium"';

const canRun = (file: string): boolean => {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return false;
    throw error;
  }
};

/** The absolute path of the program; null where it is nowhere. */
export const findChromium = (): string | null => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => resolve(folder, name))).find(canRun) ?? null;
};
