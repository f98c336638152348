/**
 * Keeps everybody in one state: after a step whoever does not lead is given what the leader's storage says of all that the step
 * touched, each in its own layout.
 */
import type { RawDiff } from '../spec/answers.js';
import type { Hex } from '../spec/hex.js';
import { DecodeError } from '../spec/scale.js';
import type { EngineTarget } from '../targets/engine-target.js';
import type { RuntimeTarget } from '../targets/runtime-target.js';
import type { SideName, Sides } from './sides.js';
import { translated, type OwnMeaning, type TwoMeanings } from './values.js';

export interface Followed {
  readonly sides: Sides;
  readonly leader: SideName;
  readonly meanings: TwoMeanings;
  readonly runtimes: Readonly<Record<SideName, RuntimeTarget>>;
  readonly engines: readonly EngineTarget[];
  /** Told what can't be done, in words. */
  readonly count: (what: string) => void;
}

const isSameDiff = (left: RawDiff, right: RawDiff): boolean => {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
};

const otherOf = (side: SideName): SideName => (side === 'old' ? 'next' : 'old');

export class Follow {
  constructor(private readonly of: Followed) {}

  /** After a step in which they wrote this. */
  follow(written: readonly RawDiff[]): void {
    const { runtimes, leader, engines } = this.of;
    const [first, ...others] = written;
    if (first === undefined || others.every((each) => isSameDiff(first, each))) return;
    const touched: Record<Hex, Hex | null> = {};
    for (const diff of written) for (const key of Object.keys(diff)) touched[key] ??= runtimes[leader].read(key);
    const follower = runtimes[otherOf(leader)];
    follower.write(this.off(follower, this.inOther(touched)));
    for (const engine of engines) this.giveEngine(engine, this.asSpecified(touched));
  }

  /** Writes storage in the specification's layout to everybody but `model`, which has it. */
  inject(raw: RawDiff, model?: EngineTarget): void {
    const { runtimes, engines } = this.of;
    for (const target of [runtimes.old, runtimes.next, ...engines]) if (target !== model) target.inject(raw);
  }

  /** What of `wanted` is otherwise in a player. */
  private off(target: Pick<RuntimeTarget, 'read'>, wanted: RawDiff): (readonly [Hex, Hex | null])[] {
    return Object.entries(wanted).filter(([key, value]) => target.read(key) !== value);
  }

  private giveEngine(engine: EngineTarget, wanted: RawDiff): void {
    const off = this.off(engine, wanted);
    if (off.length === 0) return;
    try {
      engine.inject(Object.fromEntries(off));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.of.count('storage that the specification can not decode: the engine has no say in what follows from it');
    }
  }

  /** The leader's storage as the other runtime has it. What only one of them has stays out of the other. */
  private inOther(raw: RawDiff): RawDiff {
    const { meanings, leader, runtimes } = this.of;
    const side = otherOf(leader);
    return this.mapped(raw, (key, value) => {
      const common = meanings.common(key);
      if (common === undefined) return undefined;
      if (value === null || meanings.isSame(common)) return value;
      const there = runtimes[side].read(key);
      const parts = leader === 'old' ? meanings.value(key, value, there) : meanings.value(key, there, value);
      return parts === undefined ? there : this.translated(meanings[leader], meanings[side], key, value);
    });
  }

  /** The leader's storage as the engine has it: where the leader's own layout is another, the other's may be as specified. */
  private asSpecified(raw: RawDiff): RawDiff {
    const { sides, meanings, leader } = this.of;
    const side = otherOf(leader);
    return this.mapped(raw, (key, value) => {
      if (sides[leader].scope.concernsKey(key)) return value;
      if (!sides[side].scope.concernsKey(key)) return undefined;
      return value === null ? null : this.translated(meanings[leader], meanings[side], key, value);
    });
  }

  private mapped(raw: RawDiff, map: (key: Hex, value: Hex | null) => Hex | null | undefined): RawDiff {
    const all: Record<Hex, Hex | null> = {};
    for (const [key, value] of Object.entries(raw)) {
      const mapped = map(key, value);
      if (mapped !== undefined) all[key] = mapped;
    }
    return all;
  }

  private translated(from: OwnMeaning, to: OwnMeaning, key: Hex, value: Hex): Hex | undefined {
    const there = translated(from, to, key, value);
    if (there === undefined)
      this.of.count('storage that does not translate from one layout to the other: left as it was');
    return there;
  }
}
