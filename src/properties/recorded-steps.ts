/**
 * Recordings read as scenarios to be played anew: where each begins and its steps, without the answers. Everything that a player
 * would stumble over is refused here, with its line.
 */
import { fileURLToPath } from 'node:url';
import { createEngine } from '../engine/engine.js';
import { isQueryName, queryArgs } from '../engine/queries.js';
import { ForeignKeyError } from '../engine/state.js';
import { accountAt } from '../spec/accounts.js';
import { byteLength, type Hex } from '../spec/hex.js';
import { FormError, fromJson } from '../spec/json.js';
import {
  RecordingError,
  type RecordedLine,
  type RecordedScenario,
  type RecordedStep,
  type RecordingHeader,
} from '../spec/recording.js';
import { DecodeError } from '../spec/scale.js';
import type { Genesis, Step } from '../spec/steps.js';
import { recordedCall } from './recorded-call.js';
import { RecordedPallets } from './recorded-pallets.js';
import { advancedBlocks, recordedGenesis, ScenarioCourse } from './recorded-scenario.js';
import { InputError, openRecording, type NumberedLine, type Recording } from './recording-file.js';

/** Steps, and where they begin. */
export interface Scenario {
  readonly genesis: Genesis;
  readonly steps: readonly Step[];
}

/** A scenario of a recording. */
export interface ReadScenario extends Scenario {
  readonly recorded: RecordedScenario;
  /** The lines of its steps, one each. */
  readonly lines: readonly RecordedStep[];
}

const ACCOUNT_BYTES = 32;

const expectAccount = (account: Hex, what: string): void => {
  if (byteLength(account) === ACCOUNT_BYTES) return;
  throw new RecordingError(`${what}: expected an account of ${ACCOUNT_BYTES} bytes, came ${account}`);
};

/** @throws RecordingError where a path is none, or another account's */
const expectPath = (account: Hex, path: string): void => {
  const at = pathAccount(path);
  if (at !== account) throw new RecordingError(`paths: ${path} is the path of ${at}, not of ${account}`);
};

const pathAccount = (path: string): Hex => {
  try {
    return accountAt(path);
  } catch (error) {
    if (error instanceof RangeError) throw new RecordingError(`paths: ${error.message}`);
    throw error;
  }
};

const expectCast = ({ users, sub_accounts = [], sudo, paths = {} }: RecordedScenario): void => {
  for (const user of users) expectAccount(user, 'users');
  for (const account of sub_accounts) expectAccount(account, 'sub_accounts');
  expectAccount(sudo, 'sudo');
  for (const [account, path] of Object.entries(paths)) expectPath(account, path);
};

/** Reads the lines of one scenario; an engine takes what is written to storage, and refuses what is no value. */
class StepReader {
  line = 1;
  private readonly engine = createEngine();

  constructor(
    private readonly header: RecordingHeader,
    private readonly pallets: RecordedPallets,
  ) {}

  /** @throws RecordingError, DecodeError, FormError, ForeignKeyError */
  read([first, ...rest]: readonly NumberedLine[]): ReadScenario {
    this.line = first?.number ?? 1;
    if (first === undefined || !('scenario' in first.line))
      throw new RecordingError('expected a scenario before the first step');
    const recorded = first.line;
    const genesis = this.begin(recorded);
    const course = new ScenarioCourse(recorded);
    const lines: RecordedStep[] = [];
    const steps = rest.map(({ number, line }, at) => {
      this.line = number;
      if ('scenario' in line) throw new RecordingError('expected a step, came a scenario');
      course.expectNumber(line);
      course.expectBlock(line);
      if ('advance' in line) advancedBlocks(line, rest[at + 1]);
      lines.push(line);
      return this.step(line);
    });
    course.expectEnd(this.header);
    return { recorded, genesis, steps, lines };
  }

  private begin(recorded: RecordedScenario): Genesis {
    expectCast(recorded);
    this.pallets.expectKeys(recorded.genesis);
    const genesis = recordedGenesis(recorded, this.pallets);
    this.engine.reset(genesis);
    return genesis;
  }

  private step(line: RecordedStep): Step {
    if ('call' in line) {
      const call = recordedCall(line);
      if (call === undefined)
        throw new RecordingError(`${line.call}: the specification describes no such call, so that nobody can play it`);
      if (line.origin.kind !== 'none') expectAccount(line.origin.account, 'origin');
      return { call, origin: line.origin };
    }
    if ('advance' in line) return { advance: BigInt(line.advance), ...(line.jump === true && { jump: true }) };
    if ('inject' in line) {
      this.pallets.expectKeys(line.inject);
      const inject = this.pallets.only(line.inject);
      this.engine.inject(inject);
      return { inject };
    }
    const { query, args } = line;
    if (isQueryName(query)) fromJson(queryArgs(query), args);
    return { query, args };
  }
}

const REFUSALS = [RecordingError, DecodeError, FormError, ForeignKeyError];

/** Groups lines into scenarios, as they come. */
async function* scenariosOf({ batches }: Recording): AsyncGenerator<NumberedLine[]> {
  let scenario: NumberedLine[] = [];
  for await (const batch of batches) {
    for (const each of batch) {
      if ('scenario' in each.line && scenario.length > 0) {
        yield scenario;
        scenario = [];
      }
      scenario.push(each);
    }
  }
  if (scenario.length > 0) yield scenario;
}

/**
 * The scenarios of a recording, in order; the file is closed at the end.
 * @throws InputError that names file and line, also of calls that the specification does not describe
 */
export async function* readScenarios(recording: Recording): AsyncGenerator<ReadScenario> {
  const { header, file } = recording;
  const reader = new StepReader(header, new RecordedPallets(header.recorded_pallets));
  try {
    let found = 0;
    for await (const lines of scenariosOf(recording)) {
      yield reader.read(lines);
      found += 1;
    }
    if (found === 0) throw new RecordingError('expected a scenario, came the end of the file');
    if (header.scenarios !== undefined && header.scenarios !== found)
      throw new RecordingError(
        `the header promises ${header.scenarios} scenarios, the file has ${found}: it was cut short`,
      );
  } catch (error) {
    const isRefusal = error instanceof Error && REFUSALS.some((kind) => error instanceof kind);
    throw isRefusal ? new InputError(`${file}:${reader.line}: ${error.message}`, { cause: error }) : error;
  } finally {
    await recording.close();
  }
}

/** A file's name, or where it is as seen from a module: `new URL('x.jsonl', import.meta.url)`. */
export const fileAt = (file: string | URL): string => (typeof file === 'string' ? file : fileURLToPath(file));

/**
 * The scenarios of a recording in a file.
 * @throws InputError where the file can't be read, and at a line that can't be played
 */
export const scenariosIn = async (file: string | URL): Promise<readonly Scenario[]> => {
  const scenarios: Scenario[] = [];
  for await (const { genesis, steps } of readScenarios(await openRecording(fileAt(file)))) {
    scenarios.push({ genesis, steps });
  }
  return scenarios;
};

/** A recording that is in no file: how it is called, and its lines. */
export const recordingOf = (file: string, header: RecordingHeader, lines: readonly RecordedLine[]): Recording => ({
  file,
  header,
  batches: (async function* () {
    yield await Promise.resolve(lines.map((line, at) => ({ number: at + 2, line })));
  })(),
  close: () => Promise.resolve(),
});
