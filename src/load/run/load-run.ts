/**
 * `assay load run` as a suite: one plan sent to one chain, all of it verified, and what it came to told. A node that fails and Ctrl-C
 * end it with what was done until then told.
 */
import type { Hex } from '../../spec/hex.js';
import type { Emit, Finding, SuiteFinished } from '../../spec/run-events.js';
import { failureOf, interruptionNote, isEnding, type Ending } from '../../properties/ending.js';
import { grouped } from '../count.js';
import type { Plan } from '../workload.js';
import { LoadedChain, type Load, type LoadedChainOptions, type OnProgress, type Verified } from './loaded-chain.js';
import {
  callFigures,
  chainFindings,
  countsText,
  courseCurves,
  inclusionRate,
  thresholdFigures,
  thresholdFindings,
  timesText,
  trendFigures,
  verdictOf,
  type Limits,
} from './tell.js';

export interface LoadSuiteOptions extends LoadedChainOptions, Limits {
  readonly emit: Emit;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  /** Milliseconds behind its planned arrival after which an inclusion is late. */
  readonly late: number;
}

export interface LoadRunOptions extends LoadSuiteOptions {
  readonly plan: Plan;
}

/** Shares of the whole that each part of it is taken for. */
const PARTS = { signing: [0, 0.1], sending: [0.1, 0.95], verifying: [0.95, 1] } as const;

/** Tells progress of a suite. @param from, to the shares of the whole that this part of it is */
export const progressOf = (
  { emit, now }: Pick<LoadSuiteOptions, 'emit' | 'now'>,
  suite: string,
  started: number,
  [from, to]: readonly [number, number] = [0, 1],
): OnProgress => {
  return ({ doing, share, included }) => {
    const [begins, ends] = PARTS[doing];
    const whole = from + (to - from) * (begins + (ends - begins) * share);
    emit({ type: 'progress', suite, steps: included, share: Math.min(1, whole), elapsed: now() - started });
  };
};

/** Tells every difference that was kept. */
export const tellDifferences = (emit: Emit, suite: string, { replay }: Verified): void => {
  for (const { call: _, ...difference } of replay.differences)
    emit({ type: 'difference', suite, scenario: 0, ...difference });
};

interface Done {
  readonly load: Load | null;
  readonly verified: Verified | null;
  readonly ended: Ending | null;
  /** Whether an extrinsic was seen in a block, verified or not; and how many were. */
  readonly isIncluded: (extrinsic: Hex) => boolean;
  readonly included: number;
}

const runOn = async (options: LoadRunOptions, onProgress: OnProgress): Promise<Done> => {
  let chain: LoadedChain | undefined;
  let verified: Verified | null = null;
  let ended: Ending | null = null;
  try {
    chain = await LoadedChain.begin(options);
    const { k6 } = await chain.load(options.plan, onProgress);
    if (!k6.interrupted) verified = await chain.verify(options.late, onProgress);
    await chain.close();
  } catch (error) {
    if (!isEnding(error)) throw error;
    ended = error;
  }
  const seen = chain?.heads.included;
  return {
    load: chain?.loads[0] ?? null,
    verified,
    ended,
    isIncluded: (extrinsic) => seen?.has(extrinsic) === true,
    included: seen?.size ?? 0,
  };
};

/** What is told where nothing was verified. k6 that was ended may have told of no answer: what is in a block was sent all the same. */
const untilThen = ({ load, isIncluded, included }: Done): string => {
  const sent = load?.sent.filter(({ answer, extrinsic }) => answer !== null || isIncluded(extrinsic)).length ?? 0;
  return `until then ${grouped(sent)} extrinsics sent, ${grouped(included)} seen in blocks, none of it verified`;
};

/** @returns the findings */
const tell = (options: LoadRunOptions, suite: string, load: Load, verified: Verified): readonly Finding[] => {
  const { emit } = options;
  const { summary } = load;
  tellDifferences(emit, suite, verified);
  emit(callFigures(suite, verified.fates));
  if (summary !== null) {
    emit(trendFigures(suite, summary));
    emit(thresholdFigures(suite, summary));
  }
  for (const curves of courseCurves(suite, load, verified)) emit(curves);
  const findings = [
    ...chainFindings(suite, verified, options),
    ...(summary === null ? [] : thresholdFindings(suite, summary)),
  ];
  for (const each of findings) emit(each);
  return findings;
};

const summaryOf = (load: Load, verified: Verified): string => {
  const rate = inclusionRate(load, verified);
  const blocks = rate === null ? '' : `; ${Math.round(rate)}/s`;
  return countsText(verified) + blocks + timesText(load.summary);
};

/**
 * Loads a chain with a plan, and verifies it.
 * @returns what the suite came to; also emitted, with figures, curves, differences and findings
 * @throws NodeFailure once all that was done is emitted
 */
export const runLoad = async (options: LoadRunOptions): Promise<SuiteFinished> => {
  const { emit, now, node, plan, rules, signal } = options;
  const started = now();
  const suite = `load ${plan.scenario} on ${node.target.name}`;
  emit({
    type: 'suite-started',
    suite,
    kind: 'load',
    target: `${node.target.name}, ${rules.toString()}`,
    seed: plan.seed,
  });
  const done = await runOn(options, progressOf(options, suite, started));
  const { load, verified, ended } = done;
  const isWhole = load !== null && verified !== null;
  const findings = isWhole ? tell(options, suite, load, verified) : [];
  const failure = failureOf(ended, signal);
  const summary = isWhole ? summaryOf(load, verified) : untilThen(done);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: failure ? 'error' : isWhole ? verdictOf(findings, verified.fates, plan.scenario === 'read') : 'vacuous',
    scenarios: 1,
    steps: verified?.replay.played ?? done.included,
    differences: verified?.replay.differenceCount ?? 0,
    summary: (failure ? `${failure.message}; ${summary}` : summary) + interruptionNote(ended, signal),
    elapsed: now() - started,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};
