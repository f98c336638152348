/**
 * A target that behaves as a node does, over one whose every block is ours: every answer comes later, a scenario begins behind
 * a block that is complete, each call gets a block of its own, sometimes with empty ones before, and storage changes are told
 * for a block only.
 */
import type { Origin, Outcome, RawDiff, RawState, Validity } from '../../src/spec/answers.js';
import { encode } from '../../src/spec/scale.js';
import type { Call } from '../../src/spec/calls.js';
import type { Hex } from '../../src/spec/hex.js';
import type { Genesis } from '../../src/spec/steps.js';
import { ExecutionUnit, palletPrefix, rawKey, storage } from '../../src/spec/storage.js';
import { Interrupted, NodeFailure } from '../../src/targets/failures.js';
import {
  NotCovered,
  type Answer,
  type Beginning,
  type Capability,
  type Opening,
  type Target,
} from '../../src/targets/target.js';

export interface NodeLikeOptions {
  /** How many empty blocks come before each call, in turn. */
  readonly empty?: readonly number[];
  /** What it can't do; default: inject, and decide when blocks come. */
  readonly lacks?: readonly Capability[];
  /** Calls that it does not take. */
  readonly refuses?: (call: Call, origin: Origin) => boolean;
  /** Asked before everything that it does, with how many scenarios were begun; ends it where it says so. */
  readonly dies?: (plays: number) => boolean;
  readonly signal?: AbortSignal;
  /** Raw storage at the end of the block behind which scenarios begin. */
  readonly began?: RawDiff;
  readonly closes?: () => Promise<void>;
}

/** A node of the cast that has made all of the calls that it may make until block 120 (REV-01). */
const COUNTED: RawDiff = {
  [rawKey(ExecutionUnit.RequestsCount, '0x313244334b6f6f574d696e657230')]: encode(
    ExecutionUnit.RequestsCount.value,
    20,
  ),
};

/** Blocks between what a genesis says and where the scenario begins: block 110, where counts were cleared when it was opened. */
const BEHIND = 10n;

const MOST_BLOCKS = 200n;

export const DEATH = 'ws://node: the node ended with exit code 1';

const difference = (before: RawState, after: RawState): RawDiff => {
  const gone = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...gone.map((key) => [key, null] as const), ...changed]);
};

export class NodeLike implements Target {
  readonly kind = 'node';
  readonly capabilities: ReadonlySet<Capability>;
  /** How many scenarios were begun. */
  plays = 0;
  private calls = 0;

  constructor(
    private readonly inner: Target,
    private readonly options: NodeLikeOptions = {},
  ) {
    const lacks = new Set<Capability>(['diffs', 'counts', ...(options.lacks ?? (['inject', 'clock'] as const))]);
    this.capabilities = new Set([...inner.capabilities].filter((each) => !lacks.has(each)));
  }

  get name(): string {
    return `node of ${this.inner.name}`;
  }

  get releasePeriod(): bigint | null {
    return this.inner.releasePeriod;
  }

  async reset(genesis: Genesis): Promise<Beginning> {
    await this.turn();
    this.plays += 1;
    const block = genesis.block + BEHIND;
    await this.inner.reset({ ...genesis, block });
    await this.inner.inject(this.options.began ?? COUNTED);
    const opening = { block, events: [], diff: {} };
    return { opening, undescribed: [], began: { block, storage: await this.whole() } };
  }

  async dispatch(call: Call, origin: Origin): Promise<Answer> {
    await this.turn();
    if (this.options.refuses?.(call, origin) === true) throw new NotCovered(`call ${call.name}: this node takes none`);
    const refused = origin.kind === 'none' ? await this.refused(call) : undefined;
    if (refused !== undefined) {
      const { block } = await this.inner.dispatch(call, origin);
      return { block, index: 0, outcome: refused, events: [], own: { opened: [], changes: {} } };
    }
    const { empty = [0, 1, 0, 2] } = this.options;
    const waited = empty[this.calls % empty.length] ?? 0;
    this.calls += 1;
    const opened = await this.inner.advance(BigInt(waited));
    const before = await this.whole();
    const [own] = await this.inner.advance(1n);
    const { diff: _, counts: __, ...answer } = await this.inner.dispatch(call, origin);
    const last: Opening = { block: answer.block, events: own?.events ?? [], diff: {} };
    return { ...answer, own: { opened: [...opened, last], changes: difference(before, await this.whole()) } };
  }

  async advance(blocks: bigint, { jump = false }: { readonly jump?: boolean } = {}): Promise<readonly Opening[]> {
    await this.turn();
    if (this.capabilities.has('clock')) return this.inner.advance(blocks, { jump });
    if (blocks > MOST_BLOCKS)
      throw new NotCovered(`advances of more than ${MOST_BLOCKS} blocks: they would be waited for`);
    return this.inner.advance(blocks);
  }

  async inject(raw: RawDiff): Promise<void> {
    await this.turn();
    if (!this.capabilities.has('inject')) throw new NotCovered('injections: this node takes none');
    await this.inner.inject(raw);
  }

  async query(name: string, args: unknown): Promise<Hex> {
    await this.turn();
    return this.inner.query(name, args);
  }

  async validate(call: Call): Promise<Validity> {
    await this.turn();
    return this.inner.validate(call);
  }

  async read(key: Hex): Promise<Hex | null> {
    await this.turn();
    return this.inner.read(key);
  }

  async readAll(prefix: Hex): Promise<RawState> {
    await this.turn();
    return this.inner.readAll(prefix);
  }

  async close(): Promise<void> {
    await this.options.closes?.();
    await this.inner.close();
  }

  private async turn(): Promise<void> {
    await Promise.resolve();
    if (this.options.signal?.aborted === true) throw new Interrupted();
    if (this.options.dies?.(this.plays) === true) throw new NodeFailure(DEATH);
  }

  /** What the pool refuses: an answer where it is about the call, else nobody knows what a block would make of it. */
  private async refused(call: Call): Promise<Outcome | undefined> {
    const validity = await this.inner.validate(call);
    if ('unknown' in validity)
      throw new NotCovered('calls that the pool refuses: only a block’s author could include them');
    return 'invalid' in validity ? validity : undefined;
  }

  private async whole(): Promise<RawState> {
    const all: Record<Hex, Hex> = {};
    for (const pallet of Object.keys(storage)) Object.assign(all, await this.inner.readAll(palletPrefix(pallet)));
    return all;
  }
}

/** Says yes from the `after`th time on that it is asked. */
export const countdown = (after: number): (() => boolean) => {
  let asked = 0;
  return () => {
    asked += 1;
    return asked > after;
  };
};

/** A signal, and a question that sets it off once it was asked often enough. */
export const interruption = (after: number): { readonly signal: AbortSignal; readonly dies: () => boolean } => {
  const abort = new AbortController();
  const isOver = countdown(after);
  const dies = () => {
    if (isOver()) abort.abort();
    return false;
  };
  return { signal: abort.signal, dies };
};
