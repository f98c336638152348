/**
 * The hot request and IP paths, timed: lives on each player at each size of each axis, told as tables and curves. A comparison
 * plays two of them in turns.
 */
import type { Curves, Emit, Figures } from '../../spec/run-events.js';
import { interruptionNote } from '../../properties/ending.js';
import { InputError } from '../../properties/recording-file.js';
import { breathe } from '../../properties/search.js';
import { grouped } from '../count.js';
import type { Axis } from '../sized-state.js';
import { timeLaps, timeLives, type LapTiming, type LifeTiming } from './measure.js';
import { timePairs, TIMED, WHOLE, type PairedTiming } from './paired.js';
import type { Player } from './player.js';
import { CALLS_OF_A_LIFE, LAPS, Stage, type Lap } from './stage.js';

export interface BenchOptions {
  readonly emit: Emit;
  /** Milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly axes: readonly Axis[];
  readonly sizes: readonly number[];
  /** Only laps whose name contains it. Lives are played whole all the same. */
  readonly filter?: string;
}

type Telling = Pick<BenchOptions, 'emit' | 'now'>;

/** Milliseconds to microseconds. */
const MICROSECONDS = 1_000;

const LAPS_OF_A_LIFE = `a life is ${CALLS_OF_A_LIFE} calls`;

/** The laps that are told. @throws InputError where none is */
const toldLaps = (filter = ''): readonly Lap[] => {
  const told = LAPS.filter((lap) => lap.includes(filter));
  if (told.length > 0) return told;
  throw new InputError(`--filter ${filter}: expected a part of one of ${LAPS.join(', ')}`);
};

/** What was measured at one size. */
interface At {
  readonly size: number;
  readonly life: LifeTiming;
  readonly lives: number;
  readonly laps: ReadonlyMap<Lap, LapTiming>;
}

const microseconds = (timing: LapTiming | undefined): number | null =>
  timing === undefined ? null : timing.median * MICROSECONDS;

const sizeColumns = (sizes: readonly number[], unit: string): Figures['columns'] =>
  sizes.map((size) => ({ name: grouped(size), unit }));

/** How many times as long at the last size as at the first. */
const growth = (row: readonly (number | null)[]): number | null => {
  const [first, last] = [row[0], row.at(-1)];
  return row.length < 2 || typeof first !== 'number' || typeof last !== 'number' ? null : last / first;
};

const lapTable = (suite: string, axis: Axis, all: readonly At[], laps: readonly Lap[]): Figures => {
  const rows = laps.map((lap) => [lap, all.map((at) => microseconds(at.laps.get(lap)))] as const);
  const counts = all.map((at) => at.lives);
  const lives = [...new Set([Math.min(...counts), Math.max(...counts)])].join(' to ');
  return {
    type: 'figures',
    suite,
    id: `bench/${axis}/laps`,
    title: `${suite}: each call, the median of ${lives} lives`,
    columns: [
      { name: 'call' },
      ...sizeColumns(
        all.map(({ size }) => size),
        'us',
      ),
      { name: 'last to first', unit: '1' },
    ],
    rows: rows.map(([lap, row]) => [lap, ...row, growth(row)]),
  };
};

const lifeTable = (suite: string, axis: Axis, all: readonly At[]): Figures => ({
  type: 'figures',
  suite,
  id: `bench/${axis}/lives`,
  title: `${suite}: whole lives (${LAPS_OF_A_LIFE}), sampled by benny`,
  columns: [
    { name: axis, unit: '1' },
    { name: 'calls a second', unit: 'calls/s' },
    { name: 'interval', unit: '± %' },
    { name: 'samples', unit: '1' },
  ],
  rows: all.map(({ size, life }) => [size, life.callsPerSecond, life.margin, life.samples]),
});

const lapCurves = (suite: string, axis: Axis, all: readonly At[], laps: readonly Lap[]): Curves => ({
  type: 'curves',
  suite,
  id: `bench/${axis}`,
  title: suite,
  x: { label: axis, scale: 'log' },
  y: { label: 'us a call', scale: 'log' },
  lines: laps.map((lap) => ({
    name: lap,
    points: all.flatMap((at): [number, number][] => {
      const value = microseconds(at.laps.get(lap));
      return value === null || value <= 0 ? [] : [[at.size, value]];
    }),
  })),
});

/** A suite that measures: what it measured may be cut short, and is told all the same. */
const finish = (
  { emit, now }: Telling,
  { suite, began, lives, summary }: { suite: string; began: number; lives: number; summary: string },
): void =>
  emit({
    type: 'suite-finished',
    suite,
    verdict: lives === 0 ? 'vacuous' : 'conforms',
    scenarios: lives,
    steps: lives * CALLS_OF_A_LIFE,
    differences: 0,
    summary,
    elapsed: now() - began,
  });

