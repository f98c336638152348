/** What a plan sends, as the specification has it: to be found again in blocks by its bytes, and to be played on the engine. */
import { accountAt } from '../../spec/accounts.js';
import type { Origin } from '../../spec/answers.js';
import type { Call } from '../../spec/calls.js';
import type { Hex } from '../../spec/hex.js';
import { InputError } from '../../properties/recording-file.js';
import { callOfPlan } from '../plan/sign.js';
import type { Plan, PlannedCall } from '../workload.js';
import type { PoolAnswer, Samples } from './samples.js';

export interface SentCall {
  readonly call: Call;
  readonly origin: Origin;
  /** Of who signs; null where nobody does. */
  readonly nonce: number | null;
  readonly extrinsic: Hex;
  /** When it was to be sent, in milliseconds since 1970; null where it waits for another, or nothing is known of the run's beginning. */
  readonly due: number | null;
  /** Null where k6 told of none: it was not sent, or its answer was not waited for. */
  readonly answer: PoolAnswer | null;
}

const originOf = ({ signer }: PlannedCall): Origin =>
  signer === null ? { kind: 'none' } : { kind: 'signed', account: accountAt(signer.path) };

const sentCall = (planned: PlannedCall, due: number | null, answer: PoolAnswer | null): SentCall => {
  const { extrinsic, signer, call } = planned;
  if (extrinsic === undefined) throw new InputError(`the plan's ${call} has no bytes yet: sign the plan first`);
  const nonce = signer?.nonce ?? null;
  return { call: callOfPlan(planned), origin: originOf(planned), nonce, extrinsic, due, answer };
};

/**
 * When a run began, in milliseconds since 1970: no call is answered before it is due, so that it is known but for the shortest time
 * that an answer took. Null where nothing was answered.
 */
export const beginningOf = ({ arrivals }: Plan, { answers }: Samples): number | null => {
  let begun = Infinity;
  for (const [number, arrival] of arrivals.entries()) {
    const answer = answers.get(String(number));
    if (answer !== undefined) begun = Math.min(begun, answer.at - arrival.at);
  }
  return Number.isFinite(begun) ? begun : null;
};

/** All calls of a signed plan with what became of them at the pool. @throws InputError where it is not signed */
export const sentCalls = (plan: Plan, samples: Samples): readonly SentCall[] => {
  const begun = beginningOf(plan, samples);
  const arrivals = plan.arrivals.map((each, number) =>
    sentCall(each, begun === null ? null : begun + each.at, samples.answers.get(String(number)) ?? null),
  );
  const lives = plan.lives.map((steps, life) =>
    steps.map((each, step) => sentCall(each, null, samples.answers.get(`${life}.${step}`) ?? null)),
  );
  return [...arrivals, ...lives.flat()];
};
