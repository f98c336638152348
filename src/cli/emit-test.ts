/** `assay replay --emit-test`: recordings as tests of somebody's own project. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { emitTest } from '../properties/emit-test.js';
import { findRecordings, InputError, openRecording } from '../properties/recording-file.js';
import type { ReportOptions } from './report-files.js';
import { rulesOf } from './replay.js';
import { version } from './session.js';
import { parseTarget, withFile } from './target.js';

export interface EmitTestFlags {
  /** The test's file, `-` for stdout; true: called as the recording, in the current folder. Not there: no test. */
  readonly emitTest?: string | true;
  /** Whether a file that is there is written anew. */
  readonly force?: boolean;
}

export interface EmitTestOptions extends EmitTestFlags, ReportOptions {
  readonly emitTest: string | true;
  readonly target?: string;
  readonly rules?: string;
}

const STDOUT = '-';

/** As vitest finds them. */
const TEST_NAME = /\.(test|spec)\.[cm]?ts$/;
const RECORDING_END = /\.jsonl(\.gz)?$/;

/** Milliseconds: a node begins within two minutes, and takes some five steps a second. */
const TIMEOUT = 60_000;
const NODE_TIMEOUT = 600_000;

/** @throws InputError: nothing is played of which they could tell */
const expectNoReports = (options: EmitTestOptions): void => {
  const asked = (['json', 'junit', 'sarif', 'markdown'] as const).find((name) => options[name] !== undefined);
  if (asked === undefined) return;
  throw new InputError(`--${asked} with --emit-test: a test is written, and nothing is played: leave one of them out`);
};

const outOf = (recording: string, { emitTest: out }: EmitTestOptions): string => {
  if (out === true) return `${basename(recording).replace(RECORDING_END, '')}.test.ts`;
  if (out === STDOUT || TEST_NAME.test(out)) return out;
  throw new InputError(
    `--emit-test ${out}: expected a test's name that ends in .test.ts, or "-" for stdout; recordings stand before the flag`,
  );
};

/** As a path is written in a test. */
const seenFrom = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

const sourceOf = async (recording: string, out: string, { target, rules }: EmitTestOptions): Promise<string> => {
  const folder = out === STDOUT ? '.' : dirname(out);
  const name = target === undefined ? undefined : parseTarget(target);
  if (name?.kind === 'recording')
    throw new InputError(`--target ${target}: a recording is played, nothing is played on it`);
  const opened = await openRecording(recording);
  const { invariant } = opened.header;
  if (name?.kind === 'node' && invariant)
    throw new InputError(
      `--target ${target}: ${invariant.id} is watched call by call, which no node shows: name a runtime (runtime:FILE)`,
    );
  return emitTest(opened, {
    rules: rulesOf(recording, opened.header, rules),
    recording: seenFrom(folder, recording),
    version,
    timeout: name?.kind === 'node' ? NODE_TIMEOUT : TIMEOUT,
    ...(target !== undefined && {
      target: withFile(target, (file) => (isAbsolute(file) ? file : seenFrom(folder, file))),
    }),
  });
};

const write = async (out: string, source: string): Promise<void> => {
  try {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, source);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new InputError(`--emit-test: ${out} can't be written (${error.message})`, { cause: error });
  }
};

/**
 * Writes a test for each recording: all of them, or none where one can't be made.
 * @param print takes what is for stdout
 * @throws InputError, RuleError
 */
export const emitTests = async (
  paths: readonly string[],
  options: EmitTestOptions,
  print: (text: string) => void,
): Promise<void> => {
  expectNoReports(options);
  const recordings = await findRecordings(paths);
  if (recordings.length > 1 && options.emitTest !== true)
    throw new InputError(`--emit-test ${options.emitTest}: expected one recording, came ${recordings.length}`);
  const tests: { readonly out: string; readonly source: string }[] = [];
  for (const recording of recordings) {
    const out = outOf(recording, options);
    if (tests.some((test) => test.out === out))
      throw new InputError(`--emit-test: two recordings would become ${out}: name one at a time`);
    if (out !== STDOUT && options.force !== true && existsSync(out))
      throw new InputError(`--emit-test: ${out} is there already: name another file, or --force to write it anew`);
    tests.push({ out, source: await sourceOf(recording, out, options) });
  }
  for (const { out, source } of tests) {
    if (out === STDOUT) print(source);
    else {
      await write(out, source);
      print(`${out} is written: npx vitest run ${out}\n`);
    }
  }
};
