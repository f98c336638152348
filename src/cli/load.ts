/** `assay load`: a planned load on a node of one's own, sent by k6, and everything that it brought about verified. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseCount } from '../load/count.js';
import { planLoad } from '../load/plan/plan.js';
import { signPlan } from '../load/plan/sign.js';
import { runLoad } from '../load/run/load-run.js';
import { Plan } from '../load/workload.js';
import { closing } from '../properties/ending.js';
import { introduceNode } from '../properties/introduce-node.js';
import { InputError } from '../properties/recording-file.js';
import {
  DEFAULTS,
  loadTarget,
  MOST,
  planOptions,
  type LoadFlags,
  type LoadPlanOptions,
  type LoadRunCommandOptions,
} from './load-flags.js';
import { openForLoad, type LoadedNode } from './load-node.js';
import { saturate } from './load-saturate.js';
import { measuresOf, suiteOptions, tellMachine, toolsOf } from './load-tools.js';
import { waitsOf } from './node.js';
import type { Session } from './session.js';
import type { NodeName } from './target.js';

export type { LoadPlanOptions, LoadRunCommandOptions } from './load-flags.js';

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

/** @throws InputError where a plan is for another chain */
const expectSignedFor = ({ signedFor }: Plan, { node }: LoadedNode, file = ''): void => {
  if (signedFor === null || signedFor === node.identity.genesisHash) return;
  throw new InputError(
    `--plan ${file}: it is signed for the chain that begins with block ${signedFor}, this one begins with ${node.identity.genesisHash}: make the plan without a target`,
  );
};

/** One plan on one chain. */
const runOnce = async (options: LoadRunCommandOptions, name: NodeName, session: Session): Promise<void> => {
  const measures = measuresOf(options);
  const plan = options.plan === undefined ? made(options, name) : await readPlan(options.plan);
  const tools = await toolsOf(options);
  const { blockTime } = measures;
  const start = { plan, limits: waitsOf(options), folder: tools.folder, blockTime };
  const opened = await openForLoad(name, options, session, start);
  await closing(opened, async () => {
    expectSignedFor(plan, opened, options.plan);
    const { target, identity, remarks } = opened.node;
    introduceNode({ ...session, target, identity, remarks, written: true });
    tellMachine(opened, tools, session);
    await runLoad({ ...suiteOptions(measures, opened, tools, session), plan });
  });
};

/**
 * `assay load run`.
 * @throws InputError where something is missing, or the node is not one's own; RuleError, UnusableRuntime, NodeFailure, Interrupted
 */
export const loadRun = async (options: LoadRunCommandOptions, session: Session): Promise<void> => {
  const name = loadTarget(options.target);
  if (options.saturate === true) await saturate(options, name, session);
  else await runOnce(options, name, session);
};
