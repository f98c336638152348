/** JSON-RPC 2.0 as text. What comes is checked here, by hand: k6 loads no npm package. */

/** What a node says to a request: a result, or why not. */
export type Answer =
  | { readonly kind: 'result'; readonly result: unknown }
  /** `code` is JSON-RPC's, such as 1010 for an invalid transaction. */
  | { readonly kind: 'refusal'; readonly code: number; readonly message: string };

/** What a node sends. */
export type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** Of a subscription. */
  | { readonly kind: 'news'; readonly subscription: string; readonly result: unknown };

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const requestText = (id: number, method: string, params: readonly unknown[]): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no answer either: whoever asked is told that there is none.
    return undefined;
  }
};

const answerIn = (reply: Readonly<Record<string, unknown>>): Answer | undefined => {
  if ('result' in reply) return { kind: 'result', result: reply.result };
  const { error } = reply;
  if (!isRecord(error) || typeof error.code !== 'number') return undefined;
  return { kind: 'refusal', code: error.code, message: typeof error.message === 'string' ? error.message : '' };
};

/** The answer in an HTTP response's body; undefined where it has none. */
export const readAnswer = (text: string): Answer | undefined => {
  const reply = parsed(text);
  return isRecord(reply) ? answerIn(reply) : undefined;
};

/** A message of a WebSocket; undefined where it is neither an answer nor news. */
export const readMessage = (text: string): Message | undefined => {
  const message = parsed(text);
  if (!isRecord(message)) return undefined;
  const { id, params } = message;
  if (isRecord(params) && (typeof params.subscription === 'string' || typeof params.subscription === 'number'))
    return { kind: 'news', subscription: String(params.subscription), result: params.result };
  const answer = answerIn(message);
  return answer && typeof id === 'number' ? { kind: 'answer', id, answer } : undefined;
};
