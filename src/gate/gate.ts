/**
 * The gate: what a new runtime does otherwise than the old one, and whether that was announced. Interface, rules, behaviour, the state
 * across the upgrade, storage operations and expectations are a suite each, told as run events.
 */
import { foundPallets } from '../targets/layout.js';
import { codeHashOf } from '../targets/runtime/runtime.js';
import type { SuiteStarted } from '../spec/run-events.js';
import type { Rule, Rules } from '../spec/rules.js';
import { InputError } from '../properties/recording-file.js';
import { fingerprint, settingsOf, unclearRules, type Fingerprint } from '../properties/fingerprint.js';
import { makeCast, type Cast } from '../properties/cast.js';
import { keepCounterexample } from '../properties/counterexample.js';
import { engineBeside, splitReason } from '../properties/differential.js';
import { interruptionNote, isEnding } from '../properties/ending.js';
import { type Suite, startSuite } from './suite.js';
import { announcedRules, applyExpectations, type Expectations, type FoundChange } from './expectations.js';
import { explore, type Explored, type ExploreOptions, type Parting } from './explore.js';
import { builtInState } from './built-in-state.js';
import { compareInterfaces } from './interface.js';
import { changesInNew, NO_PATH, prove, type Proven } from './prove.js';
import { nameOf, type Measure, type Side, type Sides } from './sides.js';
import { upgradeState, type UpgradedState } from './state-upgrade.js';
import { stateSummary, toldState, uncoveredOf } from './told-state.js';
import { callsOf, flipped, readingOf, toldChange, toldFlip, toldParting } from './told.js';

export interface GateOptions extends Omit<ExploreOptions, 'measure'> {
  readonly expectations: Expectations;
  /** In UTC: `2027-03-31`. */
  readonly today: string;
  /** The command that runs this gate again, seed included: how what no recording shows is seen again. */
  readonly command: string;
  /** To be upgraded; null for the {@link builtInState}. */
  readonly state: UpgradedState | null;
  /** Per cent of a block that the first one with the new code may take. */
  readonly migrationLimit: number;
}

/** What both were found to follow. */
type Prints = Readonly<Record<'old' | 'next', Fingerprint>>;

interface ProvenAll {
  readonly findings: readonly FoundChange[];
  /** Partings that did not come again. */
  readonly lost: number;
}

const RULES = 'rules';

/** Scenarios that are searched for what shows a revision. */
const RUNS_FOR_A_REVISION = 20;

/** Partings that are shortened; the others are told with all the steps that led to them. */
const MOST_SHORTENED = 20;

/** @throws InputError where the two can't be an upgrade of a chain with these pallets */
const expectUpgrade = ({ old, next }: Sides): void => {
  for (const [flag, { runtime }] of [
    ['--old', old],
    ['--new', next],
  ] as const) {
    const { layout, metadata, file } = runtime;
    if (foundPallets(layout).length > 0) continue;
    const expected = Object.keys(layout.pallets).join(', ');
    const came = metadata.pallets.map(({ name }) => name).join(', ');
    throw new InputError(
      `${flag} ${file}: expected a runtime with some of ${expected}, came one with ${came}: is it another chain's?`,
    );
  }
  const [was, is] = [old.runtime.version.spec_version, next.runtime.version.spec_version];
  if (is >= was) return;
  throw new InputError(
    `--new ${next.runtime.file} has spec_version ${is}, lower than the ${was} of --old ${old.runtime.file}: no chain takes that for an upgrade; are they swapped?`,
  );
};

/** One run of the gate: suites, and the findings of all of them. */
class Gate {
  private readonly found: FoundChange[] = [];
  private readonly cast: Cast = makeCast();
  private readonly target: string;

  constructor(private readonly options: GateOptions) {
    const { old, next } = options.sides;
    this.target = `${nameOf(old)} → ${nameOf(next)}`;
  }

  async run(): Promise<void> {
    this.interface();
    this.state();
    const measure = await this.rules();
    await this.behaviour(measure);
    if (this.options.signal?.aborted !== true) this.expected();
  }

  private interface(): void {
    const { old, next } = this.options.sides;
    const suite = this.begin('interface', 'interface', {
      [`old ${old.runtime.file}`]: codeHashOf(old.runtime),
      [`new ${next.runtime.file}`]: codeHashOf(next.runtime),
    });
    const changes = compareInterfaces(old.runtime, next.runtime).map(toldChange);
    const isAbsent = [old, next].every(({ runtime }) => runtime.layout.pallets.Compute.verdict === 'absent');
    suite.tell(changes);
    const harmless = changes.filter(({ status }) => status === 'harmless').length;
    const summary =
      changes.length === 0
        ? 'the same'
        : `${changes.length} changes, ${harmless} of them harmless${isAbsent ? '; neither has Compute' : ''}`;
    suite.end({ summary, ...(isAbsent && { verdict: 'absent' }) });
  }

