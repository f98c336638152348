/**
 * Chopsticks in a process of its own: on a chain that begins with a spec of ours, or on a fork of a chain that is there. It
 * builds no block unless told to, and takes the mock signature. It is an optional peer: whoever wants it installs it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeFailure } from '../failures.js';
import { within, type Limits } from './limits.js';
import { startNode, type StartedNode } from './process.js';

/** What its chain begins with. */
export type ChopsticksStart =
  /** JSON of a raw chain spec. */
  | { readonly spec: string }
  /** `ws://` or `wss://` URL of a node, and the number of one of its blocks. Default: its newest. */
  | { readonly endpoint: string; readonly block?: number };

export interface ChopsticksOptions {
  /** Of its own: for its configuration and its log. Made where it is not there. */
  readonly folder: string;
  /** Bytes of the runtime's block numbers. */
  readonly blockNumberWidth: 4 | 8;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

export interface StartedChopsticks extends StartedNode {
  /** Whether the runtime imports host functions that Chopsticks does not have: calling one is a panic there. */
  readonly allowsUnresolvedImports: boolean;
}

const PACKAGE = '@acala-network/chopsticks';
const INSTALL = `npm install ${PACKAGE}@^1.5.1`;

/** From the resolved entry point, `dist/cjs/index.js`: the package exports neither its program nor its `package.json`. */
const PROGRAM = '../../../chopsticks.cjs';

/** Where it may be installed: beside this project, and beside what is in the current folder. */
const places = (): string[] => [import.meta.url, join(process.cwd(), 'package.json')];

/**
 * The absolute path of its program.
 * @param from files, absolute or as `file:` URLs, whose packages are looked through; the first that has it counts
 * @throws NodeFailure where it is not installed
 */
export const findChopsticks = (from: readonly string[] = places()): string => {
  for (const file of from) {
    try {
      return join(createRequire(file).resolve(PACKAGE), PROGRAM);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new NodeFailure(`Chopsticks is not installed: ${INSTALL}`);
};

const LISTENING = /listening on .*(ws:\/\/127\.0\.0\.1:\d+)/;

/** Variables that would set what is set here: its port, and how much it says. */
const OVERRIDING = new Set(['PORT', 'LOG_LEVEL']);

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !OVERRIDING.has(name)));

/** Files that it reads, all in its folder. Its configuration is YAML, which takes JSON. */
const SPEC = 'spec.json';
const CONFIG = 'config.json';

const configOf = (start: ChopsticksStart, { blockNumberWidth }: ChopsticksOptions): Record<string, unknown> => ({
  host: '127.0.0.1',
  /** Any that is free. */
  port: 0,
  'mock-signature-host': true,
  'build-block-mode': 'Manual',
  /** Without it the genesis, to which each scenario goes back, is forgotten after 500 blocks. */
  'max-memory-block-count': 100_000,
  /** It takes `u32` for granted, with which it can't jump over blocks. */
  ...(blockNumberWidth === 8 ? { 'registered-types': { types: { BlockNumber: 'u64' } } } : {}),
  ...('spec' in start ? { genesis: SPEC } : { endpoint: start.endpoint, block: start.block }),
});

const UNDECIDED = 'Chopsticks did not say whether it takes the runtime';

const Reply = z.object({ error: z.object({ message: z.string() }).optional() });
const REQUEST = { jsonrpc: '2.0', id: 1, method: 'state_call', params: ['Core_version', '0x'] };

/** What it says of running the runtime; undefined where it does. It listens all the same where it can't. */
const objection = async ({ url }: StartedNode): Promise<string | undefined> => {
  try {
    const body = JSON.stringify(REQUEST);
    const reply = await fetch(url.replace('ws:', 'http:'), { method: 'POST', body });
    return Reply.parse(await reply.json()).error?.message;
  } catch (error) {
    throw new NodeFailure(`${UNDECIDED}: ${String(error)}`, { cause: error });
  }
};

/** Such as "Unresolved function `env`:`ext_misc_unheard_of_version_1`". */
const UNRESOLVED = /unresolved function/i;

const LOG = 'chopsticks.log';

/** @throws NodeFailure, Interrupted */
const listeningNode = async (
  start: ChopsticksStart,
  options: ChopsticksOptions,
  allowsUnresolvedImports: boolean,
): Promise<StartedNode> => {
  const { folder, limits, signal } = options;
  const program = findChopsticks();
  const config = { ...configOf(start, options), 'allow-unresolved-imports': allowsUnresolvedImports };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONFIG), JSON.stringify(config));
  if ('spec' in start) await writeFile(join(folder, SPEC), start.spec);
  return startNode({
    name: 'Chopsticks',
    program: process.execPath,
    args: [program, '--config', CONFIG],
    cwd: folder,
    log: join(folder, LOG),
    listening: (line) => LISTENING.exec(line)?.[1],
    limit: limits.start,
    signal,
    env: environment(),
  });
};

/** In one mode; where that is not enough, in the other. */
const startIn = async (
  start: ChopsticksStart,
  options: ChopsticksOptions,
  allowsUnresolvedImports: boolean,
): Promise<StartedChopsticks> => {
  const { limits, signal } = options;
  const node = await listeningNode(start, options, allowsUnresolvedImports);
  try {
    const wait = { limit: limits.reply, failure: UNDECIDED, signal };
    const message = await within(wait, objection(node));
    if (message === undefined) return { ...node, allowsUnresolvedImports };
    if (allowsUnresolvedImports || !UNRESOLVED.test(message)) {
      throw new NodeFailure(`Chopsticks can't run the runtime: ${message}; its log: ${node.log}`);
    }
  } catch (error) {
    await node.stop();
    throw error;
  }
  await node.stop();
  return startIn(start, options, true);
};

/**
 * Starts it; where it does not know all host functions that the runtime imports, once more in the mode that overlooks this.
 * @throws NodeFailure where it is not installed, can't be started or can't run the runtime; Interrupted
 */
export const startChopsticks = (start: ChopsticksStart, options: ChopsticksOptions): Promise<StartedChopsticks> =>
  startIn(start, options, false);
