/** The script's own metrics. Names and tags are what reports and `assay load run` read. */
import { Counter, Rate, Trend } from 'k6/metrics';

/** Milliseconds from sending a call to the pool's taking it. */
export const timeToPool = new Trend('time_to_pool', true);
/** Milliseconds from a call's planned arrival to its being sent: not the node's time, and part of `time_to_inclusion`. */
export const behindPlan = new Trend('behind_plan', true);
/** Milliseconds from a call's planned arrival to the head of the block that has it. */
export const timeToInclusion = new Trend('time_to_inclusion', true);
/** Milliseconds from sending a life's step to its block; tag `call`. */
export const stepToInclusion = new Trend('step_to_inclusion', true);
/** Calls that were found in blocks; tag `call`. */
export const included = new Counter('included');
/** Of all planned calls. */
export const includedShare = new Rate('included_share');
/** Calls that the pool did not take; tags `call` and `code`. */
export const refused = new Counter('refused');
/** Of all calls that were sent. */
export const refusedShare = new Rate('refused_share');
/** One for each call that was sent; tags `tx` and `answer`, see {@link POOL_ANSWERS}. */
export const poolAnswer = new Counter('pool_answer');
/** Lives by `outcome`: `done`, `not begun`, or the call that it is stuck at. */
export const life = new Counter('life');
/** Percent of the weight that a block may have. */
export const blockFullness = new Trend('block_fullness');
/** Extrinsics of a block, the inherents too. */
export const blockExtrinsics = new Trend('block_extrinsics');
/** Milliseconds; tag `name`. */
export const readTime = new Trend('read_time', true);

/**
 * `answer` is `taken`, the JSON-RPC code of a refusal, or `unanswered`; `tx` is the number of the arrival, and of a life's step the
 * life's number, a point and the step's.
 */
export const POOL_ANSWERS = { taken: 'taken', unanswered: 'unanswered' } as const;

/** What the pool said to a call. @param duration milliseconds until it did */
export const tellPoolAnswer = (tx: string, call: string, code: number | null, duration: number): void => {
  poolAnswer.add(1, { tx, answer: code === null ? POOL_ANSWERS.taken : String(code) });
  refusedShare.add(code !== null);
  if (code === null) timeToPool.add(duration);
  else refused.add(1, { call, code: String(code) });
};

/** Nobody said anything: it counts as refused. */
export const tellUnanswered = (tx: string, call: string): void => {
  poolAnswer.add(1, { tx, answer: POOL_ANSWERS.unanswered });
  refusedShare.add(true);
  refused.add(1, { call, code: POOL_ANSWERS.unanswered });
};
