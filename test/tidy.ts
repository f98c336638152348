/**
 * The house rules that no linter knows: which room may import which (design, section 2), what a file begins with, names and
 * words that say nothing. Each ban says what to write instead.
 */
import { posix } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What each room may import besides itself and packages. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  spec: [],
  engine: ['spec'],
  targets: ['spec', 'engine'],
  properties: ['spec', 'engine', 'targets'],
  load: ['spec', 'engine', 'targets', 'properties'],
  gate: ['spec', 'engine', 'targets', 'properties', 'load'],
  audit: ['spec', 'engine', 'targets', 'properties', 'gate'],
  follow: ['spec', 'engine', 'targets', 'properties'],
  reports: ['spec'],
};
/** Where everything is wired together. */
const WIRING = new Set(['cli', '']);

/** The folder under `src/` that a path lies in; empty for `src/index.ts`, undefined outside `src/`. */
const roomOf = (path: string): string | undefined => {
  const [root, room, ...below] = path.split('/');
  if (root !== 'src') return undefined;
  return below.length === 0 ? '' : room;
};

const importsOf = ({ text }: SourceFile): readonly string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

const wrongArrows = (file: SourceFile): string[] => {
  const room = roomOf(file.path);
  if (room === undefined || WIRING.has(room)) return [];
  const allowed = rooms[room];
  if (allowed === undefined) {
    return [`src/${room}/ is no room of the design: put the file into one of ${Object.keys(rooms).join(', ')}, cli`];
  }
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .filter((name) => {
      const other = roomOf(posix.join(posix.dirname(file.path), name));
      return other !== room && !allowed.includes(other ?? 'outside');
    })
    .map((name) => {
      const may = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
      return `imports ${name}, but ${room} may import ${may}: move what is needed down, or hand it in as an argument`;
    });
};

interface Ban {
  readonly in: RegExp;
  /** What is found where the ban is broken. */
  readonly breaks: (file: SourceFile) => string | undefined;
  readonly instead: string;
}

const word =
  (pattern: RegExp) =>
  ({ text }: SourceFile): string | undefined =>
    pattern.exec(text)?.[0];

const lineCount = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;

/** A file that is read at one glance needs no introduction. */
const GLANCE = 20;

const beginsWithComment = ({ text }: SourceFile): boolean => /^(#!.*\n)?\s*\/[*/]/.test(text);

/** Each call stands in a file of its own, with its checks and events above what is exported. */
const documentsItsExport = ({ text }: SourceFile): boolean =>
  /\*\/\s*$/.test(text.slice(0, Math.max(0, text.search(/^export /m))));

const bans: readonly Ban[] = [
  {
    in: /^src\/(?!engine\/calls\/)/,
    breaks: (file) =>
      lineCount(file) > GLANCE && !beginsWithComment(file) ? 'the file begins without a comment' : undefined,
    instead: 'begin with what it is, why it is so, and its source or a figure',
  },
  {
    in: /^src\/engine\/calls\//,
    breaks: (file) =>
      beginsWithComment(file) || documentsItsExport(file) ? undefined : 'the first export has no doc comment',
    instead: "write the call's number, how it fails in the order of its checks, and its events",
  },
  {
    in: /^(src|test)\//,
    breaks: ({ path }) => /(?:^|[/.-])(utils?|helpers?|common|misc|managers?)(?=[/.-])/i.exec(path)?.[1],
    instead: 'name the thing in the words of its field',
  },
  {
    in: /^test\//,
    breaks: word(/\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|skipIf|runIf|todo|fails)\b/),
    instead: 'let every test run: repair it, or delete it and say why in the commit',
  },
  {
    in: /^test\//,
    breaks: word(/\bsetTimeout\(|\bsleep\(|timers\/promises/),
    instead: 'wait for what is waited for: a promise, an event, vi.waitFor',
  },
  {
    in: /^src\/(?:spec|engine)\//,
    breaks: word(/\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bperformance\.now\b|\bconsole\.|\bprocess\./),
    instead: 'take it as an argument: the engine has no clock, no chance and no output',
  },
  {
    in: /^src\/(?:spec|engine)\//,
    breaks: (file) => importsOf(file).find((name) => name.startsWith('node:')),
    instead: 'do input and output in targets, properties or cli',
  },
  {
    in: /^(?:src|test)\//,
    breaks: word(/\b(?:TODO|FIXME|XXX)\b(?!: \S+ \S+)/),
    instead: 'do it, or write behind a colon why it is not done',
  },
];

/** What is untidy in a file, a line each: path, what is wrong, what to write instead. */
export const untidiness = (file: SourceFile): string[] => {
  const broken = bans
    .filter((ban) => ban.in.test(file.path))
    .map((ban) => ({ found: ban.breaks(file), instead: ban.instead }))
    .filter(({ found }) => found !== undefined)
    .map(({ found, instead }) => `${found}: ${instead}`);
  return [...wrongArrows(file), ...broken].map((message) => `${file.path}: ${message}`);
};
