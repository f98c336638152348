/**
 * A run's events gathered by suite, for the reports that are written when all is known. Bounded: a replay may differ in each of
 * a million steps, and what is beyond the bounds is counted.
 */
import type {
  CoverageEvent,
  Curves,
  Figures,
  Machine,
  NodeIntroduced,
  NotCoveredEvent,
  RunEvent,
  SuiteFinished,
} from '../spec/run-events.js';
import { resultOf, type Result, type ResultRule, type ResultStatus } from './results.js';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
export type NotCovered = ReturnType<typeof NotCoveredEvent.parse>;

/** Results that a suite keeps of each rule. Those of a gate are one for each shape, so that they are few. */
const KEPT: Readonly<Partial<Record<ResultRule, number>>> = { difference: 100, layout: 100 };
const KEPT_OTHERS = 1_000;

export interface CollectedSuite {
  readonly suite: string;
  readonly started?: Event<'suite-started'>;
  readonly results: readonly Result[];
  /** Results that were not kept. */
  readonly more: number;
  readonly notCovered: readonly NotCovered[];
  /** Cells that could have been reached. */
  readonly notReached: readonly string[];
  /** Missing where the suite told none. */
  readonly coverage?: CoverageEvent;
  /** Missing where the run ended before the suite did. */
  readonly finished?: SuiteFinished;
}

export interface CollectedRun {
  readonly started?: Event<'run-started'>;
  readonly machine?: Machine;
  /** That were met. */
  readonly nodes: readonly NodeIntroduced[];
  readonly figures: readonly Figures[];
  readonly curves: readonly Curves[];
  readonly suites: readonly CollectedSuite[];
  /** Missing where somebody ended the process. */
  readonly finished?: Event<'run-finished'>;
}

export interface RunCollector {
  readonly emit: (event: RunEvent) => void;
  /** What was told so far. */
  readonly run: () => CollectedRun;
}

class Suite {
  started: Event<'suite-started'> | undefined;
  finished: SuiteFinished | undefined;
  readonly notCovered: NotCovered[] = [];
  coverage: CoverageEvent | undefined;
  private readonly results: Result[] = [];
  private readonly counts = new Map<ResultRule, number>();
  private more = 0;

  constructor(readonly name: string) {}

  add(result: Result): void {
    const count = (this.counts.get(result.rule) ?? 0) + 1;
    this.counts.set(result.rule, count);
    if (count <= (KEPT[result.rule] ?? KEPT_OTHERS)) this.results.push(result);
    else this.more += 1;
  }

  collected(): CollectedSuite {
    const { name, started, finished, more, notCovered, coverage } = this;
    return {
      suite: name,
      results: finished?.verdict === 'deviates' ? this.results.map(asKnown) : [...this.results],
      more,
      notCovered: [...notCovered],
      notReached: coverage?.missing ?? [],
      ...(coverage && { coverage }),
      ...(started && { started }),
      ...(finished && { finished }),
    };
  }
}

const KNOWN = 'known of the deployed pallet: it breaks under "deployed" rules and holds as promised';

const asKnown = (result: Result): Result =>
  result.status === 'open' ? { ...result, status: 'known', reason: KNOWN } : result;

export const runCollector = (): RunCollector => {
  const suites: Suite[] = [];
  let started: Event<'run-started'> | undefined;
  let finished: Event<'run-finished'> | undefined;

  /** A recording that is named twice is two suites of one name: the later one is meant. */
  const suiteOf = (name: string): Suite => suites.findLast((suite) => suite.name === name) ?? begin(name);
  const begin = (name: string): Suite => {
    const suite = new Suite(name);
    suites.push(suite);
    return suite;
  };

  let machine: Machine | undefined;
  const nodes: NodeIntroduced[] = [];
  const figures: Figures[] = [];
  const curves: Curves[] = [];

  const emit = (event: RunEvent): void => {
    const result = resultOf(event);
    if (result) suiteOf(result.suite).add(result);
    if (event.type === 'run-started') started = event;
    if (event.type === 'suite-started') begin(event.suite).started = event;
    if (event.type === 'not-covered') suiteOf(event.suite).notCovered.push(event);
    if (event.type === 'coverage') suiteOf(event.suite).coverage = event;
    if (event.type === 'suite-finished') suiteOf(event.suite).finished = event;
    if (event.type === 'machine') machine = event;
    if (event.type === 'node-introduced') nodes.push(event);
    if (event.type === 'figures') figures.push(event);
    if (event.type === 'curves') curves.push(event);
    if (event.type === 'run-finished') finished = event;
  };

  const run = (): CollectedRun => ({
    suites: suites.map((suite) => suite.collected()),
    nodes,
    figures,
    curves,
    ...(machine && { machine }),
    ...(started && { started }),
    ...(finished && { finished }),
  });
  return { emit, run };
};

/** All of a run's results of one status, as they were found. */
export const withStatus = ({ suites }: CollectedRun, ...statuses: readonly ResultStatus[]): Result[] =>
  suites.flatMap(({ results }) => results.filter(({ status }) => statuses.includes(status)));

const EXITS: ReadonlyMap<number, string> = new Map([
  [0, 'as expected'],
  [1, 'not as expected'],
  [2, 'the work could not be done'],
  [130, 'interrupted'],
]);

/** What a run that ended without a word exits with, as one that was interrupted. */
const INTERRUPTED = 130;

export const exitOf = ({ finished }: CollectedRun): number => finished?.exit ?? INTERRUPTED;

/** What an exit code means: the README's table. */
export const meaningOf = (exit: number): string => EXITS.get(exit) ?? 'unknown';

/** Whether a pallet that is absent was let pass: nothing can be failing where the run is as expected. */
export const allowsAbsent = (run: CollectedRun): boolean =>
  exitOf(run) === 0 || run.started?.command.includes('--allow-absent') === true;
