/**
 * The pool as a suite: what it says of every call that is sent unsigned, compared with the engine, and what it does with calls that
 * are offered to it. The first needs nothing but RPC; the second a node that makes its blocks out of a pool.
 */
import fc from 'fast-check';
import { callNames, type Call, type CallName } from '../spec/calls.js';
import type { Rules } from '../spec/rules.js';
import type { Difference, Emit, SuiteFinished } from '../spec/run-events.js';
import { EngineTarget } from '../targets/engine-target.js';
import { Interrupted, type NodeFailure } from '../targets/failures.js';
import { NotCovered } from '../targets/target.js';
import { genesisOf, makeCast, namesOf } from './cast.js';
import { SendCall } from './commands/send-call.js';
import { compareValidity } from './compare.js';
import { splitReason } from './differential.js';
import { failureOf, interruptionNote, isEnding, type Ending } from './ending.js';
import { fateText, judgeOffers, poolChecks, type PoolStage, type PoolTarget, type Sending } from './pool-checks.js';
import { callText } from './readable.js';
import { everything, inScope, type LayoutScope } from './scope.js';

export interface PoolOptions {
  readonly target: PoolTarget;
  /** Of the engine, as which the target is to behave. */
  readonly rules: Rules;
  /** What of the target's storage the engine begins with. Default: all that is described. */
  readonly scope?: LayoutScope;
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** How often each call is asked about, with other arguments each time. */
const SAMPLES = 5;

/** What the arguments of a call are drawn from. */
const numbers = fc.array(fc.nat({ max: 15 }), { minLength: 1, maxLength: 12, size: 'max' });

/** Above the ids that requests have. They grow with the blocks: a pool may remember what an earlier run offered. */
const UNUSED_IDS = 1n << 100n;
const IDS_PER_BLOCK = 1_000n;

type Parted = Pick<Difference, 'where' | 'expected' | 'observed'>;

class PoolRun {
  /** Calls whose validity was compared. */
  validated = 0;
  /** Calls that the pool was offered. */
  offered = 0;
  differences = 0;
  /** What the checks showed that came out as they should. */
  readonly seen: string[] = [];
  /** `what: why`, and how often. */
  readonly uncovered = new Map<string, number>();
  private readonly cast = makeCast();
  private readonly names = namesOf(this.cast);
  private readonly engine: EngineTarget;

  constructor(
    private readonly options: PoolOptions,
    private readonly suite: string,
    private readonly started: number,
  ) {
    const { rules, target } = options;
    const { releasePeriod } = target;
    this.engine = new EngineTarget({ rules, ...(releasePeriod !== null && { releasePeriod }) });
  }

  async play(): Promise<void> {
    await this.begin();
    await this.validities();
    await this.offers();
  }

  private async begin(): Promise<void> {
    const { target, scope = everything } = this.options;
    const genesis = genesisOf(this.cast, 0n);
    const { began } = await target.reset(genesis);
    if (began === undefined) this.engine.reset(genesis);
    else this.engine.beginAfter({ ...genesis, block: began.block, storage: inScope(scope, began.storage) });
  }

  private async validities(): Promise<void> {
    for (const [at, name] of callNames.entries()) {
      for (const call of this.samples(name, at)) {
        this.progress(0, at / callNames.length);
        await this.covered('validity of ', () => this.validity(call));
      }
    }
  }

  private samples(name: CallName, at: number): Call[] {
    const { engine } = this.engine;
    return fc.sample(numbers, { seed: this.options.seed + at, numRuns: SAMPLES }).flatMap((drawn) => {
      const step = new SendCall(name, drawn).resolve({ engine, cast: this.cast, sent: [] });
      return 'call' in step ? [step.call] : [];
    });
  }

