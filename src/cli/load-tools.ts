/** What a load is run with: k6, a folder for what it leaves behind, and what all its suites have in common. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseCount } from '../load/count.js';
import { machineOf } from '../load/machine.js';
import { findK6, K6_MISSING, k6Version } from '../load/run/k6-program.js';
import type { LoadSuiteOptions } from '../load/run/load-run.js';
import { InputError } from '../properties/recording-file.js';
import { parseDuration } from './duration.js';
import { DEFAULTS, parseNumber, type LoadRunCommandOptions } from './load-flags.js';
import { nameOfProgram, type LoadedNode } from './load-node.js';
import { waitsOf } from './node.js';
import { expectFolder } from './out-folder.js';
import type { Session } from './session.js';

/** What a run is done with. */
export interface Tools {
  readonly k6: string;
  readonly version: string;
  /** Of its own. */
  readonly folder: string;
}

/** By what measure a chain is loaded and verified. */
export type Measures = Pick<LoadSuiteOptions, 'blockTime' | 'blockLimit' | 'late' | 'maxLost'>;

/** @throws InputError */
export const measuresOf = (options: LoadRunCommandOptions): Measures => ({
  blockTime: parseCount('--block-time', options.blockTime ?? DEFAULTS.blockTime, LONGEST_BLOCK),
  blockLimit: waitsOf(options).block,
  late: parseDuration('--late', options.late ?? DEFAULTS.late),
  maxLost: parseNumber('--max-lost', options.maxLost ?? DEFAULTS.maxLost, 100) / 100,
});

/** Milliseconds. */
const LONGEST_BLOCK = 60_000;

/** @throws InputError where k6 is not there */
export const toolsOf = async ({ k6Bin, out }: LoadRunCommandOptions): Promise<Tools> => {
  const k6 = findK6(k6Bin);
  if (k6 === null) throw new InputError(K6_MISSING);
  const version = await k6Version(k6);
  if (out === undefined) return { k6, version, folder: await mkdtemp(join(tmpdir(), 'assay-load-')) };
  expectFolder('--out', out);
  await mkdir(out, { recursive: true });
  return { k6, version, folder: resolve(out) };
};

/** Tells the machine, with the programs that take part. */
export const tellMachine = (opened: LoadedNode, { version: k6 }: Tools, { emit }: Session): void => {
  const [program, version] = nameOfProgram(opened.node);
  emit(machineOf({ k6, [program]: version }));
};

/** What all suites of a run have in common. */
export const suiteOptions = (
  measures: Measures,
  { node, rules, thresholds }: LoadedNode,
  { k6, folder }: Tools,
  session: Session,
): LoadSuiteOptions => ({
  ...session,
  ...measures,
  node,
  rules,
  thresholds,
  k6,
  folder,
});
