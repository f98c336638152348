/**
 * A node as a target, through JSON-RPC: calls are signed and submitted, what became of them is read from their block. Every
 * call has a block of its own, so that a block's storage changes are its call's, and those of the block's opening.
 */
import { HexSchema, type Origin, type Outcome, type RawDiff, type RawState, type Validity } from '../spec/answers.js';
import { signAt } from '../spec/accounts.js';
import type { Call } from '../spec/calls.js';
import { fromHex, type Hex } from '../spec/hex.js';
import { fromJson } from '../spec/json.js';
import { encode } from '../spec/scale.js';
import type { Genesis } from '../spec/steps.js';
import { isQueryName, queryArgs } from '../engine/queries.js';
import { NodeFailure } from './failures.js';
import { bareExtrinsicPallet, type Block, type DepositedEvent } from './node/block-reader.js';
import type { Offer, Sent } from './node/chain.js';
import { RpcError } from './node/connection.js';
import { difference, type Stage, type StageChain } from './node/stage.js';
import type { Signer } from './runtime/extrinsic.js';
import { accountKey, nonceOf } from './runtime/genesis.js';
import { appliedResult, validityResult } from './runtime/outcome.js';
import { hexOfKey } from './runtime/translation.js';
import {
  NotCovered,
  type Answer,
  type Beginning,
  type Capability,
  type Opening,
  type SeenEvent,
  type Target,
} from './target.js';

export interface NodeTargetOptions extends StageChain {
  /** Brings about where scenarios begin. */
  readonly stage: Stage;
  /** For people and reports. */
  readonly name: string;
  readonly releasePeriod: bigint | null;
  /** Whether the node takes the mock signature: of one that we started so. */
  readonly takesMock: boolean;
}

const PANIC: Outcome = { panic: true };
/** `TransactionSource::External`. */
const EXTERNAL = '0x02';

/** What became of a call that was offered to the pool. */
export type Offered =
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'included'; readonly block: bigint; readonly index: number }
  | { readonly kind: 'left out'; readonly why: string };

export class NodeTarget implements Target {
  readonly kind = 'node';
  readonly name: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly releasePeriod: bigint | null;
  private readonly tested: ReadonlySet<number>;
  private cursor: Block | undefined;
  private paths: Readonly<Record<Hex, string>> = {};
  private sudo: Hex = '0x';

  constructor(private readonly options: NodeTargetOptions) {
    const { identity, name, releasePeriod, takesMock } = options;
    const { layout, steered } = identity;
    this.name = name;
    this.releasePeriod = releasePeriod;
    this.tested = new Set(
      Object.values(layout.pallets).flatMap((each) => (each.verdict === 'found' ? [each.index] : [])),
    );
    this.capabilities = new Set<Capability>([
      'writes',
      ...(steered ? (['inject', 'clock'] as const) : []),
      ...(takesMock ? (['origins'] as const) : []),
    ]);
  }

  async reset(genesis: Genesis): Promise<Beginning> {
    this.paths = genesis.paths ?? {};
    this.sudo = genesis.sudo;
    const { reader, stage } = this.options;
    const block = await reader.readFirst(await stage.set(genesis));
    this.cursor = block;
    const opening = { block: block.number, events: [], diff: {} };
    return { opening, undescribed: [], began: { block: block.number, storage: block.state } };
  }

  async dispatch(call: Call, origin: Origin): Promise<Answer> {
    const extrinsic = await this.extrinsic(call, origin);
    const sent = await this.options.chain.send(extrinsic);
    if (sent.kind === 'refused') return this.refused(extrinsic, origin, sent.error);
    const before = this.at;
    const blocks = await this.follow(sent.kind === 'built' ? sent.block : sent.head, [extrinsic]);
    const last = blocks.at(-1) ?? before;
    const opened = this.openings(before, blocks);
    const changes = opened.at(-1)?.diff ?? {};
    const own = {
      opened: opened.map((each, at) => (at === opened.length - 1 ? { ...each, diff: {} } : each)),
      changes,
    };
    const told = this.options.outcomes.of(last, extrinsic);
    if (told === undefined) return { ...(await this.leftOut(extrinsic, origin, sent)), own };
    const { index, outcome, inner } = told;
    const answer = { block: last.number, index, outcome: inner, events: this.seen(told.events), own };
    return origin.kind === 'root' ? { ...answer, outer: outcome } : answer;
  }

