/** Recordings on disk: gzip or plain, told by their first bytes. The only room-wide I/O; nothing is held but a chunk. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RecordingError, parseHeader, parseLine, type RecordedLine, type RecordingHeader } from '../spec/recording.js';

const GZIP_MAGIC = [0x1f, 0x8b];
/** What files with recordings are called. */
export const RECORDING_NAME = /\.jsonl(\.gz)?$/;

/** Thrown where input can't be used: what was expected, what came, where (`FILE` or `FILE:LINE`), what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission to read it is missing',
  EISDIR: 'it is a folder',
};

const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

const inputError = (place: string, error: unknown): InputError => {
  if (error instanceof InputError) return error;
  if (!(error instanceof Error)) throw error;
  const code = isSystemError(error) ? error.code : '';
  if (code.startsWith('Z_')) {
    return new InputError(`${place}: the gzip stream is cut short or damaged (${error.message}): get the file anew`);
  }
  if (error instanceof RecordingError) return new InputError(`${place}: ${error.message}`);
  if (reasons[code] !== undefined) return new InputError(`${place}: ${reasons[code]}`);
  throw error;
};

const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return GZIP_MAGIC.every((byte, at) => buffer[at] === byte);
  } finally {
    await file.close();
  }
};

/** Bytes a chunk: large, because each one costs a turn of the event loop. */
const CHUNK = 1 << 20;

/** A stream's errors reach whoever reads it; being let go early is none, but is told as one. */
const toldToTheReader = (): void => undefined;

/**
 * `setEncoding` and not a `TextDecoder`: that one makes strings of two bytes a character, and everything made of a line
 * (its JSON, its hex values, what they are compared with) then costs half as much again.
 */
async function* readText(path: string): AsyncGenerator<string> {
  const zipped = await isGzip(path);
  const source = createReadStream(path, { highWaterMark: CHUNK }).on('error', toldToTheReader);
  const unzipped = zipped ? pipeline(source, createGunzip({ chunkSize: CHUNK }), toldToTheReader) : source;
  const chunks: AsyncIterable<string> = unzipped.setEncoding('utf8');
  yield* chunks;
}

/** Characters of a line: more than a scenario has that begins with ten thousand requests, and little for gzip to make of a kilobyte. */
const LONGEST_LINE = 1 << 27;

/** Whole lines, a chunk's worth at a time. What is left of a chunk is only put before the next one: to look through it again would take for ever. */
async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const text of readText(path)) {
    const [first = '', ...others] = text.split('\n');
    const last = others.pop();
    if (rest.length + first.length > LONGEST_LINE) {
      throw new RecordingError(
        `expected lines of ${LONGEST_LINE >> 20} MiB at most, came a longer one: is it a recording?`,
      );
    }
    const whole = rest + first;
    rest = last ?? whole;
    if (last !== undefined) yield [whole, ...others];
  }
  if (rest !== '') yield [rest];
}

/** A line of a recording and its number in the file, from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly line: RecordedLine;
}

export interface Recording {
  readonly file: string;
  readonly header: RecordingHeader;
  /** The lines behind the first, in order, a chunk's worth at a time, parsed as they are asked for. @throws InputError */
  readonly batches: AsyncIterable<Iterable<NumberedLine>>;
  /** Lets go of the file, read to its end or not. */
  readonly close: () => Promise<void>;
}

/** One file being read: knows where it is, for the message of whatever goes wrong. */
class Reader {
  private number = 0;
  private ahead: readonly string[] = [];
  private readonly batches: AsyncGenerator<readonly string[]>;

  constructor(private readonly file: string) {
    this.batches = readLines(file);
  }

  async header(): Promise<RecordingHeader> {
    try {
      while (this.ahead.length === 0) {
        const batch = await this.batches.next();
        if (batch.done === true) throw new RecordingError('the file is empty: expected a recording');
        this.ahead = batch.value;
      }
      this.number = 1;
      const [first = '', ...ahead] = this.ahead;
      this.ahead = ahead;
      return parseHeader(first);
    } catch (error) {
      await this.close();
      throw inputError(this.place(), error);
    }
  }

  async close(): Promise<void> {
    await this.batches.return(undefined);
  }

  async *rest(): AsyncGenerator<Iterable<NumberedLine>> {
    try {
      yield this.parse(this.ahead);
      for await (const batch of this.batches) yield this.parse(batch);
    } catch (error) {
      throw inputError(this.place(), error);
    }
  }

  private *parse(batch: readonly string[]): Generator<NumberedLine> {
    for (const text of batch) {
      this.number += 1;
      if (text !== '') yield { number: this.number, line: this.parseLine(text) };
    }
  }

  private parseLine(text: string): RecordedLine {
    try {
      return parseLine(text);
    } catch (error) {
      throw inputError(this.place(), error);
    }
  }

  private place(): string {
    return this.number === 0 ? this.file : `${this.file}:${this.number}`;
  }
}

/**
 * Opens a recording and reads its first line.
 * @throws InputError where the file can't be read or is no recording of the format.
 */
export const openRecording = async (file: string): Promise<Recording> => {
  const reader = new Reader(file);
  const header = await reader.header();
  return { file, header, batches: reader.rest(), close: () => reader.close() };
};

/**
 * The recordings that paths name: files as they are, of a folder every `*.jsonl` and `*.jsonl.gz`, by name.
 * @throws InputError where a path does not exist or a folder has no recording.
 */
export const findRecordings = async (paths: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        found.push(path);
        continue;
      }
      const names = (await readdir(path)).filter((name) => RECORDING_NAME.test(name)).toSorted();
      if (names.length === 0) throw new InputError(`${path}: expected a folder with *.jsonl or *.jsonl.gz, found none`);
      found.push(...names.map((name) => join(path, name)));
    } catch (error) {
      throw inputError(path, error);
    }
  }
  return found;
};
