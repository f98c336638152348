/**
 * The run for a person at a terminal: progress while it works, what was found as it is found, and an end that is understood in ten
 * seconds. Plain lines where there is no terminal; no colours, and nothing that is drawn over, with `NO_COLOR`.
 */
import type { Difference, Emit, Finding, RunEvent, SuiteFinished } from '../spec/run-events.js';
import { machineText } from './figures.js';
import { canBeDrawnOver, paintOf, takesColours } from './terminal/paint.js';
import { NO_PROGRESS, progressBar, progressLines } from './terminal/progress.js';
import { summaryText, type Ended } from './terminal/summary.js';
import { tableOf } from './terminal/table.js';
import {
  counterexampleLines,
  coverageLines,
  differenceLines,
  figuresTable,
  findingLines,
  harmlessLine,
  isSentence,
  sentenceLine,
  type Sentence,
  type Style,
} from './terminal/told.js';

/** Differences of a suite that are shown; the others are counted. */
const SHOWN_DIFFERENCES = 5;
/** Sentences of one kind in a suite that are shown. */
const SHOWN_SENTENCES = 20;
/** Findings of a suite of which the steps are shown; the others are a line each. */
const SHOWN_STEPS = 10;
/** Columns of what is no terminal, and of a terminal that does not say. */
const PLAIN_COLUMNS = 120;
const USUAL_COLUMNS = 80;

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const DOING: Readonly<Record<Event<'suite-started'>['kind'], string>> = {
  replay: 'replaying',
  invariant: 'searching',
  layout: 'looking at',
  differential: 'comparing',
  record: 'recording',
  node: 'meeting',
  pool: 'asking the',
  interface: 'comparing',
  fingerprint: 'telling',
  behaviour: 'comparing',
  upgrade: 'trying',
  cost: 'counting',
  expectations: 'holding against',
  bench: 'timing',
  growth: 'measuring',
  load: 'loading',
  follow: 'following',
};

const doingOf = ({ kind, suite, seed }: Event<'suite-started'>): string =>
  `${DOING[kind]} ${suite}${seed === undefined ? '' : `, seed ${seed}`}`;

/** What other reports show: who ran what, a node in full, pictures. */
type ForOthers = Event<'run-started' | 'node-introduced' | 'curves'>;

const isForOthers = (event: RunEvent): event is ForOthers =>
  event.type === 'run-started' || event.type === 'node-introduced' || event.type === 'curves';

/** What is left with `--quiet`: what was asked for, and the end. */
const isOfTheEnd = ({ type }: RunEvent): boolean => type === 'figures' || type === 'listing';

const REST: Readonly<Record<Sentence['type'] | 'difference', string>> = {
  difference: 'differences',
  'layout-finding': 'findings about the layout',
  notice: 'notices',
  'not-covered': 'kinds of things that are not covered',
};

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  /** Nothing but what was asked for, and the end. */
  readonly quiet: boolean;
  /** Everything, and nothing of it cut. Default: false. */
  readonly verbose?: boolean;
  /** Milliseconds since some moment. */
  readonly now?: () => number;
  /** Where `NO_COLOR` and the like stand. Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The terminal report, as a consumer of run events. */
export const terminalReport = ({
  stream,
  quiet,
  verbose = false,
  now = () => performance.now(),
  env = process.env,
}: TerminalOptions): Emit => {
  const paint = paintOf(takesColours(stream, env));
  const style: Style = { paint, isWhole: verbose };
  const columns = (): number => (stream.isTTY ? stream.columns || USUAL_COLUMNS : PLAIN_COLUMNS);
  const write = (line: string): void => void stream.write(paint.clean(line) + '\n');
  const progress = quiet
    ? NO_PROGRESS
    : canBeDrawnOver(stream, env)
      ? progressBar(stream, columns, now)
      : progressLines(write, now);

  const ended: Ended[] = [];
  let suite: Event<'suite-started'> | null = null;
  /** Of all suites. */
  const open: Finding[] = [];
  /** Of the suite that is under way. */
  const harmless: Finding[] = [];
  const shown = new Map<string, number>();

  const say = (...lines: readonly string[]): void => {
    if (lines.length > 0) progress.clear();
    for (const line of lines) write(line);
  };

  /** Says the first of many in a suite, and once that there are more. */
  const sayFirst = (event: Difference | Sentence, most: number, lines: () => readonly string[]): void => {
    const key = JSON.stringify([event.type, event.suite]);
    const count = (shown.get(key) ?? 0) + 1;
    shown.set(key, count);
    if (verbose || count <= most) say(...lines());
    else if (count === most + 1)
      say(`more ${REST[event.type]} in this suite are counted, not shown: --verbose shows all, --json FILE keeps all`);
  };

  const finding = (each: Finding): void => {
    if (each.status === 'harmless') {
      harmless.push(each);
      return;
    }
    if (each.status === 'open') open.push(each);
    if (quiet) return;
    const hasSteps = verbose || open.filter((other) => other.suite === each.suite).length <= SHOWN_STEPS;
    say(...findingLines(each, hasSteps, style));
  };

  const start = (event: Event<'suite-started'>): void => {
    suite = event;
    if (event.about !== undefined && !quiet) say(`${event.suite}: ${event.about}`);
    progress.begin(doingOf(event));
  };

  const finish = (finished: SuiteFinished): void => {
    progress.clear();
    if (harmless.length > 0 && !quiet) say(harmlessLine(harmless, style));
    harmless.length = 0;
    if (suite !== null) ended.push({ kind: suite.kind, target: suite.target, finished });
  };

  const end = ({ message, next = [] }: Event<'run-finished'>): void => {
    progress.clear();
    const text = summaryText({ open, suites: ended, message, next }, columns(), style);
    if (text !== '') say(text);
  };

  /** Between a suite's beginning and its end. */
  const tell = (
    event: Exclude<RunEvent, ForOthers | Event<'suite-started' | 'suite-finished' | 'run-finished'>>,
  ): void => {
    if (isSentence(event)) {
      sayFirst(event, SHOWN_SENTENCES, () => [sentenceLine(event, style)]);
      return;
    }
    switch (event.type) {
      case 'progress':
        progress.update(event);
        break;
      case 'difference':
        sayFirst(event, SHOWN_DIFFERENCES, () => differenceLines(event, style));
        break;
      case 'coverage':
        say(...coverageLines(event, style));
        break;
      case 'counterexample':
        say(...counterexampleLines(event, style));
        break;
      case 'machine':
        say(`measured on ${machineText(event)}`);
        break;
      case 'figures':
        say('', event.title, figuresTable(event, columns()));
        break;
      case 'listing':
        say(tableOf(event.columns, event.rows, columns()));
        break;
      case 'finding':
        finding(event);
        break;
      default:
        event satisfies never;
    }
  };

  return (event) => {
    if (isForOthers(event)) return;
    if (event.type === 'suite-started') start(event);
    else if (event.type === 'suite-finished') finish(event);
    else if (event.type === 'run-finished') end(event);
    else if (!quiet || event.type === 'finding' || isOfTheEnd(event)) tell(event);
  };
};
