/** The reference engine as a target: the first kind, and the one that everything else is held against. */
import type { Origin, RawDiff, RawState, Validity } from '../spec/answers.js';
import type { Call } from '../spec/calls.js';
import { events, type ChainEvent } from '../spec/events.js';
import { fromJson } from '../spec/json.js';
import type { Hex } from '../spec/hex.js';
import type { Genesis } from '../spec/steps.js';
import { createEngine, type Engine, type EngineOptions, type OpenedBlock } from '../engine/engine.js';
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
