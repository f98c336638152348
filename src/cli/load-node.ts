/** Nodes that are loaded: started with a chain that begins as a plan asks, or one that is there and one's own. */
import type { Thresholds } from '../load/k6/workload.js';
import { genesisStorage, payersOf } from '../load/plan/plan.js';
import { LOAD_SUDO } from '../load/sized-state.js';
import type { Plan } from '../load/workload.js';
import { InputError } from '../properties/recording-file.js';
import { accountAt, signAt } from '../spec/accounts.js';
import { Rules } from '../spec/rules.js';
import type { Limits } from '../targets/node/limits.js';
import { findOmni } from '../targets/node/omni.js';
import { openOnChopsticks, openOnOmni, type OpenedNode, type OwnChain } from '../targets/node/open.js';
import { Nodes, quietLibrary, type NodeFlags } from './node.js';
import { openRuntime, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import type { NodeName } from './target.js';

export interface LoadNodeFlags extends NodeFlags {
  readonly rules?: string;
}

/** How a chain is begun. */
export interface LoadStart {
  readonly limits: Limits;
  /** What the chain is for; without one nothing is written to it. */
  readonly plan?: Plan;
  /** For logs, of a node that is started. */
  readonly folder?: string;
  /** Milliseconds between two blocks of an omni-node. */
  readonly blockTime?: number;
}

export interface LoadedNode {
  readonly node: OpenedNode;
  /** Of the engine that it is held against: what a lab runtime is set to, unless `--rules` says otherwise. */
  readonly rules: Rules;
  /** What k6 expects of it. */
  readonly thresholds: Thresholds;
  close(): Promise<void>;
}

/**
 * Chopsticks answers nobody while it builds a block, and its pool is empty then: k6 can't tell what is lost from what is being
 * included. Verification does.
 */
const STEERED: Thresholds = { time_to_pool: ['p(95)<5000'], included_share: [] };

const rulesOf = (flags: LoadNodeFlags, { lab }: OpenedNode, base: Rules): Rules =>
  flags.rules === undefined ? (lab?.rules ?? base) : Rules.parse(flags.rules, base);

const loaded = (flags: LoadNodeFlags, node: OpenedNode, base: Rules, close: () => Promise<void>): LoadedNode => ({
  node,
  rules: rulesOf(flags, node, base),
  thresholds: node.identity.steered ? STEERED : {},
  close,
});

const SUDO = accountAt(LOAD_SUDO);

const chainOf = ({ runtime, isLab, labSettings }: OpenedRuntime, plan: Plan | undefined): OwnChain => ({
  runtime,
  lab: isLab ? labSettings() : null,
  accounts: plan ? payersOf(plan) : [],
  sudo: SUDO,
  ...(plan && { storage: genesisStorage(plan) }),
});

/** Milliseconds that Chopsticks may take to answer: what it is asked comes behind all blocks that it has to build. */
const SLOW_REPLY = 300_000;

const startNode = async (
  name: Extract<NodeName, { runtime: unknown }>,
  opened: OpenedRuntime,
  flags: LoadNodeFlags,
  { plan, limits, folder = '.', blockTime = 1_000 }: LoadStart,
  { signal }: Session,
): Promise<OpenedNode> => {
  const chain = chainOf(opened, plan);
  const options = { folder, signal, releasePeriod: opened.name.period };
  if (name.by === 'chopsticks') {
    const patient = { ...limits, reply: Math.max(limits.reply, SLOW_REPLY) };
    return openOnChopsticks(chain, { ...options, limits: patient });
  }
  const bin = findOmni(flags.nodeBin);
  if (bin === null)
    throw new InputError(
      `--target ${name.text}: polkadot-omni-node is not on the PATH: install it (README), or name it with --node-bin or ASSAY_NODE_BIN`,
    );
  const root = { account: SUDO, sign: (message: string) => signAt(LOAD_SUDO, message) };
  return openOnOmni(chain, { ...options, limits, bin, blockTime, root });
};

/** A node that is there: it must be one's own. What a plan needs is added to its chain as far as that can be. */
const openThere = async (
  name: Extract<NodeName, { by: 'url' }>,
  flags: LoadNodeFlags,
  plan: Plan | undefined,
  session: Session,
): Promise<LoadedNode> => {
  const nodes = await Nodes.for(name, flags, session);
  try {
    const node = await nodes.open();
    const { own, chain, chainType, genesisHash } = node.identity;
    if (!own)
      throw new InputError(
        `--target ${name.url}: expected a node on this machine whose chain is for development, came the chain "${chain}" (${chainType}): a load is sent to no other`,
      );
    if (plan !== undefined)
      await node.target.reset({
        block: 0n,
        sudo: SUDO,
        accounts: payersOf(plan),
        paths: { [SUDO]: LOAD_SUDO },
        storage: plan.signedFor === genesisHash ? {} : genesisStorage(plan),
      });
    return loaded(flags, node, nodes.subject(node).base, () => nodes.close());
  } catch (error) {
    await nodes.close();
    throw error;
  }
};

/**
 * Starts the node that a name asks for, or opens the one that is there.
 * @throws InputError where it is not one's own, or its program is missing; UnusableRuntime, NodeFailure, Interrupted
 */
export const openForLoad = async (
  name: NodeName,
  flags: LoadNodeFlags,
  session: Session,
  start: LoadStart,
): Promise<LoadedNode> => {
  quietLibrary();
  if (name.by === 'url') return openThere(name, flags, start.plan, session);
  if (!('runtime' in name)) throw new RangeError(`${name.text} is a fork: nothing is sent to it`);
  const opened = await openRuntime(name.runtime);
  const node = await startNode(name, opened, flags, start, session);
  return loaded(flags, node, opened.base, () => node.close());
};

/** Name and version of a node's program: the last word is the version. */
export const nameOfProgram = ({ identity }: Pick<OpenedNode, 'identity'>): readonly [string, string] => {
  const at = identity.node.lastIndexOf(' ');
  return [identity.node.slice(0, at), identity.node.slice(at + 1)];
};
