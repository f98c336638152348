/**
 * Nodes made into targets: one that is there already, Chopsticks and the omni-node with a chain of ours, and a fork. What is
 * started here ends at once where it can't be used.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RawState } from '../../spec/answers.js';
import type { Hex } from '../../spec/hex.js';
import { NO_SIGNATURE } from '../../spec/signatures.js';
import { NodeFailure } from '../failures.js';
import { NodeTarget } from '../node-target.js';
import { isLab, labText } from '../runtime-target.js';
import { ExtrinsicEncoder } from '../runtime/extrinsic.js';
import { blockNumberWidth, constantPeriod, LAB_SETTINGS, settingsOf, type LabSettings } from '../runtime/genesis.js';
import type { Runtime } from '../runtime/runtime.js';
import { hexOfKey, Translation } from '../runtime/translation.js';
import { BlockReader } from './block-reader.js';
import { rawChainSpec } from './chain-spec.js';
import { RunningChain, SteeredChain } from './chain.js';
import { startChopsticks, type ChopsticksStart } from './chopsticks.js';
import { NodeConnection } from './connection.js';
import { identify, type NodeIdentity } from './identity.js';
import type { Limits } from './limits.js';
import { startOmni } from './omni.js';
import { Outcomes } from './outcomes.js';
import type { StartedNode } from './process.js';
import { SameCode } from './same-code.js';
import { remarkCall } from './system-calls.js';
import { RunningStage, SteeredStage, type Key, type StageChain } from './stage.js';

export interface OpenOptions {
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Where neither a lab nor the metadata tells it, in blocks. */
  readonly releasePeriod?: bigint | undefined;
}

/** Of a node that we start. */
export interface StartOptions extends OpenOptions {
  /** Of its own, for its log. */
  readonly folder: string;
}

/** A chain of ours: a runtime with funded accounts and root. */
export interface OwnChain {
  readonly runtime: Runtime;
  readonly lab: LabSettings | null;
  readonly accounts: readonly Hex[];
  readonly sudo: Hex;
  /** Of the pallets under test, under the specification's keys. Default: none. */
  readonly storage?: RawState;
}

/** A node that was opened: `close` ends what was started for it, else it leaves it as it was found. */
export interface OpenedNode {
  readonly target: NodeTarget;
  /** What the target is made of, for those who send and read by themselves. */
  readonly parts: StageChain;
  readonly identity: NodeIdentity;
  /** What the lab runtime on it is set to, null of others. */
  readonly lab: LabSettings | null;
  /** What else is to be said of it: each a sentence. */
  readonly remarks: readonly string[];
  close(): Promise<void>;
}

interface Opening extends OpenOptions {
  readonly url: string;
  /** For people. */
  readonly named: string;
  readonly started?: StartedNode;
  readonly suri?: Key | null;
  readonly remarks?: readonly string[];
}

/** Milliseconds in which it is known how a node ended whose connection is lost. */
const KNOWN = 1_000;

/** How a node of ours fares, for where it fails. */
const circumstancesOf = (started: StartedNode | undefined) => async (): Promise<string> => {
  if (started === undefined) return '';
  const how = await Promise.race([started.ended, pause(KNOWN, null)]);
  return how === null ? `: its log is ${started.log}` : `: it ended (${how}), its log is ${started.log}`;
};

const labOf = async (identity: NodeIdentity, reader: BlockReader): Promise<LabSettings | null> => {
  if (!isLab(identity)) return null;
  return settingsOf(await reader.value(hexOfKey(LAB_SETTINGS), await reader.head()));
};

/** Signed by nobody: refused as `BadProof` by every runtime. @throws NodeFailure */
const invalidExtrinsic = ({ url, metadata, genesisHash }: NodeIdentity, encoder: ExtrinsicEncoder): Hex => {
  const call = remarkCall(metadata);
  if (call === null) throw new NodeFailure(`${url}: its runtime has no System.remark: not a FRAME chain`);
  return encoder.signed(call, { account: genesisHash, nonce: 0, sign: () => NO_SIGNATURE });
};