  async advance(blocks: bigint, { jump = false }: { readonly jump?: boolean } = {}): Promise<readonly Opening[]> {
    const before = this.at;
    const passed = await this.follow(await this.options.chain.advance(before.number, blocks, jump));
    return this.openings(before, passed).filter(
      ({ events, diff }) => events.length > 0 || Object.keys(diff).length > 0,
    );
  }

  async inject(raw: RawDiff): Promise<void> {
    await this.options.stage.inject(raw, this.at);
    this.cursor = await this.options.reader.read(this.at.hash);
  }

  /**
   * Offers calls to the pool, each as soon as it has taken or refused the one before, and waits for what becomes of them. At
   * most one may be signed.
   * @throws NotCovered where the node has no pool worth the name
   */
  async offer(calls: readonly { readonly call: Call; readonly origin: Origin }[]): Promise<readonly Offered[]> {
    const extrinsics: Hex[] = [];
    for (const { call, origin } of calls) extrinsics.push(await this.extrinsic(call, origin));
    const offers: Offer[] = [];
    for (const extrinsic of extrinsics) offers.push(await this.options.chain.offer(extrinsic));
    const offered: Offered[] = [];
    for (const [at, offer] of offers.entries()) offered.push(await this.fateOf(offer, extrinsics[at] ?? '0x'));
    await this.follow(await this.options.reader.head(), extrinsics);
    return offered;
  }

  async query(name: string, args: unknown): Promise<Hex> {
    if (name !== 'get_node_metrics' || !isQueryName(name)) throw new NotCovered(`a node can't be asked "${name}"`);
    const type = queryArgs(name);
    const method = `NodeMetricsRuntimeApi_${name}`;
    try {
      return await this.asked(method, encode(type, fromJson(type, args)));
    } catch (error) {
      if (error instanceof RpcError) throw new NotCovered(`${method}: ${error.said}`, { cause: error });
      throw error;
    }
  }

  /** At the last block that was seen, whatever the chain did since. */
  validate(call: Call): Promise<Validity> {
    return this.validity(this.options.encoder.bare(this.options.translation.encodeCall(call)));
  }

  read(key: Hex): Hex | null {
    return this.at.state[key] ?? null;
  }

  readAll(prefix: Hex): RawState {
    return Object.fromEntries(Object.entries(this.at.state).filter(([key]) => key.startsWith(prefix)));
  }

  close(): void {
    // The node goes on: it is ended by whoever opened it.
  }

  private get at(): Block {
    if (this.cursor) return this.cursor;
    throw new RangeError('a node target is reset before it is used');
  }

  private async fateOf(offer: Offer, extrinsic: Hex): Promise<Offered> {
    if (offer.kind === 'refused') return { kind: 'refused', code: offer.error.code, message: offer.error.said };
    const sent = await offer.fate;
    if (sent.kind === 'left out') return { kind: 'left out', why: sent.why };
    if (sent.kind === 'refused') return { kind: 'refused', code: sent.error.code, message: sent.error.said };
    const { number, extrinsics } = await this.options.reader.read(sent.block);
    return { kind: 'included', block: number, index: extrinsics.indexOf(extrinsic) };
  }

  private async extrinsic(call: Call, origin: Origin): Promise<Hex> {
    const { translation } = this.options;
    const encoded = translation.encodeCall(call);
    if (origin.kind === 'none') return this.options.encoder.bare(encoded);
    const inner = origin.kind === 'root' ? translation.encodeSudo(encoded) : encoded;
    return this.options.encoder.signed(inner, await this.signer(origin));
  }

  private async signer(origin: Exclude<Origin, { kind: 'none' }>): Promise<Signer> {
    const { reader, stage, takesMock } = this.options;
    const isRoot = origin.kind === 'root' && origin.account === this.sudo;
    const root = isRoot ? await stage.rootKey(this.sudo) : null;
    const account = root?.account ?? origin.account;
    const nonce = nonceOf(await reader.value(hexOfKey(accountKey(account)), this.at.hash));
    if (root !== null) return { account, nonce, sign: root.sign };
    const path = this.paths[account];
    if (path !== undefined) return { account, nonce, sign: (message) => signAt(path, message) };
    if (takesMock) return { account, nonce };
    throw new NotCovered('calls of accounts without a derivation path: nobody here has their keys');
  }

