/** Nodes that `--target` names: opened, started where that is asked for, and ended again. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseRules } from '../properties/base-rules.js';
import { genesisOf, makeCast } from '../properties/cast.js';
import { InputError } from '../properties/recording-file.js';
import { scopeOf, type LayoutScope } from '../properties/scope.js';
import { signAt } from '../spec/accounts.js';
import type { Rules } from '../spec/rules.js';
import { NodeFailure } from '../targets/failures.js';
import type { NodeIdentity } from '../targets/node/identity.js';
import type { Limits } from '../targets/node/limits.js';
import { DEFAULT_LIMITS } from '../targets/node/limits.js';
import { findOmni } from '../targets/node/omni.js';
import {
  openFork,
  openOnChopsticks,
  openOnOmni,
  openUrl,
  type OpenedNode,
  type OwnChain,
} from '../targets/node/open.js';
import type { Key } from '../targets/node/stage.js';
import { keyOfSuri } from '../targets/node/suri.js';
import { openRuntime, type LabSettings, type OpenedRuntime } from './runtime.js';
import type { Session } from './session.js';
import type { NodeName } from './target.js';
import { mayWrite } from './writing.js';

/** The flags that only nodes take. */
export interface NodeFlags {
  /** Secret URI of the key that pays. */
  readonly suri?: string;
  readonly allowWrites?: boolean;
  /** Limits of waits, as {@link parseWaits} reads them. */
  readonly wait?: string;
  /** The omni-node's program. */
  readonly nodeBin?: string;
}

/** Milliseconds between two blocks of an omni-node of ours. */
const BLOCK_TIME = 50;

/** Seconds that a limit may be. */
const LONGEST_WAIT = 3_600;

const isLimit = (name: string): name is keyof Limits => Object.hasOwn(DEFAULT_LIMITS, name);

/** Reads `connect=5,block=60`, in seconds; what it leaves out is the default. @throws InputError */
export const parseWaits = (text: string): Limits => {
  const limits: Record<keyof Limits, number> = { ...DEFAULT_LIMITS };
  for (const each of text.split(',')) {
    const [name = '', value = ''] = each.split('=');
    const seconds = Number(value);
    const known = Object.keys(DEFAULT_LIMITS).join(', ');
    if (!isLimit(name)) throw new InputError(`--wait ${text}: expected one of ${known}, came "${name}"`);
    if (!/^\d+(\.\d+)?$/.test(value) || seconds <= 0 || seconds > LONGEST_WAIT)
      throw new InputError(`--wait ${text}: expected seconds for "${name}", up to ${LONGEST_WAIT}, came "${value}"`);
    limits[name] = seconds * 1000;
  }
  return limits;
};

/** What `--wait` says, else `ASSAY_WAIT`, else the default. @throws InputError */
export const waitsOf = ({ wait = process.env.ASSAY_WAIT }: Pick<NodeFlags, 'wait'>): Limits =>
  wait === undefined ? DEFAULT_LIMITS : parseWaits(wait);

/** How `@polkadot/util` begins a line: the time, then who speaks, as `       RPC-CORE:`. */
const LIBRARY = /^ *[A-Z/-]+:$/;

/** What it says of metadata that it can't make sense of, which are read by ourselves. */
const OF_METADATA = /^Unable to map .* to a lookup index$|^Converting phantom type /;

/** The library prints the errors that it throws; they are told once, in a sentence of ours. */
export const quietLibrary = (): void => {
  for (const level of ['error', 'warn'] as const) {
    const print = console[level].bind(console);
    console[level] = (...words: unknown[]) => {
      const [text, speaker] = words;
      const isLibrary = typeof speaker === 'string' && LIBRARY.test(speaker);
      if (!isLibrary && !(typeof text === 'string' && OF_METADATA.test(text))) print(...words);
    };
  }
};

/** A node and what stands behind it; each further one for the same name is a new chain where we start it. */
export class Nodes {
  private readonly opened: OpenedNode[] = [];
  /** Of a node that is there: what answered first. */
  private first: NodeIdentity | undefined;

  private constructor(
    readonly name: NodeName,
    private readonly flags: NodeFlags,
    private readonly limits: Limits,
    private readonly session: Pick<Session, 'signal'>,
    private readonly runtime: OpenedRuntime | null,
  ) {}

