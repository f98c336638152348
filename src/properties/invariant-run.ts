/**
 * fast-check over the engine itself: generated scenarios, each state shown to an invariant; what breaks it is shrunk, run
 * once more on a fresh engine, and kept as a recording that `replay` plays.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { createEngine, type Engine } from '../engine/engine.js';
import { PHRASE } from '../spec/accounts.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Invariant } from '../spec/invariants.js';
import { RECORDING_FORMAT } from '../spec/recording.js';
import { REVISED_SPEC_VERSION, type Rules } from '../spec/rules.js';
import type { Counterexample, Emit, SuiteFinished } from '../spec/run-events.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import { accountsOf, CAST_RELEASE_PERIOD, genesisOf, makeCast, namesOf, type Cast } from './cast.js';
import { plan, type Plan } from './generate.js';
import { callText, type Names } from './readable.js';
import { recordScenario, writeRecording } from './record.js';
import { viewOf } from './view.js';

export interface InvariantRunOptions {
  readonly rules: Rules;
  readonly seed: number;
  /** Scenarios to try. */
  readonly runs: number;
  /** Commands of a scenario, at most. */
  readonly maxSteps: number;
  /** fast-check's path: begin with the counterexample that it leads to. */
  readonly path?: string;
  /** Folder for counterexamples. */
  readonly out: string;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/** What one scenario came to. `steps` ends with the one that broke the invariant. */
interface Played {
  readonly steps: readonly Step[];
  readonly broken: string | null;
  readonly spoke: number;
}

/** The engine's options for generated scenarios. */
const optionsOf = (rules: Rules) => ({
  rules,
  releasePeriod: CAST_RELEASE_PERIOD,
  verify: remembering(verifySignature),
});

/** Applies a step; tells whether it changed anything. */
const apply = (engine: Engine, step: Step): boolean => {
  if ('call' in step) return !engine.dispatch(step.call, step.origin).changes.isEmpty();
  if ('advance' in step) return engine.advance(step.advance, step.jump).length > 0;
  if ('inject' in step) engine.inject(step.inject);
  return 'inject' in step;
};

/** Plays a plan until the invariant breaks or the plan ends. */
const playPlan = (engine: Engine, cast: Cast, invariant: Invariant, { nextRequestId, commands }: Plan): Played => {
  const genesis = genesisOf(cast, nextRequestId);
  engine.reset({ ...genesis, block: genesis.block - 1n });
  engine.advance(1n);
  const look = invariant.watch();
  let { broken, spoke } = look(viewOf(engine.state));
  const steps: Step[] = [];
  const sent: Step[] = [];
  for (const command of commands) {
    if (broken !== null) break;
    const step = command.resolve({ engine, cast, sent });
    if (step === null) continue;
    steps.push(step);
    if ('call' in step) sent.push(step);
    if (!apply(engine, step)) continue;
    const found = look(viewOf(engine.state));
    broken = found.broken;
    spoke += found.spoke;
  }
  return { steps, broken, spoke };
};

const stepText = (step: Step, names: Names): string => {
  if ('call' in step) return callText(step.call, step.origin, names);
  if ('advance' in step)
    return `advance ${step.advance} block${step.advance === 1n ? '' : 's'}${step.jump ? ' in one jump' : ''}`;
  return 'inject' in step ? 'inject storage' : step.query;
};

/** A turn of the event loop: lets Ctrl-C through and progress be drawn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Scenarios between two turns of the event loop. */
const RUNS_PER_BREATH = 10;

/**
 * Searches for a scenario that breaks the invariant.
 * @returns what the suite came to; also emitted, with the counterexample where there is one.
 */
