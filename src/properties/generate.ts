/**
 * fast-check arbitraries of scenarios: commands with small numbers, and where they begin. Swarm testing: each scenario draws for
 * itself how often each kind of command comes, and whether at all, so that some are all service, some all IP pools, some all wrong
 * calls. What a mixture of everything seldom lines up, one of those does.
 */
import fc from 'fast-check';
import { U128_MAX } from '../engine/integers.js';
import { callNames, type CallName } from '../spec/calls.js';
import type { Hex } from '../spec/hex.js';
import { anyBeginning, beginning, type Beginning } from './commands/beginnings.js';
import type { Command } from './commands/command.js';
import {
  advance,
  again,
  answer,
  ask,
  change,
  create,
  leap,
  live,
  NO_CROWD,
  ONE_OWNER,
  release,
  report,
  small,
  spoiled,
  wild,
  write,
} from './commands/drawn.js';
import { BRANCHES } from './commands/live-step.js';
import { REPORTS } from './commands/report-metrics.js';
import { KINDS, themes, type Kind, type Theme } from './commands/themes.js';
import { WRITTEN } from './commands/write-storage.js';

/** What scenarios may do beside calls and time that passes: only for targets in this process, held against the engine. */
export interface Beyond {
  /** Raw keys that may be written though no call writes them. */
  readonly concerns: (key: Hex) => boolean;
  /** Whether blocks may be left out by billions: what is no lab may have pallets that do not bear that. */
  readonly leaps: boolean;
}

/** A scenario before it is resolved. */
export interface Plan {
  /** Where ids begin: at zero, or so that they are used up soon. */
  readonly nextRequestId: bigint;
  readonly commands: readonly Command[];
}

type Arbitrary<T> = fc.Arbitrary<T>;

/** What one scenario is made of. */
interface Character {
  readonly theme: Theme;
  readonly begins: Beginning;
  /** That are sent wrongly: all, or the same few over and over. */
  readonly calls: readonly CallName[];
  /** What happens to requests; null for anything. */
  readonly branches: readonly number[] | null;
  /** What is written that no call writes. */
  readonly written: readonly string[];
  /** Commands at least and at most, beside those of its beginning and its end. */
  readonly length: readonly [number, number];
  /** Whether it is a healthy life with one wrong call in it. */
  readonly isFork: boolean;
}

/** Short ones are soon played, and soon understood; what takes fifty commands to come about only deep ones find. */
const lengths = (least: number, most: number): Arbitrary<readonly [number, number]> => {
  if (least > 0) return fc.constant([least, most]);
  const part = (share: number): number => Math.ceil(most * share);
  return fc.oneof<fc.WeightedArbitrary<readonly [number, number]>[]>(
    { weight: 5, arbitrary: fc.constant([0, part(0.1)]) },
    { weight: 4, arbitrary: fc.constant([part(0.1), part(0.35)]) },
    { weight: 2, arbitrary: fc.constant([part(0.5), most]) },
  );
};

const characterOf = (calls: readonly CallName[], length: Arbitrary<readonly [number, number]>): Arbitrary<Character> =>
  fc.record({
    theme: themes,
    begins: anyBeginning(
      fc.oneof({ weight: 3, arbitrary: fc.constant(NO_CROWD) }, { weight: 5, arbitrary: small(ONE_OWNER + 1) }),
    ),
    calls: fc.oneof(
      { weight: 2, arbitrary: fc.constant(calls) },
      { weight: 1, arbitrary: fc.subarray([...calls], { minLength: 1, maxLength: Math.min(4, calls.length) }) },
    ),
    branches: fc.oneof(
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.array(small(BRANCHES), { minLength: 1, maxLength: 4 }) },
    ),
    written: fc.subarray([...WRITTEN], { minLength: 1, maxLength: 3 }),
    length,
    isFork: small(6).map((number) => number === 5),
  });

/** Where the healthy life of a fork goes wrong, once. */
const forked = (healthy: Arbitrary<Command[]>): Arbitrary<Command[]> =>
  fc
    .tuple(healthy, fc.oneof({ weight: 4, arbitrary: spoiled }, again), small(100))
    .map(([commands, wrong, at]) => commands.toSpliced(Math.floor((commands.length * at) / 100), 0, wrong));

