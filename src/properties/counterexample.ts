/** What was found, kept as a recording that `replay` plays: the engine's answers to its steps. */
import { join } from 'node:path';
import type { EngineOptions } from '../engine/engine.js';
import { PHRASE } from '../spec/accounts.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import { RECORDING_FORMAT, type RecordingHeader } from '../spec/recording.js';
import { REVISED_SPEC_VERSION, Rules } from '../spec/rules.js';
import type { Counterexample } from '../spec/run-events.js';
import type { Step } from '../spec/steps.js';
import { storage } from '../spec/storage.js';
import { EngineTarget } from '../targets/engine-target.js';
import type { Target } from '../targets/target.js';
import { CAST_RELEASE_PERIOD, namesOf, recordedCast, type Cast } from './cast.js';
import { lastChanges } from './last-change.js';
import { callText, type Names } from './readable.js';
import { recordScenario, writeRecording, type RecordedCast } from './record.js';
import type { Found } from './search.js';
import type { Played } from './shorten.js';

/** A step as a person reads it. */
export const stepText = (step: Step, names: Names): string => {
  if ('call' in step) return callText(step.call, step.origin, names);
  if ('advance' in step)
    return `advance ${step.advance} block${step.advance === 1n ? '' : 's'}${step.jump ? ' in one jump' : ''}`;
  return 'inject' in step ? 'inject storage' : step.query;
};

/** A rule set in a file's name: its text where that is short, else its hash. */
const fileStem = (rules: Rules): string => {
  const text = rules.toString();
  return text.length <= 40 ? text.replaceAll(/[=,]/g, '-') : `rules-${blake2_256(hexOfText(text)).slice(2, 10)}`;
};

/** The first line of a recording of a generated scenario, but for what was found in it. */
export const generatedHeader = (
  { rules = Rules.deployed, releasePeriod = CAST_RELEASE_PERIOD }: EngineOptions,
  { seed, scenarios, steps }: { readonly seed: number; readonly scenarios: number; readonly steps: number },
): RecordingHeader => ({
  format: RECORDING_FORMAT,
  spec_name: 'assay-engine',
  spec_version: rules.revised('REV-01') && rules.revised('REV-02') ? REVISED_SPEC_VERSION : 9000,
  seed,
  scenarios,
  steps,
  recorded_pallets: Object.keys(storage),
  ip_release_period: releasePeriod.toString(),
  rules: rules.toString(),
  phrase: PHRASE,
});

export interface KeepOptions {
  /** What the recording is called, before rules and seed. */
  readonly stem: string;
  /** Of the engine whose answers are kept. */
  readonly engine: EngineOptions;
  readonly cast: Cast;
  /** Who plays, where it is not that cast. */
  readonly players?: RecordedCast;
  readonly found: Omit<Found, 'plan'>;
  /** What the first line says of it. */
  readonly about: Pick<RecordingHeader, 'invariant' | 'finding'>;
  /** Folder for counterexamples. */
  readonly out: string;
  /** The file, where it is not called by stem, rules and seed. */
  readonly file?: string;
  /** Whose answers are kept, where it is not that engine. */
  readonly recorder?: Target;
  /** What `--target` must be for the replay to show it; the engine where it is left out. */
  readonly target?: string;
}

/** What a person is told of a kept counterexample, whatever it is one of. */
export type Kept = Pick<
  Counterexample,
  'rules' | 'seed' | 'path' | 'shrinks' | 'steps' | 'changes' | 'file' | 'command'
>;

/** Writes the recording. */
export const keepCounterexample = async (
  { genesis, steps }: Pick<Played<unknown>, 'genesis' | 'steps'>,
  { stem, engine, recorder = new EngineTarget(engine), cast, players, found, about, out, target, ...kept }: KeepOptions,
): Promise<Kept> => {
  const { rules = Rules.deployed } = engine;
  const { seed, path, shrinks } = found;
  const { file = join(out, `${stem}-${fileStem(rules)}-${seed}.jsonl`) } = kept;
  const lines = await recordScenario(recorder, 0, genesis, players ?? recordedCast(cast), steps);
  const header = { ...generatedHeader(engine, { seed, scenarios: 1, steps: steps.length }), path, ...about };
  await writeRecording(file, header, lines);
  const names = namesOf(cast);
  const changes = lastChanges(lines);
  return {
    rules: rules.toString(),
    seed,
    path,
    shrinks,
    steps: steps.map((step) => stepText(step, names)),
    ...(changes.length > 0 && { changes }),
    file,
    command: `npx assay replay ${file}${target === undefined ? '' : ` --target ${quoted(target)}`}`,
  };
};

/** For a shell. */
export const quoted = (word: string): string =>
  /^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
