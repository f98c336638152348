/**
 * Text inside GitHub's Markdown. Escapes are HTML entities alone, so that one escape fits paragraphs, table cells and raw HTML
 * such as `<summary>`, where backslashes would be seen.
 */
import { printable } from './text.js';

const entity = (character: string): string => `&#${character.charCodeAt(0)};`;

/**
 * What Markdown, GitHub's extensions or HTML could take for their own. Underscores within words are none of that, and names
 * are full of them.
 */
const SPECIAL = /[\\`*{}[\]<>&|~!"'$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** An invisible space that keeps `@team` and `#12` from calling anybody: GitHub looks for them after entities are read. */
const APART = '&#8203;';

/** One line of text that means itself wherever it stands. */
export const inline = (text: string): string =>
  printable(text)
    .replaceAll(SPECIAL, entity)
    .replaceAll('@', `@${APART}`)
    .replaceAll(/(?<!&)#(?=\d)/g, `#${APART}`)
    .replaceAll(/:(?=\/\/)/g, entity)
    .replaceAll(/www\./gi, (word) => `${word.slice(0, -1)}&#46;`)
    .replaceAll(/\s+/g, ' ')
    .trim();

/** A name, in type of its own. An HTML element: backticks could not hold every text. */
export const name = (text: string): string => `<code>${inline(text)}</code>`;

/** Lines as they are; the fence is longer than any in them. */
export const fenced = (lines: readonly string[], language = ''): string => {
  const text = lines.map(printable).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
};

/** A table's rows, and how many of them had room. The head counts; a table without rows is empty. */
export const tableWithin = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): { readonly text: string; readonly shown: number } => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const opening = [line(head), line(head.map(() => '---'))].join('\n');
  const { text, shown } = within(rows.map(line), room - opening.length - 1);
  return { text: shown === 0 ? '' : `${opening}\n${text}`, shown };
};

/** The first parts that have room, a line break between them. */
export const within = (parts: readonly string[], room: number): { readonly text: string; readonly shown: number } => {
  let left = room;
  const shown = parts.findIndex((part) => (left -= part.length + 1) < 0);
  const kept = shown < 0 ? parts : parts.slice(0, shown);
  return { text: kept.join('\n'), shown: kept.length };
};
