/** `assay load run --saturate` as a suite: rates tried one after the other on one chain, and all of its blocks verified in the end. */
import type { Curves, Figures, SuiteFinished } from '../../spec/run-events.js';
import { failureOf, interruptionNote, isEnding, type Ending } from '../../properties/ending.js';
import { grouped } from '../count.js';
import type { Plan } from '../workload.js';
import { progressOf, tellDifferences, type LoadSuiteOptions } from './load-run.js';
import { LoadedChain, type Load, type Verified } from './loaded-chain.js';
import { measured, RateSearch, Windows, type Window } from './saturation.js';
import { beginningOf } from './sent.js';
import { callFigures, chainFindings, countsText, rounded, verdictOf } from './tell.js';

type Line = Curves['lines'][number];

export interface SaturateOptions extends LoadSuiteOptions {
  /** Long enough for all windows (`planSize`). */
  readonly plan: Plan;
  /** Calls a second, tried first. */
  readonly first: number;
  /** Of a window. */
  readonly seconds: number;
  /** Of the same measurement with other sizes, to be drawn beside this one. */
  readonly others: readonly Line[];
}

export interface Saturated {
  readonly finished: SuiteFinished;
  /** Included a second by what was offered. */
  readonly line: Line;
}

/** Of a window, with what k6 measured in it. */
interface Tried extends Window {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly fullness: number | null;
}

interface Done {
  readonly tried: readonly Tried[];
  readonly search: RateSearch;
  readonly verified: Verified | null;
  readonly ended: Ending | null;
}

const triedOf = ({ plan, sent, samples, summary }: Load, blockTime: number, chain: LoadedChain): Tried => {
  const trend = (name: string) => summary?.trends.find((each) => each.name === name);
  const { p50 = null, p95 = null } = trend('time_to_inclusion') ?? {};
  const window = measured(plan, sent, beginningOf(plan, samples), blockTime, (extrinsic) =>
    chain.heads.seenIn(extrinsic),
  );
  return { ...window, p50, p95, fullness: trend('block_fullness')?.p95 ?? null };
};

/** About so many windows a search has, for its progress. */
const USUAL = 9;

const runOn = async (options: SaturateOptions, suite: string, started: number): Promise<Done> => {
  const { plan, first, seconds, blockTime, late } = options;
  const search = new RateSearch(first);
  const windows = new Windows(plan);
  const tried: Tried[] = [];
  let verified: Verified | null = null;
  let ended: Ending | null = null;
  const part = (): readonly [number, number] => [
    Math.min(0.9, tried.length / USUAL),
    Math.min(0.9, (tried.length + 1) / USUAL),
  ];
  try {
    const chain = await LoadedChain.begin(options);
    for (let rate = search.next(); rate !== null; rate = search.next()) {
      const window = windows.take(rate, seconds);
      if (window === null) break;
      const load = await chain.load(window, progressOf(options, suite, started, part()));
      if (load.k6.interrupted) break;
      const one = triedOf(load, blockTime, chain);
      tried.push(one);
      search.tell(rate, one.isBorne);
      await chain.mend(load);
    }
    if (!options.signal.aborted) verified = await chain.verify(late, progressOf(options, suite, started, [0.9, 1]));
    await chain.close();
  } catch (error) {
    if (!isEnding(error)) throw error;
    ended = error;
  }
  return { tried, search, verified, ended };
};

const rowOf = (each: Tried): (string | number | null)[] => [
  each.rate,
  each.offered,
  each.taken,
  each.included,
  each.includedLater,
  ...[each.includedRate, each.p50, each.p95, each.fullness].map(rounded),
  each.isBorne ? 'yes' : 'no',
];

