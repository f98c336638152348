/** The flags of `assay load`, read. */
import { parseCount } from '../load/count.js';
import type { PlanOptions } from '../load/plan/plan.js';
import { SCENARIOS, type ScenarioName } from '../load/workload.js';
import { InputError } from '../properties/recording-file.js';
import { isLoopback } from '../targets/node/identity.js';
import { parseDuration } from './duration.js';
import type { NodeFlags } from './node.js';
import { parseTarget, type NodeName } from './target.js';

/** What a load is, as flags say it: texts, read here. */
export interface LoadFlags extends NodeFlags {
  /** `chopsticks[:FILE]`, `omni[:FILE]` or `ws://127.0.0.1:PORT`. Default: {@link DEFAULT_TARGET}. */
  readonly target?: string;
  /** One of {@link SCENARIOS}. Default: `submit`. */
  readonly scenario?: string;
  /** Other users' requests that the chain begins with, such as `100` or `10k`; of a saturation also several, joined by commas. */
  readonly requests?: string;
  /** Entries that each list of each miner begins with. */
  readonly queue?: string;
  readonly users?: string;
  /** Arrivals a second. Default: what the target bears easily. */
  readonly rate?: string;
  /** Such as `60s`, `500ms` or `2m`. */
  readonly duration?: string;
  readonly seed: number;
  /** Of `lifecycle`. */
  readonly lives?: string;
}

export interface LoadPlanOptions extends LoadFlags {
  /** The file that the plan is written to. */
  readonly out: string;
}

export interface LoadRunCommandOptions extends LoadFlags {
  /** A plan that is there, in the place of the flags that would make one. */
  readonly plan?: string;
  /** Milliseconds between two blocks of an omni-node. */
  readonly blockTime?: string;
  readonly rules?: string;
  readonly k6Bin?: string;
  /** A folder for logs, workloads and samples. Default: a temporary one, which is kept. */
  readonly out?: string;
  /** Such as `10s`: an inclusion that is later than that is told as late. */
  readonly late?: string;
  /** Percent of what the pool took that may be in no block. */
  readonly maxLost?: string;
  readonly saturate?: boolean;
}

export const DEFAULT_TARGET = 'chopsticks';

/** What a target bears easily on two cores: Chopsticks includes some five extrinsics a second. */
const EASY = {
  chopsticks: { rate: '3', users: '100' },
  omni: { rate: '200', users: '100' },
  url: { rate: '20', users: '20' },
} as const;

export const DEFAULTS = {
  requests: '100',
  queue: '10',
  duration: '60s',
  late: '10s',
  maxLost: '1',
  blockTime: '1000',
} as const;

/** Of whatever is counted. */
export const MOST = 1_000_000;

/** A number from 0 to `most`. @throws InputError */
export const parseNumber = (flag: string, text: string, most: number): number => {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= most) return value;
  throw new InputError(`${flag} ${text}: expected a number up to ${most}`);
};

const parseScenario = (text = 'submit'): ScenarioName => {
  const found = SCENARIOS.find((name) => name === text);
  if (found) return found;
  throw new InputError(`--scenario ${text}: expected one of ${SCENARIOS.join(', ')}`);
};

/** What may be loaded. @throws InputError */
export const loadTarget = (text = DEFAULT_TARGET): NodeName => {
  const name = parseTarget(text);
  if (name.kind === 'node' && name.by === 'url' && !isLoopback(name.url))
    throw new InputError(`--target ${text}: expected a node on this machine: a load is sent to no other`);
  if (name.kind === 'node' && !('fork' in name)) return name;
  throw new InputError(
    `--target ${text}: a load is sent to a node of your own alone: expected chopsticks[:FILE], omni[:FILE] or ws://127.0.0.1:PORT`,
  );
};

/** What a plan is made of. @throws InputError */
export const planOptions = (flags: LoadFlags, { by }: Pick<NodeName, 'by'>, requests: number): PlanOptions => ({
  scenario: parseScenario(flags.scenario),
  users: parseCount('--users', flags.users ?? EASY[by].users, MOST),
  rate: parseNumber('--rate', flags.rate ?? EASY[by].rate, MOST),
  duration: parseDuration('--duration', flags.duration ?? DEFAULTS.duration) / 1_000,
  seed: flags.seed,
  requests,
  queue: parseCount('--queue', flags.queue ?? DEFAULTS.queue, MOST),
  ...(flags.lives !== undefined && { lives: parseCount('--lives', flags.lives, MOST) }),
});
