/** Plays steps on a target and writes down what it answers, in the recording format: one scenario. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RawDiff, RawState } from '../spec/answers.js';
import { encodeCall } from '../spec/calls.js';
import { fieldsToJson } from '../spec/json.js';
import type {
  RecordedAdvance,
  RecordedCall,
  RecordedEvent,
  RecordedLine,
  RecordedScenario,
  RecordedStep,
  RecordingHeader,
} from '../spec/recording.js';
import type { Genesis, Step } from '../spec/steps.js';
import { InputError } from './recording-file.js';
import type { Beginning, Opening, OwnBlock, SeenEvent, Target } from '../targets/target.js';

/** Events in the form of recordings. */
export const recordedEvents = (events: readonly SeenEvent[]): RecordedEvent[] =>
  events.map(({ index, name, fields }) => ({ index, name, fields: fieldsToJson(fields) }));

/** A block's opening in the form of recordings. */
export const recordedBlock = ({ block, events, diff }: Opening) => ({
  block: block.toString(),
  events: recordedEvents(events),
  diff,
});

/** What was recorded of one step. */
export interface RecordedPlay {
  /** Where a call came with blocks, those first. */
  readonly lines: readonly RecordedStep[];
  /** The block that is open now. */
  readonly block: bigint;
}

/** Where a recording is. */
interface Place {
  /** Of the next line. */
  readonly step: number;
  /** The one that is open. */
  readonly block: bigint;
}

/** The blocks that came with a call, the call's own last: what its opening changed is told with the call. */
const blocksOfCall = ({ opened }: OwnBlock, { step, block }: Place): RecordedAdvance | null => {
  const own = opened.at(-1);
  if (own === undefined) return null;
  const before = opened.slice(0, -1).filter(({ events, diff }) => events.length > 0 || Object.keys(diff).length > 0);
  return {
    step,
    advance: Number(own.block - block),
    from: block.toString(),
    block: own.block.toString(),
    blocks: [...before.map(recordedBlock), { block: own.block.toString(), events: recordedEvents(own.events) }],
  };
};

const recordCall = async (
  target: Target,
  { call, origin }: Extract<Step, { call: unknown }>,
  at: Place,
): Promise<RecordedPlay> => {
  const validity = origin.kind === 'none' ? await target.validate(call) : undefined;
  const { outcome, outer, events, diff, own, panicMessage, counts } = await target.dispatch(call, origin);
  const blocks = own ? blocksOfCall(own, at) : null;
  const line: RecordedCall = {
    step: at.step + (blocks ? 1 : 0),
    block: blocks?.block ?? at.block.toString(),
    origin,
    call: call.name,
    args: fieldsToJson(call.args),
    call_hex: encodeCall(call),
    ...(validity && { validity }),
    outcome,
    ...(outer && { outer }),
    events: recordedEvents(events),
    ...(panicMessage !== undefined && { panic_message: panicMessage }),
    ...(diff && { diff }),
    ...(own && { block_diff: own.changes }),
    ...(counts && { counts: { ...counts } }),
  };
  return { lines: blocks ? [blocks, line] : [line], block: BigInt(line.block) };
};

/** Plays one step and writes down what came of it. Who does not own the clock is not asked to jump. */
export const recordStep = async (target: Target, step: Step, place: Place): Promise<RecordedPlay> => {
  if ('call' in step) return recordCall(target, step, place);
  const { block } = place;
  const at = { step: place.step, block: block.toString() };
  if ('inject' in step) {
    await target.inject(step.inject);
    return { lines: [{ ...at, inject: step.inject }], block };
  }
  if ('query' in step) {
    const result_hex = await target.query(step.query, step.args);
    return { lines: [{ ...at, query: step.query, args: step.args, result_hex }], block };
  }
  const { advance } = step;
  const jump = step.jump === true && target.capabilities.has('clock');
  const opened = await target.advance(advance, { jump });
  const line = {
    step: at.step,
    advance: Number(advance),
    ...(jump && { jump }),
    from: at.block,
    block: (block + advance).toString(),
    blocks: opened.map(recordedBlock),
  };
  return { lines: [line], block: block + advance };
};

/** Who plays, for those who replay on a target that verifies signatures. */
export type RecordedCast = Pick<RecordedScenario, 'users' | 'sub_accounts' | 'sudo' | 'paths'>;

/** How a scenario began on a target, and the line that says so. */
export interface RecordedBeginning extends Pick<Beginning, 'began'> {
  readonly line: RecordedScenario;
}

/**
 * Begins a scenario on a target. Where that begins behind a block that is complete, the next one is opened: with its opening the
 * scenario begins as every other, and plays on targets that open its block themselves.
 */
export const recordBeginning = async (
  target: Target,
  scenario: number,
  genesis: Genesis,
  cast: RecordedCast,
): Promise<RecordedBeginning> => {
  const { opening, began } = await target.reset(genesis);
  const lineOf = (block: bigint, storage: RawState, opened: RawDiff): RecordedScenario => ({
    scenario,
    block: block.toString(),
    ...cast,
    genesis: { ...storage },
    opening: opened,
  });
  if (began === undefined) return { line: lineOf(genesis.block, genesis.storage, opening.diff) };
  const [opened] = await target.advance(1n);
  return { line: lineOf(began.block + 1n, began.storage, opened?.diff ?? {}), began };
};

/** The lines of one scenario: its beginning, then its steps with what the target answered. */
export const recordScenario = async (
  target: Target,
  scenario: number,
  genesis: Genesis,
  cast: RecordedCast,
  steps: readonly Step[],
): Promise<RecordedLine[]> => {
  const { line } = await recordBeginning(target, scenario, genesis, cast);
  const lines: RecordedStep[] = [];
  let block = BigInt(line.block);
  for (const step of steps) {
    const played = await recordStep(target, step, { step: lines.length, block });
    lines.push(...played.lines);
    ({ block } = played);
  }
  return [line, ...lines];
};

/**
 * Writes a recording, gzip where the name ends in `.gz`; the file is there whole or not at all.
 * @throws InputError where it can't be written
 */
export const writeRecording = async (
  file: string,
  header: RecordingHeader,
  lines: readonly RecordedLine[],
): Promise<void> => {
  const text = [header, ...lines].map((line) => JSON.stringify(line) + '\n').join('');
  try {
    await mkdir(dirname(file), { recursive: true });
    const unfinished = `${file}.part`;
    await writeFile(unfinished, file.endsWith('.gz') ? gzipSync(text) : text);
    await rename(unfinished, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new InputError(`${file}: can't be written (${error.message})`, { cause: error });
  }
};
