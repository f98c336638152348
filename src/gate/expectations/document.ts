/** A YAML document whose every problem has its place. YAML is read as version 1.2 has it: days are texts, and `no` is one. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
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

/** What is to be done, by the library's code. */
const hints: Readonly<Record<string, string>> = {
  BAD_SCALAR_START: ': put it into quotes',
  BLOCK_AS_IMPLICIT_KEY: ': put text with ": " in it into quotes',
};

const isNamed = (key: unknown, name: PropertyKey): boolean => isScalar(key) && String(key.value) === String(name);

const startOf = (node: unknown, otherwise: number): number => (isNode(node) ? node.range?.[0] : undefined) ?? otherwise;

export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;

  /** @throws InputError where it is no YAML */
  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {
    this.document = this.parsed();
    this.expectNone(
      [...this.document.errors, ...this.document.warnings].map(({ code, message, pos: [offset] }) => ({
        offset,
        text: code === 'DUPLICATE_KEY' ? this.twice(offset) : `it is no YAML: ${message}${hints[code] ?? ''}`,
      })),
    );
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
      const pair = isMap(holder) ? holder.items.find(({ key }) => isNamed(key, step)) : undefined;
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
    try {
      const options = { schema: 'core', version: '1.2', prettyErrors: false, logLevel: 'error' } as const;
      return parseDocument(this.text, { ...options, lineCounter: this.lines });
    } catch (error) {
      if (error instanceof RangeError) throw this.tooDeep();
      throw error;
    }
  }

  private tooDeep(): InputError {
    return new InputError(`${this.file}: expected a short list of expectations, came YAML that is nested too deeply`);
  }

  private twice(offset: number): string {
    const [key = ''] = /^[^\n:]*/.exec(this.text.slice(offset)) ?? [];
    return `the key ${key.trim()} is there twice: leave one of them out`;
  }

  private aliasProblem(): Problem {
    const { document } = this;
    const aliases: { readonly offset: number; readonly unknown: boolean; readonly name: string }[] = [];
    visit(document, {
      Alias: (_, node) => {
        const unknown = node.resolve(document) === undefined;
        aliases.push({ offset: startOf(node, 0), unknown, name: node.source });
      },
    });
    const unknown = aliases.find((alias) => alias.unknown);
    if (unknown !== undefined)
      return {
        offset: unknown.offset,
        text: `expected an anchor "&${unknown.name}" before "*${unknown.name}", came none`,
      };
    return {
      offset: aliases[0]?.offset ?? 0,
      text: `expected aliases that stand for ${MOST_ALIASES} values at most, came more: write them out`,
    };
  }
}
