/**
 * What it takes to reach a cell, as statements about where a run stands: the rules it plays under, the calls it can send, what its
 * target can do. Each says what is lacking, so that whoever is told of an unreachable cell is told why.
 */
import type { CallName } from '../calls.js';
import type { DeviationRule, Rule, Rules, RuleSetting } from '../rules.js';

/** Where a run stands. */
export interface Ground {
  readonly rules: Rules;
  /** The calls that can be sent. */
  readonly calls: ReadonlySet<CallName>;
  /** What the run lacks, each with the reason. */
  readonly lacks: ReadonlyMap<Need, string>;
}

/** What cells need besides rules and calls. */
export type Need = keyof typeof needs;

export const needs = {
  requests: 'that somebody can create requests: the call that does, or storage that can be written',
  'last ids': 'a beginning at the last request ids: storage that can be written',
  'full blocks': 'many calls in one block',
  pool: 'that the pool is asked',
  root: 'root calls',
  sudo: 'a pallet Sudo',
  'release period': 'the release period of IPs',
  'second plays': 'scenarios that are played twice',
} as const;

/** What is lacking where a run stands, in words that may follow `needs`; null where nothing is. */
export type Clause = (ground: Ground) => string | null;

export const always: Clause = () => null;

const at =
  (setting: RuleSetting) =>
  (rule: Rule): Clause =>
  ({ rules }) =>
    rules.setting(rule) === setting ? null : `${rule} ${setting}`;

export const promised: (rule: DeviationRule) => Clause = at('promised');
export const deployed: (rule: DeviationRule) => Clause = at('deployed');
export const ruleAt = (rule: Rule, setting: RuleSetting): Clause => at(setting)(rule);

export const need =
  (what: Need): Clause =>
  ({ lacks }) => {
    const reason = lacks.get(what);
    return reason === undefined ? null : `${needs[what]} (${reason})`;
  };

/** One of the calls can be sent. */
export const anyCall =
  (names: readonly CallName[]): Clause =>
  ({ calls }) =>
    names.some((name) => calls.has(name))
      ? null
      : `${names.length === 1 ? 'a call' : 'calls'} that the target does not have`;

/** Each lack once. */
const lackingOf = (clauses: readonly Clause[], ground: Ground): string[] => [
  ...new Set(clauses.flatMap((clause) => clause(ground) ?? [])),
];

export const all =
  (...clauses: readonly Clause[]): Clause =>
  (ground) => {
    const lacking = lackingOf(clauses, ground);
    return lacking.length === 0 ? null : lacking.join(' and ');
  };

export const any =
  (...clauses: readonly Clause[]): Clause =>
  (ground) => {
    if (clauses.some((clause) => clause(ground) === null)) return null;
    const lacking = lackingOf(clauses, ground);
    return lacking.length === 1 ? (lacking[0] ?? null) : `(${lacking.join(' or ')})`;
  };

export const requests = need('requests');

/**
 * Two requests with one id: where ids are used up, the last one repeats (DEV-17). Then an entry may be of a request that was
 * bought after the entry was fulfilled.
 */
export const twins = all(deployed('DEV-17'), need('last ids'));
