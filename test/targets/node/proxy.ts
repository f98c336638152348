/** A go-between in front of a node: it keeps what the node is asked, and answers some of it in the node's place. */
import { z } from 'zod';
import { dial, listen, type TextSocket } from './websocket.js';

export interface Proxy {
  readonly url: string;
  /** The methods that were asked, in order: those that it answered itself as well. */
  readonly asked: readonly string[];
}

const Request = z.object({ id: z.int(), method: z.string() });

/** Methods, and what is answered instead of asking the node: a result, an error, or null for nothing at all. */
export type Answers = Readonly<
  Record<string, { readonly result: unknown } | { readonly error: { code: number; message: string } } | null>
>;

/** Joins a client to the node behind. */
const join = async (client: TextSocket, upstream: string, answers: Answers, asked: string[]): Promise<void> => {
  const node = await dial(upstream);
  node.listen(
    (text) => client.send(text),
    () => client.close(),
  );
  client.listen(
    (text) => {
      const { id, method } = Request.parse(JSON.parse(text));
      asked.push(method);
      const answer = answers[method];
      if (answer === undefined) node.send(text);
      else if (answer !== null) client.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    },
    () => node.close(),
  );
};

/** Gives `use` a go-between to `upstream`, and ends it. */
export const withProxy = async <T>(
  upstream: string,
  answers: Answers,
  use: (proxy: Proxy) => Promise<T>,
): Promise<T> => {
  const asked: string[] = [];
  const server = await listen((client) => {
    join(client, upstream, answers, asked).catch(() => client.close());
  });
  try {
    return await use({ url: server.url, asked });
  } finally {
    await server.close();
  }
};
