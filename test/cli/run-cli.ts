/** The built command line as a process of its own, as a user runs it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the project's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends Ctrl-C as soon as the output has this text. */
  readonly interruptAt?: string;
}

/** One that is under way. */
export interface Running {
  readonly pid: number;
  /** What it printed so far. */
  readonly stdout: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ran>;
}

/** What of our own environment would change what it does. */
const CONFIGURING = new Set(['CI', 'GITHUB_ACTIONS', 'ASSAY_SURI', 'ASSAY_WAIT']);

const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !CONFIGURING.has(name)));

/** Starts `assay` with arguments. What would configure it in our environment is unset unless `env` sets it. */
export const startAssay = (
  args: readonly string[],
  { cwd = root, env = {}, interruptAt }: RunOptions = {},
): Running => {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited(), ...env } });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interruptAt === undefined || interrupted || !stdout.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { pid: child.pid ?? 0, stdout: () => stdout, kill: (signal) => void child.kill(signal), ended };
};

/** Runs `assay` with arguments and waits for its end. */
export const assay = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  startAssay(args, options).ended;
