/**
 * The audit: what is wrong with a runtime, whether it is on a list or not. Its layout, the rules that it follows, whether it does what
 * the engine does under these, what breaks an invariant and why, and what breaks one in a state that is there, are a suite each.
 */
import { applyExpectations, type Expectations, type FoundChange } from '../gate/expectations.js';
import { nameOf, type Side } from '../gate/sides.js';
import { startSuite, type Suite } from '../gate/suite.js';
import { Attributor } from '../properties/attribute.js';
import { makeCast, type Cast } from '../properties/cast.js';
import { interruptionNote } from '../properties/ending.js';
import { fingerprint, settingsOf, unclearRules } from '../properties/fingerprint.js';
import { spokenOf } from '../properties/invariant-run.js';
import { tellLayout } from '../properties/layout-run.js';
import type { Regression } from '../properties/regressions.js';
import type { SearchOptions } from '../properties/search.js';
import type { RawState } from '../spec/answers.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import type { SuiteStarted } from '../spec/run-events.js';
import { Rules } from '../spec/rules.js';
import { nameOfKey } from '../spec/storage.js';
import { codeHashOf } from '../targets/runtime/runtime.js';
import { brokenIn } from '../properties/broken-state.js';
import { searchDifferences } from './differences.js';
import { huntAll } from './hunt-all.js';
import { InvariantFindings } from './invariants-found.js';
import { huntOnTarget, repeatOnTarget, type Audited } from './on-target.js';
import { promiseOfInvariant } from './promise.js';
import { ruleFindings } from './rules-found.js';

/** A state that invariants are asked about. */
export interface AuditedState {
  /** Where it comes from, for people. */
  readonly from: string;
  readonly storage: RawState;
  readonly block: bigint | null;
}

export interface AuditOptions extends SearchOptions {
  readonly side: Side;
  readonly expectations: Expectations;
  /** In UTC: `2027-03-31`. */
  readonly today: string;
  /** The command that runs this audit again, seed included. */
  readonly command: string;
  readonly regressions: readonly Regression[];
  /** As a differential run has it. */
  readonly rare?: readonly Regression[];
  readonly requireCoverage: boolean;
  readonly state: AuditedState | null;
}

/** Scenarios on the target itself, where invariants are watched; and those that are played twice. */
const ON_TARGET = 100;
const TWICE = 10;

/** What only a scenario's end tells is watched elsewhere, and what needs no search. */
const atTheEnd = (id: string): boolean => id === 'INV-34';

class Audit {
  private readonly found: FoundChange[] = [];
  private readonly cast: Cast = makeCast();
  private rules: Rules = Rules.deployed;

  constructor(private readonly options: AuditOptions) {}

  async run(): Promise<void> {
    const { side, signal } = this.options;
    tellLayout(side.runtime.layout, {
      ...this.options,
      name: side.runtime.file,
      codeHash: codeHashOf(side.runtime),
    });
    const parts = [
      () => this.fingerprint(),
      () => this.differential(),
      () => this.invariants(),
      () => this.repetition(),
      () => this.state(),
    ];
    for (const part of parts) if (signal?.aborted !== true) await part();
    this.expectations();
  }

  private suite(name: string, kind: SuiteStarted['kind']): Suite {
    const target = nameOf(this.options.side);
    return startSuite(this.options, { name, kind, target }, (findings) => {
      this.found.push(...findings);
      return this.settled(findings);
    });
  }

  private settled(findings: readonly FoundChange[]): readonly FoundChange[] {
    const { expectations, today } = this.options;
    // What is known needs no acceptance, and may have one.
    const open = findings.map((each) => (each.status === 'known' ? { ...each, status: 'open' as const } : each));
    const applied = applyExpectations(open, expectations, today).findings;
    return applied.map((each, at) => (each.status === 'open' ? (findings[at] ?? each) : each));
  }

  private get audited(): Audited {
    return { rules: this.rules, makeTarget: this.options.side.makeTarget };
  }

  private async fingerprint(): Promise<void> {
    const { side, seed, out, signal } = this.options;
    const suite = this.suite('fingerprint', 'fingerprint');
    const target = side.makeTarget({ fresh: false });
    const print = await fingerprint({ target, scope: side.scope, base: side.base });
    target.close();
    this.rules = print.rules;
    suite.tell(await ruleFindings(print, { cast: this.cast, named: side.named, seed, out }));
    const unclear = unclearRules(print);
    const text = unclear.length === 0 ? '' : `; neither setting of ${unclear.join(', ')}`;
    suite.end({
      summary: `${print.rules.toString()}${text}${interruptionNote(null, signal)}`,
      steps: print.steps,
      rules: { target: settingsOf(print) },
    });
  }

  /** Held against the engine under the target's own rules: what parts there is on no list. */
  private async differential(): Promise<void> {
    const { side } = this.options;
    const suite = this.suite('unexplained differences', 'differential');
    const { findings, finished } = await searchDifferences(suite.name, {
      ...this.options,
      rules: this.rules,
      scope: side.scope,
      named: side.named ?? side.runtime.file,
      makeTarget: side.makeTarget,
    });
    suite.tell(findings);
    const { verdict, summary, scenarios, steps } = finished;
    suite.end({ summary, scenarios, steps, ...((verdict === 'vacuous' || verdict === 'error') && { verdict }) });
  }

