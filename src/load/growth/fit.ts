/**
 * How something grows: the simplest class whose curve goes through what was measured, `y = a + b * g(n)`. Counts are free of noise
 * and fit exactly; times are not, and are fitted by ratios, so that 1 us matters at 10 us and not at 10 ms.
 */

/** From the slowest to the fastest. */
export const GROWTH_CLASSES = ['constant', 'logarithmic', 'linear', 'quadratic'] as const;
export type GrowthClass = (typeof GROWTH_CLASSES)[number];

/** A size from 1 on, and what was measured there: not negative. */
export type Point = readonly [size: number, value: number];

export interface Fit {
  readonly class: GrowthClass;
  /** What is there at any size. */
  readonly constant: number;
  /** For each entry, doubling, or entry squared, as the class has it; 0 for `constant`. */
  readonly slope: number;
  /** Of `quadratic`: what each entry adds besides. */
  readonly besides: number;
  /** Whether the curve goes through every point; else it is the nearest. */
  readonly isExact: boolean;
}

type Curve = Omit<Fit, 'isExact'>;

const growthOf: Readonly<Record<GrowthClass, (size: number) => number>> = {
  constant: () => 0,
  logarithmic: (size) => Math.log2(size),
  linear: (size) => size,
  quadratic: (size) => size * size,
};

/** Whether `left` grows faster than `right`. */
export const growsFaster = (left: GrowthClass, right: GrowthClass): boolean =>
  GROWTH_CLASSES.indexOf(left) > GROWTH_CLASSES.indexOf(right);

/** What the fit says of a size. */
export const valueAt = ({ class: of, constant, slope, besides }: Curve, size: number): number =>
  constant + slope * growthOf[of](size) + besides * size;

const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, each, at) => sum + each * (right[at] ?? 0), 0);

/** Columns made upright to each other by Gram and Schmidt. */
interface Upright {
  readonly basis: readonly (readonly number[])[];
  /** How often each direction of the basis goes into each column. */
  readonly shares: readonly (readonly number[])[];
}

/** Null where one column is made of the others. */
const upright = (columns: readonly (readonly number[])[]): Upright | null => {
  const basis: number[][] = [];
  const shares: number[][] = [];
  for (const column of columns) {
    let rest = [...column];
    const taken: number[] = [];
    for (const direction of basis) {
      const share = dot(direction, rest);
      taken.push(share);
      rest = rest.map((each, at) => each - share * (direction[at] ?? 0));
    }
    const length = Math.sqrt(dot(rest, rest));
    if (length <= 1e-9 * Math.sqrt(dot(column, column))) return null;
    basis.push(rest.map((each) => each / length));
    shares.push([...taken, length]);
  }
  return { basis, shares };
};

/** How often each column goes into `target`. */
const partsOf = ({ basis, shares }: Upright, target: readonly number[]): number[] => {
  const found = basis.map((direction) => dot(direction, target));
  for (let at = found.length - 1; at >= 0; at -= 1) {
    for (let later = at + 1; later < found.length; later += 1)
      found[at] = (found[at] ?? 0) - (shares[later]?.[at] ?? 0) * (found[later] ?? 0);
    found[at] = (found[at] ?? 0) / (shares[at]?.[at] ?? 1);
  }
  return found;
};

/** After so many times what is left is below what a number holds. */
const REFINEMENTS = 3;

/**
 * Least squares: how often each column goes into `target`, refined by what is left of it. Null where one column is made of the
 * others. Sizes go up to 10^5 and their squares to 10^10, which normal equations do not survive, nor one pass the small sizes.
 */
const leastSquares = (columns: readonly (readonly number[])[], target: readonly number[]): number[] | null => {
  const made = upright(columns);
  if (made === null) return null;
  let found = partsOf(made, target);
  for (let time = 0; time < REFINEMENTS; time += 1) {
    const left = target.map((value, at) =>
      columns.reduce((rest, column, of) => rest - (column[at] ?? 0) * (found[of] ?? 0), value),
    );
    const more = partsOf(made, left);
    found = found.map((part, of) => part + (more[of] ?? 0));
  }
  return found;
};

/** `4` for 3.9999999999. */
const withoutRounding = (value: number): number => Number(value.toPrecision(12));

