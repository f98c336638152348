/**
 * A go-between on loopback in front of a node, which spoils what it passes on as it is told to: while it runs, from a certain request of a
 * method on, as often as asked. It speaks WebSocket, and HTTP as far as a load needs it (there it only cuts).
 *
 * `delay` and `cutFor` are faults of so many milliseconds: their timers are what is tested, not a wait for something else.
 */
import { once } from 'node:events';
import { request as askOverHttp, type RequestListener } from 'node:http';
import { z } from 'zod';
import { dial, listen, type Listening, type TextSocket } from '../targets/node/websocket.js';

/** Which requests of a method a fault is about. */
export interface Which {
  /** The first one, from 1, counted from when the fault was asked for. Default: 1. */
  readonly from?: number;
  /** How many, that one included. Default: all from then on. */
  readonly times?: number;
}

/** What a request is answered with instead of the node's reply; null leaves it without one. */
type Spoil = (id: number, reply: () => Promise<string>) => Promise<string | null>;

interface Fault extends Required<Which> {
  readonly spoil: Spoil;
  asked: number;
}

const Request = z.object({ id: z.int(), method: z.string() });
const Reply = z.object({ id: z.int(), result: z.unknown() });
/** What a node tells by itself, with no request's id. */
const Told = z.object({ method: z.string(), params: z.object({ subscription: z.union([z.string(), z.number()]) }) });

const elapsed = async (ms: number): Promise<void> => {
  // The timer of a signal keeps no process alive, which is right here.
  await once(AbortSignal.timeout(ms), 'abort');
};

/** A client and the node that it is joined to, with the requests whose replies are awaited here. */
class Joint {
  private readonly awaited = new Map<number, (reply: string) => void>();

  constructor(
    /** Counted from 1. */
    readonly nth: number,
    readonly client: TextSocket,
    private readonly node: TextSocket,
  ) {}

  /** Asks the node in a request's stead. */
  ask(id: number, text: string): Promise<string> {
    return new Promise((resolve) => {
      this.awaited.set(id, resolve);
      this.node.send(text);
    });
  }

  /** Passes on a request that nothing is wrong with. */
  pass(text: string): void {
    this.node.send(text);
  }

  /** Whether a reply was awaited here. */
  take(id: number, text: string): boolean {
    const resolve = this.awaited.get(id);
    this.awaited.delete(id);
    resolve?.(text);
    return resolve !== undefined;
  }

  close(): void {
    this.client.close();
    this.node.close();
  }
}

export class FaultyProxy {
  /** The methods that were asked, in order, whatever was answered. */
  readonly asked: string[] = [];
  private server: Listening | undefined;
  private readonly joints = new Set<Joint>();
  private readonly faults = new Map<string, Fault[]>();
  private readonly silenced = new Map<string, number>();
  private joined = 0;
  private isCut = false;

  private constructor(private upstream: string) {}