  private async invariants(): Promise<void> {
    const { signal } = this.options;
    const suite = this.suite('invariants', 'invariant');
    const findings = new InvariantFindings({ ...this.options, audited: this.audited, cast: this.cast });
    const watched = invariants.filter(({ id }) => !atTheEnd(id));
    const lost: Invariant[] = [];
    const options = { ...this.options, rules: this.rules, invariants: watched };
    const hunted = await huntAll(suite.name, this.cast, options, async (explained) => {
      const finding = await findings.ofExplained(explained);
      if (finding === null) lost.push(explained.found.invariant);
      else suite.tell([finding]);
    });
    const attributor = new Attributor(this.cast, { ...this.options, rules: this.rules });
    const explained = new Set(hunted.explained.map(({ found }) => found.invariant));
    const onTarget = await huntOnTarget(this.audited, this.cast, {
      ...this.options,
      runs: Math.min(ON_TARGET, this.options.runs),
      invariants: watched.filter((each) => !explained.has(each)),
    });
    for (const { invariant, shortest } of onTarget.breaks) {
      const attributed = await attributor.attribute({ invariant, plan: shortest.plan });
      suite.tell([await findings.ofTarget(invariant, shortest, attributed)]);
    }
    lost.push(...onTarget.lost);
    const silent = watched.filter((each) => !hunted.spoke.has(each) && !onTarget.spoke.has(each));
    const broken = new Set([...explained, ...onTarget.breaks.map(({ invariant }) => invariant)]);
    const summary = [
      `${watched.length - broken.size - silent.length} hold`,
      ...(broken.size > 0 ? [`${broken.size} broken`] : []),
      ...(silent.length > 0 ? [`${silent.map(({ id }) => id).join(', ')} spoke of nothing`] : []),
      ...(lost.length > 0 ? [`${lost.map(({ id }) => id).join(', ')} broke once, and not again`] : []),
    ].join('; ');
    suite.end({
      summary: summary + interruptionNote(null, signal),
      scenarios: hunted.scenarios + onTarget.scenarios,
      steps: hunted.steps + onTarget.steps,
      // What broke once, and not again, did not hold.
      spoke: spokenOf(
        watched.filter((each) => !lost.includes(each)),
        hunted.spoke,
        onTarget.spoke,
      ),
      ...(lost.length > 0 && { verdict: 'error' }),
    });
  }

  private async repetition(): Promise<void> {
    const suite = this.suite('determinism', 'invariant');
    const invariant = invariants.find(({ id }) => atTheEnd(id));
    const { parted, scenarios } = await repeatOnTarget(this.audited, this.cast, { ...this.options, runs: TWICE });
    if (parted !== null && invariant) {
      suite.tell([
        {
          id: `invariant/${invariant.id}/unattributed`,
          kind: 'invariant',
          part: 'runtime',
          sentence: `${invariant.name}: ${parted}`,
          status: 'open',
          severity: invariant.severity,
          promise: promiseOfInvariant(invariant),
          command: this.options.command,
        },
      ]);
    }
    const spoke = invariant && { [invariant.id]: scenarios };
    suite.end({ summary: `${scenarios} scenarios played twice`, scenarios, ...(spoke && { spoke }) });
  }

  /** What is the case in a state now, whoever brought it about. */
  private async state(): Promise<void> {
    const { state } = this.options;
    if (state === null) return;
    const suite = this.suite(`state ${state.from}`, 'invariant');
    const found = brokenIn(state.storage, state.block ?? 0n, invariants);
    suite.tell(
      found.map(({ invariant, broken, keys }) => ({
        id: `state/${invariant.id}/${keys.map(nameOfKey).toSorted()[0] ?? 'whole'}`,
        kind: 'state',
        part: invariant.id,
        sentence: `${invariant.name}: ${broken}`,
        status: 'open',
        severity: invariant.severity,
        promise: promiseOfInvariant(invariant),
        steps: keys.map((key) => `${nameOfKey(key)} (${key})`),
        command: this.options.command,
      })),
    );
    const at = state.block === null ? '' : ` at block ${state.block}`;
    suite.end({ summary: `${Object.keys(state.storage).length} keys of ${state.from}${at}` });
    return Promise.resolve();
  }

  /** What was accepted in vain, or for too long. */
  private expectations(): void {
    const { expectations, today } = this.options;
    if (expectations.file === '') return;
    const { wrong } = applyExpectations(
      this.found.map((each) => ({ ...each, status: 'open' as const })),
      expectations,
      today,
    );
    const suite = startSuite(
      this.options,
      { name: 'expectations', kind: 'expectations', target: expectations.file },
      (findings) => findings,
    );
    suite.tell(wrong);
    suite.end({ summary: `expectations of ${expectations.file}` });
  }
}

/**
 * Audits a runtime.
 * @throws UnusableRuntime, BlockError, Interrupted
 */
export const runAudit = (options: AuditOptions): Promise<void> => new Audit(options).run();
