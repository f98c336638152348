/**
 * One WebSocket connection to a node, through `@polkadot/api`: requests and subscriptions, each with its limit. It does not
 * connect again by itself: what happened in between would not be known. Who only reads needs no more than an {@link RpcConnection},
 * which asks nothing by itself; a {@link NodeConnection} lets the library introduce itself to the node as well.
 */
import { ApiPromise } from '@polkadot/api';
import type { ApiOptions } from '@polkadot/api/types';
import { z } from 'zod';
import { NodeFailure } from '../failures.js';
import { JsonRpc, Refused, Unreadable } from './json-rpc.js';
import { within, type Limits, type Wait } from './limits.js';

type ProviderInterface = NonNullable<ApiOptions['provider']>;

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Of a node that we started: how it fares, to be said where it fails. */
  readonly circumstances?: () => Promise<string>;
}

/** A number of JSON-RPC: hex without leading zeros, so that its digits may be odd. */
export const Quantity = z
  .string()
  .regex(/^0x[0-9a-f]+$/, 'expected a number in hex')
  .transform(BigInt);

/**
 * Thrown where a node answers with an error: the code and text of JSON-RPC, and its data as text. Where nobody expects it, it
 * is a failure like the others.
 */
export class RpcError extends NodeFailure {
  constructor(
    url: string,
    readonly method: string,
    readonly code: number,
    /** The node's own words. */
    readonly said: string,
    readonly data: string,
  ) {
    super(`${url}: the node refused ${method}: ${said.replaceAll(/\s+/g, ' ').slice(0, LONGEST_WORDS)}`);
  }
}

/** Characters of a node's own words that fit into a sentence. */
const LONGEST_WORDS = 300;

/**
 * What the library asks for itself when it begins: who the chain is, and what it is made of. It is given no subscriptions: it would hear of a
 * new runtime, read its metadata, and end the process where that can't be done.
 */
class LibraryProvider implements ProviderInterface {
  readonly hasSubscriptions = false;
  readonly isClonable = false;

  constructor(private readonly rpc: JsonRpc) {}

  get isConnected(): boolean {
    return this.rpc.isOpen;
  }

  clone(): never {
    throw new RangeError('a connection has one library');
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.rpc.close();
    return Promise.resolve();
  }

  on(): () => void {
    return () => undefined;
  }

  send<T>(method: string, params: unknown[]): Promise<T> {
    // What comes is the library's to check.
    return this.rpc.request(method, params) as Promise<T>;
  }

  subscribe(): Promise<never> {
    return Promise.reject(new RangeError('subscriptions are for us'));
  }

  unsubscribe(): Promise<never> {
    return this.subscribe();
  }
}

const optionsFor = (rpc: JsonRpc): ApiOptions => ({
  provider: new LibraryProvider(rpc),
  noInitWarn: true,
  throwOnConnect: true,
});

/** Milliseconds in which a node has answered what it is asked on the way out, or is not waited for. */
const FAREWELL = 5_000;

/** Before the reason why it could not: of no interest to who asked for a connection. */
const PREAMBLE = 'FATAL: Unable to initialize the API: ';

/** Connects, and makes something of it. @throws NodeFailure, Interrupted */
const opened = async <C>(
  url: string,
  { limits, signal, circumstances }: ConnectionOptions,
  make: (rpc: JsonRpc, wait: Wait) => Promise<C>,
): Promise<C> => {
  const failure = `${url}: no Substrate node answered there`;
  const wait = { limit: limits.connect, failure, signal };
  const abandoned = new AbortController();
  try {
    const rpc = await within(wait, JsonRpc.open(url, abandoned.signal));
    return await make(rpc, wait);
  } catch (error) {
    abandoned.abort();
    if (!(error instanceof Error) || error.name === 'Interrupted' || error instanceof NodeFailure) throw error;
    const more = (await circumstances?.()) ?? '';
    throw new NodeFailure(`${failure}: ${error.message.replace(PREAMBLE, '')}${more}`, { cause: error });
  }
};

export class RpcConnection {
  /** Rejects once the connection is lost, or has told what nobody understands; never resolves. */
  private readonly lost: Promise<never>;
  private fail: (error: Error) => void = () => undefined;

  protected constructor(
    readonly url: string,
    private readonly rpc: JsonRpc,
    private readonly options: ConnectionOptions,
  ) {
    this.lost = new Promise((_, reject) => {
      this.fail = reject;
    });
    void rpc.ended.then((why) => this.fail(why));
    // Told by whoever waits when it happens; where nobody does, by the next request.
    this.lost.catch(() => undefined);
  }

