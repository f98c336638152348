/**
 * The workload, read once for all virtual users: each has an engine of its own, and would have a copy of its own. What they take out
 * of a `SharedArray` is parsed when they take it.
 */
import { SharedArray } from 'k6/data';
import { loopback, required } from './environment.js';
import type { K6Arrival, K6Head, K6Lane, K6Life, K6Read, K6Workload } from './workload.js';

let read: K6Workload | undefined;

/** Asked for by the first virtual user alone. */
const workload = (): K6Workload => {
  const file = required('ASSAY_WORKLOAD', __ENV.ASSAY_WORKLOAD, 'the file that the workload is in');
  // Written by k6-workload.ts, whose type it has.
  read ??= JSON.parse(open(file)) as K6Workload;
  return read;
};

const heads = new SharedArray<K6Head>('head', () => [workload().head]);
export const arrivals = new SharedArray<K6Arrival>('arrivals', () => [...workload().arrivals]);
export const lives = new SharedArray<K6Life>('lives', () => [...workload().lives]);
export const lanes = new SharedArray<K6Lane>('lanes', () => [...workload().lanes]);
export const reads = new SharedArray<K6Read>('reads', () => [...workload().reads]);
/** Names of what is read, each once. */
export const readNames = new SharedArray<string>('read names', () => [
  ...new Set(workload().reads.map(({ name }) => name)),
]);
read = undefined;

const headOf = (): K6Head => {
  const [head] = heads;
  if (head === undefined) throw new Error('ASSAY_WORKLOAD: expected a workload with a head, came none');
  return head;
};
export const head: K6Head = headOf();

/** A call's name by its number. */
export const callName = (number: number): string => head.calls[number] ?? `call ${number}`;

export const httpUrl = loopback('ASSAY_HTTP', __ENV.ASSAY_HTTP);
export const wsUrl = loopback('ASSAY_WS', __ENV.ASSAY_WS);
