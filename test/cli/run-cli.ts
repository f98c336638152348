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

/** Runs `assay` with arguments and waits for its end. `CI` is unset unless `env` sets it. */
export const assay = (args: readonly string[], { cwd = root, env = {}, interruptAt }: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const { CI: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, ...env } });
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
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
