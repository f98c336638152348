/**
 * A recording of a few scenarios, taken from a public one, that a test changes and writes to a temporary folder. Lines
 * are what the format's schema keeps of them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecording } from '../../src/properties/recording-file.js';
import type {
  RecordedAdvance,
  RecordedCall,
  RecordedInjection,
  RecordedLine,
  RecordedQuery,
  RecordedScenario,
  RecordingHeader,
} from '../../src/spec/recording.js';

export interface SmallRecording {
  readonly header: RecordingHeader;
  readonly lines: readonly RecordedLine[];
}

export const isCall = (line: RecordedLine): line is RecordedCall => 'call' in line;
export const isAdvance = (line: RecordedLine): line is RecordedAdvance => 'advance' in line;
export const isInjection = (line: RecordedLine): line is RecordedInjection => 'inject' in line;
export const isQuery = (line: RecordedLine): line is RecordedQuery => 'query' in line;
export const isScenario = (line: RecordedLine): line is RecordedScenario => 'scenario' in line;

/** The first `scenarios` scenarios of a recording, cut after `steps` steps each. */
export const firstScenarios = async (file: string, scenarios: number, steps = Infinity): Promise<SmallRecording> => {
  const { header, batches } = await openRecording(file);
  const lines: RecordedLine[] = [];
  for await (const batch of batches) for (const { line } of batch) lines.push(line);
  const isTaken = (line: RecordedLine): boolean => isScenario(line) || line.step < steps;
  const end = lines.findIndex((line) => isScenario(line) && line.scenario === scenarios);
  return {
    header: { ...header, scenarios, steps: Math.min(header.steps ?? 0, steps) },
    lines: lines.slice(0, end).filter(isTaken),
  };
};

/** The recording as a file's text. */
export const textOf = ({ header, lines }: SmallRecording): string =>
  [header, ...lines].map((line) => JSON.stringify(line) + '\n').join('');

/** A folder of its own, gone with its files when `body` ends. */
export const inFolder = async <T>(body: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Hands `body` a file with these contents. */
export const asFile = <T>(contents: string | Uint8Array, body: (file: string) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    const file = join(folder, 'recording.jsonl');
    await writeFile(file, contents);
    return body(file);
  });
