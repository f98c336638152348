/** A YAML document whose every problem has its place. YAML is read as version 1.2 has it: days are texts, and `no` is one. */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { InputError } from '../../properties/recording-file.js';

type Path = readonly PropertyKey[];

export interface Problem {
  /** In characters from the file's beginning. */
  readonly offset: number;
  /** What was expected, what came. */
  readonly text: string;
}

/** What an alias may stand for, all in all: one that stands for others multiplies. */
const MOST_ALIASES = 100;

/** What the library calls a problem, and what is said of it. */
const sentences: Readonly<Record<string, (message: string) => string>> = {
  BAD_SCALAR_START: (message) => `it is no YAML: ${message}: put it into quotes`,
  BLOCK_AS_IMPLICIT_KEY: (message) => `it is no YAML: ${message}: put text with ": " in it into quotes`,
  MULTIPLE_DOCS: () => 'expected one document, came another one behind "---"',
  RESOURCE_EXHAUSTION: () => 'expected a short list of expectations, came YAML that is nested too deeply',
};

/** Levels that nobody's expectations have. */
const DEEPEST = 100;
/** What stands before the first word of a line that is so deep. */
const INDENTED = new RegExp(`^[ \\t?:-]{${4 * DEEPEST}}`, 'm');

/**
 * Whether a text is nested deeper than anybody means it, as far as brackets and columns tell. The library takes minutes for some ten thousand levels, and
 * of columns it makes a regular expression that V8 dies of.
 */
const isDeep = (text: string): boolean => {
  let [depth, deepest] = [0, 0];
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > DEEPEST || INDENTED.test(text);
};

/** A key as its value's name; keys that are mappings or lists have none. */
const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));

const startOf = (node: unknown, otherwise: number): number => (isNode(node) ? node.range?.[0] : undefined) ?? otherwise;

export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  private readonly pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  /** @throws InputError where it is no YAML */
  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {
    this.document = this.parsed();
    const said = [...this.document.errors, ...this.document.warnings];
    this.expectNone([
      ...said.map(({ code, message, pos: [offset] }) => ({
        offset,
        text: sentences[code]?.(message) ?? `it is no YAML: ${message}`,
      })),
      ...this.twiceGiven(),
    ]);
  }

  /** What it says, as plain data. @throws InputError where aliases say too much, or nothing */
  value(): unknown {
    try {
      const value: unknown = this.document.toJS({ maxAliasCount: MOST_ALIASES });
      return value;
    } catch (error) {
      if (error instanceof RangeError) throw this.tooDeep();
      if (!(error instanceof ReferenceError)) throw error;
      return this.refuse([this.aliasProblem()]);
    }
  }

  /** The value at a path, or its key; where there is none, what it would stand in. */
  offsetOf(path: Path, of: 'key' | 'value' = 'value'): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node, 0);
    for (const [at, step] of path.entries()) {
      const holder: unknown = isAlias(node) ? node.resolve(this.document) : node;
      const pair = isMap(holder) ? this.pairOf(holder, String(step)) : undefined;
      const item: unknown = isSeq(holder) ? holder.items[Number(step)] : pair?.value;
      if (item === undefined) return offset;
      const isKey = of === 'key' && at === path.length - 1;
      offset = isKey ? startOf(pair?.key, offset) : startOf(item, startOf(pair?.key, offset));
      node = item;
    }
    return offset;
  }

  /** From 1. */
  lineOf(offset: number): number {
    return this.lines.linePos(offset).line;
  }

  /** @throws InputError where there are any: it tells the first, and how many more there are */
  expectNone(problems: readonly Problem[]): void {
    if (problems.length > 0) this.refuse(problems);
  }

  /** @throws InputError */
  refuse(problems: readonly Problem[]): never {
    const [first = { offset: 0, text: 'it is no such file' }, ...others] = [...problems].sort(
      (left, right) => left.offset - right.offset,
    );
    const { line, col } = this.lines.linePos(first.offset);
    const more =
      others.length === 0 ? '' : `; and ${others.length} more ${others.length === 1 ? 'problem' : 'problems'}`;
    throw new InputError(`${this.file}:${line}:${col}: ${first.text.replaceAll(/\s+/g, ' ')}${more}`);
  }

  private parsed(): Document {
    if (isDeep(this.text)) throw this.tooDeep();
    try {
      const options = {
        schema: 'core',
        version: '1.2',
        prettyErrors: false,
        logLevel: 'error',
        uniqueKeys: false,
      } as const;
      return parseDocument(this.text, { ...options, lineCounter: this.lines });
    } catch (error) {
      if (error instanceof RangeError) throw this.tooDeep();
      throw error;
    }
  }

  private tooDeep(): InputError {
    return new InputError(`${this.file}: expected a short list of expectations, came YAML that is nested too deeply`);
  }

  /** Keys that a mapping has already: the library's own check of that takes seconds for some thousand keys. */
  private twiceGiven(): Problem[] {
    const problems: Problem[] = [];
    visit(this.document, {
      Map: (_, { items }) => {
        const seen = new Set<string>();
        for (const { key } of items) {
          const name = nameOf(key);
          if (seen.has(name))
            problems.push({ offset: startOf(key, 0), text: `the key "${name}" is there twice: leave one of them out` });
          seen.add(name);
        }
      },
    });
    return problems;
  }

  private pairOf(map: YAMLMap, name: string): Pair | undefined {
    const known = this.pairs.get(map) ?? new Map(map.items.map((pair) => [nameOf(pair.key), pair]));
    this.pairs.set(map, known);
    return known.get(name);
  }

  private aliasProblem(): Problem {
    const anchors = new Set<string>();
    const aliases: Alias[] = [];
    visit(this.document, {
      Value: (_, { anchor = '' }) => {
        anchors.add(anchor);
      },
      Alias: (_, alias) => {
        aliases.push(alias);
        return anchors.has(alias.source) ? undefined : visit.BREAK;
      },
    });
    const [first, last] = [aliases[0], aliases.at(-1)];
    if (last !== undefined && !anchors.has(last.source))
      return {
        offset: startOf(last, 0),
        text: `expected an anchor "&${last.source}" before "*${last.source}", came none`,
      };
    const text = `expected aliases that stand for ${MOST_ALIASES} values at most, came more: write them out`;
    return { offset: startOf(first, 0), text };
  }
}
