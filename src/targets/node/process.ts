/**
 * Starts a node, or what loads it, as a process and ends it. Each runs under a guard (`guard.ts`) in a process group of its own: Ctrl-C at a
 * terminal reaches only us, the whole group can be ended at once, and none of it outlives us.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { Interrupted, NodeFailure } from '../failures.js';
import { guarded } from './guard.js';
import { within } from './limits.js';
import { NodeLog } from './log.js';

/** A program that is started. */
export interface ProgramStart {
  /** For people. */
  readonly name: string;
  /** Absolute path of what is run. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The file that its output is appended to; its folder is there. */
  readonly log: string;
  /** Its whole environment. Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface NodeStart extends ProgramStart {
  /** The `ws://` URL where a line of its output says that it listens now; undefined for every other line. */
  readonly listening: (line: string) => string | undefined;
  /** Milliseconds until it listens. */
  readonly limit: number;
  /** Ends the wait until it listens; later it does nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface StartedProgram {
  /** The file with all of its output, which is kept. */
  readonly log: string;
  /** Of the process group. */
  readonly pid: number;
  /** Resolves when all of it is gone, with how it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Ends it and waits until all of it is gone; once more does nothing more. @throws NodeFailure where it can't be ended */
  stop(): Promise<void>;
}

export interface StartedNode extends StartedProgram {
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
}

/** Milliseconds between two looks at the log. */
const POLL = 20;
/** Milliseconds that a node has to end by itself. */
const GRACE = 2_000;
/** Milliseconds until even what was killed must be gone. */
const END_LIMIT = 12_000;

/** What there is no process for (any more) can't be ended again; macOS says EPERM of processes that ended just now. */
const GONE = new Set<unknown>(['ESRCH', 'EPERM']);

class GuardedProcess {
  readonly ended: Promise<string>;
  isOver = false;
  private readonly guard: ChildProcess;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    { program, args, cwd, env = process.env }: ProgramStart,
    output: number,
  ) {
    const stdio = ['pipe', output, output, 'pipe'] as const;
    this.guard = spawn(process.execPath, guarded(program, args), { cwd, env, stdio: [...stdio], detached: true });
    const atExit = (): void => this.kill('SIGKILL');
    process.once('exit', atExit);
    this.ended = this.watch().finally(() => {
      this.isOver = true;
      process.off('exit', atExit);
    });
  }

  /** 0 where nothing could be started. */
  get pid(): number {
    return this.guard.pid ?? 0;
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private watch(): Promise<string> {
    const { guard } = this;
    let said = '';
    guard.stdio[3]?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    // What the node itself had started, and left behind.
    guard.once('exit', () => this.kill('SIGKILL'));
    return new Promise((resolve) => {
      guard.once('error', ({ message }) => resolve(`not started: ${message}`));
      guard.once('close', (code, signal) => resolve(said === '' ? (signal ?? `exit code ${code}`) : said));
    });
  }

  private async end(): Promise<void> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), GRACE);
    try {
      await within({ limit: END_LIMIT, failure: `${this.name} (process group ${this.pid}) did not end` }, this.ended);
    } finally {
      clearTimeout(timer);
    }
  }

  private kill(signal: NodeJS.Signals): void {
    if (this.isOver || this.pid === 0) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && GONE.has(error.code))) throw error;
    }
  }
}

/** Looks at the log until a line says where the node listens. @throws NodeFailure where it ends before */
const untilListening = async (node: GuardedProcess, log: NodeLog, { name, listening }: NodeStart): Promise<string> => {
  while (!node.isOver) {
    for (const line of log.newLines()) {
      const url = listening(line);
      if (url !== undefined) return url;
    }
    await pause(POLL);
  }
  throw new NodeFailure(`${name} ended (${await node.ended}) before it listened`);
};

/** Starts a program that is no node, and ends by itself: under the guard, too, with its output in its log. */
export const startProgram = (start: ProgramStart): StartedProgram => {
  const log = new NodeLog(start.log);
  try {
    const started = new GuardedProcess(start.name, start, log.descriptor);
    return { log: log.file, pid: started.pid, ended: started.ended, stop: () => started.stop() };
  } finally {
    log.close();
  }
};

const lastWords = (log: NodeLog): string => {
  const lines = log.lastLines();
  return lines.length === 0 ? 'it said nothing' : `it said last: ${lines.join(' | ')}`;
};

/**
 * Starts a node and waits until it listens.
 * @throws NodeFailure where it can't be started, ends, or does not listen within the limit; Interrupted when the signal
 * comes. All of it is ended then.
 */
export const startNode = async (start: NodeStart): Promise<StartedNode> => {
  const { name, limit, signal } = start;
  if (signal?.aborted === true) throw new Interrupted();
  const log = new NodeLog(start.log);
  try {
    const node = new GuardedProcess(name, start, log.descriptor);
    try {
      const wait = { limit, failure: `${name} did not listen`, signal };
      const url = await within(wait, untilListening(node, log, start));
      return { url, log: log.file, pid: node.pid, ended: node.ended, stop: () => node.stop() };
    } catch (error) {
      await node.stop();
      if (!(error instanceof NodeFailure)) throw error;
      throw new NodeFailure(`${error.message}; ${lastWords(log)}; its log: ${log.file}`, { cause: error });
    }
  } finally {
    log.close();
  }
};
