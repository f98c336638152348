/** Records and replays on targets whose blocks are not ours, and keeps what was told: what the tests of both share. */
import { generatedHeader } from '../../src/properties/counterexample.js';
import { recordRun } from '../../src/properties/record-run.js';
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Difference, type SuiteFinished } from '../../src/spec/run-events.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Target } from '../../src/targets/target.js';
import { labScope, labTarget } from '../lab.js';
import { NodeLike, type NodeLikeOptions } from './node-like.js';

export const engineWith = (rules = Rules.deployed): EngineTarget => new EngineTarget({ rules, releasePeriod: 20n });
export const nodeWith = (rules = Rules.deployed, options: NodeLikeOptions = {}): NodeLike =>
  new NodeLike(labTarget({ rules }), options);

export interface Told {
  /** Null where the run threw. */
  readonly finished: SuiteFinished | null;
  readonly thrown: unknown;
  readonly events: readonly RunEvent[];
}

/** Runs, and keeps what is told, and what is thrown. */
export const telling = async (
  run: (told: { readonly emit: (event: RunEvent) => void; readonly now: () => number }) => Promise<SuiteFinished>,
): Promise<Told> => {
  const events: RunEvent[] = [];
  const [result] = await Promise.allSettled([
    run({ emit: (event) => void events.push(RunEvent.parse(event)), now: () => 0 }),
  ]);
  return {
    finished: result.status === 'fulfilled' ? result.value : null,
    thrown: result.status === 'rejected' ? result.reason : null,
    events,
  };
};

/** Records generated scenarios of a lab runtime. */
export const record = (
  target: Target,
  file: string,
  { rules = Rules.deployed, seed = 5, runs = 6, signal = new AbortController().signal } = {},
): Promise<Told> => {
  const {
    seed: _,
    scenarios: __,
    steps: ___,
    ...header
  } = generatedHeader({ rules }, { seed, scenarios: 0, steps: 0 });
  const options = { target, rules, header, scope: labScope, seed, runs, maxSteps: 40, out: file, signal };
  return telling((told) => recordRun({ ...told, ...options }));
};

/** Replays; `rules` are the engine's, where the target is held against it. */
export const play = async (
  file: string,
  target: Target,
  rules = Rules.deployed,
  signal?: AbortSignal,
): Promise<Told> => {
  const recording = await openRecording(file);
  return telling((told) =>
    replay(recording, { ...told, makeTarget: () => target, rules: () => rules, ...(signal && { signal }) }),
  );
};

export const differences = ({ events }: Told): Difference[] => events.filter((event) => event.type === 'difference');
/** How often what was not compared. */
export const uncovered = ({ events }: Told): Record<string, number> =>
  Object.fromEntries(events.flatMap((event) => (event.type === 'not-covered' ? [[event.what, event.count]] : [])));
