/**
 * How far a suite is: what is being done, at what rate, and how long it will take. A bar where a line can be drawn over, else plain
 * lines, few enough for the log of a CI.
 */
import { SingleBar } from 'cli-progress';
import type { RunEvent } from '../../spec/run-events.js';
import { thousands } from '../text.js';
import { shownText } from './paint.js';

type Progress = Extract<RunEvent, { type: 'progress' }>;

/** Milliseconds, and the share of a suite, before which nobody knows how long it will take. */
const FIRST_GUESS = 2_000;
const SMALLEST_SHARE = 0.01;
/** Milliseconds before which a rate says nothing. */
const FIRST_RATE = 500;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A time as one says it: the longer, the rounder, so that it does not flicker. */
export const timeText = (milliseconds: number): string => {
  if (milliseconds < 20 * SECOND) return `${Math.ceil(milliseconds / SECOND)} s`;
  if (milliseconds < 90 * SECOND) return `${Math.ceil(milliseconds / (5 * SECOND)) * 5} s`;
  const minutes = Math.ceil(milliseconds / MINUTE);
  if (milliseconds < 90 * MINUTE) return `${minutes} min`;
  const hours = Math.floor((minutes * MINUTE) / HOUR);
  return `${hours} h ${minutes - hours * 60} min`;
};

/** What is known of a suite's pace. */
interface Pace {
  /** 0 to 1; null where nobody knows the whole. */
  readonly share: number | null;
  /** In words: how much, at what rate, how long to go; what can't be said yet is left out. */
  readonly text: string;
}

/**
 * Tells the pace from one progress to the next. The time that is left goes by what was done since the first of them: what comes before it,
 * a runtime compiled or a node started, has no share. A suite that begins its count anew consists of several searches, and nobody knows of
 * how many.
 */
export const paceOf = (now: () => number): ((progress: Progress) => Pace) => {
  let first: { readonly at: number; readonly share: number } | null = null;
  let last = 0;
  let isWhole = true;
  const leftAt = (share: number): string => {
    const at = now();
    first ??= { at, share };
    const spent = at - first.at;
    const gained = share - first.share;
    if (spent < FIRST_GUESS || gained < SMALLEST_SHARE || share >= 1) return '';
    return `${timeText(Math.round((spent * (1 - share)) / gained))} left`;
  };
  return ({ steps, share, elapsed }) => {
    if (share !== undefined) {
      if (share < last) isWhole = false;
      last = share;
    }
    const rate = elapsed < FIRST_RATE || steps === 0 ? '' : `${thousands(Math.round((steps / elapsed) * SECOND))}/s`;
    if (share === undefined || !isWhole) {
      const done = steps === 0 || !isWhole ? '' : `${thousands(steps)} so far`;
      return { share: null, text: textOf(done, rate) };
    }
    return { share, text: textOf(share < SMALLEST_SHARE ? '' : `${Math.floor(share * 100)} %`, rate, leftAt(share)) };
  };
};

/** `45 %, 1 234/s, 20 s left` */
const textOf = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

const elided = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Columns from which on the bar is a long one. */
const WIDE = 100;
const BAR = { wide: 24, narrow: 12 } as const;
/** Columns that the pace takes, so that the bar stays where it is. */
const PACE = 30;

const lineOf = (doing: string, pace: Pace, columns: number): string => {
  const size = columns < WIDE ? BAR.narrow : BAR.wide;
  const text = elided(shownText(doing).replaceAll('\n', ' '), columns - size - PACE - ' []  '.length);
  if (pace.share === null) return pace.text === '' ? text : `${text}: ${pace.text}`;
  const done = Math.round(pace.share * size);
  return `${text} [${'='.repeat(done)}${'-'.repeat(size - done)}] ${pace.text}`;
};

/** What shows how far the run is. */
export interface ProgressView {
  /** Another suite begins. */
  readonly begin: (doing: string) => void;
  readonly update: (progress: Progress) => void;
  /** Makes way for what is written next; the next progress shows it again. */
  readonly clear: () => void;
}

const UNKNOWN: Pace = { share: null, text: '' };

/** A line that is drawn over and over. */
export const progressBar = (stream: NodeJS.WriteStream, columns: () => number, now: () => number): ProgressView => {
  let bar: SingleBar | null = null;
  let doing = '';
  let pace = UNKNOWN;
  let measure = paceOf(now);
  const clear = (): void => {
    bar?.stop();
    bar = null;
  };
  const show = (): void => {
    if (bar !== null) return;
    bar = new SingleBar({ stream, format: () => lineOf(doing, pace, columns()), clearOnComplete: true });
    bar.start(1, 0);
  };
  return {
    begin: (text) => {
      clear();
      [doing, pace, measure] = [text, UNKNOWN, paceOf(now)];
      show();
    },
    update: (progress) => {
      pace = measure(progress);
      show();
      bar?.update(pace.share ?? 0);
    },
    clear,
  };
};

/** Milliseconds until a suite says how far it is, and the longest that it is silent: each time is twice the one before. */
const FIRST_LINE = 10 * SECOND;
const LONGEST_SILENCE = 5 * MINUTE;

/** A line where a suite begins, and one now and then: for an hour some fifteen. */
export const progressLines = (say: (line: string) => void, now: () => number): ProgressView => {
  let doing = '';
  let measure = paceOf(now);
  let said = now();
  let silence = FIRST_LINE;
  return {
    begin: (text) => {
      [doing, measure, said, silence] = [text, paceOf(now), now(), FIRST_LINE];
      say(text);
    },
    update: (progress) => {
      const pace = measure(progress);
      if (now() - said < silence) return;
      said = now();
      silence = Math.min(silence * 2, LONGEST_SILENCE);
      say(`${doing}: ${pace.text === '' ? 'goes on' : pace.text}`);
    },
    clear: () => undefined,
  };
};

export const NO_PROGRESS: ProgressView = { begin: () => undefined, update: () => undefined, clear: () => undefined };