  /** A go-between to a node at a `ws://` URL; `close` ends it. */
  static async to(upstream: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(upstream);
    const accept = (client: TextSocket): void => void proxy.join(client).catch(() => client.close());
    proxy.server = await listen(accept, { admits: () => !proxy.isCut, onRequest: proxy.onRequest });
    return proxy;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  /** Connections that stand at the moment. */
  get connections(): number {
    return this.joints.size;
  }

  /** Cuts every connection, and takes no other until `mend`. */
  cut(): void {
    this.isCut = true;
    for (const joint of this.joints) joint.close();
    this.joints.clear();
  }

  mend(): void {
    this.isCut = false;
  }

  /** Cuts every connection, and takes others again after `ms` milliseconds: then it resolves. */
  async cutFor(ms: number): Promise<void> {
    this.cut();
    await elapsed(ms);
    this.mend();
  }

  /** The node's reply comes `ms` milliseconds later. */
  delay(method: string, ms: number, which: Which = {}): this {
    return this.fault(method, which, async (_, reply) => {
      await elapsed(ms);
      return reply();
    });
  }

  /** Nothing comes of a request. */
  neverAnswer(method: string, which: Which = {}): this {
    return this.fault(method, which, async () => null);
  }

  /**
   * Subscriptions are granted, and tell nothing any more.
   * @param method of what they tell, such as `chain_newHead`
   * @param first how many connections this is about, counted from the first one that came. Default: all
   */
  silence(method: string, first = Infinity): this {
    this.silenced.set(method, first);
    return this;
  }

  replyError(method: string, code: number, message: string, which: Which = {}): this {
    return this.fault(method, which, async (id) => JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
  }

  /** The reply is no JSON, or `text`. */
  malformed(method: string, which: Which = {}, text = '<html>502 Bad Gateway</html>'): this {
    return this.fault(method, which, async () => text);
  }

  /** The first half of the reply's text comes, and no more of it. */
  cutReply(method: string, which: Which = {}): this {
    return this.fault(method, which, async (_, reply) => {
      const text = await reply();
      return text.slice(0, Math.ceil(text.length / 2));
    });
  }

  /** Another result in place of the node's. */
  replaceResult(method: string, replace: (result: unknown) => unknown, which: Which = {}): this {
    return this.fault(method, which, async (id, reply) => {
      const { result } = Reply.parse(JSON.parse(await reply()));
      return JSON.stringify({ jsonrpc: '2.0', id, result: replace(result) });
    });
  }

  /** A reply with nothing in it but the request's id. */
  strip(method: string, which: Which = {}): this {
    return this.fault(method, which, async (id) => JSON.stringify({ jsonrpc: '2.0', id }));
  }

  /** Tells everybody something that the node did not say. */
  say(text: string): void {
    for (const { client } of this.joints) client.send(text);
  }

  /** Connections lead to another node from now on; those that stand stay where they are. */
  switchTo(otherUrl: string): this {
    this.upstream = otherUrl;
    return this;
  }

  /** Does something when the `nth` request of a method comes (counted from now), before it is passed on. */
  when(method: string, nth: number, act: () => void): this {
    return this.fault(method, { from: nth, times: 1 }, async (_, reply) => {
      act();
      return reply();
    });
  }

  async close(): Promise<void> {
    this.cut();
    await this.server?.close();
  }

  private fault(method: string, { from = 1, times = Infinity }: Which, spoil: Spoil): this {
    this.faults.set(method, [...(this.faults.get(method) ?? []), { from, times, spoil, asked: 0 }]);
    return this;
  }

  private async join(client: TextSocket): Promise<void> {
    const node = await dial(this.upstream);
    this.joined += 1;
    const joint = new Joint(this.joined, client, node);
    this.joints.add(joint);
    const ended = (): void => {
      joint.close();
      this.joints.delete(joint);
    };
    node.listen((text) => this.told(joint, text), ended);
    client.listen((text) => this.request(joint, text), ended);
  }

  private told(joint: Joint, text: string): void {
    const json: unknown = JSON.parse(text);
    const reply = Reply.safeParse(json);
    if (reply.success && joint.take(reply.data.id, text)) return;
    const told = Told.safeParse(json);
    if (told.success && joint.nth <= (this.silenced.get(told.data.method) ?? 0)) return;
    joint.client.send(text);
  }

  private request(joint: Joint, text: string): void {
    const { id, method } = Request.parse(JSON.parse(text));
    this.asked.push(method);
    const spoils = (this.faults.get(method) ?? []).filter((fault) => {
      fault.asked += 1;
      return fault.asked >= fault.from && fault.asked < fault.from + fault.times;
    });
    if (spoils.length === 0) {
      joint.pass(text);
      return;
    }
    let reply = (): Promise<string> => joint.ask(id, text);
    // The one that was asked for last has the last word.
    for (const { spoil } of spoils) {
      const inner = reply;
      reply = async () => (await spoil(id, inner)) ?? new Promise(() => undefined);
    }
    void reply().then((spoilt) => joint.client.send(spoilt));
  }

  private readonly onRequest: RequestListener = (request, response) => {
    const upstream = new URL(this.upstream.replace(/^ws:/, 'http:'));
    // Nodes take requests only for the host that they are.
    const headers = { ...request.headers, host: upstream.host };
    const asked = askOverHttp(upstream, { method: request.method, headers }, (came) => {
      response.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(response);
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  };
}

/** Gives `use` a go-between to `upstream`, and ends it. */
export const withFaults = async <T>(upstream: string, use: (proxy: FaultyProxy) => Promise<T>): Promise<T> => {
  const proxy = await FaultyProxy.to(upstream);
  try {
    return await use(proxy);
  } finally {
    await proxy.close();
  }
};
