/**
 * Growth: what each call costs as the state grows, along one axis at a time. Storage operations and bytes are counted, and so are the
 * same on every machine; time in V8 is told beside them and decides nothing (BEHAVIOUR.md: every call has one constant weight, while its
 * cost grows with all requests of all users; DEV-14).
 */
import { callNames, type CallName } from '../../spec/calls.js';
import type { Emit } from '../../spec/run-events.js';
import { foundPallets } from '../../targets/layout.js';
import type { RuntimeTarget } from '../../targets/runtime-target.js';
import { PURCHASE } from '../../properties/differential.js';
import { interruptionNote } from '../../properties/ending.js';
import { InputError } from '../../properties/recording-file.js';
import { scopeOf } from '../../properties/scope.js';
import { breathe } from '../../properties/search.js';
import { AXES } from '../sized-state.js';
import { capacities, capacityTables, blockTime, worthChecking, type Capacity, type Check } from './capacity.js';
import type { Cost } from './cost.js';
import type { GrowthClass } from './fit.js';
import { numberText } from './formula.js';
import { beyondLimits, isFor, type Budget } from './limits.js';
import { FEWEST_SIZES, growing, survey, type Growth, type Survey } from './survey.js';
import { chartsOf, tablesOf } from './tables.js';
import { OPENINGS, type Part } from './tour.js';
import { Walk } from './walk.js';

export { parseBudget, type Budget } from './limits.js';
export { GROWTH_CLASSES, type GrowthClass } from './fit.js';

export interface GrowthOptions {
  readonly emit: Emit;
  /** Milliseconds, for the times in run events. */
  readonly now: () => number;
  /** Where it is aborted, the axes that were done are told. */
  readonly signal: AbortSignal;
  /** How the command line names the target. */
  readonly named: string;
  readonly makeTarget: () => RuntimeTarget;
  /** Three or more, from 1 on. Default: {@link SIZES}. */
  readonly sizes?: readonly number[];
  /** Tours that are timed at a size, at most. Default: 15, of which the median is told. */
  readonly tours?: number;
  /** Only calls whose name contains it are told; tours are whole all the same. */
  readonly filter?: string;
  /** A call that grows faster along any axis is a finding. */
  readonly failAbove?: GrowthClass;
  /** What calls may take at a size of each axis. */
  readonly budgets?: readonly Budget[];
}

const TOURS = 15;

/** Measured with the lab runtime: some 20 s for all axes. */
export const SIZES: readonly number[] = [1, 10, 100, 1_000, 10_000];

const PARTS: readonly Part[] = [...callNames, ...Object.values(OPENINGS)];

/** @throws InputError */
const toldParts = (filter = ''): ReadonlySet<Part> => {
  const told = PARTS.filter((part) => part.includes(filter));
  if (told.length > 0) return new Set(told);
  throw new InputError(`--filter ${filter}: expected a part of one of ${PARTS.join(', ')}`);
};

/** @throws InputError */
const expectSizes = (sizes: readonly number[]): void => {
  const isUsable = sizes.every((size) => Number.isInteger(size) && size >= 1) && new Set(sizes).size >= FEWEST_SIZES;
  if (isUsable) return;
  throw new InputError(
    `--sizes ${sizes.join()}: expected ${FEWEST_SIZES} different sizes or more, from 1 on: through fewer points goes any curve`,
  );
};

/** A budget that nothing is held against would pass whatever it says. @throws InputError */
const expectHeld = (budgets: readonly Budget[], told: ReadonlySet<Part>, filter = ''): void => {
  const idle = budgets.find((budget) => ![...told].some((part) => isFor(budget, part)));
  if (idle === undefined) return;
  throw new InputError(`--budget ${idle.text}: --filter ${filter} leaves its call out: expected one that lets it in`);
};

/** The suite while it works. */
class Telling {
  readonly suite: string;
  private readonly started: number;

  constructor(
    readonly options: GrowthOptions,
    readonly told: ReadonlySet<Part>,
    target: RuntimeTarget,
  ) {
    this.suite = `growth of ${options.named}`;
    this.started = options.now();
    options.emit({ type: 'suite-started', suite: this.suite, kind: 'growth', target: target.name });
  }

  get elapsed(): number {
    return this.options.now() - this.started;
  }

  async goesOn(steps: number, share: number): Promise<boolean> {
    this.options.emit({ type: 'progress', suite: this.suite, steps, share: Math.min(1, share), elapsed: this.elapsed });
    await breathe();
    return !this.options.signal.aborted;
  }

  uncovered(what: string, reason: string, count = 1): void {
    this.options.emit({ type: 'not-covered', suite: this.suite, what, reason, count });
  }
}

/** Why a call of the specification is not sent, where it is not. */
const absence = (target: RuntimeTarget, name: CallName): string => {
  const calls = foundPallets(target.runtime.layout).flatMap((pallet) => pallet.calls);
  const differs = calls.some((each) => each.name === name && each.verdict === 'differs');
  const reason = differs ? 'its arguments differ from the specified ones' : 'this runtime does not have it';
  return name === PURCHASE ? `${reason}: what creation writes was written by injection` : reason;
};

