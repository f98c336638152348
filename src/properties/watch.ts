/** Plays a scenario on a stage and shows every step to invariants, until one breaks. */
import type { Finding, Invariant, Seen, Watchable } from '../spec/invariants.js';
import type { Genesis, Step } from '../spec/steps.js';
import { endOf, type Ended, type Stage } from './stage.js';

/** What is watched, and what it came to. */
export interface Watched<I extends Watchable = Invariant> {
  readonly genesis: Genesis;
  /** Up to the one that broke something. */
  readonly steps: readonly Step[];
  /** What is the case where a statement says otherwise, by invariant: all that broke at the last step. */
  readonly broken: ReadonlyMap<I, string>;
  /** How many things each invariant spoke of; those that spoke of none are not there. */
  readonly spoke: ReadonlyMap<I, number>;
  /** Steps that the target can't take. */
  readonly uncovered: number;
}

/** A scenario before it is played. */
export interface Scene {
  readonly genesis: Genesis;
  /** Each step made when it is its turn, in the state by then. */
  readonly steps: (stage: Stage) => Iterator<Step>;
  /** What is said of its end, once its steps are played and nothing broke: steps may go on for it. */
  readonly end?: (stage: Stage) => Ending;
}

/** What follows the steps of a scenario. */
export interface Ending {
  readonly steps: Iterator<Step>;
  readonly says: () => Partial<Ended> | Promise<Partial<Ended>>;
}

class Watching<I extends Watchable> {
  readonly broken = new Map<I, string>();
  readonly spoke = new Map<I, number>();
  private readonly looks: readonly (readonly [I, (seen: Seen) => Finding])[];

  constructor(invariants: readonly I[]) {
    this.looks = invariants.map((each) => [each, each.watch()]);
  }

  /** @returns whether all holds */
  show(seen: Seen): boolean {
    for (const [invariant, look] of this.looks) {
      const { broken, spoke } = look(seen);
      if (spoke > 0) this.spoke.set(invariant, (this.spoke.get(invariant) ?? 0) + spoke);
      if (broken !== null) this.broken.set(invariant, broken);
    }
    return this.broken.size === 0;
  }
}

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;

/** Plays it at once where the stage answers at once: a promise a step costs more than the step. */
export const watch = <I extends Watchable>(
  stage: Stage,
  { genesis, steps, end }: Scene,
  invariants: readonly I[],
): Watched<I> | Promise<Watched<I>> => {
  const watching = new Watching(invariants);
  const taken: Step[] = [];
  let uncovered = 0;
  let last: Seen;
  const done = (): Watched<I> => {
    const { broken, spoke } = watching;
    return { genesis, steps: taken, broken, spoke, uncovered };
  };
  const show = (seen: Seen): boolean => {
    last = seen;
    return watching.show(seen);
  };
  /** @returns whether all holds */
  const play = (from: Iterator<Step>): boolean | Promise<boolean> => {
    for (let item = from.next(); item.done !== true; item = from.next()) {
      const step = item.value;
      const seen = stage.take(step);
      if (isPromise(seen)) return seen.then((came) => (took(step, came) ? play(from) : false));
      if (!took(step, seen)) return false;
    }
    return true;
  };
  const took = (step: Step, seen: Seen | null): boolean => {
    if (seen === null) {
      uncovered += 1;
      return true;
    }
    taken.push(step);
    return show(seen);
  };
  const finish = (holds: boolean): Watched<I> | Promise<Watched<I>> => {
    const ending = holds ? end?.(stage) : undefined;
    if (ending === undefined) return done();
    const ended = (still: boolean): Watched<I> | Promise<Watched<I>> => {
      if (!still) return done();
      const said = ending.says();
      const tell = (says: Partial<Ended>): Watched<I> => {
        watching.show(endOf(last, says));
        return done();
      };
      return isPromise(said) ? said.then(tell) : tell(said);
    };
    const played = play(ending.steps);
    return isPromise(played) ? played.then(ended) : ended(played);
  };
  const begin = (seen: Seen): Watched<I> | Promise<Watched<I>> => {
    if (!show(seen)) return done();
    const played = play(steps(stage));
    return isPromise(played) ? played.then(finish) : finish(played);
  };
  const begun = stage.begin(genesis);
  return isPromise(begun) ? begun.then(begin) : begin(begun);
};
