/** Whether a chain may be written to: one of one's own always, a public one never without a flag and a typed confirmation. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InputError } from '../properties/recording-file.js';
import { Interrupted } from '../targets/failures.js';
import type { NodeIdentity } from '../targets/node/identity.js';

/** Where a confirmation is asked for. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** `isTTY` is undefined where it is no terminal, whatever the types say. */
const isTerminal = ({ input }: Terminal): boolean => input.isTTY === true;

/** What is typed; null where the terminal is closed instead. @throws Interrupted: the library waits on after both */
const answerTo = async (question: string, terminal: Terminal, signal?: AbortSignal): Promise<string | null> => {
  const lines = createInterface({ ...terminal, terminal: false });
  const closed = once(lines, 'close').then(() => null);
  const interrupt = (): void => lines.close();
  signal?.addEventListener('abort', interrupt);
  try {
    const typed = await Promise.race([lines.question(question), closed]);
    if (signal?.aborted === true) throw new Interrupted();
    return typed;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    lines.close();
  }
};

/** Who may be asked, and how long. */
export interface Asking {
  /** Default: that of the program. */
  readonly terminal?: Terminal;
  readonly signal?: AbortSignal;
}

/**
 * @returns whether calls may be sent to the node: false where it is not one's own and nobody allowed it
 * @throws InputError where it was allowed and not confirmed, Interrupted
 */
export const mayWrite = async (
  { own, url, chain, chainType }: NodeIdentity,
  allowed: boolean,
  { terminal = { input: process.stdin, output: process.stderr }, signal }: Asking = {},
): Promise<boolean> => {
  if (own) return true;
  if (!allowed) return false;
  const what = `${url} is no development node on this machine (chain "${chain}", ${chainType})`;
  if (!isTerminal(terminal)) {
    throw new InputError(
      `--allow-writes: ${what}: writing to it has to be confirmed by hand, and there is no terminal: fork it instead, with --target chopsticks:${url}`,
    );
  }
  const question = `${what}.\nTransactions will be signed and sent to it. Type the chain's name to go on: `;
  const typed = await answerTo(question, terminal, signal);
  if (typed?.trim() === chain) return true;
  throw new InputError(`--allow-writes: ${what}: its name was not typed, so nothing was sent`);
};
