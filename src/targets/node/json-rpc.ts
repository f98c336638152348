/**
 * JSON-RPC 2.0 over one WebSocket, and nothing that a node sends can do more than end it: what is no JSON, or no reply, is told to whoever
 * waits. Not `@polkadot/api`'s own provider, which parses inside an event handler: there half a reply ends the process.
 */
import WebSocket from 'ws';
import { z } from 'zod';

/** Thrown where a node answers with an error. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: number,
    /** The node's words, and its data behind them. */
    said: string,
    readonly data: unknown,
  ) {
    super(said);
  }
}

/** Thrown where a node sends what nobody can read: ends a sentence that begins with `the node`. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const ErrorObject = z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() });
const Message = z.object({
  id: z.union([z.int(), z.null()]).optional(),
  method: z.string().optional(),
  params: z.object({ subscription: z.union([z.string(), z.number()]), result: z.unknown().optional() }).optional(),
  result: z.unknown().optional(),
  error: ErrorObject.optional(),
});
type Message = z.infer<typeof Message>;

/** Told with each result of a subscription. */
type Told = (result: unknown) => void;

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Of a request that subscribes. */
  readonly told: Told | undefined;
}

/** Characters of data that fit into a sentence, and of what can't be read. */
const LONGEST = { data: 256, text: 60 };

const refusalOf = ({ code, message, data }: z.infer<typeof ErrorObject>): Refused => {
  const more = typeof data === 'string' ? data : (JSON.stringify(data) as string | undefined);
  return new Refused(code, `${code}: ${message}${more === undefined ? '' : `: ${more.slice(0, LONGEST.data)}`}`, data);
};

const parsed = (text: string): Message | null => {
  try {
    return Message.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
};

export class JsonRpc {
  /** Resolves once the connection is over, with why: it was closed, or told what can't be read. */
  readonly ended: Promise<Error>;
  private whyEnded: Error | undefined;
  private isStanding = false;
  private end: (error: Error) => void = () => undefined;
  private lastId = 0;
  private readonly pending = new Map<number, Pending>();
  private readonly subscriptions = new Map<string, Told>();
  /** What subscriptions told whose id has not come yet. */
  private readonly early = new Map<string, unknown[]>();

  private constructor(private readonly socket: WebSocket) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Resolves when the connection stands, and rejects where it is refused. It is let go where `signal` comes before. */
  static open(url: string, signal: AbortSignal): Promise<JsonRpc> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      const rpc = new JsonRpc(socket);
      // What is wrong is told when it closes, as it does then.
      socket.on('error', () => undefined);
      socket.on('open', () => {
        rpc.isStanding = true;
        resolve(rpc);
      });
      socket.on('message', (data) => rpc.take(data.toString()));
      socket.on('close', (code) => {
        reject(new Error('it refused the connection'));
        rpc.over(new Error(`disconnected from ${url}: code ${code}`));
      });
      signal.addEventListener('abort', () => socket.terminate(), { once: true });
    });
  }

  get isOpen(): boolean {
    return this.isStanding && this.whyEnded === undefined;
  }

  /** @throws Refused, Unreadable where the reply is none; an error where the connection is over */
  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.send(method, params);
  }

  /** As {@link request}; what the subscription tells goes to `told` from then on. @returns its id */
  subscribe(method: string, params: readonly unknown[], told: Told): Promise<unknown> {
    return this.send(method, params, told);
  }

  /** Whether the subscription was there. The node is still to be asked. */
  forget(id: unknown): boolean {
    return this.subscriptions.delete(String(id));
  }

  /** Ends it politely. */
  close(): void {
    this.socket.close(1000);
  }

  private send(method: string, params: readonly unknown[], told?: Told): Promise<unknown> {
    if (this.whyEnded !== undefined) return Promise.reject(this.whyEnded);
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { method, resolve, reject, told });
      this.socket.send(JSON.stringify({ id, jsonrpc: '2.0', method, params }));
    });
  }

  private over(error: Error): void {
    // What was told first is why: the rest comes of it.
    this.whyEnded ??= error;
    this.end(this.whyEnded);
    for (const { reject } of this.pending.values()) reject(this.whyEnded);
    this.pending.clear();
  }

  private take(text: string): void {
    const message = parsed(text);
    if (message === null) this.fail(text, 'what is no JSON-RPC');
    else if (typeof message.id === 'number') this.reply(message.id, message);
    else if (message.method !== undefined && message.params !== undefined) this.told(message.params);
    else if (message.error !== undefined) this.fail(text, 'an error that is for no request');
    else this.fail(text, 'what is no JSON-RPC');
  }

  private reply(id: number, { result, error }: Message): void {
    const pending = this.pending.get(id);
    // Nobody asked, or nobody waits any more.
    if (pending === undefined) return;
    this.pending.delete(id);
    if (error !== undefined) pending.reject(refusalOf(error));
    else if (result === undefined)
      pending.reject(new Unreadable(`answered ${pending.method} with neither a result nor an error`));
    else {
      this.subscribed(result, pending.told);
      pending.resolve(result);
    }
  }

  private subscribed(id: unknown, told: Told | undefined): void {
    if (told === undefined) return;
    const key = String(id);
    this.subscriptions.set(key, told);
    const early = this.early.get(key) ?? [];
    this.early.delete(key);
    for (const each of early) told(each);
  }

  private told({ subscription, result }: NonNullable<Message['params']>): void {
    const key = String(subscription);
    const told = this.subscriptions.get(key);
    if (told !== undefined) told(result);
    // Only where an id is awaited it can be of use: else it is of a subscription that was given up.
    else if ([...this.pending.values()].some((each) => each.told !== undefined))
      this.early.set(key, [...(this.early.get(key) ?? []), result]);
    else this.early.clear();
  }

  /** Whoever waits is told what the answer was to, as far as anybody knows. */
  private fail(text: string, what: string): void {
    const [, id = ''] = /"id":\s*(\d+)/.exec(text) ?? [];
    const answered = this.pending.get(Number(id));
    const asked = answered === undefined ? [...this.pending.values()] : [answered];
    const methods = [...new Set(asked.map(({ method }) => method))].join(' or ');
    const came = JSON.stringify(text.slice(0, LONGEST.text)) + (text.length > LONGEST.text ? ', cut here' : '');
    this.over(new Unreadable(`${methods === '' ? 'told' : `answered ${methods} with`} ${what}: ${came}`));
    this.socket.terminate();
  }
}
