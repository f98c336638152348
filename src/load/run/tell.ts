/** What a load came to, as events: tables of figures, curves, differences, findings, and one sentence. */
import type { Curves, Figures, Finding, Verdict } from '../../spec/run-events.js';
import { grouped } from '../count.js';
import type { CallCounts, Fates } from './fates.js';
import type { K6Summary, Threshold } from './k6-summary.js';
import type { Load, Verified } from './loaded-chain.js';
import type { LoadDifference } from './replay.js';

/** What is let pass. */
export interface Limits {
  /** Share of what the pool took that may be in no block, from 0 to 1. */
  readonly maxLost: number;
}

const byCount = (counted: ReadonlyMap<string, number>): string =>
  [...counted].map(([name, count]) => `${name} ${count}`).join(', ');

const callRow = (call: string, counts: CallCounts): (string | number)[] => {
  const { sent, taken, refused, included, ok, failed, lost } = counts;
  return [call, sent, taken, refused, included, ok, byCount(failed), lost];
};

/** What became of the calls, a row for each. */
export const callFigures = (suite: string, { calls, total }: Fates): Figures => ({
  type: 'figures',
  suite,
  id: 'load/calls',
  title: 'What became of the calls',
  columns: [
    { name: 'call' },
    ...['sent', 'taken', 'refused', 'included', 'ok'].map((name) => ({ name, unit: '1' })),
    { name: 'failed' },
    { name: 'lost', unit: '1' },
  ],
  rows: [...calls].map(([call, counts]) => callRow(call, counts)).concat([callRow('all', total)]),
});

/** Times that k6 measured. */
export const trendFigures = (suite: string, { trends }: K6Summary): Figures => ({
  type: 'figures',
  suite,
  id: 'load/times',
  title: 'As k6 measured it: times in ms, block fullness in percent of the weight that a block may have',
  columns: [{ name: 'metric' }, ...['p50', 'p95', 'p99', 'max'].map((name) => ({ name, unit: '1' }))],
  rows: trends.map(({ name, p50, p95, p99, max }) => [name, ...[p50, p95, p99, max].map(rounded)]),
});

const thresholdText = ({ metric, expression }: Threshold): string => `${metric}: ${expression}`;

/** What k6 was told to expect. */
export const thresholdFigures = (suite: string, { thresholds }: K6Summary): Figures => ({
  type: 'figures',
  suite,
  id: 'load/thresholds',
  title: 'Thresholds',
  columns: [{ name: 'threshold' }, { name: 'measured', unit: '1' }, { name: 'held' }],
  rows: thresholds.map((each) => [thresholdText(each), rounded(each.measured), each.held ? 'yes' : 'no']),
});

/** A thousandth is finer than anything here is. */
export const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(1_000 * value) / 1_000;

type Line = Curves['lines'][number];

/** So many a second, at the end of each second. */
const perSecond = (name: string, times: readonly number[]): Line => {
  const counts = new Map<number, number>();
  for (const at of times) counts.set(Math.floor(at), (counts.get(Math.floor(at)) ?? 0) + 1);
  const last = Math.max(-1, ...counts.keys());
  return { name, points: Array.from({ length: last + 1 }, (_, second) => [second + 1, counts.get(second) ?? 0]) };
};

/** Moments as seconds after the first call was due; those before it are left out. */
const secondsAfter = (begun: number, moments: readonly (number | null | undefined)[]): number[] =>
  moments.flatMap((at) => (typeof at === 'number' && at >= begun ? [(at - begun) / 1_000] : []));

/** Offered, taken and included a second, and how full blocks were; nothing where nothing had a time. */
export const courseCurves = (suite: string, load: Load, { replay }: Verified): Curves[] => {
  const due = load.sent.flatMap((each) => (each.due === null ? [] : [each.due]));
  const answered = load.sent.flatMap(({ answer }) => (answer?.answer === 'taken' ? [answer.at] : []));
  const begun = due[0] ?? answered[0];
  if (begun === undefined) return [];
  const included = load.sent.map(({ extrinsic }) => replay.places.get(extrinsic)?.[0]?.seen);
  const x = { label: 'seconds', scale: 'linear' } as const;
  const course: Curves = {
    type: 'curves',
    suite,
    id: 'load/course',
    title: 'Extrinsics a second over the run',
    x,
    y: { label: 'extrinsics/s', scale: 'linear' },
    lines: [
      perSecond('offered', secondsAfter(begun, due)),
      perSecond('taken by the pool', secondsAfter(begun, answered)),
      perSecond('included', secondsAfter(begun, included)),
    ].filter(({ points }) => points.length > 0),
  };
  const points = load.samples.fullness
    .filter(([at]) => at >= begun)
    .map(([at, percent]): [number, number] => [(at - begun) / 1_000, percent]);
  if (points.length === 0) return [course];
  const y = { label: "percent of a block's weight", scale: 'linear' } as const;
  const title = 'How full blocks were';
  return [course, { type: 'curves', suite, id: 'load/fullness', title, x, y, lines: [{ name: 'weight', points }] }];
};

const finding = (suite: string, id: string, part: string, sentence: string): Finding => ({
  type: 'finding',
  suite,
  id: `load/${id}`,
  kind: 'load',
  part,
  sentence,
  status: 'open',
});

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