  /** Connects, and asks nothing. @throws NodeFailure where there is no node; Interrupted */
  static dial(url: string, options: ConnectionOptions): Promise<RpcConnection> {
    return opened(url, options, (rpc) => Promise.resolve(new RpcConnection(url, rpc, options)));
  }

  /**
   * @param answer what must come back
   * @throws RpcError where the node says no, NodeFailure where it does not answer or answers something else, Interrupted
   */
  async request<T>(answer: z.ZodType<T>, method: string, ...params: readonly unknown[]): Promise<T> {
    return this.parsed(answer, method, await this.answered(method, this.rpc.request(method, params)));
  }

  /**
   * As {@link request}; `told` is called with what the node tells from then on. What is no such answer ends every wait.
   * @returns what ends it
   */
  async subscribe<T>(
    answer: z.ZodType<T>,
    [type, method, unsubscribe]: readonly [string, string, string],
    params: readonly unknown[],
    told: (result: T) => void,
  ): Promise<() => Promise<void>> {
    const callback = (result: unknown): void => {
      try {
        told(this.parsed(answer, type, result));
      } catch (failure) {
        this.fail(failure instanceof Error ? failure : new Error(String(failure)));
      }
    };
    const id = await this.answered(method, this.rpc.subscribe(method, params, callback));
    return async () => {
      if (this.rpc.forget(id) && this.rpc.isOpen) await this.answered(unsubscribe, this.rpc.request(unsubscribe, [id]));
    };
  }

  /** What a node told, as it must be. @throws NodeFailure where it is something else */
  private parsed<T>(answer: z.ZodType<T>, method: string, came: unknown): T {
    const parsed = answer.safeParse(came);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw new NodeFailure(
      `${this.sentence(`answered ${method} with something else`)}${place}: ${issue?.message ?? ''}`,
    );
  }

  /**
   * Waits for something that the node is to bring about.
   * @param what ends the sentence `the node ...` where it does not come
   * @throws NodeFailure after `limits.block`, or where the connection is lost; Interrupted
   */
  async awaited<T>(what: string, promise: Promise<T>): Promise<T> {
    const { limits, signal } = this.options;
    return this.unlessLost(what, { limit: limits.block, failure: this.sentence(what), signal }, promise);
  }

  /** Asks something on the way out: Ctrl-C does not end it, and where the node is gone there is nobody to ask. */
  async farewell(method: string, ...params: readonly unknown[]): Promise<void> {
    if (!this.rpc.isOpen) return;
    const limit = Math.min(FAREWELL, this.options.limits.reply);
    const wait = { limit, failure: this.sentence(`did not answer ${method}`) };
    await this.unlessLost(`was asked ${method}`, wait, this.rpc.request(method, params));
  }

  /** Ends it; the node goes on. */
  close(): Promise<void> {
    this.rpc.close();
    return Promise.resolve();
  }

  private async answered<T>(method: string, answer: Promise<T>): Promise<T> {
    const { limits, signal } = this.options;
    const failure = this.sentence(`did not answer ${method}`);
    try {
      return await this.unlessLost(`was asked ${method}`, { limit: limits.reply, failure, signal }, answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const data = error.data === undefined ? '' : JSON.stringify(error.data);
      throw new RpcError(this.url, method, error.code, error.message, data);
    }
  }

  private async unlessLost<T>(doing: string, wait: Parameters<typeof within>[0], promise: Promise<T>): Promise<T> {
    try {
      return await within(wait, Promise.race([promise, this.lost]));
    } catch (error) {
      if (error instanceof Unreadable) throw new NodeFailure(this.sentence(error.message), { cause: error });
      if (!(error instanceof Error) || this.rpc.isOpen || error.name === 'Interrupted') throw error;
      const more = (await this.options.circumstances?.()) ?? '';
      throw new NodeFailure(`${this.url}: the connection was lost while the node ${doing}${more}`, { cause: error });
    }
  }

  private sentence(what: string): string {
    return `${this.url}: the node ${what}`;
  }
}

/** One on which the library knows the chain: for who sends. */
export class NodeConnection extends RpcConnection {
  private constructor(
    url: string,
    readonly api: ApiPromise,
    rpc: JsonRpc,
    options: ConnectionOptions,
  ) {
    super(url, rpc, options);
  }

  /** @throws NodeFailure where there is no node, or none that introduces itself; Interrupted */
  static open(url: string, options: ConnectionOptions): Promise<NodeConnection> {
    return opened(url, options, async (rpc, wait) => {
      const api = await within(wait, ApiPromise.create(optionsFor(rpc)));
      return new NodeConnection(url, api, rpc, options);
    });
  }

  /** Ends it; the node goes on. */
  override async close(): Promise<void> {
    await this.api.disconnect();
  }
}
