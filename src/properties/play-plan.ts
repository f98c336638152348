/** What plans mean, and how the engine is set for them. */
import type { Engine, EngineOptions } from '../engine/engine.js';
import type { Rules } from '../spec/rules.js';
import { remembering, verifySignature } from '../spec/signatures.js';
import type { Genesis, Step } from '../spec/steps.js';
import { CAST_RELEASE_PERIOD, type Cast } from './cast.js';
import type { Command } from './commands/command.js';

/** One memory for all engines: scenarios are played again under other rules, and a check costs more than a scenario. */
const verify = remembering(verifySignature, 100_000);

/** The engine's options for generated scenarios. */
export const optionsOf = (rules: Rules): EngineOptions => ({
  rules,
  releasePeriod: CAST_RELEASE_PERIOD,
  verify,
});

/** Starts anew in the block that a genesis names, which is opened as any other. */
export const begin = (engine: Engine, genesis: Genesis): void => {
  engine.reset({ ...genesis, block: genesis.block - 1n });
  engine.advance(1n);
};

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
