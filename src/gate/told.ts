/** What the gate found, in words: findings before expectations are applied to them. */
import { deviations, revisions } from '../spec/deviations.js';
import { allRules, revisionRules, type RevisionRule, type Rule, type Rules } from '../spec/rules.js';
import type { Fingerprint, RuleReading } from '../properties/fingerprint.js';
import type { FoundChange } from './expectations.js';
import type { Parting } from './explore.js';
import type { InterfaceChange } from './interface.js';
import type { Proven } from './prove.js';
import type { Measure } from './sides.js';

export const toldChange = ({ effect, ...change }: InterfaceChange): FoundChange => ({
  ...change,
  kind: 'interface',
  effect,
  status: effect === 'harmless' ? 'harmless' : 'open',
});

/** The rules in which two rule sets differ. */
export const flipped = (one: Rules, other: Rules): readonly Rule[] =>
  allRules.filter((rule) => one.setting(rule) !== other.setting(rule));

const isRevision = (rule: Rule): rule is RevisionRule => revisionRules.some((each) => each === rule);

interface Described {
  readonly title: string;
  readonly calls: readonly string[];
}

const describedAs = (rule: Rule): Described =>
  isRevision(rule) ? revisions[rule] : (deviations.find(({ id }) => id === rule) ?? { title: rule, calls: [] });

/** The calls that a rule touches. */
export const callsOf = (rule: Rule): readonly string[] => describedAs(rule).calls;

/** The witness of a deviation that flipped: what shows it. Of a revision there is none. */
export const readingOf = ({ readings }: Fingerprint, rule: Rule): RuleReading | undefined =>
  readings.find((each) => each.rule === rule);

/** A rule that the new runtime follows otherwise than the old one. */
export const toldFlip = (rule: Rule, old: Rules, next: Rules, reading: RuleReading | undefined): FoundChange => {
  const decisive = reading && 'call' in reading.decisive ? reading.decisive.call.name : undefined;
  const [was, is] = [old.setting(rule), next.setting(rule)];
  return {
    id: `rule/${rule}`,
    kind: 'rule',
    part: decisive ?? callsOf(rule)[0] ?? rule,
    sentence: `${rule} is as ${is} in the new runtime, as ${was} in the old one: ${describedAs(rule).title}. It touches ${callsOf(rule).join(', ')}`,
    old: was,
    new: is,
    against: 'old',
    blame: 'new',
    status: 'open',
  };
};

const BLAMES = {
  old: 'the old one departs from the engine, and the new one no longer does',
  new: 'the new one departs from the engine, the old one does not',
  both: 'both depart from the engine, each in its own way',
  unknown: 'the engine has no say in it',
} as const;

/** Characters of a value within a sentence; the finding's fields have all of it. */
const BRIEF = 80;

/** A value within a sentence. */
export const brief = (text: string): string =>
  text.length > BRIEF ? `${text.slice(0, BRIEF)}… (${text.length} characters)` : text;

const behaved = ({ part, where, old, next, blame, against }: Parting, measure: Measure): string => {
  const [is, was] = [brief(next), brief(old)];
  if (against === 'announced')
    return `\`${part}\`, ${where}: the new runtime does as the old one, ${is}; under what was announced (${measure.next.toString()}) it is ${was}`;
  if (against === 'found')
    return `\`${part}\`, ${where}: ${is} with the new runtime; under the rules that it follows (${measure.found.toString()}) it is ${was}`;
  const why = blame === null ? '' : `; ${BLAMES[blame]} (${measure.old.toString()})`;
  return `\`${part}\`, ${where}: ${is} with the new runtime, ${was} with the old one${why}`;
};

const sentenceOf = (parting: Parting, measure: Measure): string => {
  if (parting.kind === 'upgrade') return `${parting.where}: ${brief(parting.next)}, where it was ${brief(parting.old)}`;
  if (parting.kind === 'cost')
    return `\`${parting.part}\` takes ${parting.next} ${parting.where}, ${parting.old} with the old runtime, for calls that both take alike`;
  return behaved(parting, measure);
};

/** Something that parts the two, with what proves it. */
export const toldParting = (
  {
    parting,
    kept,
    changesNew = null,
  }: Pick<Proven, 'parting'> & Partial<Pick<Proven, 'changesNew'>> & { readonly kept: Partial<Proven['kept']> },
  measure: Measure,
  command: string | undefined,
): FoundChange => ({
  id: parting.id,
  kind: parting.kind,
  part: parting.part,
  sentence: sentenceOf(parting, measure),
  old: parting.old,
  new: parting.next,
  against: parting.against,
  ...(parting.blame !== null && { blame: parting.blame }),
  status: 'open',
  ...(kept.steps && { steps: [...kept.steps] }),
  ...(kept.changes && { changes: kept.changes }),
  ...(changesNew && { changesNew: [...changesNew] }),
  ...(kept.file !== undefined && { file: kept.file }),
  ...(command !== undefined && { command }),
});
