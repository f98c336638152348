/**
 * One scenario on the old and the new runtime at once, each step from the same state, so that one divergence does not drown the
 * rest: one of the two leads, and the other is given its storage after each step. Engines stand beside both and say who departs.
 */
import type { Call } from '../spec/calls.js';
import type { RawDiff } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import type { Genesis, Step } from '../spec/steps.js';
import type { Engine } from '../engine/engine.js';
import {
  compareOpenings,
  compareOutcomes,
  compareValidity,
  queryMismatch,
  type Mismatch,
} from '../properties/compare.js';
import { compareAnswers, engineBeside, PURCHASE, RELEASES } from '../properties/differential.js';
import { recordedBlock } from '../properties/record.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import { NotCovered, type Answer, type OperationCounts, type Opening, type Target } from '../targets/target.js';
import { judge, type Divergence, type Held, type Judged } from './blame.js';
import { Follow } from './follow.js';
import type { Measure, SideName, Sides } from './sides.js';
import { TwoMeanings } from './values.js';

/** One call that both took alike, in its cost. */
export interface Priced {
  readonly call: string;
  readonly old: OperationCounts;
  readonly next: OperationCounts;
}

export interface JointPlay {
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
  readonly divergences: readonly Divergence[];
  /** The steps in which the new one follows rules that nobody announced. */
  readonly unannounced: readonly Divergence[];
  /** How many steps came to what, but for the divergences. */
  readonly counts: Readonly<Record<Extract<Judged, string>, number>>;
  /** Steps in which a side departs from its engine, whatever the other does. */
  readonly departures: Readonly<Record<SideName, number>>;
  readonly priced: readonly Priced[];
  /** Calls that both answered. */
  readonly answered: number;
  /** What could not be played or compared, `what: why`, and how often. */
  readonly uncovered: ReadonlyMap<string, number>;
  /** Milliseconds that calls took. */
  readonly time: Readonly<Record<SideName, number>>;
}

export interface JointOptions {
  readonly sides: Sides;
  readonly measure: Measure;
  readonly leader: SideName;
  readonly fresh?: boolean;
}

type CallStep = Extract<Step, { call: Call }>;

const NO_PERIOD = 'a runtime does not tell its IP release period: name it with ?period=N';
const NOT_IN_BOTH = 'it is not in both runtimes as it is specified';
const BY_INJECTION = 'neither runtime has such a call: what creation writes was written by injection';

/** What the engine says under each set of rules. */
type ByRules<T> = Readonly<Record<keyof Measure, T>>;

/** What both did in a step, what the engine says of it, and how two of those are compared. */
interface Comparison<T> {
  readonly expected: ByRules<T>;
  readonly observed: Readonly<Record<SideName, T>>;
  readonly compare: (expected: T, observed: T, scope: Scope) => Mismatch | undefined;
}

/** The players of any number of scenarios, one after the other. */
export class Joint {
  readonly runtimes: Readonly<Record<SideName, RuntimeTarget>>;
  readonly meanings: TwoMeanings;
  readonly engines: ByRules<EngineTarget>;
  /** What is stored in each now. */
  readonly has = {
    old: (key: Hex): Hex | null => this.runtimes.old.read(key),
    next: (key: Hex): Hex | null => this.runtimes.next.read(key),
  };

  constructor(readonly options: JointOptions) {
    const { sides, measure, fresh = false } = options;
    const [old, next] = [sides.old.makeTarget({ fresh }), sides.next.makeTarget({ fresh })];
    this.runtimes = { old, next };
    this.meanings = new TwoMeanings(sides.old.runtime, sides.next.runtime);
    const announced = new EngineTarget(engineBeside(measure.next, next));
    const isAsAnnounced = measure.found.toString() === measure.next.toString();
    this.engines = {
      old: new EngineTarget(engineBeside(measure.old, old)),
      next: announced,
      found: isAsAnnounced ? announced : new EngineTarget(engineBeside(measure.found, next)),
    };
  }

  /**
   * Plays one scenario; `steps` makes each when it is its turn, in the state that the leader's engine has by then.
   * @throws BlockError where a block can't be built
   */
  play(genesis: Genesis, steps: (engine: Engine) => Iterable<Step>): JointPlay {
    const { old, next } = this.runtimes;
    return old.together(() => next.together(() => new JointScenario(this, genesis).play(steps)));
  }
}

class JointScenario {
  private readonly steps: Step[] = [];
  private readonly divergences: Divergence[] = [];
  private readonly unannounced: Divergence[] = [];
  private readonly priced: Priced[] = [];
  private readonly uncovered = new Map<string, number>();
  private readonly departures = { old: 0, next: 0 };
  private answered = 0;
  private readonly counts = { same: 0, shared: 0, announced: 0, unannounced: 0 };
  private readonly time = { old: 0, next: 0 };
  private readonly followers: Follow;
  /** Set where only one of them took a step: they are in two states. */
  private isStopped = false;

