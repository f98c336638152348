/** Servers that are no nodes, or none that is of use, and places where there is none. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { z } from 'zod';
import { listen, type Listening, type TextSocket } from '../targets/node/websocket.js';

/** Gives `use` the URL of something, which is gone afterwards. */
export type With = <T>(use: (url: string) => Promise<T>) => Promise<T>;

const onTcp = async (accept: (socket: Socket) => void): Promise<Listening> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    accept(socket);
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

/** A port where nobody listens: it was free a moment ago. */
export const nobody: With = async (use) => {
  const server = await onTcp(() => undefined);
  await server.close();
  return use(server.url);
};

/** Takes connections, and says nothing, not even that it speaks WebSocket. */
export const silentTcp: With = async (use) => {
  const server = await onTcp(() => undefined);
  return use(server.url).finally(() => server.close());
};

/** Speaks HTTP, and no WebSocket. */
export const webServer: With = async (use) => {
  const server = await onTcp((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  });
  return use(server.url).finally(() => server.close());
};

const onWebSocket =
  (accept: (socket: TextSocket) => void): With =>
  async (use) => {
    const server = await listen(accept);
    return use(server.url).finally(() => server.close());
  };

const Request = z.object({ id: z.int() });

/** Answers every request with what `reply` says. */
const answering = (reply: Readonly<Record<string, unknown>>): With =>
  onWebSocket((client) =>
    client.listen(
      (text) => client.send(JSON.stringify({ jsonrpc: '2.0', id: Request.parse(JSON.parse(text)).id, ...reply })),
      () => undefined,
    ),
  );

/** Opens the WebSocket, and never answers anything. */
export const silentWebSocket: With = onWebSocket(() => undefined);

/** Opens the WebSocket, and is gone at the first request. */
export const hangingUp: With = onWebSocket((client) =>
  client.listen(
    () => client.close(),
    () => undefined,
  ),
);

/** Speaks JSON-RPC, and knows no method: the node of some other kind of chain. */
export const knowingNothing: With = answering({ error: { code: -32_601, message: 'the method does not exist' } });

/** Answers everything, with something that is never what was asked for. */
export const answeringNonsense: With = answering({ result: 'yes' });