const targetOn = async (connection: NodeConnection, opening: Opening): Promise<OpenedNode> => {
  const { named, started, suri = null, remarks = [], releasePeriod } = opening;
  const identity = await identify(connection);
  const { metadata, layout, specVersion, transactionVersion, genesisHash, specName } = identity;
  const translation = new Translation(layout, metadata);
  const head = await new BlockReader(connection, translation).head();
  const reader = new BlockReader(connection, translation, await SameCode.since(head, connection, identity));
  const encoder = new ExtrinsicEncoder(metadata, { specVersion, transactionVersion, genesisHash });
  const lab = await labOf(identity, reader);
  const chain = identity.steered
    ? new SteeredChain(connection, invalidExtrinsic(identity, encoder))
    : await RunningChain.watch(connection, reader);
  const outcomes = new Outcomes(identity, translation);
  const on = { connection, identity, translation, reader, chain, encoder, outcomes };
  const steered = identity.steered ? new SteeredStage(on) : null;
  const target = new NodeTarget({
    ...on,
    stage: steered ?? new RunningStage(on, { suri, replaces: started !== undefined }),
    name: `${named} (${specName} ${specVersion}${labText(lab)})`,
    releasePeriod: lab?.releasePeriod ?? constantPeriod(identity) ?? releasePeriod ?? null,
    takesMock: identity.steered && started !== undefined,
  });
  const close = async (): Promise<void> => {
    try {
      if (started === undefined) await steered?.close();
      await connection.close();
    } finally {
      await started?.stop();
    }
  };
  const log = started ? [`its log is ${started.log}`] : [];
  return { target, parts: on, identity, lab, remarks: [...remarks, ...log], close };
};

const open = async (opening: Opening): Promise<OpenedNode> => {
  const { url, started } = opening;
  try {
    const connection = await NodeConnection.open(url, { ...opening, circumstances: circumstancesOf(started) });
    try {
      return await targetOn(connection, opening);
    } catch (error) {
      await connection.close();
      throw error;
    }
  } catch (error) {
    await started?.stop();
    throw error;
  }
};

/** A node that is there already. @throws NodeFailure, Interrupted */
export const openUrl = (url: string, options: OpenOptions & { readonly suri: Key | null }): Promise<OpenedNode> =>
  open({ ...options, url, named: url });

const UNRESOLVED =
  'the runtime imports host functions that Chopsticks does not have: it runs with --allow-unresolved-imports, and a call of one is a panic there';

const openChopsticks = async (
  start: ChopsticksStart,
  width: 4 | 8,
  named: string,
  options: StartOptions,
): Promise<OpenedNode> => {
  const started = await startChopsticks(start, { ...options, blockNumberWidth: width });
  const remarks = started.allowsUnresolvedImports ? [UNRESOLVED] : [];
  return open({ ...options, url: started.url, named, started, remarks });
};

const widthOf = (metadata: NodeIdentity['metadata']): 4 | 8 => (blockNumberWidth(metadata) === 8 ? 8 : 4);

/** Chopsticks with a chain of ours. @throws NodeFailure, Interrupted */
export const openOnChopsticks = (chain: OwnChain, options: StartOptions): Promise<OpenedNode> =>
  openChopsticks(
    { spec: rawChainSpec(chain) },
    widthOf(chain.runtime.metadata),
    `chopsticks ${chain.runtime.file}`,
    options,
  );

/** Chopsticks with a fork of a chain, which is only read. @throws NodeFailure, Interrupted */
export const openFork = async (endpoint: string, options: StartOptions): Promise<OpenedNode> => {
  const connection = await NodeConnection.open(endpoint, options);
  const { metadata } = await identify(connection).finally(() => connection.close());
  return openChopsticks({ endpoint }, widthOf(metadata), `chopsticks, a fork of ${endpoint}`, options);
};

/** The omni-node with a chain of ours. @throws NodeFailure, Interrupted */
export const openOnOmni = async (
  chain: OwnChain,
  options: StartOptions & {
    readonly bin: string;
    /** Milliseconds. */
    readonly blockTime: number;
    /** The chain's root, who also pays for accounts that the chain does not begin with. */
    readonly root: Key;
  },
): Promise<OpenedNode> => {
  const started = await startOmni({ ...options, spec: rawChainSpec(chain) });
  return open({ ...options, url: started.url, named: `omni ${chain.runtime.file}`, started, suri: options.root });
};
