/** A recording of generated scenarios: the target's own answers, whatever they are. */
import fc from 'fast-check';
import type { RecordedLine, RecordedStep, RecordingHeader } from '../spec/recording.js';
import type { SuiteFinished } from '../spec/run-events.js';
import type { Step } from '../spec/steps.js';
import { EngineTarget } from '../targets/engine-target.js';
import { NotCovered, type Target } from '../targets/target.js';
import { failureOf, interruptionNote, isEnding, type Ending } from './ending.js';
import { genesisOf, makeCast, recordedCast, type Cast } from './cast.js';
import { plan, type Plan } from './generate.js';
import { optionsOf, playEngine, resolve } from './play-plan.js';
import { recordBeginning, recordStep, writeRecording, type RecordedPlay } from './record.js';
import { RecordedPallets } from './recorded-pallets.js';
import { inScope, type LayoutScope } from './scope.js';
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

/** What could not be recorded, and how often. */
type Uncovered = Map<string, number>;

/** The model does what the target did, in the blocks in which it did it. */
const follow = (model: EngineTarget, target: Target, step: Step, { block }: RecordedPlay): void => {
  if ('call' in step && block !== model.engine.block) model.dispatchIn(block, step.call, step.origin);
  else if ('advance' in step)
    model.engine.advance(step.advance, step.jump === true && target.capabilities.has('clock'));
  else playEngine(model.engine, step);
};

/** The lines of one scenario. What the target can't be given is left out, and counted. */
const recordPlan = async (
  { target, rules, scope, header }: RecordOptions,
  cast: Cast,
  { nextRequestId, commands }: Plan,
  scenario: number,
  uncovered: Uncovered,
): Promise<RecordedLine[]> => {
  const period = target.releasePeriod;
  const model = new EngineTarget({ ...optionsOf(rules), ...(period !== null && { releasePeriod: period }) });
  const whole = genesisOf(cast, nextRequestId);
  const genesis = { ...whole, storage: inScope(scope, whole.storage) };
  const { line, began } = await recordBeginning(target, scenario, genesis, recordedCast(cast));
  if (began === undefined) model.reset(whole);
  else model.beginAfter({ ...whole, block: began.block, storage: inScope(scope, began.storage) });
  model.engine.advance(BigInt(line.block) - model.engine.block);
  const pallets = new RecordedPallets(header.recorded_pallets);
  const lines: RecordedStep[] = [];
  let block = BigInt(line.block);
  for (const step of resolve(model.engine, cast, commands)) {
    try {
      const played = await recordStep(target, step, { step: lines.length, block });
      lines.push(...played.lines);
      follow(model, target, step, played);
      ({ block } = played);
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
      uncovered.set(error.message, (uncovered.get(error.message) ?? 0) + 1);
    }
  }
  return [{ ...line, genesis: pallets.only(line.genesis) }, ...lines];
};

/**
 * Records `runs` scenarios into the file `out`, which is there whole or not at all; where the run ends early those that were
 * done, if any was.
 * @returns what the suite came to; also emitted.
 * @throws NodeFailure, once all that was done is written and emitted
 */
export const recordRun = async (options: RecordOptions): Promise<SuiteFinished> => {
  const { target, seed, runs, maxSteps, out, emit, now, signal, scope } = options;
  const started = now();
  emit({ type: 'suite-started', suite: out, kind: 'record', target: target.name, seed });
  const cast = makeCast();
  const uncovered: Uncovered = new Map();
  const lines: RecordedLine[] = [];
  let [scenarios, steps] = [0, 0];
  let ended: Ending | null = null;
  const plans = plan(maxSteps, scope.calls, options.minSteps);
  while (scenarios < runs) {
    await breathe();
    if (signal?.aborted === true) break;
    // One at a time, each from a seed of its own: all of them at once would be held until the last is played.
    const [each] = fc.sample(plans, { seed: seed + scenarios, numRuns: 1 });
    try {
      const recorded = each ? await recordPlan(options, cast, each, scenarios, uncovered) : [];
      lines.push(...recorded);
      steps += recorded.filter((line) => 'step' in line).length;
    } catch (error) {
      if (!isEnding(error)) throw error;
      ended = error;
      break;
    }
    scenarios += 1;
    emit({ type: 'progress', suite: out, steps, share: scenarios / runs, elapsed: now() - started });
  }
  if (scenarios > 0) await writeRecording(out, { ...options.header, seed, scenarios }, lines);
  for (const [what, count] of uncovered) {
    emit({ type: 'not-covered', suite: out, what, reason: 'left out of the recording', count });
  }
  const failure = failureOf(ended, signal);
  const until = failure ? `${failure.message}; until then ` : '';
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite: out,
    verdict: failure ? 'error' : steps === 0 ? 'vacuous' : 'conforms',
    scenarios,
    steps,
    differences: 0,
    summary: `${until}${scenarios} scenarios recorded${interruptionNote(ended, signal)}`,
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};
