/**
 * Values as TypeScript, in the layout that prettier gives them (120 columns, single quotes), so that what is emitted stays as it is in a
 * project that formats its files. Ours, because prettier would be a dependency of everybody for one command; a property holds the two
 * against each other.
 */

/** A line of comment above an element or property. */
interface Noted {
  readonly note?: string;
}

interface Element extends Noted {
  readonly code: Code;
}

interface Property extends Element {
  /** As it stands in the source. */
  readonly key: string;
}

export type Code =
  /** What is never broken: a literal, a name, a short call. */
  | { readonly kind: 'atom'; readonly text: string; readonly is?: 'number' | 'name' }
  | { readonly kind: 'list'; readonly elements: readonly Element[] }
  /** `open` ones are written on several lines, though they may fit on one. */
  | { readonly kind: 'object'; readonly properties: readonly Property[]; readonly open?: boolean }
  /** Only the last argument may be broken. */
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Code[] };

const WIDTH = 120;
const INDENT = 2;
/** Shorter keys keep a long value on their line: nothing would be won by breaking behind them. */
const SHORT_KEY = 5;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const escaped = (char: string): string => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

const count = (text: string, char: string): number => text.split(char).length - 1;

/** A string literal in ASCII: nothing in it ends it, or the line. */
export const stringLiteral = (text: string): string => {
  const quote = count(text, "'") > count(text, '"') ? '"' : "'";
  const inside = text.replaceAll(/[^\x20-\x7e]|\\/g, escaped).replaceAll(quote, `\\${quote}`);
  return quote + inside + quote;
};

/** Text that stays within its comment, on its line. */
export const commentText = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('*/', '* /')
    .trim();

export const atom = (text: string): Code => ({ kind: 'atom', text });
/** Of a constant. */
export const nameCode = (name: string): Code => ({ kind: 'atom', text: name, is: 'name' });
export const stringCode = (text: string): Code => atom(stringLiteral(text));
export const callCode = (callee: string, ...args: readonly Code[]): Code => ({ kind: 'call', callee, args });

const NAME = /^[A-Za-z_$][\w$]*$/;

/** A property's name as it stands in the source. */
const keyText = (name: string): string => {
  // In a literal, it would set the prototype.
  if (name === '__proto__') return "['__proto__']";
  return NAME.test(name) ? name : stringLiteral(name);
};

/** `null` is left out. */
export const objectCode = (properties: Readonly<Record<string, Code | null>>, open = false): Code => ({
  kind: 'object',
  properties: Object.entries(properties).flatMap(([name, code]) => (code ? [{ key: keyText(name), code }] : [])),
  open,
});

/** A value of numbers, texts, lists and records; `textCode` says how strings are written. */
export const valueCode = (value: unknown, textCode: (text: string) => Code = stringCode): Code => {
  if (typeof value === 'string') return textCode(value);
  if (typeof value === 'number') return { kind: 'atom', text: value.toString(), is: 'number' };
  if (typeof value === 'bigint') return atom(`${value}n`);
  if (typeof value === 'boolean') return atom(value.toString());
  if (Array.isArray(value))
    return { kind: 'list', elements: value.map((each: unknown) => ({ code: valueCode(each, textCode) })) };
  if (typeof value !== 'object' || value === null) return atom('null');
  const known = Object.entries(value).filter(([, of]) => of !== undefined);
  return objectCode(Object.fromEntries(known.map(([name, of]) => [name, valueCode(of, textCode)])));
};

const sizeOf = (code: Code): number => {
  if (code.kind === 'list') return code.elements.length;
  return code.kind === 'object' ? code.properties.length : 0;
};

/** Several lists or several objects of more than one part are never on one line. */
const isTable = (elements: readonly Element[]): boolean => {
  const kind = elements[0]?.code.kind;
  return elements.length > 1 && elements.every(({ code }) => code.kind === kind && sizeOf(code) > 1);
};

const allFlat = (parts: readonly Code[]): readonly string[] | null => {
  const texts = parts.map(flat);
  return texts.every((text) => text !== null) ? texts : null;
};

