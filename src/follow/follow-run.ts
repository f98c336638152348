/** `assay follow` as a suite: what is told of each block becomes run events, and at the end it is said what all of it came to. */
import type { Emit, SuiteFinished } from '../spec/run-events.js';
import { failureOf, interruptionNote, isEnding, type Ending } from '../properties/ending.js';
import type { Alert } from './alert.js';
import type { Totals } from './course.js';
import { Follower, type FollowerOptions } from './follower.js';

export interface FollowRunOptions extends FollowerOptions {
  readonly emit: Emit;
}

/** Milliseconds between two tellings of how far it is. */
const TOLD_EVERY = 1_000;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What a person should know at once; null of what stands in the table at the end. */
const noticeOf = (alert: Alert): string | null => {
  switch (alert.type) {
    case 'started': {
      const from = `${alert.url} (${alert.specName} ${alert.specVersion}): from block ${alert.from} on, ${alert.rules}`;
      return alert.resumed ? `${from}: behind the checkpoint` : from;
    }
    case 'gap':
    case 'lost':
      return alert.sentence;
    case 'reconnected':
      return `connected again: on with block ${alert.block}`;
    case 'upgrade':
      return `from block ${alert.block} on the chain runs ${alert.specName} ${alert.specVersion}, before ${alert.before.specName} ${alert.before.specVersion}`;
    case 'rules':
      return `block ${alert.block} set the rules anew: ${alert.rules}, a released IP waits ${alert.releasePeriod} blocks`;
    case 'difference':
    case 'not-covered':
    case 'checkpoint':
      return null;
    default:
      return alert satisfies never;
  }
};

/** The sentences about what the engine has no say in, and about layouts. */
const remarksOf = (alert: Alert): readonly string[] => {
  if (alert.type === 'started') return alert.notCovered;
  return alert.type === 'upgrade' ? [...alert.layout, ...alert.notCovered] : [];
};

const emitAlert = (emit: Emit, suite: string, alert: Alert): void => {
  const sentence = noticeOf(alert);
  if (sentence !== null) emit({ type: 'notice', suite, sentence });
  for (const each of remarksOf(alert)) emit({ type: 'notice', suite, sentence: `not covered: ${each}` });
  if (alert.type !== 'difference') return;
  const { block, extrinsic, what, aspect, where, expected, observed, raw, also } = alert;
  const more = also.length === 0 ? '' : ` (and ${also.map((each) => each.where || each.aspect).join(', ')})`;
  emit({
    type: 'difference',
    suite,
    scenario: 0,
    step: extrinsic,
    block,
    what,
    aspect,
    where: where + more,
    expected,
    observed,
    ...(raw && { raw }),
  });
};

/** In one sentence. @param elapsed milliseconds */
export const summaryOf = (totals: Totals, elapsed: number): string => {
  const { blocks, first, last, extrinsics, known, differences, gaps, reconnections, upgrades } = totals;
  const range = first === null || last === null ? '' : ` (${first} to ${last})`;
  const passed = gaps.reduce((sum, { from, to }) => sum + Number(to - from) + 1, 0);
  return [
    `${plural(blocks, 'block')}${range}`,
    `${plural(extrinsics, 'extrinsic')}, ${known} of them predicted`,
    plural(differences, 'difference'),
    ...(passed > 0 ? [`${plural(passed, 'block')} passed over`] : []),
    ...(reconnections > 0 ? [plural(reconnections, 'reconnection')] : []),
    ...(upgrades > 0 ? [plural(upgrades, 'upgrade')] : []),
    ...(blocks > 0 && elapsed > 0 ? [`${Math.round((1_000 * blocks) / elapsed)} blocks/s`] : []),
  ].join('; ');
};

const verdictOf = ({ differences, blocks }: Totals): SuiteFinished['verdict'] => {
  if (differences > 0) return 'finding';
  return blocks > 0 ? 'conforms' : 'vacuous';
};

const followTo = async (follower: Follower): Promise<Ending | null> => {
  try {
    await follower.run();
    return null;
  } catch (error) {
    if (isEnding(error)) return error;
    throw error;
  }
};

/**
 * Follows a chain until the last block that is asked for, Ctrl-C, or a failure.
 * @returns what it came to; also emitted
 * @throws NodeFailure once all that was done is emitted; InputError, RuleError
 */
export const runFollow = async (options: FollowRunOptions): Promise<SuiteFinished> => {
  const { emit, now, url, expected, signal, from, to } = options;
  const suite = `follow ${url}`;
  const started = now();
  const { rules = 'as the chain says' } = expected;
  emit({ type: 'suite-started', suite, kind: 'follow', target: `${url}, ${rules}` });
  let told = started;
  const progress = (): void => {
    if (now() - told < TOLD_EVERY) return;
    told = now();
    const { blocks, first, last } = follower.course.totals;
    const begin = first ?? from;
    const share =
      to === null || begin === null || last === null ? null : Number(last - begin + 1n) / Number(to - begin + 1n);
    emit({
      type: 'progress',
      suite,
      steps: blocks,
      ...(share !== null && { share: Math.min(1, share) }),
      elapsed: told - started,
    });
  };
  const follower = new Follower({
    ...options,
    tell: (alert) => {
      options.tell(alert);
      emitAlert(emit, suite, alert);
    },
    save: (checkpoint) => {
      options.save(checkpoint);
      progress();
    },
  });
  const ended = await followTo(follower);
  const { totals } = follower.course;
  for (const [reason, count] of totals.notCovered)
    emit({ type: 'not-covered', suite, what: 'of its blocks', reason, count });
  const failure = failureOf(ended, signal);
  const elapsed = now() - started;
  const summary = summaryOf(totals, elapsed);
  const finished: SuiteFinished = {
    type: 'suite-finished',
    suite,
    verdict: failure ? 'error' : verdictOf(totals),
    scenarios: 1,
    steps: totals.blocks,
    differences: totals.differences,
    summary: (failure ? `${failure.message}; ${summary}` : summary) + interruptionNote(ended, signal),
    elapsed,
  };
  emit(finished);
  if (failure) throw failure;
  return finished;
};
