/**
 * HTML that says what it means: a template whose values are text until something made by the template itself says otherwise. What
 * is told comes from runtimes and nodes that nobody trusts, so that no text gets out of its place, and no control for the writing
 * direction is obeyed: it is shown.
 */
import { printable, shortened } from '../text.js';

const MARKUP = Symbol('markup');

/** HTML, as only {@link html} and {@link trusted} make it. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What a template takes: all but markup is escaped, nothing is what `false` and `null` leave. */
export type Content = Markup | string | number | false | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Marks and controls of Unicode's bidirectional algorithm: they make a text look like another one. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text for a place between tags or within quotes. */
export const escaped = (text: string): string =>
  printable(text)
    .replaceAll(DIRECTIONS, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replaceAll(/[&<>"']/g, (each) => ENTITIES[each] ?? each);

const isList = (content: Content): content is readonly Content[] => Array.isArray(content);

const textOf = (content: Content): string => {
  if (content === null || content === false) return '';
  if (isList(content)) return content.map(textOf).join('');
  return typeof content === 'object' ? content[MARKUP] : escaped(String(content));
};

/** What we wrote or drew ourselves: no text of a run in it that is not escaped already. */
export const trusted = (markup: string): Markup => ({ [MARKUP]: markup });

/** Line ends and indents of our own sources, which no reader of a page needs. */
const narrow = (source: string): string => source.replaceAll(/\s*\n\s*/g, '\n');

/** The one way to write markup. Attributes with values are quoted. */
export const html = (strings: TemplateStringsArray, ...contents: readonly Content[]): Markup =>
  trusted(strings.reduce((all, string, at) => all + textOf(contents[at - 1] ?? null) + narrow(string), ''));

/** The document's text. */
export const textOfMarkup = (markup: Markup): string => markup[MARKUP];

/** Bytes that markup takes in a file. */
export const bytesOf = (markup: Markup): number => Buffer.byteLength(markup[MARKUP]);

export interface Within {
  readonly shown: readonly Markup[];
  /** How many had no room. */
  readonly left: number;
}

/** The first parts that have room together. */
export const within = (parts: readonly Markup[], bytes: number): Within => {
  let room = bytes;
  const end = parts.findIndex((part) => (room -= bytesOf(part)) < 0);
  const shown = end < 0 ? parts : parts.slice(0, end);
  return { shown, left: parts.length - shown.length };
};

/** Says that something had no room, or nothing. */
export const leftOut = (left: number, what: string): Content =>
  left > 0 && html`<p class="note">${left} more ${what} had no room here: <code>--json FILE</code> has all.</p>`;

/** Characters of a value that are shown. */
const VALUE = 1_500;

/** A text in type of its own, not longer than somebody reads. */
export const code = (text: string, limit = VALUE): Markup => html`<code>${shortened(text, limit)}</code>`;

/** Long hex cut in the middle: who must have all of it finds it in the recording. */
export const withoutLongHex = (text: string): string =>
  text.replaceAll(/0x([0-9a-f]{8})[0-9a-f]{16,}([0-9a-f]{4})/g, '0x$1…$2');

/** A sentence to be read, with what stands between backticks in type of its own. */
export const prose = (text: string, limit: number): Markup =>
  html`${shortened(withoutLongHex(text), limit)
    .split(/`([^`\n]+)`/)
    .map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;

/** A table that can be wider than the screen: it scrolls by itself, by keyboard, too. */
export const scrolling = (label: string, content: Content): Markup =>
  html`<div class="wide" role="region" aria-label="${label}" tabindex="0">${content}</div>`;

/** A cell that says what stands over its column where a narrow screen shows rows as blocks (`stack` of the style sheet). */
export const stackedCell = (head: string, content: Content, style = ''): Markup =>
  html`<td ${style !== '' && html`class="${style}"`} data-head="${head}">${content}</td>`;

export interface TableOptions {
  /** One of the page's classes. */
  readonly style?: string;
  readonly caption?: string;
}

/** A table with what stands over its columns. */
export const tableOf = (
  heads: readonly Content[],
  rows: Content,
  { style = '', caption = '' }: TableOptions = {},
): Markup =>
  html`<table${style !== '' && html` class="${style}"`}>
    ${
      caption !== '' &&
      html`<caption>
        ${caption}
      </caption>`
    }
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;

/** Terms, and what is told of each. */
export const factsOf = (facts: readonly (readonly [string, Content])[]): Markup =>
  html`<dl class="facts">
    ${facts.map(
      ([term, told]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${told}</dd>
        </div>`,
    )}
  </dl>`;

/** A name for an `id`, which has no white space, and the link to it. */
export const anchorOf = (name: string): string => printable(name).replaceAll(/\s/g, '_');
export const linkTo = (anchor: string, content: Content): Markup =>
  html`<a href="#${encodeURIComponent(anchor).replaceAll('%2F', '/')}">${content}</a>`;
