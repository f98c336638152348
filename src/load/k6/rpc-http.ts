/** JSON-RPC over HTTP: a request, its answer and how long it took. */
import http from 'k6/http';
import { httpUrl } from './document.js';
import { readAnswer, requestText, type Answer } from './json-rpc.js';

export interface Timed {
  /** Undefined where none came. */
  readonly answer: Answer | undefined;
  /** Milliseconds from the first byte that was sent to the last that came. */
  readonly duration: number;
}

export const ask = (method: string, params: readonly unknown[]): Timed => {
  const response = http.post(httpUrl, requestText(1, method, params), {
    headers: { 'content-type': 'application/json' },
    responseType: 'text',
    timeout: '10s',
    tags: { name: method },
  });
  const { body, timings } = response;
  return { answer: typeof body === 'string' ? readAnswer(body) : undefined, duration: timings.duration };
};
