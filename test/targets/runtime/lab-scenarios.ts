/** Generated scenarios as steps, and all that a target answers to them, in a form that compares. */
import fc from 'fast-check';
import { createEngine } from '../../../src/engine/engine.js';
import { genesisOf, makeCast } from '../../../src/properties/cast.js';
import { plan, type Plan } from '../../../src/properties/generate.js';
import { begin, optionsOf, playEngine, resolve } from '../../../src/properties/play-plan.js';
import type { RawState, Validity } from '../../../src/spec/answers.js';
import { fieldsToJson } from '../../../src/spec/json.js';
import { Rules } from '../../../src/spec/rules.js';
import type { Genesis, Step } from '../../../src/spec/steps.js';
import { palletPrefix, storage } from '../../../src/spec/storage.js';
import type { RuntimeTarget } from '../../../src/targets/runtime-target.js';
import type { Answer, Opening, SeenEvent } from '../../../src/targets/target.js';

const cast = makeCast();

export interface Scenario {
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
}

/** A plan's steps, resolved against an engine under these rules. */
export const scenarioOf = ({ nextRequestId, commands }: Plan, rules = Rules.deployed): Scenario => {
  const engine = createEngine(optionsOf(rules));
  const genesis = genesisOf(cast, nextRequestId);
  begin(engine, genesis);
  const steps: Step[] = [];
  for (const step of resolve(engine, cast, commands)) {
    steps.push(step);
    playEngine(engine, step);
  }
  return { genesis, steps };
};

/** Scenarios of a seed, the same each time. */
export const sampleScenarios = (seed: number, count: number, maxSteps = 60): readonly Scenario[] =>
  fc.sample(plan(maxSteps), { seed, numRuns: count }).map((each) => scenarioOf(each));

export const anyScenario = (maxSteps: number): fc.Arbitrary<Scenario> => plan(maxSteps).map((each) => scenarioOf(each));

/** Events with their fields decoded, which they are not until somebody looks. */
const seenEvents = (all: readonly SeenEvent[]) =>
  all.map(({ index, name, fields }) => ({ index, name, fields: fieldsToJson(fields) }));

const seenOpening = ({ block, events, diff }: Opening) => ({ block, diff, events: seenEvents(events) });

type Seen<T extends { readonly events: unknown }> = Omit<T, 'events'> & {
  readonly events: ReturnType<typeof seenEvents>;
};

export type Told = { readonly validity: Validity | null; readonly answer: Seen<Answer> } | readonly Seen<Opening>[];

const tell = (target: RuntimeTarget, step: Step): Told => {
  if ('advance' in step) return target.advance(step.advance, { jump: step.jump === true }).map(seenOpening);
  if (!('call' in step)) throw new Error('plans have calls and advances only');
  const { call, origin } = step;
  const validity = origin.kind === 'none' ? target.validate(call) : null;
  const answer = target.dispatch(call, origin);
  return { validity, answer: { ...answer, events: seenEvents(answer.events) } };
};

export interface Played {
  readonly opening: Seen<Opening>;
  readonly told: readonly Told[];
  readonly state: RawState;
}

/** Everything that a target says to a scenario, and the state that it ends with. */
export const playedOn = (target: RuntimeTarget, { genesis, steps }: Scenario): Played => {
  const { opening } = target.reset(genesis);
  const told = steps.map((step) => tell(target, step));
  const state = Object.assign(
    {},
    ...Object.keys(storage).map((pallet) => target.readAll(palletPrefix(pallet))),
  ) as RawState;
  return { opening: seenOpening(opening), told, state };
};

/** Outcomes by name, with how often they came. */
export const tally = (all: readonly Told[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const each of all) {
    if (!('answer' in each)) continue;
    const [kind = ''] = Object.keys(each.answer.outcome);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
};