  private async validity(call: Call): Promise<void> {
    const mismatch = compareValidity(this.engine.validate(call), await this.options.target.validate(call));
    this.validated += 1;
    if (mismatch === undefined) return;
    const { where, expected, observed } = mismatch;
    this.difference(1, [{ call, origin: { kind: 'none' } }], { where: `validity ${where}`.trim(), expected, observed });
  }

  private async offers(): Promise<void> {
    const { engine, cast } = this;
    let next = UNUSED_IDS + engine.engine.block * IDS_PER_BLOCK;
    const stage: PoolStage = { target: this.options.target, engine, cast, unusedId: () => next++ };
    for (const [at, { name, prepare }] of poolChecks.entries()) {
      this.progress(at + 1, 0);
      await this.covered(`${name}: `, async () => {
        const check = await prepare(stage);
        const { calls, fates, isAsExpected, block } = await judgeOffers(stage, check);
        this.offered += calls.length;
        if (isAsExpected) this.seen.push(check.seen);
        else {
          const observed = fates.map(fateText).join('; ');
          this.difference(at + 2, calls, { where: name, expected: check.expected, observed }, block);
        }
      });
    }
  }

  /** What can't be done is counted. @throws Interrupted */
  private async covered(what: string, play: () => Promise<void>): Promise<void> {
    if (this.options.signal?.aborted === true) throw new Interrupted();
    try {
      await play();
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      const text = what + error.message;
      this.uncovered.set(text, (this.uncovered.get(text) ?? 0) + 1);
    }
  }

  /** `step` is the number of the check; the first is about validity. */
  private difference(step: number, calls: readonly Sending[], parted: Parted, block = this.engine.engine.block): void {
    this.differences += 1;
    const what = calls.map(({ call, origin }) => callText(call, origin, this.names)).join('; then ');
    this.options.emit({
      type: 'difference',
      suite: this.suite,
      scenario: 0,
      step,
      block: block.toString(),
      what,
      aspect: 'pool',
      ...parted,
    });
  }

  private progress(checks: number, part: number): void {
    const { emit, now } = this.options;
    const share = (checks + part) / (poolChecks.length + 1);
    const steps = this.validated + this.offered;
    emit({ type: 'progress', suite: this.suite, steps, share, elapsed: now() - this.started });
  }
}

const verdictOf = (
  { differences, validated, seen }: PoolRun,
  failure: NodeFailure | null,
): SuiteFinished['verdict'] => {
  if (differences > 0) return 'finding';
  if (failure) return 'error';
  return validated === 0 && seen.length === 0 ? 'vacuous' : 'conforms';
};

const summaryOf = ({ differences, validated, seen }: PoolRun, failure: NodeFailure | null): string => {
  const count = `${differences} difference${differences === 1 ? '' : 's'}`;
  const all = [count, `validity of ${validated} calls`, ...seen].join('; ');
  return failure ? `${failure.message}; until then ${all}` : all;
};

/** Plays until it is done, or ended early. */
const endingOf = async (run: PoolRun): Promise<Ending | null> => {
  try {
    await run.play();
    return null;
  } catch (error) {
    if (!isEnding(error)) throw error;
    return error;
  }
};

/**
 * Asks a target's pool.
 * @returns what the suite came to; also emitted.
 * @throws NodeFailure, once all that was done is emitted
 */
export const runPool = async (options: PoolOptions): Promise<SuiteFinished> => {
  const { target, rules, emit, now, seed, signal } = options;
  const started = now();
  const suite = `pool of ${target.name} against ${rules.toString()}`;
  emit({ type: 'suite-started', suite, kind: 'pool', target: target.name, seed });
  const run = new PoolRun(options, suite, started);
  const ended = await endingOf(run);
  for (const [what, count] of run.uncovered) emit({ type: 'not-covered', suite, ...splitReason(what), count });
  const failure = failureOf(ended, signal);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: verdictOf(run, failure),
    scenarios: 1,
    steps: run.validated + run.offered,
    differences: run.differences,
    summary: summaryOf(run, failure) + interruptionNote(ended, signal),
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};
