/** How scenarios begin: with VMs that run, go or wait, so that all that comes later is not about nothing. */
import fc from 'fast-check';
import { PassReleasePeriod, RELEASE_COUNT } from './advance-blocks.js';
import type { Command } from './command.js';
import { create, NO_CROWD, small, type Crowd } from './drawn.js';
import { NUMBERS } from './edges.js';
import { BRANCHES, LATE, LiveStep, NEWEST, UNTIL_IT_RUNS } from './live-step.js';
import { MinerAnswer } from './miner-answer.js';
import { SpoiledCall } from './spoiled-call.js';

type Commands = fc.Arbitrary<Command[]>;

/** In which order VMs are begun, and what becomes of them. */
const ORDERS = ['one by one', 'the last first', 'and gone', 'and stopped', 'and failed'] as const;

export interface Beginning {
  readonly crowd: Crowd;
  /** VMs that run. */
  readonly running: number;
  readonly order: (typeof ORDERS)[number];
  /** Requests that are only made. */
  readonly made: number;
}

const exactly = (count: number, of: fc.Arbitrary<Command>): Commands =>
  fc.array(of, { minLength: count, maxLength: count });

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** Of an assignment, the argument that says which plan. */
const PLAN_PART = 1;

/** A purchase and what it takes until the VM runs; one in five is assigned under another plan (DEV-07). */
const vm = (crowd: Crowd, detail: number): Commands =>
  fc.tuple(create(crowd), small(3), small(5)).map(([bought, branch, number]): Command[] => {
    const assigned = new LiveStep(NEWEST, branch);
    const told = number === 4 ? new SpoiledCall(assigned, PLAN_PART, 0) : assigned;
    return [bought, told, ...times(3, () => new LiveStep(NEWEST, UNTIL_IT_RUNS, detail))];
  });

/** Branches with which a VM that runs is asked to stop, to boot, to reboot, to grow, to go. */
const ASKED = [0, 8, 9, 4, 1];

/**
 * All are bought and assigned before the first runs, the last one first, and each is asked for the same thing as soon as it runs. A
 * lookup stops at a list's first VM that runs (DEV-04): only so does it find those behind.
 */
const lastFirst = (count: number, crowd: Crowd): Commands =>
  fc
    .tuple(exactly(count, create(crowd === NO_CROWD ? 1 : crowd)), fc.constantFrom(...ASKED), small(NUMBERS))
    .map(([bought, branch, detail]): Command[] => {
      const last = times(count, (at) => NEWEST - at);
      const assigned = last.toReversed().map((request) => new LiveStep(request, 0));
      const run = [UNTIL_IT_RUNS, UNTIL_IT_RUNS, branch];
      const started = last.flatMap((request) => run.map((each) => new LiveStep(request, each, detail)));
      return [...bought, ...assigned, ...started];
    });

/** Each is deleted, and its deletion confirmed, before any of their IPs comes back. */
const gone = (count: number): Commands =>
  fc
    .tuple(small(3), small(RELEASE_COUNT))
    .map(([branch, when]): Command[] => [
      ...times(count, () => new LiveStep(NEWEST, 1)),
      ...times(count, () => new MinerAnswer(0, branch)),
      new PassReleasePeriod(when),
    ]);

/** Each is asked to stop, and stopped. */
const stopped = (count: number): Commands =>
  small(3).map((branch): Command[] => [
    ...times(count, (at) => new LiveStep(NEWEST - at, 0)),
    ...times(count, () => new MinerAnswer(0, branch)),
  ]);

/** Of each its miner tells that it failed, after all: for good or not. */
const failed = (count: number): Commands =>
  small(BRANCHES / 4).map((reason) => times(count, (at) => new LiveStep(NEWEST - at, 4 * reason + 2, LATE)));

const runningOnes = ({ crowd, running, order }: Beginning): Commands => {
  if (order === 'the last first') return lastFirst(running, crowd);
  const begun = small(NUMBERS).chain((detail) =>
    fc.array(vm(crowd, detail), { minLength: running, maxLength: running }).map((each) => each.flat()),
  );
  if (order === 'one by one') return begun;
  const then = { 'and gone': gone, 'and stopped': stopped, 'and failed': failed }[order];
  return fc.tuple(begun, then(running)).map((parts) => parts.flat());
};

export const beginning = (of: Beginning): Commands =>
  fc.tuple(runningOnes(of), exactly(of.made, create(of.crowd))).map(([first, then]) => [...first, ...then]);

/** More often than not with VMs that run, some scenarios with nothing at all. */
export const anyBeginning = (crowd: fc.Arbitrary<Crowd>): fc.Arbitrary<Beginning> =>
  fc.record({
    crowd,
    running: fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }) },
    ),
    order: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...ORDERS.slice(0, 2)) },
      { weight: 2, arbitrary: fc.constantFrom(...ORDERS.slice(2)) },
    ),
    made: fc.oneof(fc.constant(0), small(4)),
  });
