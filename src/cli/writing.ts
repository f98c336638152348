/** Whether a chain may be written to: one of one's own always, a public one never without a flag and a typed confirmation. */
import { createInterface } from 'node:readline/promises';
import { InputError } from '../properties/recording-file.js';
import type { NodeIdentity } from '../targets/node/identity.js';

/** Where a confirmation is asked for. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** `isTTY` is undefined where it is no terminal, whatever the types say. */
const isTerminal = ({ input }: Terminal): boolean => input.isTTY === true;

/**
 * @returns whether calls may be sent to the node: false where it is not one's own and nobody allowed it
 * @throws InputError where it was allowed and not confirmed
 */
export const mayWrite = async (
  { own, url, chain, chainType }: NodeIdentity,
  allowed: boolean,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> => {
  if (own) return true;
  if (!allowed) return false;
  const what = `${url} is no development node on this machine (chain "${chain}", ${chainType})`;
  if (!isTerminal(terminal)) {
    throw new InputError(
      `--allow-writes: ${what}: writing to it has to be confirmed by hand, and there is no terminal: fork it instead, with --target chopsticks:${url}`,
    );
  }
  const lines = createInterface({ ...terminal, terminal: false });
  try {
    const typed = await lines.question(
      `${what}.\nTransactions will be signed and sent to it. Type the chain's name to go on: `,
    );
    if (typed.trim() === chain) return true;
  } finally {
    lines.close();
  }
  throw new InputError(`--allow-writes: ${what}: its name was not typed, so nothing was sent`);
};
