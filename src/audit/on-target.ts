/** Invariants on the target itself: what was found on the engine is seen there too, and what only the target breaks is found. */
import fc from 'fast-check';
import { createEngine } from '../engine/engine.js';
import type { Cast } from '../properties/cast.js';
import { engineBeside } from '../properties/differential.js';
import { closing } from '../properties/ending.js';
import { plan as plans, type Plan } from '../properties/generate.js';
import { sceneOf } from '../properties/hunt.js';
import { shorten, type Played, type Shortest } from '../properties/shorten.js';
import { EngineStage, TargetStage } from '../properties/stage.js';
import { watch, type Scene, type Watched } from '../properties/watch.js';
import { outcomeText } from '../spec/answers.js';
import { toJson } from '../spec/json.js';
import type { Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import type { Genesis, Step } from '../spec/steps.js';
import { palletPrefix, storage } from '../spec/storage.js';
import type { Answer, Awaitable, Target } from '../targets/target.js';

/** Whoever makes targets of the runtime that is audited. */
export interface Audited {
  readonly rules: Rules;
  readonly makeTarget: (options: { readonly fresh: boolean }) => Awaitable<Target>;
}

const stageOf = (target: Target, rules: Rules): TargetStage =>
  new TargetStage(target, createEngine(engineBeside(rules, target)));

const onTarget = async <R>(
  { makeTarget }: Audited,
  fresh: boolean,
  use: (target: Target) => Promise<R>,
): Promise<R> => {
  const target = await makeTarget({ fresh });
  return closing(target, () => use(target));
};

/** Plays steps as they are, on a new target that carries nothing from call to call. @returns what is broken there, null where it holds */
export const brokenOnTarget = (
  audited: Audited,
  invariant: Invariant,
  { genesis, steps }: Pick<Played<unknown>, 'genesis' | 'steps'>,
  end: Scene['end'],
): Promise<string | null> =>
  onTarget(audited, true, async (target) => {
    const scene: Scene = { genesis, steps: () => steps.values(), ...(end && { end }) };
    const { broken } = await watch(stageOf(target, audited.rules), scene, [invariant]);
    return broken.get(invariant) ?? null;
  });

/** A scenario that breaks an invariant on the target. */
export interface TargetBreak {
  readonly invariant: Invariant;
  readonly shortest: Shortest<string>;
}

export interface OnTargetOptions {
  readonly seed: number;
  readonly runs: number;
  readonly maxSteps: number;
  readonly invariants: readonly Invariant[];
  readonly signal?: AbortSignal | undefined;
}

export interface HuntedOnTarget {
  readonly breaks: readonly TargetBreak[];
  /** Broken once, and not again. */
  readonly lost: readonly Invariant[];
  readonly spoke: ReadonlyMap<Invariant, number>;
  readonly scenarios: number;
  readonly steps: number;
}

/** Searches for what the target breaks. */
export const huntOnTarget = async (
  audited: Audited,
  cast: Cast,
  { seed, runs, maxSteps, invariants, signal }: OnTargetOptions,
): Promise<HuntedOnTarget> => {
  const found = new Map<Invariant, Plan>();
  const spoke = new Map<Invariant, number>();
  let [scenarios, taken] = [0, 0];
  await onTarget(audited, false, async (target) => {
    const stage = stageOf(target, audited.rules);
    for (const plan of fc.sample(plans(maxSteps), { seed, numRuns: runs })) {
      if (signal?.aborted === true) return;
      const watched = await watch(
        stage,
        sceneOf(cast, plan),
        invariants.filter((each) => !found.has(each)),
      );
      scenarios += 1;
      taken += watched.steps.length;
      for (const [each, count] of watched.spoke) spoke.set(each, (spoke.get(each) ?? 0) + count);
      for (const each of watched.broken.keys()) found.set(each, plan);
    }
  });
  const breaks: TargetBreak[] = [];
  const lost: Invariant[] = [];
  for (const [invariant, plan] of found) {
    const shortest = await shortestOnTarget(audited, cast, invariant, plan, signal);
    if (shortest) breaks.push({ invariant, shortest });
    else lost.push(invariant);
  }
  return { breaks, lost, spoke, scenarios, steps: taken };
};

const shortestOnTarget = (
  audited: Audited,
  cast: Cast,
  invariant: Invariant,
  plan: Plan,
  signal?: AbortSignal,
): Promise<Shortest<string> | null> =>
  onTarget(audited, false, async (target) => {
    const stage = stageOf(target, audited.rules);
    const play = async (each: Plan): Promise<Played<string>> => {
      const { genesis, steps, broken }: Watched = await watch(stage, sceneOf(cast, each), [invariant]);
      return { genesis, steps, failure: broken.get(invariant) ?? null };
    };
    const shortened = await shorten({ plan }, { play, isUnshrunk: true, signal });
    return shortened?.shortest ?? null;
  });

const answerText = ({ outcome, events, diff }: Answer): string =>
  `${outcomeText(outcome)} ${JSON.stringify(toJson(events))} ${JSON.stringify(diff)}`;

/** All that a target answers to steps, and the state that they come to. */
const answersOf = (audited: Audited, genesis: Genesis, steps: readonly Step[]): Promise<readonly string[]> =>
  onTarget(audited, true, async (target) => {
    await target.reset(genesis);
    const answers: string[] = [];
    for (const step of steps) {
      if ('call' in step) answers.push(answerText(await target.dispatch(step.call, step.origin)));
      if ('advance' in step) {
        const opened = await target.advance(step.advance, { jump: step.jump === true });
        answers.push(JSON.stringify(toJson(opened)));
      }
      if ('inject' in step) await target.inject(step.inject);
    }
    for (const pallet of Object.keys(storage)) answers.push(JSON.stringify(await target.readAll(palletPrefix(pallet))));
    return answers;
  });

/** Steps of a scenario as the engine resolves them under the target's rules. */
const stepsOf = (rules: Rules, cast: Cast, plan: Plan): Pick<Watched, 'genesis' | 'steps'> => {
  const watched = watch(new EngineStage(createEngine({ rules })), sceneOf(cast, plan), []);
  if (watched instanceof Promise) throw new Error('the engine answers at once');
  return watched;
};

/**
 * Plays scenarios twice, each time on a new target.
 * @returns where the second time parted from the first, null where it never did; and how many were played
 */
export const repeatOnTarget = async (
  audited: Audited,
  cast: Cast,
  { seed, runs, maxSteps }: Pick<OnTargetOptions, 'seed' | 'runs' | 'maxSteps'>,
): Promise<{ readonly parted: string | null; readonly scenarios: number }> => {
  let scenarios = 0;
  for (const plan of fc.sample(plans(maxSteps), { seed, numRuns: runs })) {
    const { genesis, steps } = stepsOf(audited.rules, cast, plan);
    const [once, again] = [await answersOf(audited, genesis, steps), await answersOf(audited, genesis, steps)];
    scenarios += 1;
    const at = once.findIndex((answer, index) => answer !== again[index]);
    if (at !== -1)
      return { parted: `answer ${at + 1} is ${once[at]} the first time and ${again[at]} the second`, scenarios };
  }
  return { parted: null, scenarios };
};
