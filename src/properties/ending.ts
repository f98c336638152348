/** How a run ends before its time, with what was done so far told: the target fails, or Ctrl-C. Neither says what was tested. */
import { Interrupted, NodeFailure } from '../targets/failures.js';
import type { Awaitable } from '../targets/target.js';

/** What ends a run early. */
export type Ending = NodeFailure | Interrupted;

export const isEnding = (error: unknown): error is Ending =>
  error instanceof NodeFailure || error instanceof Interrupted;

const isInterruption = (ended: Ending | null, signal: AbortSignal | undefined): boolean =>
  ended instanceof Interrupted || signal?.aborted === true;

/** What stands at the end of a summary. */
export const interruptionNote = (ended: Ending | null, signal: AbortSignal | undefined): string =>
  isInterruption(ended, signal) ? ' (interrupted)' : '';

/** The failure that ended the run, to be thrown on once the suite is told. After Ctrl-C none is: it may have ended the node too. */
export const failureOf = (ended: Ending | null, signal: AbortSignal | undefined): NodeFailure | null =>
  ended instanceof NodeFailure && !isInterruption(ended, signal) ? ended : null;

/**
 * Uses what has to be closed, and closes it, whatever comes of it.
 * @throws what the use of it threw; only where it threw nothing what closing it threw
 */
export const closing = async <R>(used: { close(): Awaitable<void> }, use: () => Promise<R>): Promise<R> => {
  const [result] = await Promise.allSettled([use()]);
  const [closed] = await Promise.allSettled([(async () => used.close())()]);
  if (result.status === 'rejected') throw result.reason;
  if (closed.status === 'rejected') throw closed.reason;
  return result.value;
};
