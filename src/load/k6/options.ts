/** k6's options for a workload: which executor sends what, and what must come out. */
import type {
  ConstantArrivalRateScenario,
  Options,
  PerVUIterationsScenario,
  RampingArrivalRateScenario,
} from 'k6/options';
import type { K6Head, RateStep, Thresholds } from './workload.js';

/** Of a class of k6's types, what a plain object has. */
type Plain<T> = { readonly [K in keyof T]: T[K] };
type Arriving = Plain<ConstantArrivalRateScenario> | Plain<RampingArrivalRateScenario>;
type Scenario = Arriving | Plain<PerVUIterationsScenario>;

export interface ScriptOptions extends Omit<Options, 'scenarios'> {
  readonly scenarios: Readonly<Record<string, Scenario>>;
}

/**
 * Virtual users, each with a connection: as many as are busy where an answer takes a quarter of a second, within bounds. Where they
 * are all busy, k6 drops the iteration: later calls are sent later, and as many of the last ones are not sent.
 */
const ANSWER = 0.25;
const FEWEST = 50;
const MOST = 300;

const virtualUsers = (steps: readonly RateStep[]): number =>
  Math.min(MOST, Math.max(FEWEST, ...steps.map(({ rate }) => Math.ceil(ANSWER * rate))));

/** Seconds that a request may still take when the time is over; those of the watch besides what it has reason to wait for. */
const GRACE = 15;
const MARGIN = 60;

/** Calls of the longest life. */
const LIFE = 15;

const seconds = (value: number): string => `${Math.round(1_000 * value)}ms`;

/** k6 takes whole rates. */
const whole = (rate: number): { rate: number; timeUnit: string } =>
  Number.isInteger(rate) ? { rate, timeUnit: '1s' } : { rate: Math.round(1_000 * rate), timeUnit: '1000s' };

/** Iteration number i begins when arrival number i is planned. */
const arriving = (steps: readonly RateStep[]): Arriving | null => {
  const [first, ...more] = steps;
  const vus = virtualUsers(steps);
  const most = { preAllocatedVUs: vus, maxVUs: vus };
  if (first === undefined) return null;
  if (more.length === 0)
    return { executor: 'constant-arrival-rate', ...whole(first.rate), duration: seconds(first.seconds), ...most };
  const thousand = (rate: number): number => Math.round(1_000 * rate);
  // Half an arrival longer: where the sum is rounded down, the last one would be missing.
  const stages = steps.flatMap(({ rate, seconds: long }, at) => [
    { duration: '0s', target: thousand(rate) },
    { duration: seconds(long + (at === more.length ? 0.5 / rate : 0)), target: thousand(rate) },
  ]);
  return { executor: 'ramping-arrival-rate', startRate: thousand(first.rate), timeUnit: '1000s', stages, ...most };
};

/** Seconds after which a scenario must be over, whatever becomes of its calls. */
const longest = ({ duration, lanes, stepLimit }: K6Head): number =>
  duration + (lanes > 0 ? (LIFE * stepLimit) / 1_000 : GRACE);

const scenariosOf = (head: K6Head): Readonly<Record<string, Scenario>> => {
  const { lead, drain, lanes } = head;
  const startTime = seconds(lead / 1_000);
  const gracefulStop = seconds(GRACE);
  const submit = arriving(head.submits);
  const read = arriving(head.reads);
  const once = { executor: 'per-vu-iterations', iterations: 1 } as const;
  return {
    watch: { ...once, exec: 'watch', vus: 1, maxDuration: seconds((lead + drain) / 1_000 + longest(head) + MARGIN) },
    ...(submit && { submit: { ...submit, exec: 'submit', startTime, gracefulStop } }),
    ...(read && { read: { ...read, exec: 'read', startTime, gracefulStop } }),
    ...(lanes > 0 && {
      lifecycle: {
        ...once,
        exec: 'lifecycle',
        vus: lanes,
        startTime,
        maxDuration: seconds(longest(head)),
        gracefulStop,
      },
    }),
  };
};

/** Of what nothing came a threshold would tell nothing, and fail: only what the workload has is looked at. */
const thresholdsOf = ({ total, reads, lanes, calls, thresholds }: K6Head, names: readonly string[]): Thresholds => {
  const own: Thresholds = {
    checks: ['rate>0.99'],
    ...(total > 0 && {
      time_to_pool: ['p(95)<500'],
      refused_share: ['rate<0.01'],
      included_share: ['rate>0.99'],
    }),
    ...(reads.length > 0 && { read_time: ['p(95)<500'] }),
  };
  // k6 tells a metric's parts in its summary where a threshold names them: these always hold.
  const parts: Thresholds = {
    ...Object.fromEntries(calls.map((call) => [`included{call:${call}}`, ['count>=0']])),
    ...(lanes > 0 && {
      'life{outcome:done}': ['count>=0'],
      ...Object.fromEntries(calls.map((call) => [`step_to_inclusion{call:${call}}`, ['max>=0']])),
    }),
    ...Object.fromEntries(names.map((name) => [`read_time{name:${name}}`, ['max>=0']])),
  };
  return Object.fromEntries(
    Object.entries({ ...parts, ...own, ...thresholds }).filter(([, expressions]) => expressions.length > 0),
  );
};

const mutable = (thresholds: Thresholds): Record<string, string[]> =>
  Object.fromEntries(Object.entries(thresholds).map(([metric, expressions]) => [metric, [...expressions]]));

/** @param reads names of what is read */
export const optionsOf = (head: K6Head, reads: readonly string[]): ScriptOptions => ({
  scenarios: scenariosOf(head),
  thresholds: mutable(thresholdsOf(head, reads)),
  summaryTrendStats: ['avg', 'min', 'p(50)', 'p(95)', 'p(99)', 'max'],
  systemTags: ['check', 'error_code', 'name', 'scenario', 'status'],
  // A redirection could lead away from this machine.
  maxRedirects: 0,
});
