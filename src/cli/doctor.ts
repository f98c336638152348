/** `assay doctor`: what of the programs around this one is there, what each would add, and how to get it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findK6, k6Version } from '../load/run/k6-program.js';
import type { RunEvent } from '../spec/run-events.js';
import { NodeFailure } from '../targets/failures.js';
import { findChopsticks } from '../targets/node/chopsticks.js';
import { findOmni } from '../targets/node/omni.js';
import { firstProgram } from '../targets/node/program.js';

type Listing = Extract<RunEvent, { type: 'listing' }>;

/** A program that is not part of this package, or Node itself. */
interface Program {
  readonly name: string;
  /** What is there, in a few words; null where it is not. @throws where it is there and does not work */
  readonly find: () => Promise<string | null>;
  readonly adds: string;
  readonly get: string;
}

/** As `package.json` has it under `engines`. */
const OLDEST_NODE = [20, 19] as const;

const isRecent = (version: string): boolean => {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
};

/** The first line that a program says of its version. */
const saidBy = async (file: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(file, ['--version'], { timeout: 60_000 });
  return stdout.split('\n')[0]?.trim() ?? '';
};

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

const found = async (file: string | null, version = saidBy): Promise<string | null> =>
  file === null ? null : `${await version(file)} (${file})`;

/** Where its program is; null where it is not installed. */
const chopsticks = (): string | null => {
  try {
    return findChopsticks();
  } catch (error) {
    if (error instanceof NodeFailure) return null;
    throw error;
  }
};

const programs: readonly Program[] = [
  {
    name: 'Node.js',
    find: () => Promise.resolve(isRecent(process.version) ? process.version : null),
    adds: 'everything in this process: check, replay, record, audit, gate, bench',
    get: `${OLDEST_NODE.join('.')} or later, from https://nodejs.org (this is ${process.version})`,
  },
  {
    name: 'Chopsticks',
    find: () => Promise.resolve(chopsticks()),
    adds: '--target chopsticks: a runtime in a node whose blocks and storage are ours, a fork of a chain',
    get: 'npm install @acala-network/chopsticks@^1.5.1, beside this package',
  },
  {
    name: 'polkadot-omni-node',
    find: () => found(findOmni()),
    adds: '--target omni: a real pool and a real block author; load run on it',
    get: 'cargo install --locked polkadot-omni-node, or https://github.com/paritytech/polkadot-sdk/releases',
  },
  {
    name: 'k6',
    find: () => found(findK6(), k6Version),
    adds: 'load run: what sends the load',
    get: 'go install go.k6.io/k6@v1.8.1, or https://github.com/grafana/k6/releases',
  },
  {
    name: 'Chromium',
    find: () => found(firstProgram(CHROMIUMS)),
    adds: "nothing to use the tool; the project's own tests look at its pages in it",
    get: "apt-get install chromium, or your system's package of it",
  },
];

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const rowOf = async ({ name, find, adds, get }: Program): Promise<readonly [string, string, string, string]> => {
  try {
    const there = await find();
    return there === null ? [name, 'not there', adds, get] : [name, there, adds, ''];
  } catch (error) {
    return [name, `does not work: ${words(error)}`, adds, get];
  }
};

export interface Diagnosis {
  readonly listing: Listing;
  /** Whether this package works here at all: the rest is optional. */
  readonly works: boolean;
}

/** Looks for each program and asks it for its version; nothing else is run. */
export const diagnose = async (): Promise<Diagnosis> => {
  const rows = await Promise.all(programs.map(rowOf));
  return {
    listing: {
      type: 'listing',
      what: 'doctor',
      columns: ['program', 'here', 'what it adds', 'how to get it'],
      rows: rows.map((row) => [...row]),
    },
    works: isRecent(process.version),
  };
};
