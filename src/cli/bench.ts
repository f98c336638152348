/** `assay bench`: what calls cost in this process, on the engine and in a runtime, and how that grows with the state. */
import { createRequire } from 'node:module';
import { z } from 'zod';
import { runBench, runComparison, type BenchOptions } from '../load/bench/bench-run.js';
import { enginePlayer, runtimePlayer, type Player } from '../load/bench/player.js';
import { parseCounts } from '../load/count.js';
import { GROWTH_CLASSES, parseBudget, runGrowth, type GrowthClass } from '../load/growth/growth-run.js';
import { machineOf } from '../load/machine.js';
import { AXES, type Axis } from '../load/sized-state.js';
import { InputError } from '../properties/recording-file.js';
import { Rules } from '../spec/rules.js';
import { openRuntime } from './runtime.js';
import type { Session } from './session.js';
import { labRuntime, parseTarget, RUNTIME, type RuntimeName, type TargetName } from './target.js';

export interface BenchCommandOptions {
  /** Default: the engine, and the lab runtime. */
  readonly target?: string;
  /** The engine's. */
  readonly rules?: string;
  /** A target to play in turns with, or a runtime's file. */
  readonly compare?: string;
  readonly filter?: string;
  readonly axis?: string;
  readonly sizes?: string;
  readonly growth?: boolean;
  readonly failAbove?: string;
  readonly budget?: readonly string[];
}

const Package = z.object({ version: z.string() });

const bennyVersion = (): string => Package.parse(createRequire(import.meta.url)('benny/package.json')).version;

const SIZES = '10,100,1k,10k';
/** Beyond it a state no longer fits into a usual machine's memory. */
const LARGEST_SIZE = 2_000_000;
/** What is grown where nobody says otherwise: live requests, queue entries, IPs. */
const BENCH_AXES = 'requests,queue,ips';

const isAxis = (name: string): name is Axis => AXES.some((axis) => axis === name);

const parseAxes = (text: string): readonly Axis[] =>
  text.split(',').map((name) => {
    if (isAxis(name)) return name;
    throw new InputError(`--axis ${text}: expected some of ${AXES.join(', ')}, came "${name}"`);
  });

/** What stands in this process: a node's calls are not ours to time. */
const expectHere = (name: TargetName, said: string): RuntimeName | null => {
  if (name.kind === 'runtime') return name;
  if (name.kind === 'engine') return null;
  throw new InputError(
    name.kind === 'node'
      ? `${said}: a node is timed under load (assay load run); here the engine or "runtime:FILE" is`
      : `${said}: a recording has no times of its own: expected "engine" or "runtime:FILE"`,
  );
};

const playerOf = async (name: RuntimeName | null, rules: string | undefined): Promise<Player> => {
  if (name === null) return enginePlayer(Rules.parse(rules ?? 'deployed'));
  const { makeTarget, scope } = await openRuntime(name);
  const target = makeTarget();
  if (target.releasePeriod !== null) return runtimePlayer(target, target.releasePeriod, scope);
  throw new InputError(`${name.text}: its metadata does not tell IpReleasePeriod: give it as "${name.text}?period=N"`);
};

const NAMED_TARGET = /^((engine|chopsticks|omni)$|[a-z]+:)/;

/** A target, or a file: an old runtime's. Figures of another run can't be compared in turns. */
const parseCompared = (text: string): RuntimeName | null => {
  const said = `--compare ${text}`;
  if (/\.(nd)?json(l)?(\.gz)?$/.test(text))
    throw new InputError(
      `${said}: figures of another time and machine say little: expected a runtime's file or "engine", which is timed in turns with --target`,
    );
  return expectHere(parseTarget(NAMED_TARGET.test(text) ? text : RUNTIME + text), said);
};

const benchOptions = (options: BenchCommandOptions, session: Session): BenchOptions => ({
  ...session,
  axes: parseAxes(options.axis ?? BENCH_AXES),
  sizes: parseCounts('--sizes', options.sizes ?? SIZES, LARGEST_SIZE),
  ...(options.filter !== undefined && { filter: options.filter }),
});

const time = async (options: BenchCommandOptions, session: Session): Promise<void> => {
  const { target, compare, rules } = options;
  const how = benchOptions(options, session);
  const named = target === undefined ? undefined : expectHere(parseTarget(target), `--target ${target}`);
  if (compare !== undefined) {
    const old = await playerOf(parseCompared(compare), rules);
    return runComparison(old, await playerOf(named === undefined ? labRuntime() : named, rules), how);
  }
  const names = named === undefined ? [null, labRuntime()] : [named];
  return runBench(await Promise.all(names.map((name) => playerOf(name, rules))), how);
};

const isGrowthClass = (name: string): name is GrowthClass => GROWTH_CLASSES.some((each) => each === name);

const parseFailAbove = (name: string): GrowthClass => {
  if (isGrowthClass(name)) return name;
  throw new InputError(`--fail-above ${name}: expected one of ${GROWTH_CLASSES.join(', ')}`);
};

/** Flags that say nothing without, or with, `--growth`. @throws InputError */
const expectTogether = (options: BenchCommandOptions): void => {
  const { growth = false, failAbove, budget, axis, compare } = options;
  const strays = growth ? { '--axis': axis, '--compare': compare } : { '--fail-above': failAbove, '--budget': budget };
  for (const [flag, given] of Object.entries(strays)) {
    if (given === undefined) continue;
    throw new InputError(
      growth
        ? `${flag} goes with timing alone: --growth looks at every axis of one runtime`
        : `${flag} is a limit for what --growth counts: give --growth with it`,
    );
  }
};

const grow = async (options: BenchCommandOptions, session: Session): Promise<void> => {
  const { target, sizes, filter, failAbove, budget = [] } = options;
  const name = target === undefined ? labRuntime() : expectHere(parseTarget(target), `--target ${target}`);
  if (name === null) throw new InputError('--growth counts what a runtime reads and writes: expected "runtime:FILE"');
  const limits = {
    budgets: budget.map(parseBudget),
    ...(failAbove !== undefined && { failAbove: parseFailAbove(failAbove) }),
  };
  const opened = await openRuntime(name);
  return runGrowth({
    ...session,
    named: name.text,
    makeTarget: opened.makeTarget,
    ...limits,
    ...(sizes !== undefined && { sizes: parseCounts('--sizes', sizes, LARGEST_SIZE) }),
    ...(filter !== undefined && { filter }),
  });
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError */
export const bench = async (options: BenchCommandOptions, session: Session): Promise<void> => {
  expectTogether(options);
  const grows = options.growth === true;
  session.emit(machineOf(grows ? {} : { benny: bennyVersion() }));
  return grows ? grow(options, session) : time(options, session);
};
