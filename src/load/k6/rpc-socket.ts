/** JSON-RPC over one WebSocket of k6: requests, and subscriptions with their news. */
import { WebSocket } from 'k6/websockets';
import { readMessage, requestText, type Answer } from './json-rpc.js';

/** Thrown where a node says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly method: string,
    readonly code: number,
    message: string,
  ) {
    super(`the node refused ${method}: ${message} (${code})`);
  }
}

type Listener = (result: unknown) => void;

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Of a subscription. */
  readonly told?: Listener;
}

export class RpcSocket {
  private last = 0;
  private lost: Error | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Map<string, Listener>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly url: string,
  ) {
    socket.onmessage = (event) => {
      if (typeof event?.data === 'string') this.came(event.data);
    };
    socket.onclose = () => this.lose('the connection was closed');
    socket.onerror = (event) => this.lose(event?.error ?? 'the connection broke');
  }

  /** @throws Error where nobody answers there */
  static open(url: string): Promise<RpcSocket> {
    const socket = new WebSocket(url);
    const rpc = new RpcSocket(socket, url);
    return new Promise((resolve, reject) => {
      rpc.waiting.set(0, { method: 'connect', resolve: () => resolve(rpc), reject });
      socket.onopen = () => {
        rpc.waiting.delete(0);
        resolve(rpc);
      };
    });
  }

  /** @throws Refusal, Error where the connection is lost */
  request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return this.send(method, params);
  }

  /** @returns the subscription's id, for its end. @throws as {@link request} */
  async subscribe(method: string, params: readonly unknown[], told: Listener): Promise<unknown> {
    return this.send(method, params, told);
  }

  /** Ends a subscription without waiting for it. */
  unsubscribe(method: string, id: unknown): void {
    this.listeners.delete(String(id));
    if (this.lost === undefined) this.send(method, [id]).catch(() => undefined);
  }

  close(): void {
    this.lose('it was closed here');
    this.socket.close();
  }

  private send(method: string, params: readonly unknown[], told?: Listener): Promise<unknown> {
    if (this.lost !== undefined) return Promise.reject(this.lost);
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { method, resolve, reject, ...(told && { told }) });
      this.socket.send(requestText(id, method, params));
    });
  }

  private came(text: string): void {
    const message = readMessage(text);
    if (message?.kind === 'news') this.listeners.get(message.subscription)?.(message.result);
    if (message?.kind !== 'answer') return;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (waiting !== undefined) this.answered(waiting, message.answer);
  }

  private answered({ method, resolve, reject, told }: Waiting, answer: Answer): void {
    if (answer.kind === 'refusal') {
      reject(new Refusal(method, answer.code, answer.message));
      return;
    }
    // At once: the first news may be the next message.
    if (told) this.listeners.set(String(answer.result), told);
    resolve(answer.result);
  }

  private lose(why: string): void {
    this.lost ??= new Error(`${this.url}: ${why}`);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}
