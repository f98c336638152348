/** One run of a command: where its events go, how it ends, what it exits with. */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { terminalReport } from '../reports/terminal.js';
import {
  RUN_EVENTS_FORMAT,
  SEVERITY,
  type Emit,
  type RunEvent,
  type SuiteFinished,
  type Verdict,
} from '../spec/run-events.js';
import { Interrupted, NodeFailure } from '../targets/failures.js';
import { Prospect, withoutSecrets, type NextFacts } from './next-steps.js';
import { openReports } from './report-files.js';

/** This package's version. */
export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;

export interface SessionOptions extends NextFacts {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Whether stdout is for something else, and a person reads on stderr. */
  readonly toStderr?: boolean;
}

/** What a command gives back: the run's message and its exit code. */
export interface Ending {
  readonly message: string;
  readonly exit: 0 | 1 | 2;
}

export interface Session {
  readonly emit: Emit;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the suites so far came to. */
  readonly suites: readonly SuiteFinished[];
}

/** A run's verdict is its worst suite's. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY[Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)))] ?? 'error';

const INTERRUPTED = 130;

const now = (): number => performance.now();

/**
 * Runs a command: tells its beginning and end, lets Ctrl-C end it with what was done kept, and answers its exit code.
 * @throws InputError and whatever else `body` throws, after the reports were closed.
 */
export const runSession = async (
  options: SessionOptions,
  body: (session: Session) => Promise<Ending>,
): Promise<number> => {
  const stream = options.toStderr === true ? process.stderr : process.stdout;
  const terminal = terminalReport({ stream, quiet: options.quiet === true, verbose: options.verbose === true });
  let isThrown = false;
  let aftermath = '';
  // What is thrown is told on stderr by whoever catches it: once is enough for a person.
  const toTerminal: Emit = (event) =>
    terminal(isThrown && event.type === 'run-finished' ? { ...event, message: aftermath } : event);
  const reports = await openReports(options, toTerminal);
  const suites: SuiteFinished[] = [];
  const prospect = new Prospect(process.argv.slice(2), options);
  const emit = (event: RunEvent): void => {
    prospect.emit(event);
    if (event.type === 'suite-finished') suites.push(event);
    reports.emit(event);
  };
  const abort = new AbortController();
  // Everything that is asked of a node listens for it.
  setMaxListeners(0, abort.signal);
  const interrupt = (): void => {
    if (!abort.signal.aborted) {
      abort.abort();
      return;
    }
    reports.close();
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', interrupt);
  const started = now();
  const finish = (verdict: Verdict, exit: number, message: string, next: readonly string[] = []): number => {
    const told = next.length === 0 ? {} : { next: [...next] };
    emit({ type: 'run-finished', verdict, exit, message, ...told, elapsed: now() - started });
    return exit;
  };
  emit({
    type: 'run-started',
    format: RUN_EVENTS_FORMAT,
    version,
    node: process.version,
    command: withoutSecrets(process.argv.slice(2)),
    time: new Date().toISOString(),
  });
  const interrupted = (): number => {
    const verdict = worst(suites.map((suite) => suite.verdict));
    const message = suites.length === 0 ? 'nothing was done yet' : 'the table has what was done so far';
    return finish(verdict, INTERRUPTED, `interrupted: ${message}`, prospect.afterInterrupt());
  };
  try {
    const { message, exit } = await body({ emit, now, signal: abort.signal, suites });
    if (abort.signal.aborted) return interrupted();
    const verdict = worst(suites.map((suite) => suite.verdict));
    return finish(verdict, exit, message, prospect.next(verdict));
  } catch (error) {
    // What was interrupted may not be able to end as it should: nobody asked for that any more.
    const isAftermath = abort.signal.aborted && error instanceof NodeFailure;
    if (error instanceof Interrupted || isAftermath) return interrupted();
    isThrown = true;
    if (error instanceof NodeFailure && suites.length > 0) aftermath = prospect.afterFailure();
    finish('error', 2, error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    // Ctrl-C goes on to be heard: by itself it would end the process with no exit code, and this is the end anyway.
    reports.close();
  }
};
