/** Reads what is next in turn. */
import { check } from 'k6';
import exec from 'k6/execution';
import { reads } from './document.js';
import { readTime } from './metrics.js';
import { ask } from './rpc-http.js';

/** One iteration. */
export const read = (): void => {
  const next = reads[exec.scenario.iterationInTest % reads.length];
  if (next === undefined) return;
  const { answer, duration } = ask(next.method, next.params);
  check(answer, { 'the read was answered': (came) => came?.kind === 'result' });
  readTime.add(duration, { name: next.name });
};
