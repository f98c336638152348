/**
 * Text as reports carry it. What is told comes from runtimes and nodes that nobody trusts: a report is still a document of its
 * format, and shows what was there instead of dropping it.
 */

/**
 * What XML 1.0 has no way to write (section 2.2), but for what can't be read either: DEL, the C1 controls, and halves of
 * surrogate pairs, which no UTF-8 file holds. With `u` a pattern for surrogates matches only those that stand alone.
 */
// eslint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/gu;

/** Text that every report can hold: a control character becomes its number, `\u{1b}`. Line ends are `\n`. */
export const printable = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replaceAll(UNWRITABLE, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);

/** At most `limit` characters of a text, and how many there were. No surrogate pair is cut in two. */
export const shortened = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}… (${text.length} characters)`;
};

export const thousands = (value: number): string => value.toString().replaceAll(/\B(?=(\d{3})+$)/g, ' ');

/** `1 finding`, `2 findings`. */
export const counted = (count: number, noun: string): string => `${thousands(count)} ${noun}${count === 1 ? '' : 's'}`;
