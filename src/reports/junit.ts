/**
 * A run as JUnit XML, for whatever shows tests (Jenkins, GitLab, Azure). A suite is a `<testsuite>` with a case for the whole of
 * it and one for each thing that was found. What was not looked at is `<skipped>`, never passed. Attributes are those of Jenkins'
 * `junit-10.xsd`.
 */
import library, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { Verdict } from '../spec/run-events.js';
import { allowsAbsent, exitOf, type CollectedRun, type CollectedSuite } from './collected-run.js';
import { explanation, type Result } from './results.js';
import { counted, printable, shortened } from './text.js';

// Its types speak of the ES module that it has, too; Node loads the other one, whose default is the builder itself.
const builder = library as unknown as Builder;

/** Characters of a message and of a text: a storage value may have megabytes. */
const MESSAGE = 1_000;
const TEXT = 20_000;

/** As XML can hold it; the library ends a CDATA section rightly only once. */
const content = (text: string): string => printable(shortened(text, TEXT)).replaceAll(']]>', ']]\u200b>');
const attribute = (text: string): string => printable(shortened(text, MESSAGE));

/** To the millisecond: the schema has no exponents. */
const seconds = (milliseconds = 0): number => Number((milliseconds / 1000).toFixed(3));

/** How a suite's own case comes out. */
type Outcome = 'passed' | 'failed' | 'skipped' | 'error';

const OUTCOMES: Readonly<Record<Verdict, Outcome>> = {
  conforms: 'passed',
  deviates: 'passed',
  finding: 'failed',
  unattributed: 'failed',
  absent: 'failed',
  'not covered': 'skipped',
  vacuous: 'skipped',
  error: 'error',
};

const settle = (testCase: TestCase, outcome: Outcome, message: string, type: string, text: string): void => {
  if (outcome === 'failed') testCase.failure(attribute(message), type).stacktrace(content(text));
  else if (outcome === 'error') testCase.error(attribute(message), type, content(text));
  else {
    if (outcome === 'skipped') testCase.skipped();
    testCase.standardOutput(content(text));
  }
};

const isOpen = ({ status }: Result): boolean => status === 'open';

/** What a suite that did not end, or could not, came to. */
const unfinished = (run: CollectedRun): { outcome: Outcome; type: string; message: string } => {
  const why = run.finished?.message ?? '';
  return exitOf(run) === 2
    ? { outcome: 'error', type: 'error', message: `it did not come to its end${why === '' ? '' : `: ${why}`}` }
    : { outcome: 'skipped', type: 'interrupted', message: 'interrupted before its end' };
};

const ofSuite = (suite: CollectedSuite, run: CollectedRun): { outcome: Outcome; type: string; message: string } => {
  const { finished, results } = suite;
  if (!finished) return unfinished(run);
  const { verdict, summary } = finished;
  const message = `${verdict}: ${summary}`;
  if (verdict === 'absent' && allowsAbsent(run)) return { outcome: 'skipped', type: verdict, message };
  const outcome = OUTCOMES[verdict];
  // What fails it has a case of its own.
  if (outcome === 'failed' && results.some(isOpen)) return { outcome: 'passed', type: verdict, message };
  return { outcome, type: verdict, message };
};

const addWhole = (group: TestSuite, suite: CollectedSuite, className: string, run: CollectedRun): void => {
  const { outcome, type, message } = ofSuite(suite, run);
  const more = suite.more === 0 ? [] : [`${counted(suite.more, 'more result')} found, and not listed here`];
  const uncovered = suite.notCovered.map(
    ({ what, reason, count }) => `not covered: ${what} (${count} times): ${reason}`,
  );
  const notReached = suite.notReached.map((cell) => `not reached: ${cell}`);
  const whole = group
    .testCase()
    .className(className)
    .name(attribute(suite.suite))
    .time(seconds(suite.finished?.elapsed));
  settle(whole, outcome, message, type, [message, ...more, ...uncovered, ...notReached].join('\n'));
};

const addResult = (group: TestSuite, result: Result, name: string, className: string): void => {
  const { rule, sentence, status } = result;
  const text = [...(isOpen(result) ? [] : [`${status}:`]), sentence, ...explanation(result)].join('\n');
  settle(group.testCase().className(className).name(name), isOpen(result) ? 'failed' : 'passed', sentence, rule, text);
};

/** Names of one suite's cases must differ. */
const distinct = (): ((name: string) => string) => {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
};

/** ISO 8601 in whole seconds, UTC: what has a zone or a fraction, many readers refuse. */
const timestamp = (time: string): string => time.replace(/(\.\d+)?Z$/, '');

/** A run that failed before any suite could say so. */
const OWN_SUITE = 'assay';

const hasError = ({ finished }: CollectedSuite): boolean => !finished || finished.verdict === 'error';

const isUnsaid = (run: CollectedRun): boolean =>
  run.suites.length === 0 || (exitOf(run) === 2 && !run.suites.some(hasError));

export const junitReport = (run: CollectedRun): string => {
  const report = builder.newBuilder().name(OWN_SUITE);
  const suites = isUnsaid(run)
    ? [...run.suites, { suite: OWN_SUITE, results: [], more: 0, notCovered: [], notReached: [] }]
    : run.suites;
  for (const suite of suites) {
    const { started, finished } = suite;
    const className = `assay.${started?.kind ?? 'run'}`;
    const group = report.testSuite().name(attribute(suite.suite)).time(seconds(finished?.elapsed));
    if (run.started) group.timestamp(timestamp(run.started.time)).property('assay', run.started.version);
    if (started) group.property('target', attribute(started.target));
    if (started?.seed !== undefined) group.property('seed', `${started.seed}`);
    addWhole(group, suite, className, run);
    const nameOf = distinct();
    for (const result of suite.results) addResult(group, result, nameOf(attribute(result.id)), className);
  }
  // The library writes one attribute that no schema has.
  return report.build().replace(/(<testsuites[^>]*?) skipped="\d+"/, '$1') + '\n';
};