  constructor(
    private readonly joint: Joint,
    private readonly genesis: Genesis,
  ) {
    const { runtimes, meanings, engines, options } = joint;
    this.followers = new Follow({
      ...options,
      runtimes,
      meanings,
      engines: [...new Set(Object.values(engines))],
      count: (what) => this.count(what),
    });
  }

  play(steps: (engine: Engine) => Iterable<Step>): JointPlay {
    const { runtimes, engines, options } = this.joint;
    const { genesis } = this;
    this.opened(
      this.expected((engine) => [engine.reset(genesis).opening]),
      { old: [runtimes.old.reset(genesis).opening], next: [runtimes.next.reset(genesis).opening] },
    );
    for (const step of steps(engines[options.leader].engine)) {
      this.step(step);
      if (this.isStopped) break;
    }
    const { steps: played, divergences, unannounced, counts, departures, priced, answered, uncovered, time } = this;
    return { genesis, steps: played, divergences, unannounced, counts, departures, priced, answered, uncovered, time };
  }

  /** Asks the engine under each set of rules, once where two are the same. */
  private expected<T>(ask: (engine: EngineTarget) => T): ByRules<T> {
    const { engines } = this.joint;
    const [old, next] = [ask(engines.old), ask(engines.next)];
    return { old, next, found: engines.found === engines.next ? next : ask(engines.found) };
  }

  private step(step: Step): void {
    if ('call' in step) this.call(step);
    else if ('advance' in step) this.advance(step);
    else if ('inject' in step) {
      this.steps.push(step);
      this.followers.inject(step.inject);
    } else this.query(step);
  }

  private query(step: Extract<Step, { query: string }>): void {
    const { old, next } = this.joint.runtimes;
    const { query, args } = step;
    const ask = (target: Pick<Target, 'query'>): Hex => target.query(query, args) as Hex;
    try {
      const observed = { old: ask(old), next: ask(next) };
      const expected = this.expected(ask);
      this.steps.push(step);
      const compare = (one: Hex, other: Hex): Mismatch | undefined => queryMismatch(query, one, other);
      this.hold(() => query, compare(observed.old, observed.next), { expected, observed, compare });
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      this.count(`query ${query}: ${error.message}`);
    }
  }

  private advance(step: Extract<Step, { advance: bigint }>): void {
    const { old, next } = this.joint.runtimes;
    const options = { jump: step.jump === true };
    this.steps.push(step);
    this.opened(
      this.expected((engine) => engine.advance(step.advance, options)),
      { old: old.advance(step.advance, options), next: next.advance(step.advance, options) },
    );
  }

  private opened(expected: ByRules<readonly Opening[]>, observed: Record<SideName, readonly Opening[]>): void {
    const between = compareOpened(observed.old, observed.next, this.joint.options.sides.old.scope, this.joint.meanings);
    this.hold(hookOf, between, { expected, observed, compare: openingMismatch });
    const all = [observed.old, observed.next, ...Object.values(expected)];
    this.followers.follow(all.map((openings) => Object.assign({}, ...openings.map(({ diff }) => diff)) as RawDiff));
  }

  private call(step: CallStep): void {
    const { runtimes, options } = this.joint;
    const { call, origin } = step;
    const has = (side: SideName): boolean => options.sides[side].scope.calls.includes(call.name);
    const periods = [runtimes.old.releasePeriod, runtimes.next.releasePeriod];
    if (call.name === RELEASES && periods.includes(null)) this.count(`call ${RELEASES}: ${NO_PERIOD}`);
    else if (call.name === PURCHASE && !has('old') && !has('next')) this.create(step);
    else if (!has('old') || !has('next')) this.count(`call ${call.name}: ${NOT_IN_BOTH}`);
    else {
      this.steps.push(step);
      if (origin.kind === 'none') this.validity(call);
      this.dispatch(step);
    }
  }

  private create({ call, origin }: CallStep): void {
    const model = this.joint.engines[this.joint.options.leader];
    const written = model.dispatch(call, origin).diff ?? {};
    this.count(`call ${PURCHASE}: ${BY_INJECTION}`);
    this.steps.push({ inject: written });
    this.followers.inject(written, model);
  }

  private validity(call: Call): void {
    const { old, next } = this.joint.runtimes;
    const observed = { old: old.validate(call), next: next.validate(call) };
    const expected = this.expected((engine) => engine.validate(call));
    const between = compareValidity(observed.old, observed.next);
    this.hold(() => call.name, between, { expected, observed, compare: compareValidity });
  }