  /** @throws InputError where the state is none of the old runtime's */
  private state(): void {
    const { sides, command, migrationLimit, emit } = this.options;
    const state = this.options.state ?? builtInState(sides.old.runtime);
    const suite = this.begin(`state ${state.from} across the upgrade`, 'upgrade');
    const upgraded = upgradeState(state, sides);
    for (const each of uncoveredOf(upgraded)) emit({ type: 'not-covered', suite: suite.name, ...each });
    suite.tell(toldState(upgraded, migrationLimit, command));
    const summary = stateSummary(upgraded, state, sides.old.runtime.version.spec_version);
    suite.end({ summary, ...(upgraded.values === 0 && { verdict: 'vacuous' }) });
  }

  private async fingerprints(): Promise<Prints> {
    const { old, next } = this.options.sides;
    const print = ({ scope, base, makeTarget }: Side, assumed: Rules): Promise<Fingerprint> => {
      const revised = assumed.with('REV-01', base.setting('REV-01')).with('REV-02', base.setting('REV-02'));
      return fingerprint({ target: makeTarget({ fresh: false }), scope, base: revised });
    };
    const was = await print(old, old.base);
    return { old: was, next: await print(next, was.rules) };
  }

  /** What was announced counts where it came true: elsewhere the new one is held against what the old one follows. */
  private measureBy({ old, next }: Prints): Measure {
    const { expectations, today } = this.options;
    const announced = announcedRules(old.rules, expectations, today);
    const kept = flipped(old.rules, announced).filter((rule) => announced.setting(rule) === next.rules.setting(rule));
    const expected = kept.reduce((rules, rule) => rules.with(rule, announced.setting(rule)), old.rules);
    return { old: old.rules, next: expected, found: next.rules };
  }

  private async rules(): Promise<Measure> {
    const suite = this.begin(RULES, 'fingerprint');
    const prints = await this.fingerprints();
    const measure = this.measureBy(prints);
    const { old, found } = measure;
    const told: FoundChange[] = [];
    // What shows a flip is the same whether it was announced or not.
    for (const rule of flipped(old, found)) told.push(await this.withWitness(rule, prints, { ...measure, next: old }));
    suite.tell(told);
    const unclear = unclearRules(prints.next);
    const notes = unclear.length === 0 ? '' : `; the new one does neither of ${unclear.join(', ')}`;
    const summary = told.length === 0 ? `both ${old.toString()}` : `old ${old.toString()}; new ${found.toString()}`;
    suite.end({
      summary: summary + notes,
      steps: prints.old.steps + prints.next.steps,
      rules: { old: settingsOf(prints.old), new: settingsOf(prints.next) },
    });
    return measure;
  }

  /** With what shows it: the deviation's witness, as the old runtime answers it; of a revision, what a short search finds. */
  private async withWitness(rule: Rule, prints: Prints, measure: Measure): Promise<FoundChange> {
    const reading = readingOf(prints.next, rule);
    const finding = toldFlip(rule, measure.old, measure.found, reading);
    if (!reading) return { ...finding, ...(await this.searched(finding.id, measure)) };
    const { sides, out, seed } = this.options;
    const old = sides.old.makeTarget({ fresh: true });
    const { steps, changes, file, command } = await keepCounterexample(reading.witness, {
      stem: `gate-${reading.rule}`,
      engine: engineBeside(measure.old, old),
      recorder: old,
      cast: this.cast,
      found: { seed, path: NO_PATH, shrinks: 0 },
      about: { finding: finding.id },
      out,
      ...(sides.next.named !== null && { target: sides.next.named }),
    });
    const changesNew = await changesInNew(sides, this.cast, reading.witness);
    return {
      ...finding,
      steps: [...steps],
      ...(changes && { changes }),
      ...(changesNew && { changesNew: [...changesNew] }),
      file,
      command: this.replaying(command),
    };
  }

  /** A chain's runtime is in no file that a replay could be given. */
  private replaying(command: string): string {
    return this.options.sides.next.named === null ? this.options.command : command;
  }

  private async searched(id: string, measure: Measure): Promise<Partial<FoundChange>> {
    const options = { ...this.options, measure, runs: Math.min(this.options.runs, RUNS_FOR_A_REVISION) };
    const seen = (await explore(RULES, this.cast, options)).partings.get(id);
    const proof = seen && (await prove(seen, this.cast, options));
    if (!proof) return { command: this.options.command };
    const { parting, kept, changesNew } = proof;
    const { steps, changes, file, command } = kept;
    return {
      steps: [...steps],
      ...(changes && parting.against === 'old' && { changes }),
      ...(changesNew && { changesNew: [...changesNew] }),
      file,
      command: this.replaying(command),
    };
  }

