/** Of one step: whether old and new part, which of them departs from what the engine says for it, and whether that was announced. */
import type { Mismatch } from '../properties/compare.js';

/** Which of the two does otherwise than the engine says under the rules that hold for it. */
export type Blame = 'old' | 'new' | 'both' | 'unknown';

/** A step that the two did not take as they should. */
export interface Divergence {
  /** The call, or `Pallet.on_initialize`. */
  readonly part: string;
  readonly mismatch: Mismatch;
  readonly blame: Blame;
  /**
   * What the new one was held against: the old one; the engine under what was announced, where both do the same and should not; the
   * engine under the rules that the new one was found to follow, where the two part by those rules anyway.
   */
  readonly against: 'old' | 'announced' | 'found';
  /** Number of steps up to it, itself included. */
  readonly at: number;
}

/** What of a step was held against what; undefined where the two are equal. */
export interface Held {
  readonly between: Mismatch | undefined;
  /** Each from what the engine says under its rules. */
  readonly old: Mismatch | undefined;
  readonly next: Mismatch | undefined;
  /** Of the new one from the engine under the rules that it was found to follow. */
  readonly found: Mismatch | undefined;
  /** Whether the engine says otherwise for the old one than for the new. */
  readonly isAnnounced: boolean;
  /** Whether it does so under the rules that the new one was found to follow. */
  readonly isFlipped: boolean;
}

/** What a step came to. */
export type Judged =
  | 'same'
  /** Both do the same, and not what the engine says. */
  | 'shared'
  /** They part as was announced. */
  | 'announced'
  /** The new one follows rules that nobody announced. */
  | 'unannounced'
  | Pick<Divergence, 'mismatch' | 'blame' | 'against'>;

export const judge = ({ between, old, next, found, isAnnounced, isFlipped }: Held): Judged => {
  if (between === undefined) {
    if (next === undefined) return 'same';
    if (old) return 'shared';
    return found === undefined ? 'unannounced' : { mismatch: next, blame: 'new', against: 'announced' };
  }
  if (!old && !next && isAnnounced) return 'announced';
  if (!old && next && found === undefined) return 'unannounced';
  // The two part by their rules; what parts the new one from its own is the news.
  if (!old && next && found && isFlipped) return { mismatch: found, blame: 'new', against: 'found' };
  const blame = old && next ? 'both' : old ? 'old' : next ? 'new' : 'unknown';
  return { mismatch: between, blame, against: 'old' };
};
