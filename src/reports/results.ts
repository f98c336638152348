/**
 * Whatever a run finds, in one shape for all reports: differences, layout findings, counterexamples and a gate's findings. The
 * word is SARIF's.
 */
import type { Counterexample, Difference, Finding, LayoutFinding, RunEvent } from '../spec/run-events.js';

/** What kind of thing it is, as SARIF's rules and JUnit's types name it. */
export type ResultRule = Finding['kind'] | 'layout' | 'difference' | 'counterexample' | 'invariant';

/** `known`: a broken invariant of the deployed rules. All but `open` let the exit code be. */
export type ResultStatus = Finding['status'] | 'known';

export interface Result {
  readonly suite: string;
  readonly rule: ResultRule;
  /** The same in every run that finds the same. */
  readonly id: string;
  /** `Pallet.name`, or what comes nearest. */
  readonly part: string;
  readonly sentence: string;
  readonly status: ResultStatus;
  /** Whom it harms, and which runtime is to blame. Empty where neither is known. */
  readonly harm: string;
  /** Why it is not open. */
  readonly reason?: string;
  /** Further lines for a person. */
  readonly details: readonly string[];
  readonly steps: readonly string[];
  /** The recording that shows it, and the command that plays it. */
  readonly evidence?: string;
  readonly command?: string;
  /** Where in a recording that was replayed. */
  readonly place?: { readonly file: string; readonly line: number };
  /** The event that told it, for who shows its parts each in a place of its own. */
  readonly source: Difference | LayoutFinding | Counterexample | Finding;
}

const BLAMED: Readonly<Record<NonNullable<Finding['blame']>, string>> = {
  old: 'the old runtime is to blame',
  new: 'the new runtime is to blame',
  both: 'both runtimes are to blame',
  unknown: 'to blame: unknown',
};

/** Whose the first of a gate's two answers is. */
export const FIRST_SIDE: Readonly<Record<NonNullable<Finding['against']>, string>> = {
  old: 'old runtime',
  announced: 'the engine, as announced',
  found: 'the engine, by the rules that were found',
};
export const SECOND_SIDE = 'new runtime';

/** `Pallet.name` in a text, as storage keys, events and calls have it. */
const partIn = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.flatMap((text) => /\b[A-Z]\w*\.\w+/.exec(text ?? '')?.[0] ?? []).at(0);

/** Values change with the seed; what they are values of does not. */
const withoutValues = (text: string): string =>
  text.replace(/: expected .*$/s, '').replaceAll(/\b(0x)?[0-9a-f]{8,}/g, '…');

const ofDifference = (each: Difference): Result => ({
  suite: each.suite,
  rule: 'difference',
  id: `difference/${each.aspect}/${withoutValues(each.where)}`,
  part: partIn(each.where, each.what) ?? each.aspect,
  sentence: `${each.aspect} ${each.where}: expected ${each.expected}, observed ${each.observed}`,
  status: 'open',
  harm: '',
  details: [
    `scenario ${each.scenario}${each.step === null ? '' : `, step ${each.step}`}, block ${each.block}`,
    `step: ${each.what}`,
  ],
  steps: [],
  source: each,
  ...(each.file !== undefined && { place: { file: each.file, line: each.line ?? 1 } }),
});

const ofLayout = (each: LayoutFinding): Result => ({
  suite: each.suite,
  rule: 'layout',
  id: `layout/${each.path}`,
  part: each.path,
  sentence: each.sentence,
  status: 'open',
  harm: '',
  details: [`expected: ${each.expected}`, `observed: ${each.observed}`],
  steps: [],
  source: each,
});

const ofCounterexample = (each: Counterexample): Result => {
  const { invariant, broken, rules } = each;
  return {
    suite: each.suite,
    rule: invariant === undefined ? 'counterexample' : 'invariant',
    id: `counterexample/${invariant ?? withoutValues(broken)}/${rules}`,
    part: partIn(broken, each.steps.at(-1)) ?? invariant ?? 'engine',
    sentence:
      invariant === undefined
        ? `differs from the engine under ${rules}: ${broken}`
        : `${invariant} breaks under ${rules}: ${broken}`,
    status: 'open',
    harm: '',
    details: each.statement === undefined ? [] : [`${each.invariant}: ${each.statement}`],
    steps: each.steps,
    evidence: each.file,
    command: each.command,
    source: each,
  };
};

const ofFinding = (each: Finding): Result => ({
  suite: each.suite,
  rule: each.kind,
  id: each.id,
  part: each.part,
  sentence: each.sentence,
  status: each.status,
  harm: [each.effect ?? '', each.blame === undefined ? '' : BLAMED[each.blame]]
    .filter((text) => text !== '')
    .join('; '),
  details: [
    ...(each.old === undefined ? [] : [`${FIRST_SIDE[each.against ?? 'old']}: ${each.old}`]),
    ...(each.new === undefined ? [] : [`${SECOND_SIDE}: ${each.new}`]),
  ],
  steps: each.steps ?? [],
  source: each,
  ...(each.expectation !== undefined && { reason: each.expectation }),
  ...(each.file !== undefined && { evidence: each.file }),
  ...(each.command !== undefined && { command: each.command }),
});

/** Null for events that find nothing. */
export const resultOf = (event: RunEvent): Result | null => {
  if (event.type === 'difference') return ofDifference(event);
  if (event.type === 'layout-finding') return ofLayout(event);
  if (event.type === 'counterexample') return ofCounterexample(event);
  return event.type === 'finding' ? ofFinding(event) : null;
};

/** Whom it harms, from the worst on; what is said to harm nobody in particular comes between the severities. */
const HARMS = ['breaks the upgrade', 'critical', 'breaks callers', 'high', '', 'breaks indexers', 'medium', 'low'];

const harmIn = ({ effect, severity }: Finding): number => HARMS.indexOf(effect ?? severity ?? '');

/** By how bad they are, else in order. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => harmIn(a) - harmIn(b));

/** What a person needs to see it again. */
export const explanation = ({ harm, reason, details, steps, command }: Result): string[] => [
  ...(harm === '' ? [] : [harm]),
  ...(reason === undefined ? [] : [reason]),
  ...details,
  ...steps.map((step, at) => `${at + 1}. ${step}`),
  ...(command === undefined ? [] : [`replay it: ${command}`]),
];