/** A constant is written once where the property is called as it is. */
const pair = ({ key, code }: Property, value: string | undefined): string =>
  code.kind === 'atom' && code.is === 'name' && key === value ? key : `${key}: ${value}`;

/** On one line; null where it has to be broken. */
const flat = (code: Code): string | null => {
  if (code.kind === 'atom') return code.text;
  if (code.kind === 'call') {
    const args = allFlat(code.args);
    return args && `${code.callee}(${args.join(', ')})`;
  }
  const parts = code.kind === 'list' ? code.elements : code.properties;
  const texts = parts.some(({ note }) => note !== undefined) ? null : allFlat(parts.map((each) => each.code));
  if (texts === null) return null;
  if (code.kind === 'list') return isTable(code.elements) ? null : `[${texts.join(', ')}]`;
  if (code.properties.length === 0) return '{}';
  return code.open === true ? null : `{ ${code.properties.map((each, at) => pair(each, texts[at])).join(', ')} }`;
};

/** Where something is printed. */
interface Place {
  /** Of its line. */
  readonly indent: number;
  /** What stands before it on the line, the indentation with it. */
  readonly before: number;
  /** What has to follow on its last line. */
  readonly after: number;
}

const spaces = (indent: number): string => ' '.repeat(indent);

const noteLine = ({ note }: Noted, indent: number): string =>
  note === undefined ? '' : `${spaces(indent)}// ${commentText(note)}\n`;

/** What stands on a line of its own where it does not fit behind its key; null for what has lines of its own, and what clings to it. */
const unbreakable = (code: Code): string | null => {
  if (code.kind === 'atom') return /^(\d+|true|false)$/.test(code.text) ? null : code.text;
  if (code.kind === 'call') return null;
  return (code.kind === 'list' ? code.elements : code.properties).length === 0 ? flat(code) : null;
};

const property = (of: Property, indent: number): string => {
  const { key, code } = of;
  const before = indent + key.length + 2;
  const whole = key.length >= SHORT_KEY ? unbreakable(code) : null;
  if (whole !== null && before + whole.length + 1 > WIDTH) return `${key}:\n${spaces(indent + INDENT)}${whole}`;
  return pair(of, print(code, { indent, before, after: 1 }));
};

/** Numbers fill their lines. */
const numbers = (elements: readonly Element[], indent: number): string => {
  const lines: string[] = [];
  for (const { code } of elements) {
    const text = `${flat(code)},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= WIDTH) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(spaces(indent) + text);
  }
  return lines.map((line) => `${line}\n`).join('');
};

const isNumber = ({ code }: Element): boolean => code.kind === 'atom' && code.is === 'number';

/** As prettier prints it there. */
export const print = (code: Code, place: Place = { indent: 0, before: 0, after: 0 }): string => {
  const line = flat(code);
  if (code.kind === 'atom' || (line !== null && place.before + line.length + place.after <= WIDTH)) return line ?? '';
  const { indent } = place;
  const inner = indent + INDENT;
  if (code.kind === 'call') {
    const [last, ...first] = code.args.toReversed();
    const head = `${code.callee}(${first
      .toReversed()
      .map((each) => `${flat(each)}, `)
      .join('')}`;
    return (
      head + (last ? print(last, { indent, before: place.before + head.length, after: place.after + 1 }) : '') + ')'
    );
  }
  if (code.kind === 'list') {
    const each = (element: Element): string =>
      `${noteLine(element, inner)}${spaces(inner)}${print(element.code, { indent: inner, before: inner, after: 1 })},\n`;
    const fills = code.elements.length > 1 && code.elements.every(isNumber);
    return `[\n${fills ? numbers(code.elements, inner) : code.elements.map(each).join('')}${spaces(indent)}]`;
  }
  const each = (of: Property): string => `${noteLine(of, inner)}${spaces(inner)}${property(of, inner)},\n`;
  return `{\n${code.properties.map(each).join('')}${spaces(indent)}}`;
};
