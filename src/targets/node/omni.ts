/**
 * `polkadot-omni-node` in a process of its own: a real Substrate node, with a real pool, that makes all blocks of a chain of
 * ours by itself. Measured: it listens 2 s after its start, and blocks of 50 ms work.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { NodeFailure } from '../failures.js';
import type { Limits } from './limits.js';
import { startNode, type StartedNode } from './process.js';

const NAME = 'polkadot-omni-node';
/** The environment variable that names the program. */
const VARIABLE = 'ASSAY_NODE_BIN';

/** Why a file can't be run; null where it can. */
const obstacle = (file: string): string | null => {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return 'no such file';
  try {
    accessSync(file, constants.X_OK);
    return null;
  } catch (error) {
    return `not executable (${String(error)})`;
  }
};

const named = (source: string, given: string): string => {
  const file = resolve(given);
  const found = obstacle(file);
  if (found === null) return file;
  throw new NodeFailure(`${source} ${given}: ${found}; expected the program ${NAME}`);
};

/**
 * The absolute path of the program: `given`, else what `ASSAY_NODE_BIN` says, else the first on the `PATH`; null where it is
 * nowhere.
 * @throws NodeFailure where it was named and can't be run
 */
export const findOmni = (given?: string, env: NodeJS.ProcessEnv = process.env): string | null => {
  if (given !== undefined) return named('--node-bin', given);
  const variable = env[VARIABLE];
  if (variable !== undefined && variable !== '') return named(VARIABLE, variable);
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => resolve(folder, NAME)).find((file) => obstacle(file) === null) ?? null;
};

export interface OmniOptions {
  /** JSON of a raw chain spec. */
  readonly spec: string;
  /** Absolute path of the program. */
  readonly bin: string;
  /** Of its own: for the chain spec, its database and its log. Made where it is not there. */
  readonly folder: string;
  /** Milliseconds between two blocks. */
  readonly blockTime: number;
  /**
   * When blocks are made: every `blockTime`, or whenever the pool takes an extrinsic, one that panics too. Default: `interval`.
   */
  readonly seal?: 'interval' | 'instant';
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

const SPEC = 'spec.json';
const DATABASE = 'db';

const LISTENING = /Running JSON-RPC server: addr=(127\.0\.0\.1:\d+)/;

const flags = (blockTime: number, seal: 'interval' | 'instant'): string[] => [
  ...['--chain', SPEC, '--base-path', DATABASE],
  ...(seal === 'instant' ? ['--instant-seal'] : ['--dev-block-time', String(blockTime)]),
  // Any port that is free, on loopback.
  ...['--rpc-port', '0', '--listen-addr', '/ip4/127.0.0.1/tcp/0'],
  ...['--no-telemetry', '--no-prometheus', '--no-mdns'],
  // The same bytes may be sent again as soon as they are in a block. The fork-aware pool, the default, would put them into the
  // next blocks, too: without a ban it takes an unsigned call that a block has for a new one.
  ...['--pool-type', 'single-state', '--tx-ban-seconds', '0'],
  ...['--state-pruning', 'archive', '--rpc-max-connections', '1000'],
  // What waits is a load's to measure: with the defaults, 8192 and 20 MB, the pool would refuse what a block can't take.
  ...['--pool-limit', '200000', '--pool-kbytes', '1048576'],
];

/** Ours, without what would keep it from saying where it listens. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'RUST_LOG'));

/**
 * Starts it with a new database, which is removed when it is stopped; the log stays, as `polkadot-omni-node.log`.
 * @throws NodeFailure, Interrupted
 */
export const startOmni = async (options: OmniOptions): Promise<StartedNode> => {
  const { spec, bin, folder, blockTime, seal = 'interval', limits, signal } = options;
  const forget = (): Promise<void> => rm(join(folder, DATABASE), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await forget();
  await writeFile(join(folder, SPEC), spec);
  try {
    const node = await startNode({
      name: NAME,
      program: bin,
      args: flags(blockTime, seal),
      cwd: folder,
      log: join(folder, `${NAME}.log`),
      listening: (line) => {
        const address = LISTENING.exec(line)?.[1];
        return address && `ws://${address}`;
      },
      limit: limits.start,
      signal,
      env: environment(),
    });
    const stop = async (): Promise<void> => {
      await node.stop();
      await forget();
    };
    return { ...node, stop };
  } catch (error) {
    await forget();
    throw error;
  }
};
