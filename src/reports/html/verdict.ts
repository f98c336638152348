/** What a reader wants first: how it came out, whether it is all of it, and what is open. */
import { exitOf, meaningOf, type CollectedRun } from '../collected-run.js';
import { counted, shortened } from '../text.js';
import { countsTable, openLinks } from './findings.js';
import type { Placed } from './finding.js';
import { html, type Content, type Markup } from './markup.js';
import { verdictClass } from './suites.js';

/** The exit code of Ctrl-C. */
const INTERRUPTED = 130;

export const isInterrupted = (run: CollectedRun): boolean => exitOf(run) === INTERRUPTED;

/** In a word, as the terminal has it. */
export const verdictOf = (run: CollectedRun): string => run.finished?.verdict ?? 'no verdict';

const interruption = (run: CollectedRun): Content => {
  if (!isInterrupted(run)) return null;
  const open = run.suites.filter(({ finished }) => finished === undefined).length;
  const cut = open === 0 ? '' : ` ${counted(open, 'suite')} did not come to an end.`;
  return html`<p class="alert" role="note">
    <strong>interrupted</strong>: what follows is what was done until then, and what was not looked at may be
    otherwise.${cut}
  </p>`;
};

/** Where somebody finds more, told to who reads a terminal: here all of it follows. */
const isOfTerminal = (message: string): boolean => message.includes('--json FILE');

export const verdictSection = (run: CollectedRun, placed: readonly Placed[]): Markup => {
  const exit = exitOf(run);
  const message = run.finished?.message ?? '';
  return html`<section id="verdict" aria-labelledby="verdict-title">
    <h2 id="verdict-title">
      Verdict: <span class="badge big ${verdictClass(verdictOf(run))}">${verdictOf(run)}</span>
    </h2>
    ${interruption(run)}
    <p>
      Exit code ${exit}:
      ${meaningOf(exit)}.${message !== '' && !isOfTerminal(message) && ` ${shortened(message, 2_000)}`}
    </p>
    ${openLinks(placed)}${countsTable(placed)}
  </section>`;
};
