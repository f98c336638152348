/** What a result means for those who use the chain, in one sentence: from what the specification says of it, else from its kind. */
import { deviations } from '../../spec/deviations.js';
import { invariants, type Severity } from '../../spec/invariants.js';
import type { Difference, Finding } from '../../spec/run-events.js';
import type { Result, ResultRule } from '../results.js';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'not rated'] as const;
export type Rated = (typeof SEVERITIES)[number];

/** The invariant that a result breaks, by its id. */
export const invariantOf = ({ id }: Pick<Result, 'id'>): string | undefined => /\bINV-\d\d\b/.exec(id)?.[0];

/** The deviations that a result's id names. */
export const deviationsOf = ({ id }: Pick<Result, 'id'>): readonly string[] =>
  id.startsWith('rule/') || id.startsWith('invariant/') ? (id.match(/\bDEV-\d\d\b/g) ?? []) : [];

/** As it was told; of a broken invariant, and of a rule, as the specification rates it. */
export const severityOf = (result: Result): Rated => {
  const { source } = result;
  if (source.type === 'finding' && source.severity !== undefined) return source.severity;
  const invariant = invariants.find(({ id }) => id === invariantOf(result));
  const deviation = deviations.find(({ id }) => result.rule === 'rule' && deviationsOf(result).includes(id));
  const rated: Severity | undefined = invariant?.severity ?? deviation?.severity;
  return rated ?? 'not rated';
};

const OF_ASPECTS: Readonly<Record<Difference['aspect'], string>> = {
  validity: 'The pool takes or refuses a call otherwise than specified: somebody is let in, or kept out.',
  outcome: 'Who sends this call is answered otherwise than specified.',
  'outer outcome': 'Who sends this call is answered otherwise than specified.',
  events: 'Explorers and indexers are told something else than what should have happened.',
  storage: 'The chain keeps something else than specified, and every later call builds on it.',
  opening: 'A new block changes something else than specified, without anybody calling.',
  query: 'Who asks the chain gets another answer than specified.',
  'final state': 'The chain ends in another state than specified.',
  pool: 'The pool of waiting calls takes, orders or refuses otherwise than specified.',
};

const OF_EFFECTS: Readonly<Record<NonNullable<Finding['effect']>, string>> = {
  'breaks callers': 'Programs that send this call fail or send something else until they are built anew.',
  'breaks indexers': 'Programs that read this from the chain fail or read something else until they are built anew.',
  'breaks the upgrade': 'What the chain has stored can not be read any more, or is lost, once it is upgraded.',
  harmless: 'Nobody has to act.',
};

const OF_RULES: Readonly<Record<ResultRule, string>> = {
  interface: 'Programs that use the chain meet another interface.',
  rule: 'The runtime follows this rule otherwise.',
  behaviour: 'Who does this after the upgrade sees something else happen than before it.',
  upgrade: 'What the chain has stored is another one once it is upgraded.',
  cost: 'The call takes more of a block than before: fewer of them fit, and fees may rise.',
  expectation: 'What somebody announced or accepted does not hold: the list must be looked at again.',
  growth: 'The call gets slower as the chain fills, beyond what was asked for.',
  load: 'The node does not keep up with what was asked of it.',
  invariant: 'Something that must always hold does not.',
  difference: 'The runtime does otherwise than specified.',
  state: 'The state of the chain breaks already what must always hold.',
  layout: 'The runtime has another interface than specified: who builds on the specification fails here.',
  counterexample: 'After these steps the runtime does otherwise than specified.',
};

/** One sentence, or the few of which a promise consists. */
export const meaningOfResult = (result: Result): string => {
  const { source } = result;
  if (source.type === 'difference') return OF_ASPECTS[source.aspect];
  if (source.type === 'counterexample') {
    return source.statement === undefined ? OF_RULES.counterexample : `Not kept: ${source.statement}`;
  }
  if (source.type === 'layout-finding') return OF_RULES.layout;
  if (source.promise !== undefined) return `Not kept: ${source.promise}`;
  const deviation = deviations.find(({ id }) => result.rule === 'rule' && deviationsOf(result).includes(id));
  if (deviation) return deviation.title;
  return source.effect === undefined ? OF_RULES[source.kind] : OF_EFFECTS[source.effect];
};
