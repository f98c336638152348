/**
 * What was found once is looked for first: recordings, read as scenarios that a differential run plays before it makes its own.
 * Their answers are not looked at: what must come is what the engine says, under the rules of the run.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { RecordingHeader } from '../spec/recording.js';
import type { Genesis } from '../spec/steps.js';
import type { Awaitable } from '../targets/target.js';
import { genesisOf, type Cast } from './cast.js';
import { keepCounterexample, type KeepOptions, type Kept } from './counterexample.js';
import type { Plan } from './generate.js';
import { readScenarios, type Scenario } from './recorded-steps.js';
import { findRecordings, InputError, openRecording, RECORDING_NAME, type Recording } from './recording-file.js';
import { breathe, type Searched, type SearchOptions, type Tried } from './search.js';
import type { Played } from './shorten.js';

/** A scenario of a recording. */
export interface Regression extends Scenario {
  /** The file; behind a `#` the scenario's number, where it has several. */
  readonly name: string;
  readonly file: string;
  /** What was found in it; empty where its first line does not say. */
  readonly about: string;
  readonly header: RecordingHeader;
}

const aboutOf = ({ finding, invariant }: RecordingHeader): string =>
  invariant ? `${invariant.id}: ${invariant.broken}` : (finding ?? '');

const regressionsIn = async (recording: Recording): Promise<readonly Regression[]> => {
  const { file, header } = recording;
  const about = aboutOf(header);
  const found: Regression[] = [];
  for await (const { genesis, steps, recorded } of readScenarios(recording)) {
    found.push({ name: `${file}#${recorded.scenario}`, file, about, header, genesis, steps });
  }
  return found.length === 1 ? found.map((each) => ({ ...each, name: file })) : found;
};

/**
 * Every scenario of every recording in a folder, by name.
 * @throws InputError where there is no such folder, none in it, or one that can't be played: file and line
 */
export const readRegressions = async (folder: string): Promise<readonly Regression[]> => {
  const all: Regression[] = [];
  for (const file of await findRecordings([folder])) all.push(...(await regressionsIn(await openRecording(file))));
  return all;
};

/** Null where the file does not begin as a recording. */
const openIfRecording = async (file: string): Promise<Recording | null> => {
  try {
    return await openRecording(file);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
};

const isCounterexample = ({ header: { finding, invariant } }: Recording): boolean =>
  finding !== undefined || invariant !== undefined;

/**
 * As {@link readRegressions}, but only what was kept as a counterexample: in the folder there may be other files, or it may not be there.
 * @throws InputError where one can't be played
 */
export const readCounterexamples = async (folder: string): Promise<readonly Regression[]> => {
  const all: Regression[] = [];
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const name of names.filter((each) => RECORDING_NAME.test(each)).toSorted()) {
    const recording = await openIfRecording(join(folder, name));
    if (recording === null) continue;
    if (isCounterexample(recording)) all.push(...(await regressionsIn(recording)));
    else await recording.close();
  }
  return all;
};

/** What a search tries where it tries a regression. */
interface RegressionPlan extends Plan {
  readonly genesis: Genesis;
}

const isOfRegression = (plan: Plan): plan is RegressionPlan => 'genesis' in plan;

/** Commands that mean the steps, whatever the state. */
const planOf = ({ genesis, steps }: Scenario): RegressionPlan => ({
  nextRequestId: 0n,
  genesis,
  commands: steps.map((step) => ({ resolve: () => step })),
});

/** Where a plan begins: a regression where it was recorded, others where the cast does. */
export const beginningOf = (cast: Cast, plan: Plan): Genesis =>
  isOfRegression(plan) ? plan.genesis : genesisOf(cast, plan.nextRequestId);

/** What playing regressions came to, as a search tells it. */
export interface TriedRegressions extends Searched {
  /** The one that failed. */
  readonly regression: Regression | null;
}

/** Tries regressions in turn until one fails. */
export const tryRegressions = async (
  regressions: readonly Regression[],
  { signal }: Pick<SearchOptions, 'signal'>,
  tryScenario: (plan: Plan) => Awaitable<Tried>,
): Promise<TriedRegressions> => {
  const done: { scenarios: number; steps: number } = { scenarios: 0, steps: 0 };
  for (const regression of regressions) {
    await breathe();
    if (signal?.aborted === true) break;
    const plan = planOf(regression);
    const { steps, passed, ended = null } = await tryScenario(plan);
    done.steps += steps;
    if (ended) return { found: null, regression: null, ...done, ended };
    done.scenarios += 1;
    const { seed = 0, path = '' } = regression.header;
    if (!passed) return { found: { plan, seed, path, shrinks: 0 }, regression, ...done, ended };
  }
  return { found: null, regression: null, ...done, ended: null };
};

/** Of a scenario, in eight digits. */
const digestOf = ({ genesis, steps }: Scenario): string =>
  blake2_256(
    hexOfText(JSON.stringify([genesis, steps], (_, of: unknown) => (typeof of === 'bigint' ? `${of}n` : of))),
  ).slice(2, 10);

/** Whether a recording is what would be kept, of the same target: then it is kept in its place. */
const isItself = (
  { name, file, header, ...recorded }: Regression,
  shortest: Scenario,
  { engine, out, stem }: KeepOptions,
): boolean =>
  name === file &&
  resolve(dirname(file)) === resolve(out) &&
  basename(file).startsWith(`${stem}-`) &&
  header.rules === engine.rules?.toString() &&
  header.ip_release_period === engine.releasePeriod?.toString() &&
  digestOf(recorded) === digestOf(shortest);

/** Keeps a regression that came again, shortened: once, however often it comes. */
export const keepRegression = (
  regression: Regression,
  shortest: Pick<Played<unknown>, 'genesis' | 'steps'>,
  options: KeepOptions,
): Promise<Kept> => {
  const { sudo, accounts, paths } = shortest.genesis;
  const users = accounts.filter((account) => account !== sudo);
  return keepCounterexample(shortest, {
    ...options,
    stem: `${options.stem}-again-${digestOf(shortest)}`,
    players: { users, sudo, ...(paths && { paths }) },
    ...(isItself(regression, shortest, options) && { file: regression.file }),
  });
};
