/**
 * A search for whatever breaks an invariant: generated scenarios on the engine under one rule set, all invariants watched at once. Of
 * each invariant the first scenario that breaks it is kept; the others are watched on.
 */
import { createEngine } from '../engine/engine.js';
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import { genesisOf, type Cast } from './cast.js';
import type { Plan } from './generate.js';
import { optionsOf, resolve } from './play-plan.js';
import { search, type SearchOptions } from './search.js';
import { serve, signersOf } from './service/serve.js';
import { unserved } from './service/unserved.js';
import { shorten, type Played, type Shortest } from './shorten.js';
import { EngineStage, type Stage } from './stage.js';
import { watch, type Scene, type Watched } from './watch.js';

/** A scenario that breaks an invariant, as it was found. */
export interface Break {
  readonly invariant: Invariant;
  readonly plan: Plan;
  readonly broken: string;
  /** Which scenario of the search it was, from 0: fast-check's path. */
  readonly run: number;
  /** Steps that the search had taken until then. */
  readonly after: number;
}

export interface Hunted {
  readonly breaks: readonly Break[];
  /** How many things each invariant spoke of. */
  readonly spoke: ReadonlyMap<Invariant, number>;
  readonly scenarios: number;
  readonly steps: number;
}

export interface HuntOptions extends SearchOptions {
  readonly rules: Rules;
  readonly invariants: readonly Invariant[];
}

/** Rounds in which validators and miners are done with what a scenario leaves, or never are: ids that repeat go round for ever. */
const ROUNDS = 40;

/** A plan as a scene: at its end healthy validators and miners do all they can. */
export const sceneOf = (cast: Cast, { nextRequestId, commands }: Plan): Scene => ({
  genesis: genesisOf(cast, nextRequestId),
  steps: ({ engine }) => resolve(engine, cast, commands),
  end: ({ engine }) => ({
    steps: serve(engine, { signers: signersOf(cast), maxRounds: ROUNDS }),
    says: () => ({ unserved: unserved(engine) }),
  }),
});

/** Plays a plan on a stage that answers at once. */
export const watchNow = (stage: Stage, cast: Cast, plan: Plan, invariants: readonly Invariant[]): Watched => {
  const watched = watch(stage, sceneOf(cast, plan), invariants);
  if (watched instanceof Promise) throw new Error('the engine answers at once');
  return watched;
};

/** Searches the whole budget. */
export const hunt = async (suite: string, cast: Cast, options: HuntOptions): Promise<Hunted> => {
  const { rules, invariants } = options;
  const stage = new EngineStage(createEngine(optionsOf(rules)));
  const breaks: Break[] = [];
  const spoke = new Map<Invariant, number>();
  let watching = invariants;
  let run = 0;
  let after = 0;
  const { scenarios, steps } = await search(suite, options, (plan) => {
    const watched = watchNow(stage, cast, plan, watching);
    after += watched.steps.length;
    for (const [invariant, count] of watched.spoke) spoke.set(invariant, (spoke.get(invariant) ?? 0) + count);
    for (const [invariant, broken] of watched.broken) breaks.push({ invariant, plan, broken, run, after });
    // What broke hides what else may break in the steps after it: the others go on without it.
    watching = watching.filter((each) => !watched.broken.has(each));
    run += 1;
    return { steps: watched.steps.length, passed: true };
  });
  return { breaks, spoke, scenarios, steps };
};

/** Plays a plan for one invariant on a new engine. */
export const playFor =
  (rules: Rules, cast: Cast, invariant: Invariant) =>
  (plan: Plan): Promise<Played<string>> => {
    const stage = new EngineStage(createEngine(optionsOf(rules)));
    const { genesis, steps, broken } = watchNow(stage, cast, plan, [invariant]);
    return Promise.resolve({ genesis, steps, failure: broken.get(invariant) ?? null });
  };

/** @returns the plan as short as it goes, null where it breaks the invariant no more */
export const shortestBreak = async (
  rules: Rules,
  cast: Cast,
  { invariant, plan }: Pick<Break, 'invariant' | 'plan'>,
  signal?: AbortSignal,
): Promise<Shortest<string> | null> => {
  const shortened = await shorten({ plan }, { play: playFor(rules, cast, invariant), isUnshrunk: true, signal });
  return shortened?.shortest ?? null;
};
