/**
 * What a run can reach: every cell has a stable id, and says under which rules and with which abilities of a target it can be
 * reached, or why not. A run that reached none of what it is about has shown nothing, and one that never saw a call fail in one of its
 * ways has shown nothing of that.
 *
 * - `call/<Pallet.call>/<outcome>`: the call came to this (`coverage/outcomes.ts`)
 * - `status/<status>/<Pallet.call>`: the call met its request in this status (`coverage/statuses.ts`)
 * - `rule/<rule>/<setting>`: the rule was asked at its place, under that setting
 * - `antecedent/<invariant>`: the invariant spoke of something (`coverage/antecedents.ts`)
 */
import { outcomeText, type Outcome } from './answers.js';
import { callNames, calls, type CallName } from './calls.js';
import { antecedents } from './coverage/antecedents.js';
import { all, always, any, anyCall, need, requests, type Clause, type Ground, type Need } from './coverage/clause.js';
import { outcomesOf } from './coverage/outcomes.js';
import { meetingOf, statusesOf, type MetStatus } from './coverage/statuses.js';
import { deviations, revisions } from './deviations.js';
import { invariants } from './invariants.js';
import { allRules, type Rule, type RuleSetting } from './rules.js';

export { needs, type Ground, type Need } from './coverage/clause.js';
export { meetingOf, type Meeting, type MetStatus } from './coverage/statuses.js';

export const cellKinds = ['call', 'status', 'rule', 'antecedent'] as const;
export type CellKind = (typeof cellKinds)[number];

export interface Cell {
  readonly id: string;
  readonly kind: CellKind;
  /** Why it can't be reached where a run stands, in words; null where it can. */
  readonly unreachable: (ground: Ground) => string | null;
}

/** As ids have it. */
export const outcomeName = (outcome: Outcome): string => ('other' in outcome ? 'Other' : outcomeText(outcome));

export const callCell = (name: CallName, outcome: string): string => `call/${name}/${outcome}`;
export const statusCell = (status: MetStatus, name: CallName): string => `status/${status}/${name}`;
export const ruleCell = (rule: Rule, setting: RuleSetting): string => `rule/${rule}/${setting}`;
export const antecedentCell = (invariant: string): string => `antecedent/${invariant}`;

const cell = (kind: CellKind, id: string, clause: Clause): Cell => ({
  id,
  kind,
  unreachable: (ground) => {
    const lacking = clause(ground);
    return lacking === null ? null : `it needs ${lacking}`;
  },
});

const never = (kind: CellKind, id: string, reason: string): Cell => ({ id, kind, unreachable: () => reason });

/** IPs are given back by this one, and nobody can say when they are there again where the period is not told. */
const RELEASES: CallName = 'Compute.submit_compute_deletion_request';

/** What it takes to send a call at all. */
const sent = (name: CallName): Clause =>
  name === RELEASES ? all(anyCall([name]), need('release period')) : anyCall([name]);

const ofCall = (name: CallName): Cell[] =>
  Object.entries(outcomesOf(name)).map(([outcome, reach]) =>
    'never' in reach
      ? never('call', callCell(name, outcome), reach.never)
      : cell('call', callCell(name, outcome), all(sent(name), reach)),
  );

const NO_CALL = 'no call gives a request this status';

const ofStatus = (name: CallName): Cell[] => {
  const meeting = meetingOf(name);
  if (meeting === null) return [];
  const root = calls[name].origin === 'root' ? need('root') : always;
  return Object.entries(statusesOf(meeting)).map(([status, reach]) => {
    const id = statusCell(status as MetStatus, name);
    return reach === null ? never('status', id, NO_CALL) : cell('status', id, all(sent(name), root, reach));
  });
};

const settingsOf = (rule: Rule): readonly RuleSetting[] =>
  rule === 'REV-01' || rule === 'REV-02' ? ['9000', '9006'] : ['deployed', 'promised'];

/** Rules whose place no call gets to without a request. */
const OF_REQUESTS: ReadonlySet<Rule> = new Set([
  'DEV-02',
  'DEV-04',
  'DEV-05',
  'DEV-06',
  'DEV-07',
  'DEV-08',
  'DEV-09',
  'DEV-10',
  'DEV-12',
  'DEV-13',
  'DEV-16',
  'DEV-19',
  'DEV-20',
  'DEV-21',
  'DEV-22',
  'DEV-23',
  'DEV-24',
  'DEV-25',
  'DEV-29',
] as const);

/** What else it takes to get to a rule's place. */
const PLACES: Readonly<Partial<Record<Rule, Need>>> = { 'DEV-03': 'root', 'DEV-17': 'last ids', 'DEV-28': 'pool' };

const under =
  (rule: Rule, setting: RuleSetting): Clause =>
  ({ rules }) =>
    rules.setting(rule) === setting ? null : 'the other setting';

const ofRule = (rule: Rule, touched: readonly CallName[]): Cell[] => {
  const place = PLACES[rule];
  const reach = all(
    any(...touched.map(sent)),
    OF_REQUESTS.has(rule) ? requests : always,
    place === undefined ? always : need(place),
  );
  return settingsOf(rule).map((setting) => cell('rule', ruleCell(rule, setting), all(under(rule, setting), reach)));
};

const touchedBy = (rule: Rule): readonly CallName[] =>
  rule === 'REV-01' || rule === 'REV-02'
    ? revisions[rule].calls
    : (deviations.find(({ id }) => id === rule)?.calls ?? []);

/** Every cell, in the order of the kinds, calls, rules and invariants. */
export const cells: readonly Cell[] = [
  ...callNames.flatMap(ofCall),
  ...callNames.flatMap(ofStatus),
  ...allRules.flatMap((rule) => ofRule(rule, touchedBy(rule))),
  ...invariants.map(({ id }) => cell('antecedent', antecedentCell(id), antecedents.get(id) ?? always)),
];

/** What a target can do, as far as it decides what can be reached: `Capability` of targets has these names. */
export interface Abilities {
  readonly can: ReadonlySet<string>;
  readonly calls: ReadonlySet<CallName>;
  /** Whether its release period is known. */
  readonly hasReleasePeriod: boolean;
}

/** What a run on such a target lacks. What only the run itself shows (root, the pool) comes on top. */
export const lacksOf = ({ can, calls: known, hasReleasePeriod }: Abilities): Map<Need, string> => {
  const lacks = new Map<Need, string>();
  const canWrite = can.has('inject');
  if (!canWrite && !known.has('Marketplace.purchase_plan')) lacks.set('requests', 'the target takes neither');
  if (!canWrite) lacks.set('last ids', 'the target takes none');
  if (!can.has('diffs')) lacks.set('full blocks', 'here each call has a block of its own');
  if (!hasReleasePeriod) lacks.set('release period', 'the target does not tell it: name it with ?period=N');
  return lacks;
};
