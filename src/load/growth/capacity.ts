/**
 * Whether a block keeps its time: it admits calls by the weight that they declare, and spends what their storage operations take. From
 * which size on that is more than the block has, by FRAME's `RocksDbWeight` (25 us a read, 100 us a write), and so without the time that
 * the call computes.
 */
import type { Figures } from '../../spec/run-events.js';
import type { RuntimeMetadata } from '../../targets/metadata.js';
import type { Axis } from '../sized-state.js';
import { databaseTime, READ_TIME, WRITE_TIME, type Cost } from './cost.js';
import { smallestSize, valueAt } from './fit.js';
import { numberText } from './formula.js';
import type { Growth, Survey } from './survey.js';
import type { Part } from './tour.js';
import type { Counted } from './walk.js';
import { admitted, blockLength, blockWeights, dispatchInfo, type Admitted, type BlockWeights } from './weights.js';

const PICOSECONDS = 1e6;
const SECOND = 1e6;

/** What a block can take of one part, and from where on it takes more than its time. */
export interface Capacity {
  readonly part: Part;
  readonly axis: Axis;
  /** Microseconds that a call says it takes, the extrinsic's base included; null of what says nothing, such as the opening of a block. */
  readonly declared: number | null;
  readonly admitted: Admitted | null;
  /** The smallest size at which a block full of such calls takes longer than the block has; null beyond 10^12. */
  readonly blockFrom: number | null;
  /** The same if nothing but what grows took time: a node keeps much of the rest, such as System's own, in its memory. */
  readonly blockFromGrowth: number | null;
  /** ... at which a single call does. */
  readonly callFrom: number | null;
  readonly growth: Growth;
}

/** Of those parts whose operations grow. */
const growsInOperations = ({ counted: { reads, writes } }: Growth): boolean =>
  reads.fit.class !== 'constant' || writes.fit.class !== 'constant';

/** Microseconds of a call's storage operations at a size, as the curves have them. */
export const timeAt = ({ counted: { reads, writes } }: Growth, size: number): number =>
  databaseTime({ reads: valueAt(reads.fit, size), writes: valueAt(writes.fit, size) });

const constantTime = ({ counted: { reads, writes } }: Growth): number =>
  databaseTime({ reads: reads.fit.constant, writes: writes.fit.constant });

/** What a part says of itself, where it does. */
const declaredOf = (metadata: RuntimeMetadata, weights: BlockWeights, example: Counted | undefined) => {
  const info = example && dispatchInfo(metadata, example.records);
  if (!example || !info) return { declared: null, admitted: null };
  const base = weights.per_class[info.class].base_extrinsic;
  return {
    declared: Number(info.weight.ref_time + base.ref_time) / PICOSECONDS,
    admitted: admitted(info, example.length, weights, blockLength(metadata)),
  };
};

/** Microseconds that a block has; null where the metadata does not tell. */
export const blockTime = (metadata: RuntimeMetadata): number | null => {
  const weights = blockWeights(metadata);
  return weights && Number(weights.max_block.ref_time) / PICOSECONDS;
};

/** Of every part whose operations grow along an axis; none where the metadata has no `System.BlockWeights`. */
export const capacities = (metadata: RuntimeMetadata, { growths, examples }: Survey): readonly Capacity[] => {
  const weights = blockWeights(metadata);
  const limit = blockTime(metadata);
  if (weights === null || limit === null) return [];
  return growths.filter(growsInOperations).map((growth) => {
    const { part, axis } = growth;
    const said = declaredOf(metadata, weights, examples.get(part));
    const calls = said.admitted?.calls ?? Infinity;
    const from = (times: number, without = 0): number | null =>
      Number.isFinite(times) ? smallestSize((size) => times * (timeAt(growth, size) - without) > limit) : null;
    return {
      part,
      axis,
      ...said,
      blockFrom: from(calls),
      blockFromGrowth: from(calls, constantTime(growth)),
      callFrom: from(1),
      growth,
    };
  });
};