export const runInvariant = async (invariant: Invariant, options: InvariantRunOptions): Promise<SuiteFinished> => {
  const { rules, seed, runs, emit, now, signal } = options;
  const started = now();
  const suite = `${invariant.id} ${invariant.name}, ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'invariant', target: `engine (${rules.toString()})`, seed });
  const cast = makeCast();
  const engine = createEngine(optionsOf(rules));
  const done = { runs: 0, steps: 0, spoke: 0 };
  const holds = async (scenario: Plan): Promise<boolean> => {
    if (done.runs % RUNS_PER_BREATH === 0) {
      await breathe();
      emit({
        type: 'progress',
        suite,
        steps: done.steps,
        share: Math.min(1, done.runs / runs),
        elapsed: now() - started,
      });
    }
    // The one failure that ends fast-check's run at once, without a verdict.
    if (signal?.aborted === true) throw new fc.PreconditionFailure(true);
    const { steps, broken, spoke } = playPlan(engine, cast, invariant, scenario);
    done.runs += 1;
    done.steps += steps.length;
    done.spoke += spoke;
    return broken === null;
  };
  const result = await fc.check(fc.asyncProperty(plan(options.maxSteps), holds), {
    seed,
    numRuns: runs,
    ...(options.path !== undefined && { path: options.path }),
  });
  const found =
    result.counterexample && (await confirm(invariant, result.counterexample[0], result, options, suite, cast));
  if (found) emit(found);
  const verdict = verdictOf(result.failed, found, done.spoke, rules);
  const note = signal?.aborted === true ? ' (interrupted)' : '';
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict,
    scenarios: done.runs,
    steps: done.steps,
    differences: result.failed ? 1 : 0,
    summary: summaryOf(verdict, found) + note,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};

const verdictOf = (
  failed: boolean,
  found: Counterexample | null,
  spoke: number,
  rules: Rules,
): SuiteFinished['verdict'] => {
  if (failed && !found) return 'error';
  if (found) return rules.isPromised() ? 'finding' : 'deviates';
  return spoke === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = (verdict: SuiteFinished['verdict'], found: Counterexample | null): string => {
  if (found) return `${found.broken} (${found.steps.length} step${found.steps.length === 1 ? '' : 's'})`;
  if (verdict === 'error') return 'broken once, but not when it was run again: an error of this tool';
  return verdict === 'vacuous' ? 'no state that the invariant is about was reached' : 'holds';
};

/** A rule set in a file's name: its text where that is short, else its hash. */
const fileStem = (rules: Rules): string => {
  const text = rules.toString();
  return text.length <= 40 ? text.replaceAll(/[=,]/g, '-') : `rules-${blake2_256(hexOfText(text)).slice(2, 10)}`;
};

/** Runs a counterexample once more, on fresh engines, and keeps it; null where it does not come again. */
const confirm = async (
  invariant: Invariant,
  scenario: Plan,
  { counterexamplePath, numShrinks }: { readonly counterexamplePath: string | null; readonly numShrinks: number },
  { rules, seed, out }: InvariantRunOptions,
  suite: string,
  cast: Cast,
): Promise<Counterexample | null> => {
  const { steps, broken } = playPlan(createEngine(optionsOf(rules)), cast, invariant, scenario);
  if (broken === null) return null;
  const path = counterexamplePath ?? '';
  const file = join(out, `${invariant.id}-${fileStem(rules)}-${seed}.jsonl`);
  const accounts = accountsOf(cast);
  const lines = await recordScenario(
    new EngineTarget(optionsOf(rules)),
    0,
    genesisOf(cast, scenario.nextRequestId),
    {
      users: cast.users.map(({ id }) => id),
      sub_accounts: cast.subAccounts.map(({ id }) => id),
      sudo: cast.sudo.id,
      paths: Object.fromEntries(accounts.map((account) => [account.id, account.path])),
    },
    steps,
  );
  await writeRecording(
    file,
    {
      format: RECORDING_FORMAT,
      spec_name: 'assay-engine',
      spec_version: rules.revised('REV-01') && rules.revised('REV-02') ? REVISED_SPEC_VERSION : 9000,
      seed,
      scenarios: 1,
      steps: steps.length,
      recorded_pallets: ['Compute', 'PalletIp', 'Registration', 'SubAccount', 'ExecutionUnit'],
      ip_release_period: CAST_RELEASE_PERIOD.toString(),
      rules: rules.toString(),
      path,
      invariant: { id: invariant.id, statement: invariant.statement, broken },
      phrase: PHRASE,
    },
    lines,
  );
  return {
    type: 'counterexample',
    suite,
    invariant: invariant.id,
    statement: invariant.statement,
    broken,
    rules: rules.toString(),
    seed,
    path,
    shrinks: numShrinks,
    steps: steps.map((step) => stepText(step, namesOf(cast))),
    file,
    command: `npx assay replay ${file}`,
  };
};