const tellUncovered = (telling: Telling, target: RuntimeTarget, calls: ReadonlySet<CallName>, found: Survey): void => {
  const told = [...telling.told];
  for (const name of callNames.filter((each) => telling.told.has(each) && !calls.has(each)))
    telling.uncovered(name, absence(target, name));
  for (const part of told) {
    const failed = found.failed.filter((each) => each.part === part);
    const [first] = failed;
    if (first === undefined) continue;
    const { axis, size, outcome } = first;
    telling.uncovered(part, `${outcome} in a state with ${axis} at ${numberText(size)}`, failed.length);
  }
  if (target.releasePeriod !== null) return;
  for (const part of [OPENINGS.oneDue, OPENINGS.allDue].filter((each) => telling.told.has(each)))
    telling.uncovered(part, 'the metadata does not tell IpReleasePeriod: give it as period=N');
};

/** Counts where curves say that a call overruns, so that what is told of such sizes is no guess. */
const check = async (
  telling: Telling,
  target: RuntimeTarget,
  calls: ReadonlySet<CallName>,
  all: readonly Capacity[],
  steps: number,
): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  const largest = Math.max(...(telling.options.sizes ?? SIZES));
  for (const axis of AXES) {
    const size = worthChecking(all, axis, largest);
    if (size === null) continue;
    if (!(await telling.goesOn(steps, 1))) break;
    const { counted } = Walk.at(target, calls, axis, size).count();
    const costs = new Map<Part, Cost>([...counted].map(([part, { cost }]) => [part, cost]));
    checks.push({ axis, size, costs });
  }
  return checks;
};

const tellCapacity = async (
  telling: Telling,
  target: RuntimeTarget,
  calls: ReadonlySet<CallName>,
  found: Survey,
): Promise<void> => {
  const { metadata } = target.runtime;
  if (blockTime(metadata) === null) {
    telling.uncovered('block capacity', 'System.BlockWeights is not in the metadata, or not as FRAME has it');
    return;
  }
  const all = capacities(metadata, found);
  if (all.length === 0) return;
  const checks = await check(telling, target, calls, all, found.calls);
  for (const table of capacityTables(telling.suite, metadata, all, checks)) telling.options.emit(table);
};

/** `29 calls on 6 axes: 14 grow with requests, ...` */
const summaryOf = (growths: readonly Growth[]): string => {
  const axes = new Set(growths.map(({ axis }) => axis));
  const parts = new Set(growths.map(({ part }) => part));
  const grow = [...axes].map((axis) => {
    const many = growths.filter((each) => each.axis === axis && growing(each).length > 0).length;
    return `${many === 0 ? 'none' : many} grow${many === 1 ? 's' : ''} with ${axis}`;
  });
  return growths.length === 0
    ? 'nothing was measured along a whole axis'
    : `${parts.size} calls and openings of blocks on ${axes.size} ${axes.size === 1 ? 'axis' : 'axes'}: ${grow.join(', ')}`;
};

/**
 * Measures, fits and tells. Findings are what is beyond `failAbove` and `budgets`.
 * @throws InputError where nothing is told, or sizes are too few; BlockError where a block can't be opened
 */
export const runGrowth = async (options: GrowthOptions): Promise<void> => {
  const { sizes = SIZES, tours = TOURS, budgets = [], failAbove, emit, signal } = options;
  const told = toldParts(options.filter);
  expectSizes(sizes);
  expectHeld(budgets, told, options.filter);
  const target = options.makeTarget();
  const telling = new Telling(options, told, target);
  const { suite } = telling;
  const calls = new Set(scopeOf(target.runtime.layout).calls);
  const moreSizes = budgets.map(({ size }) => size);
  const states = AXES.length * new Set([...sizes, ...moreSizes]).size;
  let done = 0;
  const measured = await survey({
    ...{ target, calls, sizes, moreSizes, tours },
    goesOn: (steps) => telling.goesOn(steps, done++ / states),
  });
  const growths = measured.growths.filter(({ part }) => told.has(part));
  const found = { ...measured, growths };
  tellUncovered(telling, target, calls, found);
  for (const event of [...tablesOf(suite, growths), ...chartsOf(suite, growths)]) emit(event);
  await tellCapacity(telling, target, calls, found);
  const findings = beyondLimits(growths, { failAbove, budgets });
  for (const finding of findings) emit({ type: 'finding', suite, ...finding });
  const open = findings.length === 0 ? '' : `${findings.length} beyond their limit; `;
  emit({
    type: 'suite-finished',
    suite,
    verdict: findings.length > 0 ? 'finding' : growths.length === 0 ? 'vacuous' : 'conforms',
    scenarios: found.tours,
    steps: found.calls,
    differences: findings.length,
    summary: `${open}${summaryOf(growths)}${interruptionNote(null, signal)}`,
    elapsed: telling.elapsed,
  });
};
