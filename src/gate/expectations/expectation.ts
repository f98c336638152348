/** What an upgrade is expected to change: each with who says so, why, and until when. */
import type { Rule, Rules, RuleSetting } from '../../spec/rules.js';
import type { Finding } from '../../spec/run-events.js';

export interface Expectation {
  /** The id of the finding that it is about: it has no other name. */
  readonly name: string;
  readonly reason: string;
  readonly author: string;
  /** The last day on which it counts, in UTC: `2027-03-31`. */
  readonly expires: string;
  /** Where it is named in its file, from 1. */
  readonly line: number;
}

/** A rule that the new runtime is to follow otherwise than the old one. */
export interface RuleExpectation extends Expectation {
  readonly rule: Rule;
  readonly to: RuleSetting;
}

/** What an `assay.yaml` says. */
export interface Expectations {
  readonly file: string;
  readonly rules: ReadonlyMap<Rule, RuleExpectation>;
  /** Changes of the interface that are announced, by id. */
  readonly interface: ReadonlyMap<string, Expectation>;
  /** Findings that are accepted, by id. */
  readonly findings: ReadonlyMap<string, Expectation>;
  /** Values of flags, by command and by the flag's name without its dashes. */
  readonly defaults: ReadonlyMap<string, ReadonlyMap<string, FlagDefault>>;
}

/** What a flag is where neither the command line nor the environment says it. */
export interface FlagDefault {
  readonly value: string | number | boolean;
  /** In its file, from 1. */
  readonly line: number;
}

/** A finding before it is told: the suite is the teller's. */
export type FoundChange = Omit<Finding, 'type' | 'suite'>;

/** Nobody expects anything. */
export const noExpectations: Expectations = {
  file: '',
  rules: new Map(),
  interface: new Map(),
  findings: new Map(),
  defaults: new Map(),
};

/** @param today in UTC: `2027-03-31`. Days of this form are in the order of their letters. */
export const isExpired = ({ expires }: Expectation, today: string): boolean => today > expires;

/** What the old runtime follows, with the rules that are announced and not expired at their new settings. */
export const announcedRules = (old: Rules, { rules }: Expectations, today: string): Rules =>
  [...rules.values()].filter((each) => !isExpired(each, today)).reduce((all, { rule, to }) => all.with(rule, to), old);
