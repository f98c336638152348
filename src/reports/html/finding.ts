/** One result: what it is and means, the steps that lead to it, what was expected beside what came, and how to see it again. */
import type { Result } from '../results.js';
import { shortened } from '../text.js';
import { code, factsOf, html, linkTo, prose, type Content, type Markup } from './markup.js';
import { meaningOfResult, severityOf } from './meaning.js';
import { sequence } from './sequence.js';
import { beside, changed } from './sides.js';

/** A result with a name of its own on the page. */
export interface Placed {
  readonly result: Result;
  /** Of the page: `finding/` and the result's id. */
  readonly anchor: string;
}

/** Characters of a sentence; a command that is cut replays nothing, so as good as never. */
const SENTENCE = 1_200;
const COMMAND = 4_000;

const copied = (command: string): Markup =>
  html`<h5>See it again</h5>
    <div class="copy">
      <pre tabindex="0"><code>${shortened(command, COMMAND)}</code></pre>
      <button type="button" class="js" data-copy hidden>Copy</button>
    </div>`;

/** What of the result has no other place here. */
const facts = ({ result }: Placed): Content => {
  const { source, harm, reason, place, evidence, suite, part } = result;
  const rows: (readonly [string, Content])[] = [
    ['about', code(part)],
    ['found by', shortened(suite, 300)],
    ...(harm === '' ? [] : [['harms, to blame', harm] as const]),
    ...(reason === undefined ? [] : [[result.status, shortened(reason, SENTENCE)] as const]),
    ...(source.type === 'difference'
      ? [
          [
            'where',
            `scenario ${source.scenario}${source.step === null ? '' : `, step ${source.step}`}, block ${source.block}`,
          ] as const,
        ]
      : []),
    ...(source.type === 'difference' && source.raw
      ? [['bytes', source.raw.byte < 0 ? 'the same' : `they differ from byte ${source.raw.byte} on`] as const]
      : []),
    ...(source.type === 'counterexample' ? [['rules, seed', `${source.rules}, ${source.seed}`] as const] : []),
    ...(place === undefined ? [] : [['in', code(`${place.file}:${place.line}`)] as const]),
    ...(evidence === undefined ? [] : [['recording', code(evidence)] as const]),
  ];
  return factsOf(rows);
};

const stepsOf = ({ source, steps }: Result): readonly string[] =>
  source.type === 'difference' ? [source.what] : steps;

export interface ItemOptions {
  /** Steps that are drawn, the last ones. */
  readonly most: number;
  readonly isOpen: boolean;
}

/** A result as an item that opens. */
export const findingItem = (placed: Placed, { most, isOpen }: ItemOptions): Markup => {
  const { result, anchor } = placed;
  const severity = severityOf(result);
  const steps = stepsOf(result);
  return html`<details
    class="finding"
    id="${anchor}"
    data-severity="${severity}"
    data-status="${result.status}"
    data-kind="${result.rule}"
    ${isOpen && html`open`}
  >
    <summary>
      <span class="badge s-${result.status}">${result.status}</span>
      <h4>${prose(result.sentence, SENTENCE)}</h4>
      ${code(result.id, 300)}
    </summary>
    <p class="means">${prose(meaningOfResult(result), SENTENCE)}</p>
    ${steps.length > 0 && html`<h5>${steps.length === 1 ? 'The step' : `The ${steps.length} steps that lead there`}</h5>`}${sequence(steps, most)}${beside(result)}${changed(result)}${result.command !== undefined && copied(result.command)}${facts(placed)}
    <p class="note">${linkTo(anchor, 'Link to this finding')}</p>
  </details> `;
};
