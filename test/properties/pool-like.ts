/**
 * A node-like target with a pool: what is offered waits there until a block is built out of it, the highest priority first. It can
 * be made wrong in each way that the pool suite looks for.
 */
import type { Sending } from '../../src/properties/pool-checks.js';
import type { Origin, Validity } from '../../src/spec/answers.js';
import { encodeCall, type Call } from '../../src/spec/calls.js';
import type { Rules } from '../../src/spec/rules.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Offered } from '../../src/targets/node-target.js';
import { NotCovered, type Answer } from '../../src/targets/target.js';
import { NodeLike, type NodeLikeOptions } from './node-like.js';

export type Wrong =
  | 'forgets other calls sooner'
  | 'takes a tag twice'
  | 'refuses a tag as banned'
  | 'takes bytes twice'
  | 'takes one unsigned call a block'
  | 'keeps the order of arrival'
  | 'includes what panics'
  | 'leaves out assignments';

export interface PoolLikeOptions extends NodeLikeOptions {
  readonly wrong?: Wrong;
  /** In how many of the offers of several calls, from the first on, a block comes between the first call and the next. */
  readonly hasty?: number;
  /** Calls that its runtime has. Default: all. */
  readonly has?: (call: Call) => boolean;
}

/** A call in the pool. */
interface Waiting extends Sending {
  /** Its place in the offer. */
  readonly at: number;
  readonly bytes: string;
  readonly tags: readonly string[];
}

const refused = (code: number, message: string): Offered => ({ kind: 'refused', code, message });

const isUnsigned = ({ origin }: Sending): boolean => origin.kind === 'none';

export class PoolLike extends NodeLike {
  private readonly chain: EngineTarget;
  private hasty: number;

  constructor(
    rules: Rules,
    private readonly pool: PoolLikeOptions = {},
  ) {
    const chain = new EngineTarget({ rules, releasePeriod: 20n });
    super(chain, pool);
    this.chain = chain;
    this.hasty = pool.hasty ?? 0;
  }

  override async validate(call: Call): Promise<Validity> {
    this.expectCall(call);
    const said = await super.validate(call);
    if (this.pool.wrong !== 'forgets other calls sooner' || !('ok' in said)) return said;
    return { ok: { ...said.ok, longevity: '4' } };
  }

  override dispatch(call: Call, origin: Origin): Promise<Answer> {
    this.expectCall(call);
    return super.dispatch(call, origin);
  }

  async offer(sendings: readonly Sending[]): Promise<readonly Offered[]> {
    for (const { call } of sendings) this.expectCall(call);
    const fates: Offered[] = [];
    let pool: Waiting[] = [];
    for (const [at, sending] of sendings.entries()) {
      const waiting = {
        ...sending,
        at,
        bytes: JSON.stringify([encodeCall(sending.call), sending.origin]),
        tags: this.tags(sending),
      };
      const refusal = this.refusal(pool, waiting);
      if (refusal) fates[at] = refusal;
      else pool.push(waiting);
      if (at > 0 || sendings.length === 1 || this.hasty === 0) continue;
      this.hasty -= 1;
      this.build(pool, fates);
      pool = [];
    }
    this.build(pool, fates);
    return Promise.resolve(fates);
  }

  private expectCall(call: Call): void {
    if (this.pool.has?.(call) === false) throw new NotCovered(`call ${call.name}: this runtime does not have it`);
  }

  private tags({ call, origin }: Sending): readonly string[] {
    const said = this.chain.validate(call);
    return origin.kind === 'none' && 'ok' in said ? said.ok.provides : [];
  }

  private refusal(pool: readonly Waiting[], { bytes, tags, ...sending }: Waiting): Offered | undefined {
    const { wrong } = this.pool;
    if (wrong !== 'takes bytes twice' && pool.some((each) => each.bytes === bytes))
      return refused(1013, 'Transaction Already Imported');
    const isOneOfTwo = wrong === 'takes one unsigned call a block' && isUnsigned(sending) && pool.some(isUnsigned);
    const hasTag = pool.some((each) => each.bytes !== bytes && each.tags.some((tag) => tags.includes(tag)));
    if (hasTag && wrong === 'refuses a tag as banned') return refused(1012, 'Transaction is temporarily banned');
    return isOneOfTwo || (hasTag && wrong !== 'takes a tag twice') ? refused(1014, 'Priority is too low') : undefined;
  }

  /** A block out of all that waits. */
  private build(pool: readonly Waiting[], fates: Offered[]): void {
    const { wrong } = this.pool;
    this.chain.advance(1n);
    const inOrder =
      wrong === 'keeps the order of arrival'
        ? pool
        : pool.toSorted((left, right) => Number(isUnsigned(right)) - Number(isUnsigned(left)));
    for (const [index, { at, call, origin }] of inOrder.entries()) {
      const { block, outcome } = this.chain.dispatch(call, origin);
      const isOut =
        ('panic' in outcome && wrong !== 'includes what panics') ||
        (wrong === 'leaves out assignments' && call.name.endsWith('_assignment'));
      fates[at] = isOut
        ? { kind: 'left out', why: 'the pool gave it up as invalid' }
        : { kind: 'included', block, index: index + 1 };
    }
  }
}
