/**
 * The file that a node writes its output to. The node has the file itself, no pipe to us: it never waits for us to read, and
 * what it said is there however it or we end. We read the file behind it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const NEWLINE = 0x0a;
/** Where the last words are looked for, in bytes from the end. */
const TAIL = 8_192;
const MAX_LINES = 3;
const MAX_LENGTH = 200;

/** Lines that tell why a program ended; others around them are stack frames and brackets. */
const TELLING = /error|panic|fail|fatal|refused|denied/i;

const linesOf = (bytes: Uint8Array): string[] => stripVTControlCharacters(Buffer.from(bytes).toString()).split('\n');

export class NodeLog {
  /** Open for appending and reading. */
  readonly descriptor: number;
  /** Where this node's part begins: the file may hold what others said before. */
  private readonly from: number;
  private at: number;

  constructor(readonly file: string) {
    this.descriptor = openSync(file, 'a+');
    this.from = this.at = this.size();
  }

  /** Lines that were ended since the last time. */
  newLines(): string[] {
    const bytes = this.bytes(this.at);
    const ended = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    this.at += ended.length;
    return linesOf(ended).slice(0, -1);
  }

  /** At most three lines out of the last 8 KB, trimmed: those that speak of an error where there are any, else the last. */
  lastLines(): string[] {
    const lines = linesOf(this.bytes(Math.max(this.from, this.size() - TAIL)))
      .map((line) => line.trim().slice(0, MAX_LENGTH))
      .filter((line) => line !== '');
    const telling = lines.filter((line) => TELLING.test(line));
    return (telling.length > 0 ? telling : lines).slice(-MAX_LINES);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private size(): number {
    return fstatSync(this.descriptor).size;
  }

  private bytes(from: number): Buffer {
    const bytes = Buffer.alloc(this.size() - from);
    return bytes.subarray(0, readSync(this.descriptor, bytes, 0, bytes.length, from));
  }
}
