/**
 * The differential run of one scenario: the same steps to a target and to the engine, and after each of them pool validity,
 * outcome, events and every changed key compared; at the end the whole state. It ends with the first step that parts them.
 *
 * The target goes first: where it begins elsewhere, can't take a step, or puts a call into a block of its own, the engine follows.
 */
import type { RawDiff, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import type { Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Genesis, Step } from '../spec/steps.js';
import type { Engine, EngineOptions } from '../engine/engine.js';
import type { EngineTarget } from '../targets/engine-target.js';
import { palletPrefix, storage } from '../spec/storage.js';
import {
  attempt,
  firstInTurn,
  NotCovered,
  whenReady,
  type Answer,
  type Awaitable,
  type Beginning,
  type Opening,
  type Target,
} from '../targets/target.js';
import {
  compareDiffs,
  compareEvents,
  compareOpenings,
  compareOutcomes,
  compareValidity,
  queryMismatch,
  type Mismatch,
} from './compare.js';
import { metBy, type Coverage } from './coverage.js';
import { isEnding, type Ending } from './ending.js';
import { recordedBlock, recordedEvents } from './record.js';
import { inScope, type LayoutScope } from './scope.js';

/** The two that are held against each other, and by what measure. */
export interface Pair {
  readonly engine: EngineTarget;
  readonly target: Target;
  readonly scope: LayoutScope;
  /** Counts what is reached: the engine then tells it which rules are asked. */
  readonly coverage?: Coverage;
}

/** A scenario before it is played, which may be more than once. */
export interface Script {
  readonly genesis: Genesis;
  /** The steps, each made when it is its turn, in the state that the engine has by then. */
  readonly steps: (engine: Engine) => Iterator<Step>;
}

/** What one scenario came to. */
export interface Compared {
  /** Where it began: what was asked for, but for what {@link Beginning.began} says otherwise. */
  readonly genesis: Genesis;
  /** What was played, the parting step last. */
  readonly steps: readonly Step[];
  /** Where engine and target part, null where they agree to the end. */
  readonly mismatch: Mismatch | null;
  /** Calls that the target answered. */
  readonly answered: number;
  /** What could not be compared, `what: why`, and how often. */
  readonly uncovered: ReadonlyMap<string, number>;
  /** What ended it early, null where nothing did. */
  readonly ended: Ending | null;
}

type CallStep = Extract<Step, { call: Call }>;

/** The one call that creates requests: a stand-in, which chains may have not. */
export const PURCHASE = 'Marketplace.purchase_plan';
/** The one call that begins a release, whose end nobody knows where the release period is not known. */
export const RELEASES = 'Compute.submit_compute_deletion_request';
const NO_PERIOD = 'the target does not tell its IP release period: name it with ?period=N';
/** What is told where a runtime has no call that creates requests. */
const BY_INJECTION = `call ${PURCHASE}: this runtime has no such call: what creation writes was written by injection`;
const NEXT_REQUEST_ID = storage.Compute.NextRequestId.prefix;

/** The engine that stands against a target: its release period is the target's, signatures are checked for real. */
export const engineBeside = (
  rules: Rules,
  { releasePeriod }: Pick<Target, 'releasePeriod'>,
  coverage?: Coverage,
): EngineOptions => ({
  rules,
  verify: remembering(verifySignature),
  ...(releasePeriod !== null && { releasePeriod }),
  ...(coverage && { onRule: coverage.onRule }),
});

/** `what: why`, apart. */
export const splitReason = (text: string): { readonly what: string; readonly reason: string } => {
  const [what = text, ...reason] = text.split(': ');
  return { what, reason: reason.join(': ') || 'the target can not do it' };
};

/** @throws what a target throws where it can't do its work, but for an {@link Ending}: never a difference */
export const compareScenario = (pair: Pair, script: Script): Awaitable<Compared> => {
  const play = (): Awaitable<Compared> => new Scenario(pair, script).play();
  return pair.target.together ? pair.target.together(play) : play();
};

/** Where two answers to one call part, but for the blocks that came with it; of the expected outer outcome only where there is one. */
export const compareAnswers = (
  expected: Answer,
  observed: Answer,
  { concernsEvent, concernsKey }: LayoutScope,
): Mismatch | undefined =>
  compareOutcomes('outcome', expected.outcome, observed.outcome, observed.panicMessage) ??
  (expected.outer && compareOutcomes('outer outcome', expected.outer, observed.outer)) ??
  compareEvents('events', recordedEvents(expected.events), observed.events, concernsEvent) ??
  (observed.diff && compareDiffs('storage', expected.diff ?? {}, observed.diff, concernsKey)[0]);

class Scenario {
  private readonly steps: Step[] = [];
  private readonly uncovered = new Map<string, number>();
  private genesis: Genesis;
  private answered = 0;
  /** Set where the two can't be held together any longer: why the remaining steps are not played. */
  private lost: string | null = null;

  constructor(
    private readonly pair: Pair,
    private readonly script: Script,
  ) {
    this.genesis = script.genesis;
  }

  play(): Awaitable<Compared> {
    return attempt(
      () => whenReady(this.untilParted(), (mismatch) => this.compared(mismatch ?? null, null)),
      (error) => {
        if (!isEnding(error)) throw error;
        return this.compared(null, error);
      },
    );
  }

  private compared(mismatch: Mismatch | null, ended: Ending | null): Compared {
    const { genesis, steps, answered, uncovered } = this;
    return { genesis, steps, mismatch, answered, uncovered, ended };
  }

  private untilParted(): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    return whenReady(target.reset(this.genesis), (observed) => {
      const parted = this.begin(observed);
      if (parted) return parted;
      const steps = this.script.steps(engine.engine);
      return whenReady(
        firstInTurn(steps, (step) => this.step(step)),
        (mismatch) => mismatch ?? this.wholeState(),
      );
    });
  }

  private begin({ opening, began }: Beginning): Mismatch | undefined {
    const { engine } = this.pair;
    if (began === undefined) return this.openings([engine.reset(this.genesis).opening], [opening]);
    const known = inScope(this.pair.scope, began.storage);
    engine.beginAfter({ ...this.genesis, block: began.block, storage: known });
    this.genesis = { ...this.genesis, block: began.block + 1n, storage: known };
    const isReleasing = engine.engine.state.PalletIp.IpReleaseRequests.get().length > 0;
    if (isReleasing && this.pair.target.releasePeriod === null)
      this.lost = `scenarios with IPs to release: ${NO_PERIOD}`;
    return undefined;
  }

  private step(step: Step): Awaitable<Mismatch | undefined> {
    if (this.lost !== null) {
      this.count(this.lost);
      return undefined;
    }
    if ('call' in step) return this.call(step);
    if ('advance' in step) return this.advance(step);
    return 'inject' in step ? this.inject(step.inject) : this.query(step);
  }

  /** Who does not own the clock waits for every block. */
  private advance({ advance, jump = false }: Extract<Step, { advance: bigint }>): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    const options = { jump: jump && target.capabilities.has('clock') };
    return this.covered(
      () => target.advance(advance, options),
      (observed) => {
        this.steps.push({ advance, ...options });
        return this.openings(engine.advance(advance, options), observed);
      },
    );
  }

  private inject(raw: RawDiff): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    if (!target.capabilities.has('inject')) {
      this.count(`injections of storage: ${target.name} takes none`);
      this.lost = `steps after an injection: ${target.name} did not take it`;
      return undefined;
    }
    this.steps.push({ inject: raw });
    engine.inject(raw);
    return whenReady(target.inject(raw), () => undefined);
  }

  private query(step: Extract<Step, { query: string }>): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    return this.covered(
      () => target.query(step.query, step.args),
      (observed) => {
        this.steps.push(step);
        return queryMismatch(step.query, engine.query(step.query, step.args), observed);
      },
    );
  }

  private call(step: CallStep): Awaitable<Mismatch | undefined> {
    const { engine, target } = this.pair;
    const { call, origin } = step;
    if (target.releasePeriod === null && call.name === RELEASES) {
      this.count(`call ${RELEASES}: ${NO_PERIOD}`);
      return undefined;
    }
    if (origin.kind !== 'none') return this.dispatch(step);
    return whenReady(this.validity(call), (said) => {
      const parted = said && compareValidity(engine.validate(call), said);
      if (parted === undefined) return this.dispatch(step);
      this.steps.push(step);
      return parted;
    });
  }

  private validity(call: Call): Awaitable<Validity | undefined> {
    return attempt<Validity | undefined>(
      () => this.pair.target.validate(call),
      (error) => {
        if (error instanceof NotCovered) this.pair.coverage?.poolNotAsked(error.message);
        this.uncover(error, 'validity of unsigned calls: ');
        return undefined;
      },
    );
  }

  private dispatch(step: CallStep): Awaitable<Mismatch | undefined> {
    const { target } = this.pair;
    return attempt(
      () => whenReady(target.dispatch(step.call, step.origin), (observed) => this.answer(step, observed)),
      (error) => this.notTaken(step, error),
    );
  }

  private answer(step: CallStep, observed: Answer): Mismatch | undefined {
    const { engine, coverage } = this.pair;
    const { call, origin } = step;
    this.steps.push(step);
    this.answered += 1;
    const met = coverage ? metBy(engine.engine, call, origin) : null;
    const expected = this.expected(step, observed);
    coverage?.called(call, origin, expected.outcome, met);
    return this.answers(expected, observed);
  }

  private expected({ call, origin }: CallStep, { own }: Answer): Answer {
    const { engine } = this.pair;
    if (own === undefined) return engine.dispatch(call, origin);
    return engine.dispatchIn(own.opened.at(-1)?.block ?? engine.engine.block, call, origin);
  }

  /** Creation is then done by what it writes, where that can be; other calls are left out. */
  private notTaken(step: CallStep, error: unknown): Awaitable<Mismatch | undefined> {
    if (!(error instanceof NotCovered)) throw error;
    const { engine, target, scope, coverage } = this.pair;
    const { call, origin } = step;
    if (scope.calls.includes(call.name)) coverage?.notTaken(origin, error.message);
    const isForCreation = call.name === PURCHASE && !scope.calls.includes(PURCHASE);
    if (!isForCreation || !scope.concernsKey(NEXT_REQUEST_ID) || !target.capabilities.has('inject')) {
      this.count(error.message);
      return undefined;
    }
    const create = () => engine.dispatch(call, origin).diff ?? {};
    const written: RawDiff = coverage ? coverage.aside(create) : create();
    this.count(BY_INJECTION);
    this.steps.push({ inject: written });
    return whenReady(target.inject(written), () => undefined);
  }

  private answers(expected: Answer, observed: Answer): Mismatch | undefined {
    const { scope } = this.pair;
    return (
      this.openings(expected.own?.opened ?? [], observed.own?.opened ?? []) ??
      compareAnswers(expected, observed, scope) ??
      (observed.own && compareDiffs('storage', expected.own?.changes ?? {}, observed.own.changes, scope.concernsKey)[0])
    );
  }

  private openings(expected: readonly Opening[], observed: readonly Opening[]): Mismatch | undefined {
    if (expected.length === 0 && observed.length === 0) return undefined;
    return compareOpenings(expected.map(recordedBlock), observed, this.pair.scope)[0];
  }

  private wholeState(): Awaitable<Mismatch | undefined> {
    if (this.lost !== null) return undefined;
    const { engine, target, scope } = this.pair;
    return firstInTurn(Object.keys(storage).values(), (pallet) =>
      whenReady(
        target.readAll(palletPrefix(pallet)),
        (observed) => compareDiffs('final state', engine.readAll(palletPrefix(pallet)), observed, scope.concernsKey)[0],
      ),
    );
  }

  /** Goes on with what the target did; what it can't do is counted, and the engine does not do it either. */
  private covered<T>(play: () => Awaitable<T>, go: (done: T) => Mismatch | undefined): Awaitable<Mismatch | undefined> {
    return attempt(
      () => whenReady(play(), go),
      (error) => this.uncover(error),
    );
  }

  private uncover(error: unknown, what = ''): undefined {
    if (!(error instanceof NotCovered)) throw error;
    this.count(what + error.message);
    return undefined;
  }

  private count(what: string): void {
    this.uncovered.set(what, (this.uncovered.get(what) ?? 0) + 1);
  }
}
