/** Every part measured at every size of every axis, and what its growth along each of them is. */
import type { CallName } from '../../spec/calls.js';
import type { RuntimeTarget } from '../../targets/runtime-target.js';
import { AXES, type Axis } from '../sized-state.js';
import { MEASURES, type Cost, type Measure } from './cost.js';
import { fitExact, fitNoisy, type Fit, type Point } from './fit.js';
import type { Part } from './tour.js';
import { Walk, type Counted } from './walk.js';

/** What was measured, and the curve through it. */
export interface Course {
  readonly points: readonly Point[];
  readonly fit: Fit;
}

/** One part along one axis. */
export interface Growth {
  readonly part: Part;
  readonly axis: Axis;
  readonly counted: Readonly<Record<Measure, Course>>;
  /** Microseconds; null where it was not timed at enough sizes. */
  readonly time: Course | null;
  /** At each size at which it was counted. */
  readonly costs: ReadonlyMap<number, Cost>;
}

/** A part that did not succeed in a state. */
export interface Failed {
  readonly part: Part;
  readonly axis: Axis;
  readonly size: number;
  readonly outcome: string;
}

export interface Survey {
  readonly growths: readonly Growth[];
  readonly failed: readonly Failed[];
  /** Each part as it was counted first: what is the same at any size. */
  readonly examples: ReadonlyMap<Part, Counted>;
  readonly tours: number;
  readonly calls: number;
}

/** What a survey does, and how it is followed. */
export interface SurveyOptions {
  readonly target: RuntimeTarget;
  readonly calls: ReadonlySet<CallName>;
  /** Counted and timed, from the smallest. */
  readonly sizes: readonly number[];
  /** Counted only. */
  readonly moreSizes: readonly number[];
  /** Tours that are timed at a size, at most. */
  readonly tours: number;
  /** Before each state; ends the survey where it says so. */
  readonly goesOn: (calls: number) => Promise<boolean>;
}

/** Sizes below which anything is a line. */
export const FEWEST_SIZES = 3;

/**
 * How far a count may be from its curve: operations are whole; bytes have lengths of lists in them, of 1, 2 or 4 bytes in each of up
 * to seven lists.
 */
const SLACK: Readonly<Record<Measure, number>> = { reads: 0.5, writes: 0.5, 'bytes read': 12, 'bytes written': 12 };

/** Collects what is measured of one part along one axis. */
class Courses {
  private readonly costs = new Map<number, Cost>();
  private readonly times: Point[] = [];

  constructor(
    readonly part: Part,
    readonly axis: Axis,
  ) {}

  count(size: number, cost: Cost): void {
    this.costs.set(size, cost);
  }

  time(size: number, microseconds: number): void {
    this.times.push([size, microseconds]);
  }

  /** Null where it succeeded at too few sizes. */
  growth(): Growth | null {
    const { part, axis, costs, times } = this;
    if (costs.size < FEWEST_SIZES) return null;
    const course = (measure: Measure): Course => {
      const points = [...costs].map(([size, cost]): Point => [size, cost[measure]]);
      return { points, fit: fitExact(points, SLACK[measure]) };
    };
    const counted = {
      reads: course('reads'),
      writes: course('writes'),
      'bytes read': course('bytes read'),
      'bytes written': course('bytes written'),
    };
    const time = times.length < FEWEST_SIZES ? null : { points: times, fit: fitNoisy(times) };
    return { part, axis, counted, time, costs };
  }
}

const WARM_UP = 10;

/** A first tour finds cold code, which would be taken for what a small state costs. */
const warmUp = ({ target, calls }: SurveyOptions): void => void Walk.at(target, calls, 'requests', 1).time(WARM_UP);

/** Measures. What is interrupted has the axes that were done. @throws BlockError where a block can't be opened */
export const survey = async (options: SurveyOptions): Promise<Survey> => {
  const { target, calls: has, sizes, moreSizes, goesOn } = options;
  const growths: Growth[] = [];
  const failed: Failed[] = [];
  const examples = new Map<Part, Counted>();
  let [tours, calls] = [0, 0];
  if (sizes.length > 0) warmUp(options);
  const all = [...new Set([...sizes, ...moreSizes])].toSorted((left, right) => left - right);
  for (const axis of AXES) {
    const courses = new Map<Part, Courses>();
    for (const size of all) {
      if (!(await goesOn(calls))) return { growths, failed, examples, tours, calls };
      const walk = Walk.at(target, has, axis, size);
      const walked = walk.count();
      tours += 1;
      calls += walked.calls;
      for (const [part, outcome] of walked.failed) failed.push({ part, axis, size, outcome });
      for (const [part, counted] of walked.counted) {
        const course = courses.get(part) ?? new Courses(part, axis);
        course.count(size, counted.cost);
        courses.set(part, course);
        if (!examples.has(part)) examples.set(part, counted);
      }
      if (!sizes.includes(size)) continue;
      for (const [part, time] of walk.time(options.tours)) courses.get(part)?.time(size, time);
    }
    for (const course of courses.values()) {
      const growth = course.growth();
      if (growth) growths.push(growth);
    }
  }
  return { growths, failed, examples, tours, calls };
};

/** The measures of a part that grow along an axis. */
export const growing = ({ counted }: Growth): readonly Measure[] =>
  MEASURES.filter((measure) => counted[measure].fit.class !== 'constant');