type Some = readonly [LoadDifference, ...LoadDifference[]];

/** Differences by the call that showed them, or by their aspect; the first of each first. */
const byPart = (all: readonly LoadDifference[]): ReadonlyMap<string, Some> => {
  const parts = new Map<string, Some>();
  for (const each of all) {
    const part = each.call ?? each.aspect;
    const known = parts.get(part);
    parts.set(part, known ? [...known, each] : [each]);
  }
  return parts;
};

/** What of a run is not as it should be, but for thresholds. */
export const chainFindings = (suite: string, { replay, fates }: Verified, { maxLost }: Limits): Finding[] => {
  const found: Finding[] = [];
  for (const [part, [first, ...others]] of byPart(replay.differences)) {
    const where = first.where === '' ? first.aspect : `${first.aspect}, ${first.where}`;
    const what = `block ${first.block}, ${first.what}: ${where}: expected ${first.expected}, came ${first.observed}`;
    const more = others.length === 0 ? '' : `; ${others.length} more of the kind`;
    found.push(finding(suite, `difference/${part}`, part, what + more));
  }
  for (const [id, calls, what] of [
    ['duplicated', fates.duplicated, 'in more than one place'],
    ['refused-but-included', fates.included, 'included though the pool refused it'],
  ] as const) {
    const [one] = calls;
    if (one === undefined) continue;
    const sentence = `${plural(calls.length, 'call')} ${what}: the first is ${one.call.name}, ${one.extrinsic.slice(0, 40)}…`;
    found.push(finding(suite, id, one.call.name, sentence));
  }
  if (replay.foreign > 0)
    found.push(
      finding(
        suite,
        'foreign',
        'the chain',
        `${plural(replay.foreign, 'extrinsic')} of somebody else: what they do is not known`,
      ),
    );
  const { lost, taken } = fates.total;
  if (lost > maxLost * taken) {
    const why = [...fates.lost].map(([each, count]) => `${count} ${each}`).join(', ');
    const sentence = `${lost} of ${plural(taken, 'call')} that the pool took are in no block (${why}): at most ${100 * maxLost} % may be`;
    found.push(finding(suite, 'lost', 'the pool', sentence));
  }
  return found;
};

/** Thresholds of k6 that were crossed. */
export const thresholdFindings = (suite: string, { thresholds }: K6Summary): Finding[] =>
  thresholds
    .filter(({ held }) => !held)
    .map((each) => {
      const measured = each.measured === null ? '' : `, came ${rounded(each.measured)}`;
      return finding(
        suite,
        `threshold/${each.metric}`,
        each.metric,
        `expected ${thresholdText(each)}${measured}: a threshold of k6`,
      );
    });

/** Extrinsics a second between the first call's time and the last inclusion; null where that is no time. */
export const inclusionRate = ({ sent }: Pick<Load, 'sent'>, { replay }: Verified): number | null => {
  const due = sent.flatMap((each) => each.due ?? []);
  const seen = sent.flatMap(({ extrinsic }) => replay.places.get(extrinsic)?.[0]?.seen ?? []);
  const from = due.reduce((least, at) => Math.min(least, at), Infinity);
  const to = seen.reduce((most, at) => Math.max(most, at), -Infinity);
  return Number.isFinite(to - from) && to > from ? (1_000 * seen.length) / (to - from) : null;
};

/** What became of the calls, in one sentence: without the times. */
export const countsText = ({ replay, fates }: Verified): string => {
  const { sent, included, lost, refused } = fates.total;
  return [
    `${grouped(sent)} extrinsics sent, ${grouped(included)} included in ${plural(replay.busyBlocks, 'block')}`,
    `${replay.differenceCount + replay.foreign} unexplained differences`,
    ...(fates.unsent > 0 ? [`${fates.unsent} not sent`] : []),
    ...(refused > 0 ? [`${refused} refused (${byCount(fates.refusals)})`] : []),
    `${lost} lost${lost > 0 ? ` (${[...fates.lost].map(([why, count]) => `${count} ${why}`).join(', ')})` : ''}`,
    ...(fates.late > 0 ? [`${fates.late} late`] : []),
    ...(fates.duplicated.length > 0 ? [`${fates.duplicated.length} duplicated`] : []),
  ].join(', ');
};

const msText = (value: number | null): string => (value === null ? '?' : `${grouped(Math.round(value))} ms`);

/** What is told of a load's times, where it has them. */
const TOLD = [
  { name: 'time_to_inclusion', what: 'time to inclusion' },
  { name: 'step_to_inclusion', what: 'time of a step to its inclusion' },
  { name: 'read_time', what: 'reads' },
];

/** The times that k6 measured; empty where nothing was. */
export const timesText = (summary: K6Summary | null): string =>
  TOLD.map(({ name, what }) => {
    const trend = summary?.trends.find((each) => each.name === name);
    if (trend === undefined) return '';
    return `; ${what} p50 ${msText(trend.p50)}, p95 ${msText(trend.p95)}, p99 ${msText(trend.p99)}`;
  }).join('');

/** @param reads whether nothing but reads was asked for: then nothing is included */
export const verdictOf = (findings: readonly Finding[], { total }: Fates, reads = false): Verdict => {
  if (findings.length > 0) return 'finding';
  return total.included > 0 || reads ? 'conforms' : 'vacuous';
};
