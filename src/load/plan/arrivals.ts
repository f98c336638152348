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

/** Arrivals between two steps of one life: usually, and from the user's deletion to the miner's. */
interface Gaps {
  readonly usual: number;
  readonly deletion: number;
}

/**
 * Seconds of arrivals that they last, where the plan is long enough. The deletion's are two blocks of the real chain: in one block
 * the miner's call comes first, because unsigned calls have a higher priority, and fails. The others are all unsigned, and stay in
 * their order.
 */
const SECONDS: Gaps = { usual: 2, deletion: 12 };
/** At most such a part of the plan, so that lives that begin in its first half are over at its end. */
const PART: Gaps = { usual: 20, deletion: 4 };

const gapsFor = (count: number, peak: number): Gaps => {
  const gap = (of: keyof Gaps): number =>
    Math.max(1, Math.min(Math.ceil(SECONDS[of] * peak), Math.floor(count / PART[of])));
  return { usual: gap('usual'), deletion: gap('deletion') };
};

/** Steps of lives, each with the number of the arrival that it is due at. */
const dueSteps = (vms: readonly Vm[], count: number, { usual, deletion }: Gaps): readonly DueStep[] =>
  vms
    .flatMap((vm, number) => {
      const steps = [...start(vm), ...end(vm)];
      const last = steps.length - 1;
      const room = Math.max(0, count - (last - 1) * usual - deletion - vms.length);
      const begins = Math.floor((number * room) / vms.length);
      return steps.map((step, at) => ({
        due: begins + (at < last ? at * usual : (at - 1) * usual + deletion),
        step: stepOf(step, vm),
      }));
    })
    .toSorted((left, right) => left.due - right.due);

/**
 * So many calls, the same for the same seed.
 * @param peak the highest rate of arrival, a second
 */
export const mixedCalls = (world: World, count: number, peak: number, seed: number): readonly MixedCall[] => {
  const mixer = new Mixer(world, seed);
  const due = dueSteps(world.pending, count, gapsFor(count, peak));
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
