/** The gate over lab runtimes, as tests run it: its events, by what they say. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noExpectations, type Expectations } from '../../src/gate/expectations.js';
import { parseExpectations } from '../../src/gate/expectations/parse.js';
import { runGate, type GateOptions } from '../../src/gate/gate.js';
import type { Side } from '../../src/gate/sides.js';
import { CAST_RELEASE_PERIOD } from '../../src/properties/cast.js';
import { scopeOf, type LayoutScope } from '../../src/properties/scope.js';
import type { Origin } from '../../src/spec/answers.js';
import type { Call } from '../../src/spec/calls.js';
import { revisionRules, Rules, type Rule, type RuleSetting } from '../../src/spec/rules.js';
import type { Finding, RunEvent, SuiteFinished, Verdict } from '../../src/spec/run-events.js';
import { RuntimeTarget } from '../../src/targets/runtime-target.js';
import { NotCovered, type Answer } from '../../src/targets/target.js';
import type { Runtime } from '../../src/targets/runtime/runtime.js';
import { lab } from '../lab.js';

export interface LabSide {
  readonly runtime?: Runtime;
  readonly rules?: Rules;
  readonly mutant?: number;
  /** Whether it can't be sent the call that creates requests, as chains whose marketplace is another one. */
  readonly sellsNothing?: boolean;
  /** Whether it has no Sudo. */
  readonly isRootless?: boolean;
}

const PURCHASE = 'Marketplace.purchase_plan';

const withoutPurchase = (scope: LayoutScope, isWithout: boolean): LayoutScope =>
  isWithout ? { ...scope, calls: scope.calls.filter((name) => name !== PURCHASE) } : scope;

/** Answers calls of root as a runtime without Sudo. */
class Rootless extends RuntimeTarget {
  override dispatch(call: Call, origin: Origin): Answer {
    if (origin.kind === 'root') throw new NotCovered('root calls: this runtime has no Sudo.sudo');
    return super.dispatch(call, origin);
  }
}

/** A side as the command line makes it of `FILE?rules=...&mutant=N`. */
export const labSide = ({
  runtime = lab,
  rules = Rules.deployed,
  mutant = 0,
  sellsNothing = false,
  isRootless = false,
}: LabSide = {}): Side => ({
  named: `runtime:${runtime.file}?rules=${rules.toString()}&mutant=${mutant}`,
  runtime,
  scope: withoutPurchase(scopeOf(runtime.layout), sellsNothing),
  base: Rules.of(
    [],
    revisionRules.filter((rule) => rules.revised(rule)),
  ),
  makeTarget: ({ fresh }) =>
    new (isRootless ? Rootless : RuntimeTarget)(runtime, {
      fresh,
      lab: { rules, mutant, releasePeriod: CAST_RELEASE_PERIOD },
    }),
});

export const TODAY = '2026-11-25';

const basis = { reason: 'tested', author: 'a test' };

/** As a file says it: JSON is YAML. */
const expecting = (sections: Readonly<Record<string, unknown>>): Expectations =>
  parseExpectations('assay.yaml', JSON.stringify({ format: 'assay/1', ...sections }));

/** What announces these rules' settings. */
export const announcing = (
  flips: Readonly<Partial<Record<Rule, RuleSetting>>>,
  { expires = '2027-03-31' } = {},
): Expectations =>
  expecting({
    rules: Object.fromEntries(Object.entries(flips).map(([rule, to]) => [rule, { to, ...basis, expires }])),
  });

/** What accepts, or announces, findings by their ids. */
export const accepting = (
  kind: 'interface' | 'findings',
  ids: readonly string[],
  { expires = '2027-03-31' } = {},
): Expectations => {
  const key = kind === 'interface' ? 'change' : 'id';
  return expecting({ [kind]: ids.map((name) => ({ [key]: name, ...basis, expires })) });
};

export interface Gated {
  readonly events: readonly RunEvent[];
  readonly findings: readonly Finding[];
  readonly open: readonly Finding[];
  readonly suites: readonly SuiteFinished[];
  /** Of each suite, by its kind. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

const folder = mkdtempSync(join(tmpdir(), 'assay-gate-'));

export const gate = async (
  old: LabSide,
  next: LabSide,
  options: Partial<Omit<GateOptions, 'sides' | 'emit'>> = {},
): Promise<Gated> => {
  const events: RunEvent[] = [];
  await runGate({
    sides: { old: labSide(old), next: labSide(next) },
    expectations: noExpectations,
    today: TODAY,
    command: 'npx assay gate',
    state: null,
    migrationLimit: 100,
    tolerance: 0.1,
    seed: 1,
    runs: 12,
    minSteps: 60,
    maxSteps: 100,
    out: folder,
    now: () => performance.now(),
    emit: (event) => void events.push(event),
    ...options,
  });
  const findings = events.filter((event) => event.type === 'finding');
  const suites = events.filter((event) => event.type === 'suite-finished');
  const kinds = new Map(events.flatMap((each) => (each.type === 'suite-started' ? [[each.suite, each.kind]] : [])));
  return {
    events,
    findings,
    open: findings.filter(({ status }) => status === 'open'),
    suites,
    verdicts: Object.fromEntries(suites.map(({ suite, verdict }) => [kinds.get(suite) ?? suite, verdict])),
  };
};
