/** What was found, made as short as it goes and kept as a recording that `replay` plays: the engine's answers to its steps. */
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
import { CAST_RELEASE_PERIOD, genesisOf, namesOf, recordedCast, type Cast } from './cast.js';
import type { Command } from './commands/command.js';
import type { Plan } from './generate.js';
import { callText, type Names } from './readable.js';
import { recordScenario, writeRecording } from './record.js';
import type { Found } from './search.js';

const stepText = (step: Step, names: Names): string => {
  if ('call' in step) return callText(step.call, step.origin, names);
  if ('advance' in step)
    return `advance ${step.advance} block${step.advance === 1n ? '' : 's'}${step.jump ? ' in one jump' : ''}`;
  return 'inject' in step ? 'inject storage' : step.query;
};

/** The command that means this step, whatever the state. */
const always = (step: Step): Command => ({ resolve: () => step });

/** The steps without the one at `at`, and, where it is time that passes twice in a row, with the two made one. */
const shorterBy = (steps: readonly Step[], at: number): (readonly Step[])[] => {
  const without = steps.toSpliced(at, 1);
  const [before, step] = [steps[at - 1], steps[at]];
  if (!before || !step || !('advance' in before && 'advance' in step)) return [without];
  const both = { advance: before.advance + step.advance, jump: before.jump === true && step.jump === true };
  return [without, steps.toSpliced(at - 1, 2, both)];
};

/** As short as it goes, from the end on, until each step that is left is needed: fast-check shrinks an array's front best. */
const withoutIdle = async (
  steps: readonly Step[],
  fails: (shorter: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> => {
  let shortest = steps;
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    for (const shorter of shorterBy(shortest, at)) {
      if (!(await fails(shorter))) continue;
      shortest = shorter;
      break;
    }
  }
  return shortest.length < steps.length ? withoutIdle(shortest, fails) : shortest;
};

/** What a scenario came to: its steps up to where it failed, or null where it did not. */
export interface Played<F> {
  readonly steps: readonly Step[];
  readonly failure: F | null;
}

/** The shortest that was made of a scenario. */
export interface Shortest<F> {
  readonly plan: Plan;
  readonly steps: readonly Step[];
  readonly failure: F;
}

/**
 * Plays what was found once more and leaves out what it does not need.
 * @returns null where it did not come again: an error of ours, never a finding
 */
export const shorten = async <F>(
  { plan }: Found,
  play: (plan: Plan) => Promise<Played<F>>,
): Promise<Shortest<F> | null> => {
  const again = await play(plan);
  if (again.failure === null) return null;
  const planOf = (steps: readonly Step[]): Plan => ({ ...plan, commands: steps.map(always) });
  const fails = async (steps: readonly Step[]): Promise<boolean> => (await play(planOf(steps))).failure !== null;
  const shortest = planOf(await withoutIdle(again.steps, fails));
  const { steps, failure } = await play(shortest);
  return failure === null ? null : { plan: shortest, steps, failure };
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
  readonly found: Found;
  /** What the first line says of it. */
  readonly about: Pick<RecordingHeader, 'invariant' | 'finding'>;
  /** Folder for counterexamples. */
  readonly out: string;
  /** What `--target` must be for the replay to show it; the engine where it is left out. */
  readonly target?: string;
}

/** What a person is told of a kept counterexample, whatever it is one of. */
export type Kept = Pick<Counterexample, 'rules' | 'seed' | 'path' | 'shrinks' | 'steps' | 'file' | 'command'>;

/** Writes the recording. */
export const keepCounterexample = async (
  { plan, steps }: Shortest<unknown>,
  { stem, engine, cast, found, about, out, target }: KeepOptions,
): Promise<Kept> => {
  const { rules = Rules.deployed } = engine;
  const { seed, path, shrinks } = found;
  const file = join(out, `${stem}-${fileStem(rules)}-${seed}.jsonl`);
  const genesis = genesisOf(cast, plan.nextRequestId);
  const lines = await recordScenario(new EngineTarget(engine), 0, genesis, recordedCast(cast), steps);
  const header = { ...generatedHeader(engine, { seed, scenarios: 1, steps: steps.length }), path, ...about };
  await writeRecording(file, header, lines);
  const names = namesOf(cast);
  return {
    rules: rules.toString(),
    seed,
    path,
    shrinks,
    steps: steps.map((step) => stepText(step, names)),
    file,
    command: `npx assay replay ${file}${target === undefined ? '' : ` --target ${quoted(target)}`}`,
  };
};

/** For a shell. */
const quoted = (word: string): string => (/^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