const perSecond = ({ size, life }: At): string => `${grouped(Math.round(life.callsPerSecond))} calls/s at ${size}`;

const benchAxis = async (player: Player, axis: Axis, options: BenchOptions): Promise<void> => {
  const { emit, now, signal, sizes } = options;
  const laps = toldLaps(options.filter);
  const suite = `${player.name} by ${axis}`;
  const began = now();
  emit({ type: 'suite-started', suite, kind: 'bench', target: player.name });
  const all: At[] = [];
  for (const size of sizes) {
    const stage = Stage.at(player, axis, size);
    const life = await timeLives(stage);
    all.push({ size, life, ...timeLaps(stage) });
    const steps = all.reduce((sum, { lives }) => sum + lives, 0) * CALLS_OF_A_LIFE;
    emit({ type: 'progress', suite, steps, share: all.length / sizes.length, elapsed: now() - began });
    await breathe();
    if (signal.aborted) break;
  }
  emit(lapTable(suite, axis, all, laps));
  emit(lifeTable(suite, axis, all));
  emit(lapCurves(suite, axis, all, laps));
  const [first, last] = [all[0], all.at(-1)];
  const range = first === undefined || last === undefined ? [] : [...new Set([first, last])].map(perSecond);
  const summary = `${range.join(', ')}${interruptionNote(null, signal)}`;
  finish(options, { suite, began, lives: all.reduce((sum, { lives }) => sum + lives, 0), summary });
};

/** Times lives on each player. @throws InputError where a life can't be played, or nothing is told */
export const runBench = async (players: readonly Player[], options: BenchOptions): Promise<void> => {
  toldLaps(options.filter);
  for (const axis of options.axes) {
    for (const player of players) {
      if (options.signal.aborted) return;
      await benchAxis(player, axis, options);
    }
  }
};

type Ratio = PairedTiming['ratios'] extends ReadonlyMap<unknown, infer R> ? R : never;

const ratioRow = (name: string, size: number, ratio: Ratio | undefined): (string | number | null)[] =>
  ratio ? [name, size, ratio.ratio, ratio.low, ratio.high, ratio.pairs] : [name, size, null, null, null, null];

const compareAxis = async (old: Player, next: Player, axis: Axis, options: BenchOptions): Promise<void> => {
  const { emit, now, signal, sizes } = options;
  const laps = toldLaps(options.filter);
  const suite = `${next.name} against ${old.name} by ${axis}`;
  const began = now();
  emit({ type: 'suite-started', suite, kind: 'bench', target: next.name });
  const found: { readonly size: number; readonly paired: PairedTiming }[] = [];
  for (const size of sizes) {
    found.push({ size, paired: timePairs(Stage.at(old, axis, size), Stage.at(next, axis, size)) });
    emit({ type: 'progress', suite, steps: 0, share: found.length / sizes.length, elapsed: now() - began });
    await breathe();
    if (signal.aborted) break;
  }
  emit({
    type: 'figures',
    suite,
    id: `compare/${axis}`,
    title: `${suite}: how many times as long it takes, played in turns; 95 of 100 resamples lie between`,
    columns: [
      { name: 'call' },
      { name: axis, unit: '1' },
      { name: 'times as long', unit: '1' },
      { name: 'from', unit: '1' },
      { name: 'to', unit: '1' },
      { name: 'pairs', unit: '1' },
    ],
    rows: TIMED.filter((timed) => timed === WHOLE || laps.includes(timed)).flatMap((lap) =>
      found.map(({ size, paired }) => ratioRow(lap, size, paired.ratios.get(lap))),
    ),
  });
  const summary = found
    .map(({ size, paired }) => {
      const whole = paired.ratios.get(WHOLE);
      if (!whole) return `too few pairs at ${size}`;
      const [ratio, low, high] = [whole.ratio, whole.low, whole.high].map((each) => Number(each.toPrecision(3)));
      return `a life takes ${ratio} (${low} to ${high}) times as long at ${size}`;
    })
    .join(', ');
  const lives = found.reduce((sum, { paired }) => sum + paired.pairs, 0);
  finish(options, { suite, began, lives, summary: `${summary}${interruptionNote(null, signal)}` });
};

/** Times two players in turns. @throws as {@link runBench} */
export const runComparison = async (old: Player, next: Player, options: BenchOptions): Promise<void> => {
  toldLaps(options.filter);
  for (const axis of options.axes) {
    if (options.signal.aborted) return;
    await compareAxis(old, next, axis, options);
  }
};
