/** A recording of generated scenarios: the target's own answers, whatever they are. */
import fc from 'fast-check';
import type { RecordedLine, RecordingHeader } from '../spec/recording.js';
import type { SuiteFinished } from '../spec/run-events.js';
import type { Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import { NotCovered, type Target } from '../targets/target.js';
import { genesisOf, makeCast, recordedCast, type Cast } from './cast.js';
import { plan, type Plan } from './generate.js';
import { optionsOf, playEngine, resolve } from './play-plan.js';
import { recordBeginning, recordStep, writeRecording } from './record.js';
import type { LayoutScope } from './scope.js';
import { breathe, type SearchOptions } from './search.js';
import type { Rules } from '../spec/rules.js';

export interface RecordOptions extends Omit<SearchOptions, 'path'> {
  readonly target: Target;
  /** Of the engine whose state says what the commands of a scenario mean. */
  readonly rules: Rules;
  readonly scope: LayoutScope;
  /** What the first line says of the target; seed and number of scenarios are added. */
  readonly header: Omit<RecordingHeader, 'seed' | 'scenarios'>;
}

interface Tally {
  steps: number;
  readonly uncovered: Map<string, number>;
}

/** The lines of one scenario. What the target can't be given is left out, and counted. */
const recordPlan = async (
  { target, rules, scope }: RecordOptions,
  cast: Cast,
  { nextRequestId, commands }: Plan,
  scenario: number,
  tally: Tally,
): Promise<RecordedLine[]> => {
  const period = target.releasePeriod;
  const model = new EngineTarget({ ...optionsOf(rules), ...(period !== null && { releasePeriod: period }) });
  const whole = genesisOf(cast, nextRequestId);
  model.reset(whole);
  const ofTarget = Object.entries(whole.storage).filter(([key]) => scope.concernsKey(key));
  const genesis = { ...whole, storage: Object.fromEntries(ofTarget) };
  const lines: RecordedLine[] = [await recordBeginning(target, scenario, genesis, recordedCast(cast))];
  let { block } = genesis;
  for (const step of resolve(model.engine, cast, commands)) {
    try {
      lines.push(await recordStep(target, step, lines.length - 1, block));
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      tally.uncovered.set(error.message, (tally.uncovered.get(error.message) ?? 0) + 1);
      continue;
    }
    playEngine(model.engine, step);
    block += blocksOf(step);
    tally.steps += 1;
  }
  return lines;
};

const blocksOf = (step: Step): bigint => ('advance' in step ? step.advance : 0n);

/**
 * Records `runs` scenarios into the file `out`, which is there whole or not at all; after Ctrl-C those that were done.
 * @returns what the suite came to; also emitted.
 */
export const recordRun = async (options: RecordOptions): Promise<SuiteFinished> => {
  const { target, seed, runs, maxSteps, out, emit, now, signal, scope } = options;
  const started = now();
  emit({ type: 'suite-started', suite: out, kind: 'record', target: target.name, seed });
  const cast = makeCast();
  const tally: Tally = { steps: 0, uncovered: new Map() };
  const lines: RecordedLine[] = [];
  let scenarios = 0;
  const plans = plan(maxSteps, scope.calls);
  while (scenarios < runs) {
    await breathe();
    if (signal?.aborted === true) break;
    // One at a time, each from a seed of its own: all of them at once would be held until the last is played.
    const [each] = fc.sample(plans, { seed: seed + scenarios, numRuns: 1 });
    if (each) lines.push(...(await recordPlan(options, cast, each, scenarios, tally)));
    scenarios += 1;
    emit({ type: 'progress', suite: out, steps: tally.steps, share: scenarios / runs, elapsed: now() - started });
  }
  await writeRecording(out, { ...options.header, seed, scenarios }, lines);
  for (const [what, count] of tally.uncovered) {
    emit({ type: 'not-covered', suite: out, what, reason: 'left out of the recording', count });
  }
  const note = signal?.aborted === true ? ' (interrupted)' : '';
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite: out,
    verdict: tally.steps === 0 ? 'vacuous' : 'conforms',
    scenarios,
    steps: tally.steps,
    differences: 0,
    summary: `${scenarios} scenarios recorded${note}`,
    elapsed: now() - started,
  };
  emit(finished);
  return finished;
};
