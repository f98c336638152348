/**
 * What emitted tests ask (`emit-test.ts`): whether a target does as the engine does, keeps an invariant, or answers as was recorded. Each
 * answer is in sentences, none where all is well, so that a test runner shows what is wrong. A step that the target can't take is
 * wrong, too: the test would say nothing.
 */
import { createEngine } from '../engine/engine.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import type { Rules } from '../spec/rules.js';
import type { RunEvent } from '../spec/run-events.js';
import type { Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Target } from '../targets/target.js';
import { makeCast, namesOf } from './cast.js';
import { stepText } from './counterexample.js';
import { compareScenario, engineBeside } from './differential.js';
import { mismatchText } from './differential-run.js';
import { fileAt, type Scenario } from './recorded-steps.js';
import { InputError, openRecording, type Recording } from './recording-file.js';
import { replay } from './replay.js';
import type { LayoutScope } from './scope.js';
import { serve, signersOf } from './service/serve.js';
import { unserved } from './service/unserved.js';
import { EngineStage, TargetStage, type Stage } from './stage.js';
import { watch, type Scene } from './watch.js';

/** What is tested, and by what measure. */
export interface Subject {
  readonly target: Target;
  /** Of the engine that it is held against. */
  readonly rules: Rules;
  /** What is compared of it. */
  readonly scope: LayoutScope;
}

const at = (steps: readonly Step[], number: number): string => {
  const step = steps[number];
  return step === undefined ? 'at the end' : `step ${number}, ${stepText(step, namesOf(makeCast()))}`;
};

/** Where the target departs from what the engine does. @throws what the target throws where it can't do its work */
export const departures = async (
  { target, rules, scope }: Subject,
  { genesis, steps }: Scenario,
): Promise<readonly string[]> => {
  const engine = new EngineTarget(engineBeside(rules, target));
  const played = await compareScenario({ engine, target, scope }, { genesis, steps: () => steps.values() });
  if (played.ended) throw played.ended;
  if (played.mismatch) return [`${at(steps, played.steps.length - 1)}: ${mismatchText(played.mismatch)}`];
  return played.steps.length === steps.length ? [] : [...played.uncovered.keys()];
};

/** @throws InputError that lists what is known */
const invariantNamed = (id: string): Invariant => {
  const found = invariants.find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new InputError(`invariant ${id}: expected one of ${invariants.map((each) => each.id).join(', ')}`);
};

export const stageOf = (target: Target): Stage =>
  target instanceof EngineTarget ? new EngineStage(target.engine) : new TargetStage(target, createEngine());

/** At the end healthy validators and miners do all they can, as in the search that found it. */
const sceneOf = ({ genesis, steps }: Scenario): Scene => ({
  genesis,
  steps: () => steps.values(),
  end: ({ engine }) => ({
    steps: serve(engine, { signers: signersOf(makeCast()) }),
    says: () => ({ unserved: unserved(engine) }),
  }),
});

/** How the target breaks an invariant. @throws InputError where no invariant is called so */
export const breaches = async (
  { target }: Pick<Subject, 'target'>,
  id: string,
  scenario: Scenario,
): Promise<readonly string[]> => {
  const invariant = invariantNamed(id);
  const { broken, steps, uncovered } = await watch(stageOf(target), sceneOf(scenario), [invariant]);
  const said = broken.get(invariant);
  if (said !== undefined) return [`${at(steps, steps.length - 1)}: ${said}`];
  return uncovered === 0 ? [] : [`${uncovered} of the steps can't be played on ${target.name}`];
};

/** What a replay leaves out of a step because of the target, and not because it was not recorded. */
const NOT_PLAYED = /^(?:call|query|injections|steps) /;

const sentenceOf = (event: RunEvent): readonly string[] => {
  if (event.type === 'difference') {
    const step = event.step === null ? '' : `, step ${event.step}`;
    return [`scenario ${event.scenario}${step}, ${event.what}: ${mismatchText(event)}`];
  }
  const isLeftOut = event.type === 'not-covered' && NOT_PLAYED.test(event.what);
  return isLeftOut ? [`${event.what}: ${event.reason}`] : [];
};

/** Where the target answers otherwise than was recorded. @throws InputError, NodeFailure */
export const differences = async (
  { target, rules, scope }: Subject,
  recording: Recording | URL,
): Promise<readonly string[]> => {
  const said: string[] = [];
  const opened = recording instanceof URL ? await openRecording(fileAt(recording)) : recording;
  const { verdict, summary } = await replay(opened, {
    makeTarget: () => target,
    rules: () => rules,
    scope: () => scope,
    emit: (event) => void said.push(...sentenceOf(event)),
    now: () => performance.now(),
  });
  return said.length > 0 || verdict === 'conforms' ? said : [`${verdict}: ${summary}`];
};
