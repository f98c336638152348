/** Chromium, for tests that look at a page as somebody does: the program on the `PATH`, driven by playwright-core. */
import { firstProgram } from '../src/targets/node/program.js';

export const CHROMIUM_MISSING = 'chromium is not on the PATH: get it with "apt-get install chromium"';

/** The absolute path of the program; null where it is nowhere. */
export const findChromium = (): string | null => firstProgram(['chromium', 'chromium-browser', 'google-chrome']);
