/**
 * Steps as a sequence diagram: users on the left call the chain in the middle, miners and validators on the right do, too, and the
 * chain itself goes on. Who speaks is read from the step's text, as all reports show it. The style sheet draws it, so that a
 * step takes few bytes: a report may have ten thousand.
 */
import { shortened } from '../text.js';
import { html, withoutLongHex, type Markup } from './markup.js';

/** `u`: signed or root; `m`: unsigned; `c`: nobody calls. */
type Lane = 'u' | 'm' | 'c';

export interface SequenceStep {
  readonly lane: Lane;
  /** Who calls; empty where nobody does. */
  readonly who: string;
  readonly what: string;
}

/** Characters of a step that are shown, and that are looked at. */
const STEP = 400;
const READ = 4_000;

/** Bytes and runs of one character that nobody reads: the recording has them. */
const folded = (text: string): string =>
  withoutLongHex(text).replaceAll(/([^\s])\1{11,}/g, (run, each: string) => `${each.repeat(3)}…(${run.length})`);

const SIGNED = /^(?<what>.*), (?<kind>signed|root) (?<account>[^,()]*)$/s;
const UNSIGNED = /^(?<what>.*), unsigned$/s;
const NODE = /\b(?:miner_)?node_id: "([^"]*)"/;

/** A step's text, as `stepText` of the properties writes it. */
export const readStep = (text: string): SequenceStep => {
  const signed = SIGNED.exec(text)?.groups;
  if (signed) {
    const { what = text, kind = '', account = '' } = signed;
    return { lane: 'u', who: kind === 'root' ? 'root' : account, what };
  }
  const unsigned = UNSIGNED.exec(text)?.groups;
  if (!unsigned) return { lane: 'c', who: '', what: text };
  const { what = text } = unsigned;
  return { lane: 'm', who: NODE.exec(what)?.[1] ?? 'unsigned', what };
};

const NAME = /^([A-Za-z]\w*\.\w+)(.*)$/s;

const lineOf = (text: string): Markup => {
  const { lane, who, what } = readStep(text);
  const shown = shortened(folded(shortened(what, READ)), STEP);
  const [, name = '', rest = shown] = NAME.exec(shown) ?? [];
  return html`<li class="${lane}">
    ${who !== '' && html`<i>${shortened(who, 40)}</i> `}${name !== '' && html`<b>${name}</b>`}${rest}
  </li>`;
};

const NOT_DRAWN = 'steps: the recording has all';

/** At most `limit` steps: the last ones, for they show it. Empty where there are none. */
export const sequence = (steps: readonly string[], limit: number): Markup => {
  if (steps.length === 0) return html``;
  const first = Math.max(0, steps.length - limit);
  const before = first === 0 ? null : html`<p class="note">Before these: ${first} more ${NOT_DRAWN}.</p>`;
  const shown = steps.slice(first).map(lineOf);
  return html`${before}
    <div class="lanes" aria-hidden="true"><span>user</span><span>chain</span><span>miner</span></div>
    <ol class="steps" start="${first + 1}" ${first > 0 && html` style="counter-reset:step ${first}"`}>
      ${shown}
    </ol>`;
};
