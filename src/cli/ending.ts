/** What a run comes to: its exit code and its last sentence, by the verdicts of its suites. */
import type { SuiteFinished, Verdict } from '../spec/run-events.js';
import { worst, type Ending, type Session } from './session.js';

/** What is let pass, or not. */
export interface Leniency {
  readonly requireCoverage: boolean;
  readonly allowAbsent?: boolean;
}

const failing: ReadonlySet<Verdict> = new Set(['finding', 'unattributed', 'not covered']);

const exitOf = (suites: readonly SuiteFinished[], { requireCoverage, allowAbsent }: Leniency): Ending['exit'] => {
  const verdicts = suites.map(({ verdict }) => verdict);
  if (verdicts.includes('error')) return 2;
  const fails = (verdict: Verdict): boolean =>
    failing.has(verdict) ||
    (verdict === 'vacuous' && requireCoverage) ||
    (verdict === 'absent' && allowAbsent !== true);
  return verdicts.some(fails) ? 1 : 0;
};

const messages: Readonly<Record<Verdict, string>> = {
  conforms: 'everything that was compared equals what was expected',
  deviates: 'what is wrong is known of the deployed pallet ("assay list deviations"), and mended under "promised"',
  vacuous: 'some part of the run did not reach what it is about: give it more --runs or --steps, or another recording',
  'not covered': 'the recording has calls that the specification does not describe',
  absent:
    'a pallet that is looked for is not there: --allow-absent lets that pass, and the rest is checked all the same',
  unattributed: 'a difference could not be attributed',
  finding: 'something is otherwise than expected',
  error: 'the work could not be done to its end: the table has what was done',
};

/** How a run ends by what its suites came to. */
export const ending = ({ suites }: Session, leniency: Leniency): Ending => {
  const verdict = worst(suites.map((suite) => suite.verdict));
  return { message: `${verdict}: ${messages[verdict]}`, exit: exitOf(suites, leniency) };
};
