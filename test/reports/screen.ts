/** A terminal, or a file in its place, on which a report shows a run; with a clock that stands until it is moved on. */
import { PassThrough } from 'node:stream';
import { terminalReport } from '../../src/reports/terminal.js';
import type { Emit } from '../../src/spec/run-events.js';

export interface Showing {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Of a terminal; none: it is a file. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Shown {
  readonly emit: Emit;
  /** What was written so far. */
  readonly text: () => string;
  /** Moves the clock on by so many milliseconds. */
  readonly pass: (milliseconds: number) => void;
}

export const showing = ({ quiet = false, verbose = false, columns, env = {} }: Showing = {}): Shown => {
  const written: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns });
  let time = 0;
  const emit = terminalReport({
    // All that it asks of a stream is to be written to, and how wide it is where it is a terminal.
    stream: stream as unknown as NodeJS.WriteStream,
    quiet,
    verbose,
    env,
    now: () => time,
  });
  return {
    emit,
    text: () => written.join(''),
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
};
