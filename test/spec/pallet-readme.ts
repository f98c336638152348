/**
 * The pallet's README as data, so that tests hold the specification against the document itself and not against a second
 * copy of it.
 */
import { readFileSync } from 'node:fs';

/** Its lines; line `n` of the file is `readmeLines[n - 1]`. */
export const readmeLines: readonly string[] = readFileSync(
  new URL('../../docs/pallet/README-of-the-pallet.md', import.meta.url),
  'utf8',
).split('\n');

const LABEL = /^- \*\*\w+\*\*:$/;

/** Whether a line says something: neither blank nor a heading nor a label such as `- **Parameters**:`. */
export const saysSomething = (line: string): boolean => line !== '' && !line.startsWith('#') && !LABEL.test(line);

/** A line without its bullet. */
export const withoutBullet = (line: string): string => line.replace(/^ *- /, '');

interface Bullet {
  /** What stands in front of the colon, in backticks or bold. */
  readonly name: string;
  readonly text: string;
}

/** The named bullets between a heading and the next one. */
export const bulletsUnder = (heading: string): readonly Bullet[] => {
  const from = readmeLines.indexOf(heading) + 1;
  if (from === 0) throw new Error(`docs/pallet/README-of-the-pallet.md has no heading "${heading}"`);
  const length = readmeLines.slice(from).findIndex((line) => line.startsWith('#'));
  return readmeLines
    .slice(from, length === -1 ? undefined : from + length)
    .map((line) => /^(?:`|\*\*)(\w+)(?:`|\*\*): (.+)$/.exec(withoutBullet(line)))
    .flatMap((match) => (match?.[1] && match[2] ? [{ name: match[1], text: match[2] }] : []));
};