  /** @throws InputError, UnusableRuntime */
  static async for(name: NodeName, flags: NodeFlags, session: Pick<Session, 'signal'>): Promise<Nodes> {
    const limits = waitsOf(flags);
    quietLibrary();
    return new Nodes(name, flags, limits, session, 'runtime' in name ? await openRuntime(name.runtime) : null);
  }

  /** Whether a new chain is begun each time. */
  get areOurs(): boolean {
    return this.name.by !== 'url';
  }

  /** @throws InputError, NodeFailure, Interrupted */
  async open(lab: LabSettings = {}): Promise<OpenedNode> {
    const { name } = this;
    const options = { limits: this.limits, signal: this.session.signal };
    const node = await (name.by === 'url'
      ? openUrl(name.url, { ...options, suri: await this.payer() })
      : this.start(lab, { ...options, folder: await mkdtemp(join(tmpdir(), `assay-${name.by}-`)) }));
    this.opened.push(node);
    if (name.by === 'url') this.expectSameChain(node);
    return node;
  }

  /** Whether calls may be sent. @throws InputError, Interrupted */
  async mayWrite({ identity }: OpenedNode): Promise<boolean> {
    return this.areOurs || mayWrite(identity, this.flags.allowWrites === true, this.session);
  }

  /** @throws InputError where nothing may be sent to it */
  async expectWritable(node: OpenedNode): Promise<void> {
    if (await this.mayWrite(node)) return;
    throw new InputError(
      `--target ${this.name.text}: it is not one of your own: fork it (--target chopsticks:URL), or --allow-writes and confirm`,
    );
  }

  /** What is compared of it, and with which rules unless somebody says otherwise. */
  subject(node: OpenedNode): { readonly scope: LayoutScope; readonly base: Rules } {
    return { scope: scopeOf(node.identity.layout), base: baseRules(node.identity.layout, node.lab) };
  }

  /** Ends all that was opened. */
  async close(): Promise<void> {
    const ended = await Promise.allSettled(this.opened.splice(0).map((node) => node.close()));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  /** Each recording of a replay opens the URL anew, behind which another node may be by then. @throws NodeFailure */
  private expectSameChain({ identity }: OpenedNode): void {
    const first = (this.first ??= identity);
    const { url, genesisHash, codeHash } = identity;
    if (first.genesisHash !== genesisHash) {
      throw new NodeFailure(
        `${url}: another chain is there than before: it began with block ${first.genesisHash.slice(0, 10)}, this one with ${genesisHash.slice(0, 10)}: name a node that stays the same`,
      );
    }
    if (first.codeHash === codeHash) return;
    throw new NodeFailure(
      `${url}: the chain has another runtime than before, ${identity.specName} ${identity.specVersion}: what was told until then is about ${first.specName} ${first.specVersion}; begin anew for the other`,
    );
  }

  private async payer(): Promise<Key | null> {
    // Published with Substrate, and rich on every development chain.
    return keyOfSuri(this.flags.suri ?? process.env.ASSAY_SURI ?? '//Alice');
  }

  private async start(
    lab: LabSettings,
    options: { readonly limits: Limits; readonly signal: AbortSignal; readonly folder: string },
  ): Promise<OpenedNode> {
    const { name, runtime } = this;
    if (name.by === 'chopsticks' && 'fork' in name) return openFork(name.fork, options);
    if (runtime === null) throw new RangeError(`${name.text} has no runtime`);
    const { sudo, paths, accounts } = genesisOf(makeCast(), 0n);
    const chain: OwnChain = {
      runtime: runtime.runtime,
      lab: runtime.isLab ? runtime.labSettings(lab) : null,
      accounts,
      sudo,
    };
    const releasePeriod = runtime.name.period;
    if (name.by === 'chopsticks') return openOnChopsticks(chain, { ...options, releasePeriod });
    const bin = findOmni(this.flags.nodeBin);
    if (bin === null) {
      throw new InputError(
        `--target ${name.text}: polkadot-omni-node is not on the PATH: install it (README), or name it with --node-bin or ASSAY_NODE_BIN`,
      );
    }
    const root: Key = { account: sudo, sign: (message) => signAt(paths?.[sudo] ?? '', message) };
    return openOnOmni(chain, { ...options, releasePeriod, bin, blockTime: BLOCK_TIME, root });
  }
}
