/** Plays a plan on the engine and shows every state to an invariant. */
import type { Engine, EngineOptions } from '../engine/engine.js';
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Step } from '../spec/steps.js';
import { CAST_RELEASE_PERIOD, genesisOf, type Cast } from './cast.js';
import type { Command } from './commands/command.js';
import type { Plan } from './generate.js';
import { viewOf } from './view.js';

/** What one scenario came to. `steps` ends with the one that broke the invariant. */
export interface Played {
  readonly steps: readonly Step[];
  readonly broken: string | null;
  readonly spoke: number;
}

/** The engine's options for generated scenarios. */
export const optionsOf = (rules: Rules): EngineOptions => ({
  rules,
  releasePeriod: CAST_RELEASE_PERIOD,
  verify: remembering(verifySignature),
});

/** Applies a step to the engine; tells whether it changed anything. */
export const playEngine = (engine: Engine, step: Step): boolean => {
  if ('call' in step) return !engine.dispatch(step.call, step.origin).changes.isEmpty();
  if ('advance' in step) return engine.advance(step.advance, step.jump).length > 0;
  if ('inject' in step) engine.inject(step.inject);
  return 'inject' in step;
};

/** What commands mean, one by one: each is resolved in the state that whoever asks has brought about by then. */
export function* resolve(engine: Engine, cast: Cast, commands: readonly Command[]): Generator<Step> {
  const sent: Step[] = [];
  for (const command of commands) {
    const step = command.resolve({ engine, cast, sent });
    if (step === null) continue;
    if ('call' in step) sent.push(step);
    yield step;
  }
}

/** Plays a plan until the invariant breaks or the plan ends. */
export const playPlan = (
  engine: Engine,
  cast: Cast,
  invariant: Invariant,
  { nextRequestId, commands }: Plan,
): Played => {
  const genesis = genesisOf(cast, nextRequestId);
  engine.reset({ ...genesis, block: genesis.block - 1n });
  engine.advance(1n);
  const look = invariant.watch();
  let { broken, spoke } = look(viewOf(engine.state));
  const steps: Step[] = [];
  if (broken !== null) return { steps, broken, spoke };
  for (const step of resolve(engine, cast, commands)) {
    steps.push(step);
    if (!playEngine(engine, step)) continue;
    const found = look(viewOf(engine.state));
    broken = found.broken;
    spoke += found.spoke;
    if (broken !== null) break;
  }
  return { steps, broken, spoke };
};
