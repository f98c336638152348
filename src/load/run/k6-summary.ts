/** k6's own summary: the figures of its trends and counters, and which of its thresholds held. */
import { z } from 'zod';
import { NodeFailure } from '../../targets/failures.js';

const Metric = z.object({
  type: z.string(),
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
});

const Summary = z.object({ metrics: z.record(z.string(), Metric) });

export interface Trend {
  readonly name: string;
  /** Milliseconds, percent or a plain number, as the metric has it. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface Threshold {
  /** Such as `time_to_pool`. */
  readonly metric: string;
  /** Such as `p(95)<500`. */
  readonly expression: string;
  readonly held: boolean;
  /** What the expression is about, as measured; null where the summary does not have it. */
  readonly measured: number | null;
}

export interface K6Summary {
  readonly trends: readonly Trend[];
  readonly thresholds: readonly Threshold[];
}

/** Those of the script; k6 has some of its own. */
const TRENDS = [
  'time_to_pool',
  'time_to_inclusion',
  'step_to_inclusion',
  'read_time',
  'block_fullness',
  'block_extrinsics',
];

/** A metric of the script, or of one of its parts: `read_time{name:keys}`. */
const isTrend = (name: string): boolean => TRENDS.includes(name.replace(/\{.*$/, ''));

const trendOf = (name: string, { values }: z.infer<typeof Metric>): Trend => ({
  name,
  p50: values['p(50)'] ?? values.med ?? null,
  p95: values['p(95)'] ?? null,
  p99: values['p(99)'] ?? null,
  max: values.max ?? null,
});

/** Thresholds that always hold: k6 tells a metric's parts only where one names them. */
const ALWAYS = /^(count|max)>=0$/;

/** @throws NodeFailure where it is no summary */
export const parseSummary = (text: string): K6Summary => {
  const parsed = Summary.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NodeFailure(
      `k6's summary: expected metrics with values, came another form at ${issue?.path.join('.') ?? 'its root'}: use k6 1.8.1`,
    );
  }
  const metrics = Object.entries(parsed.data.metrics);
  return {
    trends: metrics
      .filter(([name, { type }]) => type === 'trend' && isTrend(name))
      .map(([name, of]) => trendOf(name, of)),
    thresholds: metrics.flatMap(([metric, { thresholds = {}, values }]) =>
      Object.entries(thresholds)
        .filter(([expression]) => !ALWAYS.test(expression))
        .map(([expression, { ok }]) => ({
          metric,
          expression,
          held: ok,
          measured: values[/^[^<>=!\s]+/.exec(expression)?.[0] ?? ''] ?? null,
        })),
    ),
  };
};
