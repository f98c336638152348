/**
 * Properties for a test of somebody's own: fast-check makes scenarios, each is played on a target, and what fails says in which step, and
 * what the steps were. What is returned is fast-check's own, for `fc.assert`: its seed, runs, path and shrinking are as everywhere.
 */
import fc from 'fast-check';
import type { Watchable } from '../spec/invariants.js';
import type { Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import { NotCovered } from '../targets/target.js';
import { makeCast, namesOf, type Cast } from './cast.js';
import { stepText } from './counterexample.js';
import { engineBeside } from './differential.js';
import { mismatchText, playPlan } from './differential-run.js';
import { stageOf, type Subject } from './emitted-test.js';
import { plan, type Plan } from './generate.js';
import { sceneOf } from './hunt.js';
import { watch } from './watch.js';

export interface ScenarioOptions {
  /** Commands of a scenario, at most. Default: 40. */
  readonly maxSteps?: number;
}

export interface InvariantOptions extends ScenarioOptions {
  /** Is told of how many things each invariant spoke, by its id: one that spoke of nothing has shown nothing. */
  readonly spoke?: Map<string, number>;
}

/** What a property fails with: fast-check prints it behind its seed and path. */
const failure = ({ target }: Subject, said: string, cast: Cast, steps: readonly Step[]): Error => {
  const names = namesOf(cast);
  const lines = steps.map((step, at) => `  ${at + 1}. ${stepText(step, names)}`);
  return new Error([`${target.name}: ${said}`, 'after these steps:', ...lines].join('\n'));
};

/** Scenarios of calls, right and wrong, and blocks that pass, of the calls that the subject has. */
const scenarios = ({ scope }: Subject, { maxSteps = 40 }: ScenarioOptions): fc.Arbitrary<Plan> =>
  plan(maxSteps, scope.calls);

/**
 * That a target does what the engine does: after each step pool validity, outcome, events and every changed key are the same, at the
 * end the whole state. Only what the target can take is compared.
 * @param subject of {@link openTarget} or {@link runtimeTarget}; its `rules` are the engine's
 * @returns a property for `fc.assert`. It fails with the step that parts the two
 */
export const differential = (
  subject: Subject,
  options: ScenarioOptions = {},
): fc.IAsyncPropertyWithHooks<[scenario: Plan]> => {
  const { target, rules, scope } = subject;
  const cast = makeCast();
  const engine = new EngineTarget(engineBeside(rules, target));
  return fc.asyncProperty(scenarios(subject, options), async (scenario) => {
    const { mismatch, ended, steps } = await playPlan({ engine, target, scope }, cast, scenario);
    if (ended) throw ended;
    if (mismatch) throw failure(subject, mismatchText(mismatch), cast, steps);
  });
};

/**
 * That invariants hold on a target, those of this package or one's own: each is shown every step with the state before and after it.
 * At the end of a scenario healthy validators and miners serve what was asked for and granted.
 * @param subject of {@link openTarget} or {@link runtimeTarget}; it must tell the storage changes of single calls, as all but nodes do
 * @param invariants of this package (`invariants`), or anything with an id, a statement and `watch`
 * @returns a property for `fc.assert`. It fails with what is the case where a statement says otherwise
 * @throws NotCovered on a target that does not tell them
 */
export const invariantsHold = (
  subject: Subject,
  invariants: readonly Watchable[],
  { spoke, ...options }: InvariantOptions = {},
): fc.IAsyncPropertyWithHooks<[scenario: Plan]> => {
  if (!subject.target.capabilities.has('diffs'))
    throw new NotCovered(`invariants on ${subject.target.name}: it does not tell the storage changes of single calls`);
  const cast = makeCast();
  const stage = stageOf(subject.target);
  return fc.asyncProperty(scenarios(subject, options), async (scenario) => {
    const watched = await watch(stage, sceneOf(cast, scenario), invariants);
    for (const [{ id }, count] of watched.spoke) spoke?.set(id, (spoke.get(id) ?? 0) + count);
    const said = [...watched.broken].map(([{ id, statement }, broken]) => `${id} (${statement}) is broken: ${broken}`);
    if (said.length > 0) throw failure(subject, said.join('; '), cast, watched.steps);
  });
};
