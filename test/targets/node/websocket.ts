/**
 * As much of WebSocket (RFC 6455) as stand-ins for nodes need, by hand: Node has no server for it. Texts only, no extensions;
 * what a client sends is masked with zeros, which leaves it as it is.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Section 1.3: what the key of a handshake is hashed with. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = Buffer.alloc(16).toString('base64');

/** Section 5.2. */
const [CONTINUED, TEXT, CLOSE, PING, PONG] = [0x0, 0x1, 0x8, 0x9, 0xa];
const FINAL = 0x80;
const MASKED = 0x80;
const NO_MASK = Buffer.alloc(4);

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
  /** In bytes, header and all. */
  readonly length: number;
}

const lengthBytes = (length: number): Buffer => {
  if (length < 126) return Buffer.of(length);
  const bytes = Buffer.alloc(length < 2 ** 16 ? 3 : 9);
  if (bytes.length === 3) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  bytes[0] = bytes.length === 3 ? 126 : 127;
  return bytes;
};

const frameOf = (opcode: number, payload: Buffer, isClient: boolean): Buffer => {
  const length = lengthBytes(payload.length);
  if (isClient) length[0] = (length[0] ?? 0) | MASKED;
  return Buffer.concat([Buffer.of(FINAL | opcode), length, ...(isClient ? [NO_MASK] : []), payload]);
};

/** The first frame of what came, undefined where the end of it has not come yet. */
const firstFrame = (bytes: Buffer): Frame | undefined => {
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const from = start + (second & MASKED ? 4 : 0);
  if (bytes.length < Math.max(2, from)) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < from + size) return undefined;
  const mask = bytes.subarray(start, from);
  const payload = bytes.subarray(from, from + size).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { opcode: first & 0xf, isFinal: (first & FINAL) !== 0, payload: Buffer.from(payload), length: from + size };
};

/** One end of a connection. */
export class TextSocket {
  private unread: Buffer;
  private readonly parts: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    head: Buffer,
    private readonly isClient: boolean,
  ) {
    this.unread = head;
    socket.on('error', () => socket.destroy());
  }

  /** Calls `told` with every text that comes, and `ended` when none will come any more. */
  listen(told: (text: string) => void, ended: () => void): void {
    const read = (chunk: Buffer): void => {
      this.unread = Buffer.concat([this.unread, chunk]);
      for (let frame = firstFrame(this.unread); frame; frame = firstFrame(this.unread)) {
        this.unread = this.unread.subarray(frame.length);
        this.take(frame, told);
      }
    };
    read(Buffer.alloc(0));
    this.socket.on('data', read).once('close', ended);
  }

  send(text: string): void {
    this.write(TEXT, Buffer.from(text));
  }

  /** Without a goodbye. */
  close(): void {
    this.socket.destroy();
  }

  private take({ opcode, isFinal, payload }: Frame, told: (text: string) => void): void {
    if (opcode === CLOSE) this.close();
    if (opcode === PING) this.write(PONG, payload);
    if (opcode !== TEXT && opcode !== CONTINUED) return;
    this.parts.push(payload);
    if (isFinal) told(Buffer.concat(this.parts.splice(0)).toString());
  }

  private write(opcode: number, payload: Buffer): void {
    if (this.socket.writable) this.socket.write(frameOf(opcode, payload, this.isClient));
  }
}

export interface Listening {
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const acceptanceOf = (key: string): string =>
  createHash('sha1')
    .update(key + MAGIC)
    .digest('base64');

export interface ListenOptions {
  /** Asked before each connection: where it says no, the connection is dropped without a word. Default: all are taken. */
  readonly admits?: () => boolean;
  /** What is answered to a request that does not ask for a WebSocket; default: nothing ever. */
  readonly onRequest?: RequestListener;
}

/** A server on a free port of loopback; `accept` is given every connection. */
export const listen = async (
  accept: (socket: TextSocket) => void,
  { admits = () => true, onRequest = () => undefined }: ListenOptions = {},
): Promise<Listening> => {
  const server = createServer(onRequest);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (!admits()) socket.destroy();
  });
  server.on('upgrade', ({ headers }, socket: Socket, head) => {
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptanceOf(headers['sec-websocket-key'] ?? '')}`,
    ];
    socket.write(lines.join('\r\n') + '\r\n\r\n');
    accept(new TextSocket(socket, head, false));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { url: `ws://127.0.0.1:${port}`, close };
};

/** A connection to a server. */
export const dial = async (url: string): Promise<TextSocket> => {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': KEY,
  };
  const asked = request(url.replace(/^ws:/, 'http:'), { headers });
  asked.end();
  const [, socket, head] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket, Buffer];
  return new TextSocket(socket, head, true);
};