/** A size at which curves were held against counts, and what was counted there. */
export interface Check {
  readonly axis: Axis;
  readonly size: number;
  readonly costs: ReadonlyMap<Part, Cost>;
}

/** How many times as large as what was measured a state may be that a curve is held against: its tour takes as many times as long. */
const BEYOND_MEASURED = 5;

/**
 * Where the curves of an axis are worth a count: where the first of its calls overruns, unless that is too large.
 * @param largest size that was measured
 */
export const worthChecking = (all: readonly Capacity[], axis: Axis, largest: number): number | null => {
  const sizes = all
    .filter((each) => each.axis === axis)
    .flatMap(({ callFrom }) => (callFrom !== null && callFrom <= largest * BEYOND_MEASURED ? [callFrom] : []));
  return sizes.length === 0 ? null : Math.min(...sizes);
};

/** A size where the count is the curve's; what was counted and expected where it is not; null where it was not counted. */
const checkedAt = ({ part, axis, growth }: Capacity, checks: readonly Check[]): number | string | null => {
  const check = checks.find((each) => each.axis === axis);
  const cost = check?.costs.get(part);
  if (check === undefined || cost === undefined) return null;
  const expected = timeAt(growth, check.size);
  const counted = databaseTime(cost);
  if (Math.abs(expected - counted) < READ_TIME / 2) return check.size;
  return `${numberText(counted)} us at ${numberText(check.size)}, not ${numberText(expected)}`;
};

const BY = `FRAME's RocksDbWeight: ${READ_TIME} us a read, ${WRITE_TIME} us a write`;

/** How many of each call a block admits, and what they take in a small state. */
const admittedTable = (suite: string, seconds: string, all: readonly Capacity[]): Figures => {
  const calls = [...new Map(all.map((each) => [each.part, each])).values()];
  return {
    type: 'figures',
    suite,
    id: 'growth/admitted',
    title: `${suite}: how many calls that grow a block of ${seconds} s admits by what they declare, and what their storage operations take with one of everything (${BY})`,
    columns: [
      { name: 'call' },
      { name: 'declares', unit: 'us' },
      { name: 'takes', unit: 'us' },
      { name: 'block admits', unit: 'calls' },
      { name: 'ended by' },
      { name: 'they take', unit: 's' },
    ],
    rows: calls.map(({ part, declared, admitted: lets, growth }) => {
      const takes = timeAt(growth, 1);
      return [part, declared, takes, lets?.calls ?? null, lets?.by ?? null, lets && (lets.calls * takes) / SECOND];
    }),
  };
};

/** From which size on a block overruns. */
const overrunTable = (suite: string, seconds: string, all: readonly Capacity[], checks: readonly Check[]): Figures => ({
  type: 'figures',
  suite,
  id: 'growth/capacity',
  title: `${suite}: the size from which on storage operations take longer than the block's ${seconds} s (${BY}): those of a full block, of a full block but for what is constant, of a single call; and where counts were what the curve says`,
  columns: [
    { name: 'call' },
    { name: 'grows with' },
    { name: 'full block', unit: '1' },
    { name: 'by growth alone', unit: '1' },
    { name: 'one call', unit: '1' },
    { name: 'counted at', unit: '1' },
  ],
  rows: all.map((each) => [
    each.part,
    each.axis,
    each.blockFrom,
    each.blockFromGrowth,
    each.callFrom,
    checkedAt(each, checks),
  ]),
});

/** What a block admits, and from where on it overruns. */
export const capacityTables = (
  suite: string,
  metadata: RuntimeMetadata,
  all: readonly Capacity[],
  checks: readonly Check[],
): readonly Figures[] => {
  const seconds = numberText((blockTime(metadata) ?? 0) / SECOND);
  return [admittedTable(suite, seconds, all), overrunTable(suite, seconds, all, checks)];
};
