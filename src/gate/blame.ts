/** Of one step: whether old and new part, which of them departs from what the engine says for it, and whether that was announced. */
import type { Mismatch } from '../properties/compare.js';

/** Which of the two does otherwise than the engine says under the rules that hold for it. */
export type Blame = 'old' | 'new' | 'both' | 'unknown';

/** A step that the two did not take as they should. */
export interface Divergence {
  /** The call, or `Pallet.on_initialize`. */
  readonly part: string;
  /** What parts them; where they do the same, the engine and the new one. */
  readonly mismatch: Mismatch;
  readonly blame: Blame;
  /** Whether they do the same, and the new one should not: it was announced to do otherwise. */
  readonly isUnkept: boolean;
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
  | Pick<Divergence, 'mismatch' | 'blame' | 'isUnkept'>;

export const judge = ({ between, old, next, found, isAnnounced }: Held): Judged => {
  if (between === undefined) {
    if (next === undefined) return 'same';
    if (old) return 'shared';
    return found === undefined ? 'unannounced' : { mismatch: next, blame: 'new', isUnkept: true };
  }
  if (!old && !next && isAnnounced) return 'announced';
  if (!old && next && found === undefined) return 'unannounced';
  const blame = old && next ? 'both' : old ? 'old' : next ? 'new' : 'unknown';
  return { mismatch: between, blame, isUnkept: false };
};
