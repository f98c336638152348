/**
 * Sees all blocks of the run, each head's time and those blocks that came between two heads, and finds the plan's extrinsics in them
 * by their bytes. Ends when all of them were found, when the pool has none any more, or when it has waited long enough.
 */
import { check } from 'k6';
import exec from 'k6/execution';
import { setTimeout } from 'k6/timers';
import { fullness } from './block-weight.js';
import { arrivals, callName, head, lives, wsUrl } from './document.js';
import { isRecord } from './json-rpc.js';
import { blockExtrinsics, blockFullness, included, includedShare, timeToInclusion } from './metrics.js';
import { RpcSocket } from './rpc-socket.js';

interface Planned {
  readonly call: number;
  /** Milliseconds since the epoch; null for a step of a life, which has no time of its own. */
  readonly due: number | null;
}

/** Milliseconds after which a node that told nothing is asked. */
const SILENCE = 1_000;

/** The plan's extrinsics by their bytes. @param began milliseconds since the epoch of the first arrival */
const planned = (began: number): Map<string, Planned> => {
  const all = new Map<string, Planned>();
  for (const [at, call, extrinsic] of arrivals) all.set(extrinsic, { call, due: began + at });
  for (const steps of lives) for (const [call, extrinsic] of steps) all.set(extrinsic, { call, due: null });
  return all;
};

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

class Watch {
  /** What no block had yet. */
  private readonly missing: Map<string, Planned>;
  private readonly began: number;
  /** When the heads of blocks that are not looked at yet were seen, by number. */
  private readonly heads = new Map<number, number>();
  private best = -1;
  private next = -1;
  private wake: () => void = () => undefined;

  constructor(private readonly socket: RpcSocket) {
    this.began = exec.scenario.startTime + head.lead;
    this.missing = planned(this.began);
    if (Date.now() > this.began) console.warn('the watch needed longer than its lead: its first times are too long');
  }

  async run(): Promise<void> {
    await this.socket.subscribe('chain_subscribeNewHeads', [], (header) => this.saw(header));
    while (!(await this.isOver())) {
      await this.news();
      await this.look();
    }
  }

  /** Tells what was in no block. */
  end(): void {
    for (let left = this.missing.size; left > 0; left -= 1) includedShare.add(false);
    this.missing.clear();
  }

  private saw(header: unknown): void {
    const number = isRecord(header) && typeof header.number === 'string' ? parseInt(header.number, 16) : NaN;
    if (!(number > this.best)) return;
    if (this.next < 0) this.next = number;
    const now = Date.now();
    for (let each = Math.max(this.next, this.best + 1); each <= number; each += 1) this.heads.set(each, now);
    this.best = number;
    this.wake();
  }

  /** Waits for a head. A node drops subscriptions that were read too slowly, and does not say so: then it is asked. */
  private async news(): Promise<void> {
    if (this.next >= 0 && this.next <= this.best) return;
    const { best } = this;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, SILENCE);
    });
    if (this.best === best) this.saw(await this.socket.request('chain_getHeader'));
  }

  /** Looks at the blocks that were told of. */
  private async look(): Promise<void> {
    while (this.next >= 0 && this.next <= this.best) {
      await this.lookAt(this.next, this.heads.get(this.next) ?? Date.now());
      this.heads.delete(this.next);
      this.next += 1;
    }
  }

  private async lookAt(number: number, seen: number): Promise<void> {
    const hash = await this.socket.request('chain_getBlockHash', [number]);
    const [signed, weight] = await Promise.all([
      this.socket.request('chain_getBlock', [hash]),
      this.socket.request('state_getStorage', [head.blockWeight.key, hash]),
    ]);
    const block = isRecord(signed) ? signed.block : undefined;
    const extrinsics = strings(isRecord(block) ? block.extrinsics : undefined);
    for (const extrinsic of extrinsics) this.found(extrinsic, seen);
    if (seen < this.began) return;
    blockExtrinsics.add(extrinsics.length);
    const full = typeof weight === 'string' ? fullness(weight, head.blockWeight) : NaN;
    if (!Number.isNaN(full)) blockFullness.add(full);
  }

  private found(extrinsic: string, seen: number): void {
    const of = this.missing.get(extrinsic);
    if (of === undefined) return;
    this.missing.delete(extrinsic);
    included.add(1, { call: callName(of.call) });
    includedShare.add(true);
    if (of.due !== null) timeToInclusion.add(seen - of.due);
  }

  private async isOver(): Promise<boolean> {
    const isLoaded = Date.now() < this.began + (head.lanes > 0 ? SILENCE : 1_000 * head.duration);
    // Besides this one: those who still wait for an answer, or live a life.
    if (isLoaded || exec.instance.vusActive > 1) return false;
    if (this.missing.size === 0 || Date.now() > this.ending() + head.drain) return true;
    const pending = strings(await this.socket.request('author_pendingExtrinsics'));
    if (pending.some((extrinsic) => this.missing.has(extrinsic))) return false;
    // What left the pool since is in a block of now at the latest.
    this.saw(await this.socket.request('chain_getHeader'));
    await this.look();
    return true;
  }

  private last: number | undefined;

  /** When all calls had been sent. */
  private ending(): number {
    this.last ??= Date.now();
    return this.last;
  }
}

/** One iteration, from the beginning to the end. Where it can't see what it should, it aborts the run: k6 exits with 108. */
export const watch = async (): Promise<void> => {
  const socket = await RpcSocket.open(wsUrl);
  const watching = new Watch(socket);
  let failure: string | undefined;
  try {
    await watching.run();
  } catch (error) {
    failure = String(error);
  }
  check(failure, { 'the watch saw all blocks': (why) => why === undefined });
  watching.end();
  socket.close();
  // What is sent from now on would be seen by nobody; where the node is gone, it would go nowhere.
  if (failure !== undefined) exec.test.abort(`the watch ended early: ${failure}`);
};