/** Whether there is more at the largest size than at the smallest. */
const rises = (curve: Curve, points: readonly Point[]): boolean => {
  const sizes = points.map(([size]) => size);
  return valueAt(curve, Math.max(...sizes)) > valueAt(curve, Math.min(...sizes));
};

/** The curve of a class that is nearest to the points; null where it does not grow. `weights` say how much a point counts. */
const curveOf = (
  of: GrowthClass,
  points: readonly Point[],
  weights: readonly number[],
  full: boolean,
): Curve | null => {
  const weighted = (make: (size: number) => number): number[] =>
    points.map(([size], at) => make(size) * (weights[at] ?? 1));
  const columns = [weighted(() => 1)];
  if (of === 'quadratic' && full) columns.push(weighted((size) => size));
  if (of !== 'constant') columns.push(weighted(growthOf[of]));
  const found = leastSquares(
    columns,
    points.map(([, value], at) => value * (weights[at] ?? 1)),
  );
  if (found === null) return null;
  const [constant = 0, ...others] = found.map(withoutRounding);
  const slope = of === 'constant' ? 0 : (others.at(-1) ?? 0);
  const besides = columns.length === 3 ? (others[0] ?? 0) : 0;
  const curve: Curve = { class: of, constant, slope, besides };
  return of === 'constant' || (slope > 0 && rises(curve, points)) ? curve : null;
};

/** Points beyond which a quadratic curve may have a linear part as well: else it would go through anything. */
const ENOUGH_FOR_THREE = 3;

const EVEN: readonly number[] = [];

/** Root of the mean square of how many times too much or too little the curve says, as logarithms: 0.1 is some 10 %. */
const distance = (curve: Curve, points: readonly Point[]): number => {
  const ratios = points.map(([size, value]) => Math.log(Math.max(valueAt(curve, size), Number.MIN_VALUE) / value));
  return Math.sqrt(dot(ratios, ratios) / points.length);
};

/** How far apart two runs of one thing may be: what is no further off explains it. */
const NOISE = 0.1;
/** A simpler class is taken where it is no worse than this many times the best one's distance. */
const PARSIMONY = 2.5;
/** What is not this many times as much at the one end as at the other does not grow: a garbage collection does as much. */
const LEAST = 2;

/**
 * Of values with noise: the simplest class that explains them about as well as any, and growth below the noise is none.
 * @param points at three sizes or more; values that are not positive are left out
 */
export const fitNoisy = (points: readonly Point[]): Fit => {
  const positive = points.filter(([, value]) => value > 0);
  const values = positive.map(([, value]) => value);
  const grows = Math.max(...values) >= LEAST * Math.min(...values);
  const weights = values.map((value) => 1 / value);
  const curves = (grows ? GROWTH_CLASSES : GROWTH_CLASSES.slice(0, 1))
    .map((of) => curveOf(of, positive, weights, false))
    .filter((curve) => curve !== null);
  const distances = curves.map((curve) => distance(curve, positive));
  const enough = Math.max(NOISE, PARSIMONY * Math.min(...distances));
  const found = curves.find((_, at) => (distances[at] ?? Infinity) <= enough);
  return { ...(found ?? { class: 'constant', constant: 0, slope: 0, besides: 0 }), isExact: false };
};

/** Of values of ten digits and more, in which whole numbers are rounded. */
const ROUNDING = 1e-9;

/**
 * Of counts: the simplest class whose curve is nowhere further from a point than `slack`; where none is, the nearest as if there
 * were noise.
 * @param points at three sizes or more
 * @param slack in what is counted, such as 0.5 operations
 */
export const fitExact = (points: readonly Point[], slack: number): Fit => {
  for (const of of GROWTH_CLASSES) {
    const curve = curveOf(of, points, EVEN, points.length > ENOUGH_FOR_THREE);
    if (curve && points.every(([size, value]) => Math.abs(valueAt(curve, size) - value) <= slack + ROUNDING * value))
      return { ...curve, isExact: true };
  }
  return fitNoisy(points);
};

/**
 * The smallest size from 1 on at which `isBeyond` holds, which then holds for every larger one; null where that is beyond `most`.
 */
export const smallestSize = (isBeyond: (size: number) => boolean, most = 1e12): number | null => {
  let above = 1;
  while (!isBeyond(above)) {
    if (above >= most) return null;
    above *= 2;
  }
  let below = above / 2;
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (isBeyond(middle)) above = middle;
    else below = middle;
  }
  return above;
};
