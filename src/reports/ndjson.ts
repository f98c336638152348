/** Run events as NDJSON: one JSON object a line, each on disk before the next, so that an interrupted run keeps them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Emit } from '../spec/run-events.js';

export interface NdjsonReport {
  readonly emit: Emit;
  readonly close: () => void;
}

/** @throws where `file` can't be written */
export const ndjsonReport = (file: string): NdjsonReport => {
  const descriptor = openSync(file, 'w');
  return {
    emit: (event) => void writeSync(descriptor, JSON.stringify(event) + '\n'),
    close: () => closeSync(descriptor),
  };
};
