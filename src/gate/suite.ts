/** One suite of the gate: begun, its findings told under the expectations, ended with the verdict that they come to. */
import type { Emit, SuiteFinished, SuiteStarted, Verdict } from '../spec/run-events.js';
import type { FoundChange } from './expectations.js';

interface Telling {
  readonly emit: Emit;
  /** Milliseconds. */
  readonly now: () => number;
  readonly seed: number;
}

interface Ended {
  readonly summary: string;
  readonly scenarios?: number;
  readonly steps?: number;
  /** Where it is not what the findings come to. */
  readonly verdict?: Verdict;
  readonly rules?: NonNullable<SuiteFinished['rules']>;
  readonly spoke?: NonNullable<SuiteFinished['spoke']>;
}

export interface Suite {
  readonly name: string;
  /** Tells findings, with what the expectations make of them. */
  tell(findings: readonly FoundChange[]): void;
  end(ended: Ended): void;
}

/** An open finding fails; what is accepted or on a list is known, what is announced is as it should be. */
const verdictOf = (told: readonly FoundChange[]): Verdict => {
  if (told.some(({ status }) => status === 'open')) return 'finding';
  return told.some(({ status }) => status === 'accepted' || status === 'known') ? 'deviates' : 'conforms';
};

/** How many of what are not open. */
const countsOf = (told: readonly FoundChange[]): string => {
  const of = (status: FoundChange['status']): number => told.filter((each) => each.status === status).length;
  const named = (['open', 'announced', 'accepted', 'known'] as const).filter((status) => of(status) > 0);
  return named.map((status) => `${of(status)} ${status}`).join(', ');
};

export const startSuite = (
  { emit, now, seed }: Telling,
  { name: suite, ...about }: { readonly name: string } & Pick<SuiteStarted, 'kind' | 'target' | 'code'>,
  settle: (findings: readonly FoundChange[]) => readonly FoundChange[],
): Suite => {
  const started = now();
  const told: FoundChange[] = [];
  emit({ type: 'suite-started', suite, ...about, seed });
  return {
    name: suite,
    tell(findings) {
      for (const finding of settle(findings)) {
        told.push(finding);
        emit({ type: 'finding', suite, ...finding });
      }
    },
    end({ summary, scenarios = 0, steps = 0, verdict, rules, spoke }) {
      const counts = countsOf(told);
      const found = verdictOf(told);
      emit({
        type: 'suite-finished',
        suite,
        // What was found weighs more than that there was little to find it in.
        verdict: verdict === undefined || (verdict !== 'error' && found === 'finding') ? found : verdict,
        scenarios,
        steps,
        differences: told.filter(({ status }) => status === 'open').length,
        summary: counts === '' ? summary : `${counts}; ${summary}`,
        ...(rules && { rules }),
        ...(spoke && { spoke }),
        elapsed: now() - started,
      });
    },
  };
};
