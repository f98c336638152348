/**
 * Commands carry small numbers and find what they mean when they run ("the third live request"), so that a shrunk
 * sequence still means something.
 */
import type { Engine } from '../../engine/engine.js';
import type { Hex } from '../../spec/hex.js';
import type { Step } from '../../spec/steps.js';
import type { Cast } from '../cast.js';

/** What a command looks at: the reference engine's state, who plays, and what was done. */
export interface Model {
  readonly engine: Engine;
  readonly cast: Cast;
  /** The calls of the scenario so far. */
  readonly sent: readonly Step[];
}

export interface Command {
  /** The step that the command means now, or null where there is nothing for it to do. */
  resolve(model: Model): Step | null;
  /** As a person reads it, with its numbers. */
  toString(): string;
}

/** The element that a small number means, going round; undefined of an empty list. */
export const pick = <T>(all: readonly T[], number: number): T | undefined => all[number % all.length];

/** The element that a small number means in a list that is never empty. */
export const choose = <T>(all: readonly T[], number: number): T => {
  const chosen = pick(all, number);
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
};

/** An entry of a miner's list. */
export interface Queued<E> {
  readonly node: Hex;
  readonly entry: E;
}

/** The entries of all lists of a map. */
export const queued = <E>(lists: readonly (readonly [Hex, readonly E[]])[]): Queued<E>[] =>
  lists.flatMap(([node, entries]) => entries.map((entry) => ({ node, entry })));

export const byId = (left: { request_id: bigint }, right: { request_id: bigint }): number =>
  left.request_id < right.request_id ? -1 : 1;
