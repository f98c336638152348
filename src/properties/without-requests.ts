/**
 * Steps without a request: its purchase, all that names it, and one less in every id behind it. What a failure is about is seldom that
 * others bought before, but as long as steps name requests by their ids, no purchase before can be left out alone.
 */
import { U128_MAX } from '../engine/integers.js';
import { callNamed } from '../spec/calls.js';
import type { Step } from '../spec/steps.js';

const isPurchase = (step: Step): boolean => 'call' in step && step.call.name === 'Marketplace.purchase_plan';

/** The request that a call names, or undefined. */
const named = (step: Step): bigint | undefined =>
  'call' in step && 'request_id' in step.call.args ? step.call.args.request_id : undefined;

const renamed = (step: Step, request_id: bigint): Step =>
  'call' in step ? { ...step, call: callNamed(step.call.name, { ...step.call.args, request_id }) } : step;

/** Where the purchase at `at` gave the request `id`. */
const without = (steps: readonly Step[], at: number, id: bigint): Step[] =>
  steps.flatMap((step, index) => {
    const other = named(step);
    if (index === at || other === id) return [];
    return [other !== undefined && other > id ? renamed(step, other - 1n) : step];
  });

/** The steps without each of the requests that are bought in them, the last first; `first` is the id of the first one. */
export function* withoutRequests(steps: readonly Step[], first: bigint): Generator<readonly Step[]> {
  const purchases = steps.flatMap((step, at) => (isPurchase(step) ? [at] : []));
  for (const [number, at] of [...purchases.entries()].toReversed()) {
    const id = first + BigInt(number);
    if (id <= U128_MAX) yield without(steps, at, id);
  }
}