/** A row for each rate, in the order in which they were tried. */
const figuresOf = (suite: string, { requests }: Plan, tried: readonly Tried[]): Figures => ({
  type: 'figures',
  suite,
  id: `load/saturation/${requests}`,
  title: `Rates that were tried, on ${grouped(requests)} requests`,
  columns: [
    { name: 'offered', unit: '1/s' },
    { name: 'calls', unit: '1' },
    { name: 'taken', unit: '1' },
    { name: 'included by the end', unit: '1' },
    { name: '3 blocks later', unit: '1' },
    { name: 'included', unit: '1/s' },
    { name: 'inclusion p50', unit: 'ms' },
    { name: 'inclusion p95', unit: 'ms' },
    { name: 'block weight p95', unit: '%' },
    { name: 'borne' },
  ],
  rows: tried.map(rowOf),
});

const resultFigures = (suite: string, { requests }: Plan, { borne, unborne }: RateSearch): Figures => ({
  type: 'figures',
  suite,
  id: `load/saturation/${requests}/rate`,
  title: 'Where inclusion falls behind',
  columns: [
    { name: 'requests', unit: '1' },
    { name: 'borne', unit: 'extrinsics/s' },
    { name: 'not borne', unit: 'extrinsics/s' },
  ],
  rows: [[requests, borne, unborne]],
});

const lineOf = ({ requests }: Plan, tried: readonly Tried[]): Line => ({
  name: `${grouped(requests)} requests`,
  points: tried
    .map(({ rate, includedRate }): [number, number] => [rate, includedRate])
    .toSorted(([left], [right]) => left - right),
});

const curvesOf = (suite: string, lines: readonly Line[]): Curves => ({
  type: 'curves',
  suite,
  id: 'load/saturation',
  title: 'Included against offered',
  x: { label: 'offered, extrinsics/s', scale: 'log' },
  y: { label: 'included, extrinsics/s', scale: 'log' },
  // A logarithm has no place for what included nothing.
  lines: lines.map(({ name, points }) => ({ name, points: points.filter(([, included]) => included > 0) })),
});

const rateText = ({ borne, unborne }: RateSearch): string => {
  if (borne === null) return unborne === null ? 'no rate was tried' : `not even ${unborne} extrinsics/s are borne`;
  return `${borne} extrinsics/s are borne${unborne === null ? ', and more was not tried' : `, ${unborne} are not`}`;
};

const summaryOf = ({ search, tried, verified }: Done): string => {
  const windows = `${rateText(search)}; ${tried.length} rates tried`;
  return `${windows}; ${verified ? countsText(verified) : 'none of it verified'}`;
};

/**
 * Finds the rate at which inclusion falls behind.
 * @returns what the suite came to, also emitted; with figures, curves, differences and findings. What is lost while more is sent
 * than is borne is no finding.
 * @throws NodeFailure once all that was done is emitted
 */
export const runSaturation = async (options: SaturateOptions): Promise<Saturated> => {
  const { emit, now, node, plan, rules, signal, others } = options;
  const started = now();
  const suite = `saturation with ${grouped(plan.requests)} requests on ${node.target.name}`;
  emit({
    type: 'suite-started',
    suite,
    kind: 'load',
    target: `${node.target.name}, ${rules.toString()}`,
    seed: plan.seed,
  });
  const done = await runOn(options, suite, started);
  const { tried, search, verified, ended } = done;
  const line = lineOf(plan, tried);
  emit(figuresOf(suite, plan, tried));
  emit(resultFigures(suite, plan, search));
  emit(curvesOf(suite, [...others, line]));
  const findings = verified ? chainFindings(suite, verified, { maxLost: 1 }) : [];
  if (verified) {
    tellDifferences(emit, suite, verified);
    emit(callFigures(suite, verified.fates));
    for (const each of findings) emit(each);
  }
  const failure = failureOf(ended, signal);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: failure ? 'error' : verified ? verdictOf(findings, verified.fates) : 'vacuous',
    scenarios: tried.length,
    steps: verified?.replay.played ?? 0,
    differences: verified?.replay.differenceCount ?? 0,
    summary: (failure ? `${failure.message}; until then ` : '') + summaryOf(done) + interruptionNote(ended, signal),
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return { finished, line };
};
