/**
 * What was found as workflow commands, which GitHub Actions shows beside the run and the pull request. GitHub takes ten of each
 * level from a step. Until then no line of the log is a command: what a runtime says of itself could be one.
 */
import type { Emit } from '../spec/run-events.js';
import { allowsAbsent, runCollector, withStatus, type CollectedRun } from './collected-run.js';
import type { Result } from './results.js';
import { printable, shortened } from './text.js';

/** Of each level, from one step. */
const SHOWN = 10;
const TEXT = 1_000;

export interface Annotation {
  readonly title: string;
  readonly text: string;
}

type Level = 'error' | 'warning' | 'notice';

/** GitHub's own escapes: of a command's text, and of its properties. */
const escaped = (text: string): string =>
  printable(shortened(text, TEXT)).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedProperty = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export const workflowCommand = (level: Level, { title, text }: Annotation): string =>
  `::${level} title=${escapedProperty(title)}::${escaped(text)}`;

/** The first ones, and the last of them counts the others. */
const bounded = (annotations: readonly Annotation[]): readonly Annotation[] => {
  if (annotations.length <= SHOWN) return annotations;
  const rest = annotations.length - SHOWN + 1;
  const counting = { title: 'Assay', text: `${rest} more: the table, --json and --markdown have them` };
  return [...annotations.slice(0, SHOWN - 1), counting];
};

const ofResult = ({ id, sentence, harm, reason, command }: Result): Annotation => ({
  title: `Assay: ${id}`,
  text: [sentence, harm, reason ?? '', command === undefined ? '' : `replay it: ${command}`]
    .filter((line) => line !== '')
    .join('\n'),
});

/** Suites in which nothing was found, and yet something is amiss. */
const ofSuites = (run: CollectedRun, verdicts: readonly string[]): Annotation[] =>
  run.suites.flatMap(({ suite, finished, results }) => {
    if (!finished || !verdicts.includes(finished.verdict)) return [];
    const isTold = results.some(({ status }) => status === 'open');
    return isTold ? [] : [{ title: `Assay: ${suite}`, text: `${finished.verdict}: ${finished.summary}` }];
  });

/** Why the work could not be done, where no suite says so. */
const failureOf = ({ finished, suites }: CollectedRun): Annotation[] =>
  finished?.exit === 2 && finished.message !== '' && !suites.some((suite) => suite.finished?.verdict === 'error')
    ? [{ title: 'Assay', text: finished.message }]
    : [];

/** The commands for a run, a line each. */
export const annotationsOf = (run: CollectedRun): string[] => {
  const absence = allowsAbsent(run) ? [] : ['absent'];
  const levels: Readonly<Record<Level, readonly Annotation[]>> = {
    error: [
      ...failureOf(run),
      ...withStatus(run, 'open').map(ofResult),
      ...ofSuites(run, ['error', 'finding', 'unattributed', ...absence]),
    ],
    warning: ofSuites(run, ['vacuous', 'not covered', ...(absence.length > 0 ? [] : ['absent'])]),
    notice: withStatus(run, 'announced', 'accepted').map(ofResult),
  };
  const inOrder = ['error', 'warning', 'notice'] as const;
  return inOrder.flatMap((level) => bounded(levels[level]).map((each) => workflowCommand(level, each)));
};

export interface AnnotationsOptions {
  /** Writes a line. */
  readonly write: (line: string) => void;
  /** What nobody can guess: the word that makes GitHub listen again. */
  readonly token: string;
}

/** The annotations, as a consumer of run events: it begins before anything else is printed, and ends after it. */
export const annotationsReport = ({ write, token }: AnnotationsOptions): Emit => {
  const { emit, run } = runCollector();
  return (event) => {
    emit(event);
    if (event.type === 'run-started') write(`::stop-commands::${token}`);
    if (event.type !== 'run-finished') return;
    write(`::${token}::`);
    for (const line of annotationsOf(run())) write(line);
  };
};
