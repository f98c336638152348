/** How long each kind of wait on a node may last. What lasts longer is a {@link NodeFailure}, never a verdict. */
import { clearTimeout, setTimeout } from 'node:timers';
import { Interrupted, NodeFailure } from '../failures.js';

/** In milliseconds. */
export interface Limits {
  /** From the start of a node of ours until it listens. */
  readonly start: number;
  /** Until a connection stands and the chain has introduced itself. */
  readonly connect: number;
  /** For one answer. */
  readonly reply: number;
  /** For the next block, and for an extrinsic that the pool accepted to get into one. */
  readonly block: number;
}

export const DEFAULT_LIMITS: Limits = { start: 120_000, connect: 20_000, reply: 30_000, block: 30_000 };

export interface Wait {
  /** Milliseconds. */
  readonly limit: number;
  /** What is said where it passes: `... within 30 s` is added. */
  readonly failure: string;
  readonly signal?: AbortSignal | undefined;
}

const seconds = (limit: number): string => `${limit / 1000} s`;

/** @throws NodeFailure when the limit passes, Interrupted when the signal comes; whatever `promise` throws */
export const within = async <T>({ limit, failure, signal }: Wait, promise: PromiseLike<T>): Promise<T> => {
  if (signal?.aborted === true) {
    // What it comes to is nobody's concern any more: least of all the process's, which a rejection that nobody hears would end.
    promise.then(undefined, () => undefined);
    throw new Interrupted();
  }
  let timer: NodeJS.Timeout | undefined;
  let interrupt: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NodeFailure(`${failure} within ${seconds(limit)}`)), limit);
    interrupt = () => reject(new Interrupted());
    signal?.addEventListener('abort', interrupt, { once: true });
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    if (interrupt) signal?.removeEventListener('abort', interrupt);
  }
};
