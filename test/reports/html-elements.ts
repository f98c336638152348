/**
 * What a browser makes of a page, as far as tests ask: its elements with their attributes, and its text. Follows the tokenizer of
 * the HTML standard (13.2.5) for all that a page without comments has: a `<` before a letter begins a tag, wherever it comes from.
 */

export interface Element {
  readonly name: string;
  /** By name, their text as it is read. */
  readonly attributes: ReadonlyMap<string, string>;
}

interface Token {
  /** Empty: text. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

const decoded = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|([a-z]+));/g, (whole, number: string | undefined, name: string | undefined) =>
    number === undefined ? (NAMED[name ?? ''] ?? whole) : String.fromCodePoint(Number(number)),
  );

const TAG = /<(\/?)([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|<!(?:[^>]*)>/g;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

const attributesOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  );

/** Elements whose content is text until their end tag. */
const RAW = new Set(['script', 'style']);

const tokensOf = (page: string): Token[] => {
  const tokens: Token[] = [];
  const text = (from: number, to: number): void => {
    tokens.push({ name: '', isEnd: false, attributes: new Map(), text: decoded(page.slice(from, to)) });
  };
  let at = 0;
  for (TAG.lastIndex = 0; ;) {
    const found = TAG.exec(page);
    if (!found) break;
    text(at, found.index);
    const [whole, slash = '', name = '!', rest = ''] = found;
    at = found.index + whole.length;
    const isEnd = slash !== '';
    tokens.push({ name: name.toLowerCase(), isEnd, attributes: attributesOf(rest), text: '' });
    if (isEnd || !RAW.has(name.toLowerCase())) continue;
    at = page.indexOf(`</${name}`, at);
    TAG.lastIndex = at;
  }
  text(at, page.length);
  return tokens;
};

/** In the order of their start tags. */
export const elementsOf = (page: string): Element[] =>
  tokensOf(page).filter(({ name, isEnd }) => name !== '' && name !== '!' && !isEnd);

/** All text, elements apart by a space; what a style sheet and a script say is none. */
export const textOf = (page: string): string =>
  tokensOf(page)
    .map(({ name, text }) => (name === '' || ['b', 'i', 'code', 'mark', 'h4'].includes(name) ? text : ' '))
    .join('')
    .trim();

export const idsOf = (page: string): string[] =>
  elementsOf(page).flatMap(({ attributes }) => attributes.get('id') ?? []);
