/** `assay load`: a planned load on a node of one's own, sent by k6, and everything that it brought about verified. */
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseCount } from '../load/count.js';
import { machineOf } from '../load/machine.js';
import { planLoad, type PlanOptions } from '../load/plan/plan.js';
import { signPlan } from '../load/plan/sign.js';
import { findK6, K6_MISSING, k6Version } from '../load/run/k6-program.js';
import { runLoad, type LoadSuiteOptions } from '../load/run/load-run.js';
import { Plan, SCENARIOS, type ScenarioName } from '../load/workload.js';
import { closing } from '../properties/ending.js';
import { introduceNode } from '../properties/introduce-node.js';
import { InputError } from '../properties/recording-file.js';
import { nameOfProgram, openForLoad, type LoadedNode } from './load-node.js';
import { waitsOf, type NodeFlags } from './node.js';
import { expectFolder } from './out-folder.js';
import type { Session } from './session.js';
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

/** What a target bears easily: Chopsticks includes some 15 extrinsics a second, whatever machine it is on. */
const EASY = {
  chopsticks: { rate: '5', users: '100' },
  omni: { rate: '200', users: '100' },
  url: { rate: '20', users: '20' },
} as const;

const DEFAULTS = {
  requests: '100',
  queue: '10',
  duration: '60s',
  late: '10s',
  maxLost: '1',
  blockTime: '1000',
} as const;

const MOST = 1_000_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
/** Milliseconds of a day. */
const LONGEST = 86_400_000;

/** Milliseconds of `60s`, `1.5m`, `500ms`. @throws InputError */
export const parseDuration = (flag: string, text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? NaN);
  if (value > 0 && value <= LONGEST) return value;
  throw new InputError(`${flag} ${text}: expected a time up to a day, such as 60s, 2m or 500ms`);
};

