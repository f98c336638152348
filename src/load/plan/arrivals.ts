/**
 * The calls that arrive by the clock: one in seven is a step of a VM that is started and deleted, the others are a mix about VMs
 * that run.
 */
import { end, start, type CallStep } from '../life.js';
import type { Vm } from '../sized-state.js';
import { Mixer, type MixedCall } from './mix.js';
import type { World } from './world.js';

/** A step of a life, by whom it is sent. */
export const stepOf = ({ call, origin }: CallStep, { path }: Vm): MixedCall => ({
  call,
  path: origin.kind === 'none' ? null : path,
});

interface DueStep {
  readonly due: number;
  readonly step: MixedCall;
}

/** Steps of lives with the number of the arrival that each is due at: `apart` arrivals between two steps of one life. */
const dueSteps = (vms: readonly Vm[], count: number, apart: number): readonly DueStep[] => {
  const first = vms[0];
  if (first === undefined) return [];
  const length = (start(first).length + end(first).length) * apart;
  const room = Math.max(0, count - length);
  return vms
    .flatMap((vm, number) => {
      const begins = Math.floor((number * room) / vms.length);
      return [...start(vm), ...end(vm)].map((step, at) => ({ due: begins + at * apart, step: stepOf(step, vm) }));
    })
    .toSorted((left, right) => left.due - right.due);
};

/** Between two steps of one life there are so many seconds of arrivals, where the plan is long enough. */
const APART = 2;

/**
 * So many calls, the same for the same seed.
 * @param peak the highest rate of arrival, a second
 */
export const mixedCalls = (world: World, count: number, peak: number, seed: number): readonly MixedCall[] => {
  const mixer = new Mixer(world, seed);
  const apart = Math.max(1, Math.min(Math.ceil(APART * peak), Math.floor(count / 10)));
  const due = dueSteps(world.pending, count, apart);
  const calls: MixedCall[] = [];
  let next = 0;
  for (let number = 0; number < count; number += 1) {
    const step = due[next];
    if (step !== undefined && step.due <= number) {
      calls.push(step.step);
      next += 1;
    } else calls.push(mixer.call(number));
  }
  return calls;
};
