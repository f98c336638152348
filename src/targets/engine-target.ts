/** The reference engine as a target: the first kind, and the one that everything else is held against. */
import type { Origin, RawDiff, RawState, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { events, type ChainEvent } from '../spec/events.js';
import { fromJson } from '../spec/json.js';
import type { Hex } from '../spec/hex.js';
import type { Genesis } from '../spec/steps.js';
import { createEngine, type Engine, type EngineOptions, type OpenedBlock } from '../engine/engine.js';
import { NO_CHANGES } from '../engine/store.js';
import { isQueryName, queryArgs } from '../engine/queries.js';
import { NotCovered, type Answer, type Capability, type Opening, type SeenEvent, type Target } from './target.js';

const seen = (all: readonly ChainEvent[]): SeenEvent[] =>
  all.map(({ name, fields }) => ({ index: events[name].index, name, fields }));

const opening = ({ block, events: deposited, changes }: OpenedBlock): Opening => ({
  block,
  events: seen(deposited),
  diff: changes.toRaw(),
});

export class EngineTarget implements Target {
  readonly kind = 'engine';
  readonly capabilities: ReadonlySet<Capability> = new Set(['inject', 'clock', 'origins', 'diffs', 'writes'] as const);
  readonly engine: Engine;
  private index = 0;

  constructor(options: EngineOptions = {}) {
    this.engine = createEngine(options);
  }

  get name(): string {
    return `engine (${this.engine.rules.toString()})`;
  }

  get releasePeriod(): bigint {
    return this.engine.releasePeriod;
  }

  reset({ block, sudo, storage }: Genesis): { opening: Opening; undescribed: readonly Hex[] } {
    const undescribed = this.engine.reset({ block: block - 1n, sudo, storage });
    const [opened] = this.advance(1n);
    return { opening: opened ?? { block, events: [], diff: {} }, undescribed };
  }

  dispatch(call: Call, origin: Origin): Answer {
    const { outcome, outer, events: deposited, changes } = this.engine.dispatch(call, origin);
    this.index += 1;
    return {
      block: this.engine.block,
      index: this.index - 1,
      outcome,
      ...(outer && { outer }),
      events: seen(deposited),
      get diff() {
        return changes.toRaw();
      },
    };
  }

  /** Starts a scenario behind a block that is complete: what opening that one did is in `storage` already. */
  beginAfter({ block, sudo, storage }: Pick<Genesis, 'block' | 'sudo' | 'storage'>): void {
    this.index = 0;
    this.engine.reset({ block, sudo, storage });
  }

  /**
   * Dispatches as a target does whose blocks are not ours: every block up to `block` is opened, that one is the call's own,
   * and what its opening and the call changed is one thing. Where `block` is open already, no block was built for the call.
   */
  dispatchIn(block: bigint, call: Call, origin: Origin): Answer {
    const blocks = block - this.engine.block;
    if (blocks < 0n)
      throw new RangeError(`block ${this.engine.block} is open: block ${block} can't be opened any more`);
    const opened = this.engine.advance(blocks);
    const last = opened.at(-1)?.block === block ? opened.at(-1) : undefined;
    const { outcome, outer, events: deposited, changes } = this.engine.dispatch(call, origin);
    const before = opened.filter((each) => each !== last).map(opening);
    const own = { block, events: seen(last?.events ?? []), diff: {} };
    return {
      block,
      index: 0,
      outcome,
      ...(outer && { outer }),
      events: seen(deposited),
      own: {
        opened: blocks === 0n ? [] : [...before, own],
        changes: (last?.changes ?? NO_CHANGES).followedBy(changes).toRaw(),
      },
    };
  }

  advance(blocks: bigint, { jump = false }: { readonly jump?: boolean } = {}): Opening[] {
    this.index = 0;
    return this.engine.advance(blocks, jump).map(opening);
  }

  inject(raw: RawDiff): void {
    this.engine.inject(raw);
  }

  query(name: string, args: unknown): Hex {
    if (!isQueryName(name)) throw new NotCovered(`the engine knows no query "${name}"`);
    return this.engine.query(name, fromJson(queryArgs(name), args));
  }

  validate(call: Call): Validity {
    return this.engine.validate(call);
  }

  read(key: Hex): Hex | null {
    return this.engine.read(key);
  }

  readAll(prefix: Hex): RawState {
    return this.engine.raw(prefix);
  }

  close(): void {
    // Nothing was started.
  }
}