/** @throws InputError */
const parseNumber = (flag: string, text: string, most: number): number => {
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
const loadTarget = (text = DEFAULT_TARGET): NodeName => {
  const name = parseTarget(text);
  if (name.kind === 'node' && !('fork' in name)) return name;
  throw new InputError(
    `--target ${text}: a load is sent to a node of your own alone: expected chopsticks[:FILE], omni[:FILE] or ws://127.0.0.1:PORT`,
  );
};

const planOptions = (flags: LoadFlags, { by }: Pick<NodeName, 'by'>, requests: number): PlanOptions => ({
  scenario: parseScenario(flags.scenario),
  users: parseCount('--users', flags.users ?? EASY[by].users, MOST),
  rate: parseNumber('--rate', flags.rate ?? EASY[by].rate, MOST),
  duration: parseDuration('--duration', flags.duration ?? DEFAULTS.duration) / 1_000,
  seed: flags.seed,
  requests,
  queue: parseCount('--queue', flags.queue ?? DEFAULTS.queue, MOST),
  ...(flags.lives !== undefined && { lives: parseCount('--lives', flags.lives, MOST) }),
});

const oneSize = ({ requests = DEFAULTS.requests }: LoadFlags): number => parseCount('--requests', requests, MOST);

const made = (flags: LoadFlags, name: Pick<NodeName, 'by'>): Plan => planLoad(planOptions(flags, name, oneSize(flags)));

/** @throws InputError where the file has no plan */
const readPlan = async (file: string): Promise<Plan> => {
  const expected = `--plan ${file}: expected a plan of "assay load plan"`;
  try {
    const parsed = Plan.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new InputError(`${expected}, came something else at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof Error && 'code' in error)) throw error;
    throw new InputError(`${expected}: ${error.message}`, { cause: error });
  }
};

/** Whole or not at all. @throws InputError where it can't be written */
const writePlan = async (file: string, plan: Plan): Promise<void> => {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(`${file}.part`, `${JSON.stringify(plan)}\n`);
    await rename(`${file}.part`, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new InputError(`--out ${file}: can't be written (${error.message})`, { cause: error });
  }
};

/**
 * `assay load plan`: writes a plan, signed where `--target` names a running chain.
 * @returns a sentence that says what was written
 * @throws InputError, NodeFailure, Interrupted
 */
export const loadPlan = async (options: LoadPlanOptions, session: Session): Promise<string> => {
  const name = loadTarget(options.target);
  const plan = made(options, name);
  const calls = plan.arrivals.length + plan.lives.flat().length;
  if (name.by !== 'url') {
    await writePlan(options.out, plan);
    return `${options.out} has ${calls} calls, not signed: "assay load run --plan ${options.out}" signs them`;
  }
  const opened = await openForLoad(name, options, session, { limits: waitsOf(options) });
  return closing(opened, async () => {
    const { identity, parts } = opened.node;
    const signed = await signPlan(plan, parts.encoder, parts.translation, identity.genesisHash);
    await writePlan(options.out, signed);
    return `${options.out} has ${calls} calls, signed for the chain of ${name.url}`;
  });
};

/** What a run is done with. */
interface Tools {
  readonly k6: string;
  /** Of its own. */
  readonly folder: string;
}

/** @throws InputError where k6 is not there */
const toolsOf = async ({ k6Bin, out }: LoadRunCommandOptions): Promise<Tools> => {
  const k6 = findK6(k6Bin);
  if (k6 === null) throw new InputError(K6_MISSING);
  if (out === undefined) return { k6, folder: await mkdtemp(join(tmpdir(), 'assay-load-')) };
  expectFolder('--out', out);
  await mkdir(out, { recursive: true });
  return { k6, folder: resolve(out) };
};

const tellMachine = async (opened: LoadedNode, { k6 }: Tools, { emit }: Session): Promise<void> => {
  const [program, version] = nameOfProgram(opened.node);
  emit(machineOf({ k6: await k6Version(k6), [program]: version }));
};

/** What all suites of a run have in common. */
const suiteOptions = (
  options: LoadRunCommandOptions,
  { node, rules, thresholds }: LoadedNode,
  { k6, folder }: Tools,
  session: Session,
): LoadSuiteOptions => ({
  ...session,
  node,
  rules,
  thresholds,
  k6,
  folder,
  blockTime: blockTimeOf(options),
  blockLimit: waitsOf(options).block,
  late: parseDuration('--late', options.late ?? DEFAULTS.late),
  maxLost: parseNumber('--max-lost', options.maxLost ?? DEFAULTS.maxLost, 100) / 100,
});

const blockTimeOf = ({ blockTime = DEFAULTS.blockTime }: LoadRunCommandOptions): number =>
  parseCount('--block-time', blockTime, 60_000);

/** @throws InputError where a plan is for another chain */
const expectSignedFor = ({ signedFor }: Plan, { node }: LoadedNode, file = ''): void => {
  if (signedFor === null || signedFor === node.identity.genesisHash) return;
  throw new InputError(
    `--plan ${file}: it is signed for the chain that begins with block ${signedFor}, this one begins with ${node.identity.genesisHash}: make the plan without a target`,
  );
};

/** One plan on one chain. */
const runOnce = async (
  options: LoadRunCommandOptions,
  name: NodeName,
  tools: Tools,
  session: Session,
): Promise<void> => {
  const plan = options.plan === undefined ? made(options, name) : await readPlan(options.plan);
  const start = { plan, limits: waitsOf(options), folder: tools.folder, blockTime: blockTimeOf(options) };
  const opened = await openForLoad(name, options, session, start);
  await closing(opened, async () => {
    expectSignedFor(plan, opened, options.plan);
    const { target, identity, remarks } = opened.node;
    introduceNode({ ...session, target, identity, remarks, written: true });
    await tellMachine(opened, tools, session);
    await runLoad({ ...suiteOptions(options, opened, tools, session), plan });
  });
};

/**
 * `assay load run`.
 * @throws InputError where something is missing, or the node is not one's own; RuleError, UnusableRuntime, NodeFailure, Interrupted
 */
export const loadRun = async (options: LoadRunCommandOptions, session: Session): Promise<void> => {
  const name = loadTarget(options.target);
  const tools = await toolsOf(options);
  await runOnce(options, name, tools, session);
};
