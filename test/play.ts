/** Generated scenarios on an engine, step by step, for properties over the engine. */
import { createEngine, type Engine } from '../src/engine/engine.js';
import { CAST_RELEASE_PERIOD, genesisOf, makeCast } from '../src/properties/cast.js';
import type { Plan } from '../src/properties/generate.js';
import { resolve } from '../src/properties/play-plan.js';
import type { Rules } from '../src/spec/rules.js';
import { remembering, verifySignature } from '../src/spec/signatures.js';
import type { Step } from '../src/spec/steps.js';
import type { Changes } from '../src/engine/store.js';
import type { Outcome } from '../src/spec/answers.js';

const cast = makeCast();
const verify = remembering(verifySignature);

export interface PlayedStep {
  readonly step: Step;
  /** Null for what is no call. */
  readonly outcome: Outcome | null;
  /** What the step changed, block by block. */
  readonly changes: readonly Changes[];
}

/** An engine at the beginning of a plan. */
export const engineFor = (rules: Rules, { nextRequestId }: Plan): Engine => {
  const engine = createEngine({ rules, releasePeriod: CAST_RELEASE_PERIOD, verify });
  engine.reset(genesisOf(cast, nextRequestId));
  return engine;
};

const apply = (engine: Engine, step: Step): Omit<PlayedStep, 'step'> => {
  if ('call' in step) {
    const { outcome, changes } = engine.dispatch(step.call, step.origin);
    return { outcome, changes: [changes] };
  }
  if ('advance' in step)
    return { outcome: null, changes: engine.advance(step.advance, step.jump).map((each) => each.changes) };
  throw new Error('plans have calls and advances only');
};

/** Plays a plan; `look` sees every step once it is done. */
export const play = (engine: Engine, { commands }: Plan, look: (played: PlayedStep) => void): void => {
  for (const step of resolve(engine, cast, commands)) look({ step, ...apply(engine, step) });
};
