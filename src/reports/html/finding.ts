/** One result: what it is and means, the steps that lead to it, what was expected beside what came, and how to see it again. */
import type { Result } from '../results.js';
import { shortened } from '../text.js';
import {
  code,
  factsOf,
  html,
  linkTo,
  prose,
  scrolling,
  tableOf,
  withoutLongHex,
  type Content,
  type Markup,
} from './markup.js';
import { meaningOfResult, severityOf } from './meaning.js';
import { sequence } from './sequence.js';

/** A result with a name of its own on the page. */
export interface Placed {
  readonly result: Result;
  /** Of the page: `finding/` and the result's id. */
  readonly anchor: string;
}

/** Characters of a sentence; a command that is cut replays nothing, so as good as never. */
const SENTENCE = 1_200;
const COMMAND = 4_000;

interface Sides {
  readonly heads: readonly [string, string];
  readonly values: readonly [string, string];
}

/** The two things that part, each as it was told. Null where only one, or none, was. */
const sidesOf = ({ source }: Result): Sides | null => {
  if (source.type === 'difference' || source.type === 'layout-finding') {
    return { heads: ['expected', 'observed'], values: [source.expected, source.observed] };
  }
  if (source.type === 'counterexample') return null;
  const { old, new: next } = source;
  if (old === undefined && next === undefined) return null;
  return { heads: ['old', 'new'], values: [old ?? 'nothing', next ?? 'nothing'] };
};

/** Shared words at both ends are shown plain, what lies between is marked. */
const marked = (text: string, other: string): Markup => {
  const [words, others] = [text.split(/\b/), other.split(/\b/)];
  const least = Math.min(words.length, others.length);
  let start = 0;
  while (start < least && words[start] === others[start]) start += 1;
  let end = 0;
  while (end < least - start && words.at(-1 - end) === others.at(-1 - end)) end += 1;
  const stop = words.length - end;
  const [before, middle, after] = [words.slice(0, start), words.slice(start, stop), words.slice(stop)];
  return html`<code
    >${before.join('')}${middle.length > 0 && html`<mark>${middle.join('')}</mark>`}${after.join('')}</code
  >`;
};

const BESIDE = 1_500;

const beside = (result: Result): Content => {
  const sides = sidesOf(result);
  if (sides === null) return null;
  const [left, right] = [shortened(sides.values[0], BESIDE), shortened(sides.values[1], BESIDE)];
  const { source } = result;
  const where =
    source.type === 'difference' && source.where !== '' ? html`<p>${source.aspect}: ${code(source.where)}</p>` : null;
  const cells = html`<tr>
    <td>${marked(left, right)}</td>
    <td>${marked(right, left)}</td>
  </tr>`;
  return html`${where} ${scrolling('what parts', tableOf(sides.heads, cells, { style: 'beside' }))}`;
};

/** Fields before and after the last step, what changed in them marked. */
const changed = ({ source }: Result): Content => {
  if (source.type !== 'counterexample' && source.type !== 'finding') return null;
  const { changes = [] } = source;
  if (changes.length === 0) return null;
  const rows = changes.map(({ where, before, after }) => {
    const [was, is] = [before ?? '', after ?? ''].map((text) => shortened(withoutLongHex(text), BESIDE));
    const side = (text: string, other: string, isThere: boolean): Content =>
      isThere ? marked(text, other) : html`<small>not there</small>`;
    return html`<tr>
      <th scope="row">${code(withoutLongHex(where), 300)}</th>
      <td>${side(was ?? '', is ?? '', before !== null)}</td>
      <td>${side(is ?? '', was ?? '', after !== null)}</td>
    </tr>`;
  });
  const table = tableOf(['state', 'before the last step', 'after it'], rows, { style: 'beside' });
  return html`<h5>What the last step changes, as the recording has it</h5>
    ${scrolling('What the last step changes', table)}`;
};

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
    ${steps.length > 0 && html`<h5>${steps.length === 1 ? 'The step' : `The ${steps.length} steps that lead there`}</h5>`}${sequence(steps, most)}${changed(result)}${beside(result)}${result.command !== undefined && copied(result.command)}${facts(placed)}
    <p class="note">${linkTo(anchor, 'Link to this finding')}</p>
  </details> `;
};
