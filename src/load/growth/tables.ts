/** What was found, as tables and charts. */
import type { Curves, Figures } from '../../spec/run-events.js';
import { AXES, type Axis } from '../sized-state.js';
import type { Measure } from './cost.js';
import { growsFaster, type Fit, type GrowthClass, type Point } from './fit.js';
import { formulaText } from './formula.js';
import { growing, type Course, type Growth } from './survey.js';
import type { Part } from './tour.js';

type Cell = string | null;

const faster = (left: GrowthClass, right: GrowthClass): GrowthClass => (growsFaster(left, right) ? left : right);

const classOf = ({ counted }: Growth, measures: readonly Measure[]): GrowthClass =>
  measures.map((measure) => counted[measure].fit.class).reduce(faster, 'constant');

/** A row for each part, a column for each axis. */
const classTable = (
  suite: string,
  { id, title, of }: { id: string; title: string; of: (growth: Growth) => Cell },
  growths: readonly Growth[],
): Figures => {
  const parts = [...new Set(growths.map(({ part }) => part))];
  const cell = (part: Part, axis: Axis): Cell => {
    const growth = growths.find((each) => each.part === part && each.axis === axis);
    return growth ? of(growth) : null;
  };
  return {
    type: 'figures',
    suite,
    id: `growth/${id}`,
    title: `${suite}: ${title}`,
    columns: [{ name: 'call' }, ...AXES.map((name) => ({ name }))],
    rows: parts.map((part) => [part, ...AXES.map((axis) => cell(part, axis))]),
  };
};

/** A row for each curve that grows. */
const formulaTable = (suite: string, growths: readonly Growth[]): Figures => {
  const row = ({ part, axis }: Growth, measure: string, fit: Fit): Cell[] => [
    part,
    axis,
    measure,
    formulaText(fit, axis),
    fit.class,
  ];
  return {
    type: 'figures',
    suite,
    id: 'growth/formulas',
    title: `${suite}: what grows, and how; with one of everything else`,
    columns: ['call', 'grows with', 'what', 'how many', 'class'].map((name) => ({ name })),
    rows: growths.flatMap((growth) =>
      growing(growth).map((measure) => row(growth, measure, growth.counted[measure].fit)),
    ),
  };
};

/** Operations, bytes and time by class, and the formulas of what is counted. */
export const tablesOf = (suite: string, growths: readonly Growth[]): readonly Figures[] => [
  classTable(
    suite,
    {
      id: 'operations',
      title: 'how storage operations grow with the state, the faster of reads and writes',
      of: (growth) => classOf(growth, ['reads', 'writes']),
    },
    growths,
  ),
  classTable(
    suite,
    {
      id: 'bytes',
      title: 'how the bytes that go through storage grow, the faster of those read and those written',
      of: (growth) => classOf(growth, ['bytes read', 'bytes written']),
    },
    growths,
  ),
  classTable(
    suite,
    {
      id: 'time',
      title: 'how the time in V8 grows, by medians: with noise, so that it only informs',
      of: ({ time }) => time?.fit.class ?? null,
    },
    growths,
  ),
  formulaTable(suite, growths),
];

/** What a chart shows, of parts that grow in it. */
interface Chart {
  readonly id: string;
  readonly label: string;
  /** Null where it does not grow. */
  readonly points: (growth: Growth) => readonly Point[] | null;
}

const whereGrowing = (course: Course | null): readonly Point[] | null =>
  course === null || course.fit.class === 'constant' ? null : course.points;

const bytesPoints = (growth: Growth): readonly Point[] | null =>
  classOf(growth, ['bytes read', 'bytes written']) === 'constant'
    ? null
    : [...growth.costs].map(([size, cost]) => [size, cost['bytes read'] + cost['bytes written']]);

const CHARTS: readonly Chart[] = [
  { id: 'reads', label: 'reads', points: ({ counted }) => whereGrowing(counted.reads) },
  { id: 'writes', label: 'writes', points: ({ counted }) => whereGrowing(counted.writes) },
  { id: 'bytes', label: 'bytes', points: bytesPoints },
  { id: 'time', label: 'us', points: ({ time }) => whereGrowing(time) },
];

/** For each axis and measure with something that grows, a line for each part that does. */
export const chartsOf = (suite: string, growths: readonly Growth[]): readonly Curves[] =>
  AXES.flatMap((axis) =>
    CHARTS.flatMap(({ id, label, points }): Curves[] => {
      const lines = growths
        .filter((growth) => growth.axis === axis)
        .flatMap((growth) => {
          const found = points(growth);
          return found === null ? [] : [{ name: growth.part, points: found.map(([x, y]): [number, number] => [x, y]) }];
        });
      if (lines.length === 0) return [];
      return [
        {
          type: 'curves',
          suite,
          id: `growth/${axis}/${id}`,
          title: `${suite}: ${label === 'us' ? 'time' : label} by ${axis}`,
          x: { label: axis, scale: 'log' },
          y: { label: `${label} a call`, scale: 'log' },
          lines,
        },
      ];
    }),
  );