/** What all scenarios of a search have in common. */
interface Bounds {
  readonly maxSteps: number;
  readonly calls: readonly CallName[];
  readonly beyond: Beyond | undefined;
}

/** The kinds of commands that a scenario is drawn from, with their weights. */
const drawnFrom = (
  { theme, begins, calls, written, isFork, branches: anyBranches }: Character,
  { calls: all, beyond }: Bounds,
): fc.WeightedArbitrary<Command>[] => {
  const { weights, branches = anyBranches } = theme;
  const isReporting = REPORTS.every((name) => all.includes(name));
  const kinds: Readonly<Record<Kind, Arbitrary<Command> | null>> = {
    live: live(branches),
    create: create(begins.crowd),
    answer,
    again: isFork ? null : again,
    spoiled: isFork ? null : spoiled,
    wild: isFork ? null : wild(calls),
    change,
    report: isReporting ? report : null,
    advance,
    release,
    leap: beyond?.leaps === true ? leap : null,
    ask: beyond && isReporting ? ask : null,
    write: beyond && !isFork ? write(written, beyond.concerns) : null,
  };
  return KINDS.flatMap((kind) => {
    const arbitrary = kinds[kind];
    return arbitrary && weights[kind] > 0 ? [{ weight: weights[kind], arbitrary }] : [];
  });
};

/** At the end comes a little of everything that is wrong, so that no call is left to a few scenarios alone. */
const commandsOf = (character: Character, bounds: Bounds): Arbitrary<Command[]> => {
  const { theme, begins, length, isFork } = character;
  const drawn = drawnFrom(character, bounds);
  const [minLength, maxLength] = length;
  const commands = fc.array(drawn.length > 0 ? fc.oneof(...drawn) : live(null), { minLength, maxLength, size: 'max' });
  return fc
    .tuple(
      theme.weights.create > 0 ? beginning(begins) : fc.constant([]),
      isFork ? forked(commands) : commands,
      fc.array(wild(bounds.calls), { maxLength: 4, size: 'max' }),
    )
    .map(([first, then, last]) => [...first, ...then, ...last].slice(0, bounds.maxSteps));
};

/** A list without parts of it: halves, quarters, ... single ones. */
function* withoutParts<T>(all: readonly T[], least: number): Generator<T[]> {
  for (let size = Math.ceil(all.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    if (all.length - size < least) continue;
    for (let end = all.length; end > 0; end -= size) {
      const at = Math.max(0, end - size);
      yield all.toSpliced(at, end - at);
    }
  }
}

/** Commands that shrink by being left out: what they were drawn from says nothing of which are needed. */
class Droppable extends fc.Arbitrary<Command[]> {
  constructor(
    private readonly commands: Arbitrary<Command[]>,
    private readonly least: number,
  ) {
    super();
  }

  generate(random: fc.Random, biasFactor: number | undefined): fc.Value<Command[]> {
    return new fc.Value(this.commands.generate(random, biasFactor).value, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is Command[] {
    return Array.isArray(value);
  }

  shrink(value: Command[]): fc.Stream<fc.Value<Command[]>> {
    return fc.stream(withoutParts(value, this.least)).map((shorter) => new fc.Value(shorter, undefined));
  }
}

/** From zero; so that ids are used up soon; from where they are more than 32 or 64 bits. */
const FIRST_IDS = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0n) },
  { weight: 2, arbitrary: fc.constant(U128_MAX - 2n) },
  { weight: 1, arbitrary: fc.constantFrom((1n << 32n) - 1n, (1n << 64n) - 1n) },
);

/** Scenarios of `minSteps` to `maxSteps` commands; calls that are wrong on purpose are of `calls`. */
export const plan = (
  maxSteps: number,
  calls: readonly CallName[] = callNames,
  minSteps = 0,
  beyond?: Beyond,
): fc.Arbitrary<Plan> => {
  // Where there is no call at all, each that is sent anyway is told as not covered.
  const sent = calls.length > 0 ? calls : callNames;
  const bounds = { maxSteps, calls: sent, beyond };
  const commands = characterOf(sent, lengths(minSteps, maxSteps)).chain((each) => commandsOf(each, bounds));
  return fc.record({ nextRequestId: FIRST_IDS, commands: new Droppable(commands, minSteps) });
};
