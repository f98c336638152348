/** Rows of tests in which one thing changes, and one change is told. */
import { expect, it } from 'vitest';
import type { Effect } from '../../src/gate/interface.js';
import type { RuntimeField, RuntimeType } from '../targets/portable-types.js';
import { base, changesTo, inFields, inMember, type Change } from './two-runtimes.js';

export const CALLERS = 'breaks callers';
export const INDEXERS = 'breaks indexers';
export const HARMLESS = 'harmless';

/** What was done, to what, and the only change that is told of it: id, effect, sentence. */
export type Row = readonly [what: string, change: Change, id: string, effect: Effect, sentence: string];

const told = (change: Change, transaction_version: number) =>
  changesTo(change(base), { version: { transaction_version } }).map(({ id, effect, sentence }) => [
    id,
    effect,
    sentence,
  ]);

/** Transactions have other bytes, and the new runtime says so by its `transaction_version`. */
export const reencoding = (...rows: readonly Row[]) =>
  it.each(rows)('%s', (_, change, id, effect, sentence) => {
    expect(told(change, 2)).toEqual([[`interface/${id}`, effect, sentence]]);
  });

/** Transactions have the bytes that they had, and the new runtime has the same `transaction_version`. */
export const keeping = (...rows: readonly Row[]) =>
  it.each(rows)('%s', (_, change, id, effect, sentence) => {
    expect(told(change, 1)).toEqual([[`interface/${id}`, effect, sentence]]);
  });

export const typed = (name: string, shape: RuntimeType) => (all: readonly RuntimeField[]) =>
  all.map((each) => (each.name === name ? { ...each, shape } : each));
export const called = (name: string, other: string) => (all: readonly RuntimeField[]) =>
  all.map((each) => (each.name === name ? { ...each, name: other } : each));
export const more = (name: string, shape: RuntimeType) => (all: readonly RuntimeField[]) => [...all, { name, shape }];
export const reversed = (all: readonly RuntimeField[]) => all.toReversed();

export type Fields = (all: readonly RuntimeField[]) => readonly RuntimeField[];
export const inCall = (part: string, change: Fields): Change => inMember('calls', part, inFields(change));
export const inEvent = (part: string, change: Fields): Change => inMember('events', part, inFields(change));
