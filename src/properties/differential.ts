/**
 * The differential run of one scenario: the same steps to the engine and to a target, and after each of them pool validity,
 * outcome, events and every changed key compared; at the end the whole state. It ends with the first step that parts them.
 */
import type { RawDiff } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import type { Step } from '../spec/steps.js';
import type { EngineTarget } from '../targets/engine-target.js';
import { palletPrefix, storage } from '../spec/storage.js';
import {
  firstInTurn,
  NotCovered,
  whenReady,
  type Answer,
  type Awaitable,
  type Opening,
  type Target,
} from '../targets/target.js';
import { genesisOf, type Cast } from './cast.js';
import {
  compareDiffs,
  compareEvents,
  compareOpenings,
  compareOutcomes,
  compareValidity,
  type Mismatch,
} from './compare.js';
import type { Plan } from './generate.js';
import { resolve } from './play-plan.js';
import { recordedBlock, recordedEvents } from './record.js';
import type { LayoutScope } from './scope.js';

/** The two that are held against each other, and by what measure. */
export interface Pair {
  readonly engine: EngineTarget;
  readonly target: Target;
  readonly scope: LayoutScope;
}

/** What one scenario came to. */
export interface Compared {
  /** What was played, the parting step last. */
  readonly steps: readonly Step[];
  /** Where engine and target part, null where they agree to the end. */
  readonly mismatch: Mismatch | null;
  /** Calls that the target answered. */
  readonly answered: number;
  /** What could not be compared, and how often. */
  readonly uncovered: ReadonlyMap<string, number>;
}

type CallStep = Extract<Step, { call: Call }>;

const PURCHASE = 'Marketplace.purchase_plan';
/** The one call that begins a release, whose end nobody knows where the release period is not known. */
const RELEASES = 'Compute.submit_compute_deletion_request';
const NO_PERIOD = `call ${RELEASES}: the target does not tell its IP release period: name it with ?period=N`;
/** What is told where a runtime has no call that creates requests. */
const BY_INJECTION = `call ${PURCHASE}: this runtime has no such call: what creation writes was written by injection`;

/** @throws what a target throws where it can't do its work: never a difference */
export const compareScenario = (pair: Pair, cast: Cast, plan: Plan): Awaitable<Compared> =>
  pair.target.together
    ? pair.target.together(() => new Scenario(pair, cast, plan).play())
    : new Scenario(pair, cast, plan).play();

class Scenario {
  private readonly steps: Step[] = [];
  private readonly uncovered = new Map<string, number>();
  private answered = 0;

  constructor(
    private readonly pair: Pair,
    private readonly cast: Cast,
    private readonly plan: Plan,
  ) {}

  play(): Awaitable<Compared> {
    const { engine, target } = this.pair;
    const genesis = genesisOf(this.cast, this.plan.nextRequestId);
    const expected = engine.reset(genesis);
    return whenReady(target.reset(genesis), (observed) => {
      const parted = this.openings([expected.opening], [observed.opening]);
      if (parted) return this.end(parted);
      const steps = resolve(engine.engine, this.cast, this.plan.commands);
      return whenReady(
        firstInTurn(steps, (step) => this.step(step)),
        (mismatch) => (mismatch ? this.end(mismatch) : whenReady(this.wholeState(), (last) => this.end(last))),
      );
    });
  }

  private end(mismatch: Mismatch | undefined): Compared {
    const { steps, answered, uncovered } = this;
    return { steps, mismatch: mismatch ?? null, answered, uncovered };
  }

  private step(step: Step): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    if ('call' in step) return this.call(step);
    this.steps.push(step);
    if ('advance' in step) {
      const { advance, ...options } = step;
      const expected = engine.advance(advance, options);
      return whenReady(target.advance(advance, options), (observed) => this.openings(expected, observed));
    }
    if ('inject' in step) {
      engine.inject(step.inject);
      return whenReady(target.inject(step.inject), () => undefined);
    }
    return undefined;
  }

  private call(step: CallStep): Awaitable<Mismatch | undefined> {
    if (this.pair.target.releasePeriod === null && step.call.name === RELEASES) {
      this.count(NO_PERIOD);
      return undefined;
    }
    try {
      return this.sent(step);
    } catch (error) {
      return this.notCovered(step, error);
    }
  }

  /** The target first: what it can't take, the engine is not given. */
  private sent(step: CallStep): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    const { call, origin } = step;
    const observedValidity = origin.kind === 'none' ? target.validate(call) : undefined;
    return whenReady(observedValidity, (validity) =>
      whenReady(target.dispatch(call, origin), (observed) => {
        this.steps.push(step);
        this.answered += 1;
        const parted = validity && compareValidity(engine.validate(call), validity);
        return parted ?? this.answers(engine.dispatch(call, origin), observed);
      }),
    );
  }

  /** Creation is then done by what it writes; other calls are left out. */
  private notCovered(step: CallStep, error: unknown): Awaitable<Mismatch | undefined> {
    if (!(error instanceof NotCovered)) throw error;
    const { engine, target, scope } = this.pair;
    const isForCreation = step.call.name === PURCHASE && !scope.calls.includes(PURCHASE);
    if (!isForCreation || !scope.concernsKey(NEXT_REQUEST_ID)) {
      this.count(error.message);
      return undefined;
    }
    const written: RawDiff = engine.dispatch(step.call, step.origin).diff ?? {};
    this.count(BY_INJECTION);
    this.steps.push({ inject: written });
    return whenReady(target.inject(written), () => undefined);
  }

  private answers(expected: Answer, observed: Answer): Mismatch | undefined {
    const { concernsEvent, concernsKey } = this.pair.scope;
    return (
      compareOutcomes('outcome', expected.outcome, observed.outcome, observed.panicMessage) ??
      (expected.outer && compareOutcomes('outer outcome', expected.outer, observed.outer)) ??
      compareEvents('events', recordedEvents(expected.events), observed.events, concernsEvent) ??
      (observed.diff && compareDiffs('storage', expected.diff ?? {}, observed.diff, concernsKey)[0])
    );
  }

  private openings(expected: readonly Opening[], observed: readonly Opening[]): Mismatch | undefined {
    return compareOpenings(expected.map(recordedBlock), observed, this.pair.scope)[0];
  }

  private wholeState(): Awaitable<Mismatch | undefined> {
    const { engine, target, scope } = this.pair;
    return firstInTurn(Object.keys(storage).values(), (pallet) =>
      whenReady(
        target.readAll(palletPrefix(pallet)),
        (observed) => compareDiffs('final state', engine.readAll(palletPrefix(pallet)), observed, scope.concernsKey)[0],
      ),
    );
  }

  private count(what: string): void {
    this.uncovered.set(what, (this.uncovered.get(what) ?? 0) + 1);
  }
}

const NEXT_REQUEST_ID = storage.Compute.NextRequestId.prefix;
