/** Follows a scripted chain, and keeps all that is told of it. */
import { setMaxListeners } from 'node:events';
import type { Alert } from '../../src/follow/alert.js';
import { Alert as AlertSchema } from '../../src/follow/alert.js';
import type { Checkpoint } from '../../src/follow/checkpoint.js';
import { runFollow, type FollowRunOptions } from '../../src/follow/follow-run.js';
import { RunEvent, type SuiteFinished } from '../../src/spec/run-events.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';

export interface Followed {
  readonly alerts: readonly Alert[];
  readonly events: readonly RunEvent[];
  /** What was saved, in turn. */
  readonly saved: readonly Checkpoint[];
  /** Null where it threw. */
  readonly finished: SuiteFinished | null;
  /** Why it threw. */
  readonly thrown: string | null;
}

export interface Following extends Partial<FollowRunOptions> {
  readonly url: string;
  /** Called with each alert, and with each block that is behind us. */
  readonly meanwhile?: (what: { readonly alert?: Alert; readonly block?: number }) => void;
}

/** As the command line's: everything that is asked of a node listens for it. */
const quietSignal = (): AbortSignal => {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
};

export const follow = async ({ url, meanwhile, ...options }: Following): Promise<Followed> => {
  const alerts: Alert[] = [];
  const events: RunEvent[] = [];
  const saved: Checkpoint[] = [];
  const [ended] = await Promise.allSettled([
    runFollow({
      url,
      from: 1n,
      to: null,
      checkpoint: null,
      expected: {},
      limits: { ...DEFAULT_LIMITS, connect: 5_000, block: 10_000 },
      retries: 3,
      signal: quietSignal(),
      now: () => performance.now(),
      ...options,
      emit: (event) => void events.push(RunEvent.parse(event)),
      tell: (alert) => {
        alerts.push(AlertSchema.parse(alert));
        meanwhile?.({ alert });
      },
      save: (checkpoint) => {
        saved.push(checkpoint);
        meanwhile?.({ block: Number(checkpoint.block) });
      },
    }),
  ]);
  const thrown = ended.status === 'fulfilled' ? null : ended.reason instanceof Error ? ended.reason.message : '?';
  return { alerts, events, saved, thrown, finished: ended.status === 'fulfilled' ? ended.value : null };
};

/** The alerts of one kind. */
export const only = <T extends Alert['type']>(
  { alerts }: Pick<Followed, 'alerts'>,
  type: T,
): Extract<Alert, { type: T }>[] => alerts.filter((alert): alert is Extract<Alert, { type: T }> => alert.type === type);

/** The blocks that lines of the kind `checkpoint` say to be compared, in turn. */
export const comparedIn = (alerts: readonly Alert[]): number[] =>
  only({ alerts }, 'checkpoint').flatMap(({ from, to }) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at),
  );

export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