  private async behaviour(measure: Measure): Promise<void> {
    const suite = this.begin('behaviour, step by step', 'behaviour');
    const options = { ...this.options, measure };
    const explored = await explore(suite.name, this.cast, options);
    const proven = await this.proven(explored, options);
    const of = (kind: Parting['kind']): FoundChange[] => proven.findings.filter((each) => each.kind === kind);
    for (const [what, count] of explored.uncovered)
      this.options.emit({ type: 'not-covered', suite: suite.name, ...splitReason(what), count });
    suite.tell(of('behaviour'));
    const { scenarios, steps } = explored;
    const verdict = proven.lost > 0 ? 'error' : explored.answered === 0 ? 'vacuous' : undefined;
    const summary = summaryOf(explored, proven, measure) + interruptionNote(null, this.options.signal);
    suite.end({ scenarios, steps, summary, ...(verdict && { verdict }) });
    const upgrade = this.begin('state across the upgrade', 'upgrade');
    upgrade.tell(of('upgrade'));
    const values = `${explored.upgraded} values of ${scenarios} states compared`;
    upgrade.end({ summary: values, ...(explored.upgraded === 0 && { verdict: 'vacuous' }) });
    const cost = this.begin('storage operations', 'cost');
    cost.tell(this.excused(of('cost'), measure));
    const isCounted = explored.cost.costs.length > 0;
    cost.end({ summary: costSummary(explored, this.options.tolerance), ...(!isCounted && { verdict: 'vacuous' }) });
  }

  private async proven(explored: Explored, options: ExploreOptions): Promise<ProvenAll> {
    const findings: FoundChange[] = [];
    let lost = 0;
    const partings = [...explored.partings.values()].filter(({ parting }) => parting.kind !== 'rule');
    for (const [at, seen] of partings.entries()) {
      try {
        const proof = await prove(seen, this.cast, { ...options, shortens: at < MOST_SHORTENED });
        if (proof === null) lost += 1;
        else findings.push(this.told(proof, options.measure));
      } catch (error) {
        if (!isEnding(error)) throw error;
        findings.push(toldParting({ parting: seen.parting, kept: {} }, options.measure, this.options.command));
      }
    }
    return { findings, lost };
  }

  private told(proof: Proven, measure: Measure): FoundChange {
    const { kind } = proof.parting;
    return toldParting(
      proof,
      measure,
      kind === 'behaviour' ? this.replaying(proof.kept.command) : this.options.command,
    );
  }

  /** A call that an announced flip touches may cost otherwise. */
  private excused(findings: readonly FoundChange[], { old, next }: Measure): FoundChange[] {
    return findings.map((finding) => {
      const rule = flipped(old, next).find((each) => callsOf(each).includes(finding.part));
      if (rule === undefined) return finding;
      return { ...finding, status: 'announced', expectation: `announced with ${rule}, which touches this call` };
    });
  }

  private expected(): void {
    const { expectations, today } = this.options;
    if (expectations.file === '') return;
    const suite = this.begin(`expectations of ${expectations.file}`, 'expectations');
    const { wrong } = applyExpectations(this.found, expectations, today);
    suite.tell(wrong);
    const all = expectations.rules.size + expectations.interface.size + expectations.findings.size;
    suite.end({ summary: `${all - wrong.length} of ${all} came true` });
  }

  private begin(name: string, kind: SuiteStarted['kind'], code?: SuiteStarted['code']): Suite {
    const { expectations, today } = this.options;
    return startSuite(this.options, { name, kind, target: this.target, ...(code && { code }) }, (findings) => {
      this.found.push(...findings);
      return applyExpectations(findings, expectations, today).findings;
    });
  }
}

/**
 * Holds a new runtime against the old one.
 * @throws InputError where the two are no upgrade; BlockError where one of them can't build blocks
 */
export const runGate = async (options: GateOptions): Promise<void> => {
  expectUpgrade(options.sides);
  await new Gate(options).run();
};

const summaryOf = ({ counts, departures }: Explored, { lost }: ProvenAll, measure: Measure): string => {
  const notes = [
    counts.announced > 0 && `${counts.announced} differ as announced`,
    counts.unannounced > 0 && `${counts.unannounced} by rules that nobody announced`,
    counts.shared > 0 && `${counts.shared} are alike and not as the engine has them`,
    lost > 0 && `${lost} kinds of differences did not come again: an error of this tool`,
  ].filter((each) => each !== false);
  const of = (side: 'old' | 'next', name: string): string =>
    `${departures[side]} of the ${name} one (${measure[side].toString()})`;
  return [...notes, `departures from the engine: ${of('old', 'old')}, ${of('next', 'new')}`].join('; ');
};

const shareText = (ratio: number): string => ratio.toFixed(2);

const costSummary = ({ cost, time }: Explored, tolerance: number): string => {
  const { costs } = cost;
  const calls = costs.reduce((sum, { times }) => sum + times, 0);
  const counted = `${calls} calls of ${costs.length} kinds counted, up to ${Math.round(tolerance * 100)} % more let pass`;
  const cheaper = cost.changes(tolerance).filter(({ old, next }) => next < old);
  const less =
    cheaper.length === 0
      ? ''
      : `; cheaper: ${cheaper.map(({ call, operation }) => `${operation} of ${call}`).join(', ')}`;
  if (time === null) return `${counted}${less}; too few for a time`;
  const { ratio, low, high } = time;
  return `${counted}${less}; time in V8 ${shareText(ratio)} times the old one's (95 %: ${shareText(low)} to ${shareText(high)})`;
};
