/**
 * A run as one page for whoever has to decide: the verdict, every finding with what it means and how to see it again, what was
 * covered, what was measured. It asks for nothing: no network, no other file; its policy forbids even that. Each part has its
 * share of two megabytes, and what has no room is counted.
 */
import { createHash } from 'node:crypto';
import type { CollectedRun } from './collected-run.js';
import { coverageSection } from './html/coverage.js';
import { byWeight, findingsSection, placedResults } from './html/findings.js';
import { fingerprintSection } from './html/fingerprint.js';
import { bytesOf, html, linkTo, textOfMarkup, trusted, type Content, type Markup } from './html/markup.js';
import { measuredSection, type Draw } from './html/measured.js';
import { SCRIPT } from './html/script.js';
import { STYLE } from './html/style.js';
import { runSection, suitesSection } from './html/suites.js';
import { traceabilitySection } from './html/traceability.js';
import { isInterrupted, verdictOf, verdictSection } from './html/verdict.js';
import { shortened } from './text.js';

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src '${hashOf(SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** Whole, for white space in it would change its hash. */
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</script>`);

/** Bytes of all parts; style sheet, script and what stands around them come on top. */
const MOST = 1_950_000;

interface Part {
  readonly id: string;
  readonly title: string;
  readonly content: Content;
}

const navigation = (parts: readonly Part[]): Markup =>
  html`<nav aria-label="Parts of this report">
    <ul>
      ${parts.map(({ id, title }) => html`<li>${linkTo(id, title)}</li>`)}
    </ul>
  </nav>`;

/** The page of a run, interrupted or not. `draw` makes a picture of curves. */
export const htmlReport = (run: CollectedRun, draw: Draw): string => {
  const placed = byWeight(placedResults(run));
  const command = shortened(`assay ${run.started?.command.join(' ') ?? ''}`, 600);
  const others: readonly Part[] = [
    { id: 'suites', title: 'What was checked', content: suitesSection(run) },
    { id: 'fingerprint', title: 'Fingerprint', content: fingerprintSection(run) },
    { id: 'measured', title: 'Measured', content: measuredSection(run, draw) },
    { id: 'coverage', title: 'Coverage', content: coverageSection(run) },
    { id: 'requirements', title: 'Requirements', content: traceabilitySection(run, placed) },
    { id: 'run', title: 'The run', content: runSection(run) },
  ].filter(({ content }) => content !== null);
  const verdict = verdictSection(run, placed);
  const left = MOST - bytesOf(html`${verdict}${others.map(({ content }) => content)}`);
  const parts: readonly Part[] = [
    { id: 'verdict', title: 'Verdict', content: verdict },
    { id: 'findings', title: `Findings (${placed.length})`, content: findingsSection(run, placed, left) },
    ...others,
  ];
  const ending = isInterrupted(run) ? ', interrupted' : '';
  return textOfMarkup(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>Assay: ${verdictOf(run)}${ending} (${command})</title>
          ${trusted(`<style>${STYLE}</style>`)}
        </head>
        <body>
          <a class="skip" href="#verdict">To the verdict</a>
          <header>
            <div>
              <h1>Assay report</h1>
              <p><code>${command}</code></p>
            </div>
            <button type="button" class="js" data-toggle hidden>Colours: system</button>
          </header>
          ${navigation(parts)}
          <main>${parts.map(({ content }) => html`${content} `)}</main>
          <footer>
            Made by assay ${run.started?.version ?? ''} from the run's events. This file is complete in itself and asks
            for nothing.
          </footer>
          <p class="skip" role="status" aria-live="polite" data-said></p>
          ${SCRIPT_ELEMENT}
        </body>
      </html> `,
  );
};
