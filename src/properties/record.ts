/** Plays steps on a target and writes down what it answers, in the recording format: one scenario. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeCall } from '../spec/calls.js';
import { fieldsToJson } from '../spec/json.js';
import type {
  RecordedCall,
  RecordedEvent,
  RecordedLine,
  RecordedScenario,
  RecordedStep,
  RecordingHeader,
} from '../spec/recording.js';
import type { Genesis, Step } from '../spec/steps.js';
import type { Opening, SeenEvent, Target } from '../targets/target.js';

/** Events in the form of recordings. */
export const recordedEvents = (events: readonly SeenEvent[]): RecordedEvent[] =>
  events.map(({ index, name, fields }) => ({ index, name, fields: fieldsToJson(fields) }));

/** A block's opening in the form of recordings. */
export const recordedBlock = ({ block, events, diff }: Opening) => ({
  block: block.toString(),
  events: recordedEvents(events),
  diff,
});

const recordCall = async (
  target: Target,
  { call, origin }: Extract<Step, { call: unknown }>,
  at: { step: number; block: string },
): Promise<RecordedCall> => {
  const validity = origin.kind === 'none' ? await target.validate(call) : undefined;
  const { outcome, outer, events, diff, panicMessage, counts } = await target.dispatch(call, origin);
  return {
    ...at,
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
    ...(counts && { counts: { ...counts } }),
  };
};

/** Plays one step; the block is the one that is open before it. */
export const recordStep = async (target: Target, step: Step, number: number, block: bigint): Promise<RecordedStep> => {
  const at = { step: number, block: block.toString() };
  if ('call' in step) return recordCall(target, step, at);
  if ('inject' in step) {
    await target.inject(step.inject);
    return { ...at, inject: step.inject };
  }
  if ('query' in step) {
    return { ...at, query: step.query, args: step.args, result_hex: await target.query(step.query, step.args) };
  }
  const { advance, jump = false } = step;
  const opened = await target.advance(advance, { jump });
  return {
    step: number,
    advance: Number(advance),
    ...(jump && { jump }),
    from: at.block,
    block: (block + advance).toString(),
    blocks: opened.map(recordedBlock),
  };
};

/** Who plays, for those who replay on a target that verifies signatures. */
export type RecordedCast = Pick<RecordedScenario, 'users' | 'sub_accounts' | 'sudo' | 'paths'>;

/** Begins a scenario on a target, and the line that says so. */
export const recordBeginning = async (
  target: Target,
  scenario: number,
  genesis: Genesis,
  cast: RecordedCast,
): Promise<RecordedScenario> => {
  const { opening } = await target.reset(genesis);
  return {
    scenario,
    block: genesis.block.toString(),
    ...cast,
    genesis: { ...genesis.storage },
    opening: opening.diff,
  };
};

/** The lines of one scenario: its beginning, then its steps with what the target answered. */
export const recordScenario = async (
  target: Target,
  scenario: number,
  genesis: Genesis,
  cast: RecordedCast,
  steps: readonly Step[],
): Promise<RecordedLine[]> => {
  const lines: RecordedLine[] = [await recordBeginning(target, scenario, genesis, cast)];
  let { block } = genesis;
  for (const [number, step] of steps.entries()) {
    lines.push(await recordStep(target, step, number, block));
    if ('advance' in step) block += step.advance;
  }
  return lines;
};

/** Writes a recording, gzip where the name ends in `.gz`; the file is there whole or not at all. */
export const writeRecording = async (
  file: string,
  header: RecordingHeader,
  lines: readonly RecordedLine[],
): Promise<void> => {
  const text = [header, ...lines].map((line) => JSON.stringify(line) + '\n').join('');
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.part`;
  await writeFile(unfinished, file.endsWith('.gz') ? gzipSync(text) : text);
  await rename(unfinished, file);
};