  private dispatch({ call, origin }: CallStep): void {
    const observed = this.bothAnswer({ call, origin });
    if (observed === null) return;
    this.answered += 1;
    const expected = this.expected((engine) => engine.dispatch(call, origin));
    const between = this.between(observed.old, observed.next);
    this.hold(() => call.name, between, { expected, observed, compare: compareAnswers });
    const [old, next] = [observed.old.counts, observed.next.counts];
    if (between === undefined && old && next) this.priced.push({ call: call.name, old, next });
    this.followers.follow([observed.old, observed.next, ...Object.values(expected)].map(({ diff }) => diff ?? {}));
  }

  /** Null where one of them can't be given the call: what it takes is missing in the runtime, or in this host. */
  private bothAnswer({ call, origin }: CallStep): Record<SideName, Answer> | null {
    const answers: Partial<Record<SideName, Answer>> = {};
    // Whoever goes second finds warmer caches: they take turns.
    const turns = this.steps.length % 2 === 0 ? (['old', 'next'] as const) : (['next', 'old'] as const);
    for (const side of turns) {
      const began = performance.now();
      try {
        answers[side] = this.joint.runtimes[side].dispatch(call, origin);
      } catch (error) {
        if (!(error instanceof NotCovered)) throw error;
        this.steps.pop();
        this.count(error.message);
        // The first one may have taken the call.
        this.isStopped = side === turns[1];
        return null;
      }
      this.time[side] += performance.now() - began;
    }
    const { old, next } = answers;
    return old && next ? { old, next } : null;
  }

  private between(old: Answer, next: Answer): Mismatch | undefined {
    const { meanings, runtimes } = this.joint;
    return (
      compareOutcomes('outcome', old.outcome, next.outcome, next.panicMessage) ??
      (old.outer && compareOutcomes('outer outcome', old.outer, next.outer)) ??
      meanings.events(runtimes.old.records, runtimes.next.records) ??
      meanings.diffs(old.diff ?? {}, next.diff ?? {}, this.joint.has)
    );
  }

  /** Judges a step by what both did, and what the engine says: once where two sets of rules are one. */
  private hold<T>(
    partOf: (mismatch: Mismatch) => string,
    between: Mismatch | undefined,
    { expected, observed, compare }: Comparison<T>,
  ): void {
    const { sides } = this.joint.options;
    const isOne = this.joint.engines.found === this.joint.engines.next;
    const old = compare(expected.old, observed.old, sides.old.scope);
    const next = compare(expected.next, observed.next, sides.next.scope);
    const found = isOne ? next : compare(expected.found, observed.next, sides.next.scope);
    const isAnnounced = compare(expected.old, expected.next, sides.old.scope) !== undefined;
    const isFlipped = isOne ? isAnnounced : compare(expected.old, expected.found, sides.old.scope) !== undefined;
    this.judge(partOf, { between, old, next, found, isAnnounced, isFlipped });
  }

  private judge(partOf: (mismatch: Mismatch) => string, held: Held): void {
    if (held.old) this.departures.old += 1;
    if (held.next) this.departures.next += 1;
    const judged = judge(held);
    if (typeof judged === 'object') {
      this.divergences.push({ ...judged, part: partOf(judged.mismatch), at: this.steps.length });
      return;
    }
    this.counts[judged] += 1;
    const mismatch = held.between ?? held.next;
    if (judged === 'unannounced' && mismatch)
      this.unannounced.push({ part: partOf(mismatch), mismatch, blame: 'new', against: 'old', at: this.steps.length });
  }

  private count(what: string): void {
    this.uncovered.set(what, (this.uncovered.get(what) ?? 0) + 1);
  }
}

type Scope = Sides['old']['scope'];

const openingMismatch = (
  expected: readonly Opening[],
  observed: readonly Opening[],
  scope: Scope,
): Mismatch | undefined =>
  expected.length === 0 && observed.length === 0
    ? undefined
    : compareOpenings(expected.map(recordedBlock), observed, scope)[0];

/** Of events the specified ones are compared, of storage all that both have. */
const compareOpened = (
  old: readonly Opening[],
  next: readonly Opening[],
  scope: Scope,
  meanings: TwoMeanings,
): Mismatch | undefined => {
  const eventsOnly = { ...scope, concernsKey: () => false };
  const events = openingMismatch(old, next, eventsOnly);
  if (events) return events;
  for (const block of new Set([...old, ...next].map((each) => each.block))) {
    const diffOf = (all: readonly Opening[]): RawDiff => all.find((each) => each.block === block)?.diff ?? {};
    const found = meanings.diffs(diffOf(old), diffOf(next));
    if (found) return { ...found, aspect: 'opening', where: `block ${block}: ${found.where}` };
  }
  return undefined;
};

/** `block 105: PalletIp.IpReleaseRequests[0].ip`, `block 105: event 0: PalletIp.IpReturned`: whose hook that is. */
const hookOf = ({ where }: Mismatch): string =>
  `${/^block \d+: (?:event \d+: )?(\w+)\./.exec(where)?.[1] ?? 'System'}.on_initialize`;
