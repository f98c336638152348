/**
 * Where scenarios are played for invariants: the engine itself, or a target, with an engine at its side that takes over whatever the
 * target did, so that commands find what they mean and invariants see the target's own state.
 */
import type { Engine } from '../engine/engine.js';
import type { RawDiff, Validity } from '../spec/answers.js';
import { encodeCall, type Call } from '../spec/calls.js';
import type { Seen, SeenAnswer, StateView } from '../spec/invariants.js';
import type { Genesis, Step } from '../spec/steps.js';
import { NotCovered, type Target } from '../targets/target.js';
import { begin } from './play-plan.js';
import { viewOf } from './view.js';

export interface Stage {
  /** Whose state commands look at: to read. */
  readonly engine: Engine;
  /** Begins a scenario. */
  begin(genesis: Genesis): Seen | Promise<Seen>;
  /** @returns null where the target can't take the step */
  take(step: Step): Seen | null | Promise<Seen | null>;
}

/** What the end of a scenario adds. */
export type Ended = Pick<Seen, 'unserved' | 'repeated'>;

/** The end of a scenario, as invariants see it. */
export const endOf = (last: Seen, said: Partial<Ended>): Seen => ({
  ...last,
  step: null,
  before: last.state,
  hasChanged: false,
  answer: null,
  unserved: null,
  repeated: null,
  ...said,
});

type Happened = Pick<Seen, 'step' | 'hasChanged' | 'answer'>;

/** The state now and before, made anew only where something changed. */
class Views {
  private now: StateView | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly releasePeriod: bigint | null,
    private readonly validityOf: (call: Call) => Validity | null,
  ) {}

  begin(): Seen {
    this.now = null;
    return this.see({ step: null, hasChanged: true, answer: null });
  }

  see({ step, hasChanged, answer }: Happened): Seen {
    const { engine, releasePeriod, validityOf } = this;
    const before = this.now ?? viewOf(engine.state);
    const state = hasChanged && this.now !== null ? viewOf(engine.state, before) : before;
    this.now = state;
    const { block } = engine;
    // Field by field: spread, it took 5 % of a hunt.
    return {
      step,
      before,
      state,
      hasChanged,
      block,
      releasePeriod,
      answer,
      validityOf,
      unserved: null,
      repeated: null,
    };
  }
}

export class EngineStage implements Stage {
  private readonly views: Views;

  constructor(readonly engine: Engine) {
    this.views = new Views(engine, engine.releasePeriod, (call) => engine.validate(call));
  }

  begin(genesis: Genesis): Seen {
    begin(this.engine, genesis);
    return this.views.begin();
  }

  take(step: Step): Seen {
    return this.views.see({ step, ...this.play(step) });
  }

  private play(step: Step): Omit<Happened, 'step'> {
    if ('call' in step) {
      const { outcome, events, changes } = this.engine.dispatch(step.call, step.origin);
      return { answer: { outcome, events }, hasChanged: !changes.isEmpty() };
    }
    if ('advance' in step) return { answer: null, hasChanged: this.engine.advance(step.advance, step.jump).length > 0 };
    if ('inject' in step) this.engine.inject(step.inject);
    return { answer: null, hasChanged: 'inject' in step };
  }
}

/** A target that tells the storage changes of each call. */
export class TargetStage implements Stage {
  private readonly views: Views;
  /** What the pool said of calls in the open block. */
  private readonly validity = new Map<string, Validity>();

  /** @param engine follows the target: its rules say nothing */
  constructor(
    private readonly target: Target,
    readonly engine: Engine,
  ) {
    this.views = new Views(engine, target.releasePeriod, (call) => this.validity.get(encodeCall(call)) ?? null);
  }

  async begin(genesis: Genesis): Promise<Seen> {
    this.validity.clear();
    const { opening } = await this.target.reset(genesis);
    this.engine.reset(genesis);
    this.engine.follow(opening.block, opening.diff);
    return this.views.begin();
  }

  async take(step: Step): Promise<Seen | null> {
    try {
      return this.views.see({ step, ...(await this.play(step)) });
    } catch (error) {
      if (error instanceof NotCovered) return null;
      throw error;
    }
  }

  private async play(step: Step): Promise<Omit<Happened, 'step'>> {
    const { target } = this;
    if ('call' in step) return this.call(step.call, step);
    if ('query' in step) {
      await target.query(step.query, step.args);
      return { answer: null, hasChanged: false };
    }
    if ('inject' in step) {
      await target.inject(step.inject);
      this.follow(step.inject);
      return { answer: null, hasChanged: true };
    }
    this.validity.clear();
    const opened = await target.advance(step.advance, { jump: step.jump === true });
    this.engine.follow(this.engine.block + step.advance, {});
    for (const { diff } of opened) this.follow(diff);
    return { answer: null, hasChanged: opened.some(({ diff }) => Object.keys(diff).length > 0) };
  }

  private async call(call: Call, { origin }: Extract<Step, { call: unknown }>): Promise<Omit<Happened, 'step'>> {
    const { target } = this;
    if (origin.kind === 'none') this.validity.set(encodeCall(call), await target.validate(call));
    const { outcome, events, diff } = await target.dispatch(call, origin);
    if (diff === undefined) throw new NotCovered(`storage changes of single calls: ${target.name} does not tell them`);
    this.follow(diff);
    const answer: SeenAnswer = { outcome, events };
    return { answer, hasChanged: Object.keys(diff).length > 0 };
  }

  private follow(diff: RawDiff): void {
    this.engine.follow(this.engine.block, diff);
  }
}
