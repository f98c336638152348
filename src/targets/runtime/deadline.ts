/**
 * Ends what does not end: a timer of Node's `vm` interrupts JavaScript and WASM alike. Arming it costs 75 us, so it is armed
 * around many calls at once where that goes, and where it fires they are made again one by one.
 */
import { createContext, Script } from 'node:vm';

/** Thrown where the time is over. Whatever ran was cut off in the middle: all that it worked on must be made anew. */
export class Overrun extends Error {
  override readonly name = 'Overrun';
}

const sandbox: { run: () => void } = { run: () => undefined };
const context = createContext(sandbox);
const script = new Script('run()');

/** Node's own error where the timer fired; it is of the context's `Error`, not of ours. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Runs `body`, for `limit` milliseconds at most. Not within itself.
 * @throws Overrun, and what `body` throws
 */
export const withinTime = <T>(limit: number, body: () => T): T => {
  let result: { readonly value: T } | undefined;
  sandbox.run = () => {
    result = { value: body() };
  };
  try {
    script.runInContext(context, { timeout: limit });
  } catch (error) {
    if (isTimeout(error)) throw new Overrun(`did not end within ${limit} ms`, { cause: error });
    throw error;
  }
  if (result === undefined) throw new Error('the body ran without coming to its end');
  return result.value;
};