  /** Reads the blocks up to one, or up to the first that has the one of ours. @throws NodeFailure where they are not ours alone */
  private async follow(hash: Hex, ours: readonly Hex[] = []): Promise<Block[]> {
    const { reader, identity } = this.options;
    const passed: Block[] = [];
    // What panics while the next block is made is told before that block is there.
    if (hash === this.at.hash) return passed;
    const last = await reader.read(hash);
    for (const block of [...(await this.between(this.at, last)), last]) {
      const from = this.at;
      if (block.parent !== from.hash) {
        throw new NodeFailure(
          `${identity.url}: block ${from.number} was given up for another one: a chain without forks is needed`,
        );
      }
      this.expectOurs(block, ours);
      this.cursor = block;
      passed.push(block);
      if (ours.length === 1 && ours.every((each) => block.extrinsics.includes(each))) break;
    }
    return passed;
  }

  private between(from: Block, last: Block): Promise<readonly Block[]> {
    const { reader } = this.options;
    const count = last.parent === from.hash ? 0 : Number(last.number - from.number) - 1;
    const numbers = Array.from({ length: Math.max(0, count) }, (_, at) => from.number + 1n + BigInt(at));
    return Promise.all(numbers.map(async (number) => reader.read(await reader.hashOf(number))));
  }

  private expectOurs({ extrinsics, number }: Block, ours: readonly Hex[]): void {
    const foreign = extrinsics.find((each) => {
      const pallet = bareExtrinsicPallet(each);
      return !ours.includes(each) && (pallet === null || this.tested.has(pallet));
    });
    if (foreign === undefined) return;
    const { url } = this.options.identity;
    throw new NodeFailure(
      `${url}: block ${number} has an extrinsic of somebody else (${foreign.slice(0, 40)}...): what it does can't be told from ours`,
    );
  }

  /** What each block's opening did: nothing but openings changes a block that has none of our calls. */
  private openings(before: Block, blocks: readonly Block[]): Opening[] {
    return blocks.map(({ number, events, state }, at) => ({
      block: number,
      events: this.seen(events.filter(({ extrinsic }) => extrinsic === null)),
      diff: difference((blocks[at - 1] ?? before).state, state),
    }));
  }

  private seen(records: readonly DepositedEvent[]): SeenEvent[] {
    return records.map((record) => this.options.translation.event(record)).filter((event) => event !== undefined);
  }

  /** The pool's refusal is the answer where it says why; else nothing is known of the call. */
  private async refused(extrinsic: Hex, origin: Origin, error: RpcError): Promise<Answer> {
    const validity = await this.validity(extrinsic);
    if (!('invalid' in validity)) {
      const why = 'unknown' in validity ? `UnknownTransaction::${validity.unknown}` : error.said;
      throw new NotCovered(`calls that the pool refuses, which only a block's author could include: ${why}`);
    }
    const own = { opened: [], changes: {} };
    return { block: this.at.number, index: 0, events: [], own, ...asBoth(origin, { invalid: validity.invalid }) };
  }

  private async leftOut(extrinsic: Hex, origin: Origin, sent: Sent): Promise<Answer> {
    const answer = { block: this.at.number, index: 0, events: [] };
    const why = sent.kind === 'left out' ? sent.why : 'its block does not have it';
    try {
      const { outcome, included } = appliedResult(
        fromHex(await this.asked('BlockBuilder_apply_extrinsic', extrinsic)),
        this.options.translation.nameError,
      );
      if (!included) return { ...answer, ...asBoth(origin, outcome) };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const [first = ''] = error.said.split('\n');
      return { ...answer, ...asBoth(origin, PANIC), panicMessage: `${why}; applied, it ends with: ${first}` };
    }
    const { url } = this.options.identity;
    throw new NodeFailure(
      `${url}: an extrinsic that can be applied got into no block (${why}): nothing can be said of it`,
    );
  }

  private async validity(extrinsic: Hex): Promise<Validity> {
    const question = EXTERNAL + extrinsic.slice(2) + this.at.hash.slice(2);
    try {
      return validityResult(fromHex(await this.asked('TaggedTransactionQueue_validate_transaction', question)));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { unknown: `panic: ${error.said.split('\n')[0] ?? ''}` };
    }
  }

  private asked(method: string, args: Hex): Promise<Hex> {
    return this.options.connection.request(HexSchema, 'state_call', method, args, this.at.hash);
  }
}

const asBoth = (origin: Origin, outcome: Outcome): { outcome: Outcome; outer?: Outcome } =>
  origin.kind === 'root' ? { outcome, outer: outcome } : { outcome };
