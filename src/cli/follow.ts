/** `assay follow`: a chain of somebody else, read block by block and held against the engine. Nothing is sent to it. */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Alert } from '../follow/alert.js';
import { parseCheckpoint, type Checkpoint } from '../follow/checkpoint.js';
import { runFollow } from '../follow/follow-run.js';
import { InputError } from '../properties/recording-file.js';
import { replaceFile } from '../reports/whole-file.js';
import { Rules } from '../spec/rules.js';
import { quietLibrary, waitsOf } from './node.js';
import type { Session } from './session.js';
import { isUrl } from './target.js';

export interface FollowCommandOptions {
  readonly url: string;
  readonly from?: number;
  readonly to?: number;
  /** As `--rules` has them. */
  readonly rules?: string;
  /** In blocks. */
  readonly period?: number;
  /** A file for alerts, or `-` for stdout. */
  readonly jsonl?: string;
  readonly checkpoint?: string;
  readonly wait?: string;
  readonly retries: number;
}

/** Where alerts go: each is written before anything else is done. */
interface Alerts {
  readonly tell: (alert: Alert) => void;
  /** Bytes that are written; undefined where nobody can say what becomes of them. */
  readonly written: () => number | undefined;
  readonly close: () => void;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs what reads or writes a flag's file. @throws InputError */
const onFile = <T>(flag: string, file: string, doing: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`--${flag} ${file}: can't be ${doing} (${wordsOf(error)})`, { cause: error });
  }
};

const NO_ALERTS: Alerts = { tell: () => undefined, written: () => undefined, close: () => undefined };

const toStdout = (alert: Alert): void => void process.stdout.write(JSON.stringify(alert) + '\n');

/**
 * Goes on with a file. What was written behind the last checkpoint is told again, and taken away before, so that each line stands there
 * once; a line that was cut off goes the same way.
 */
const alertFile = (file: string, checkpoint: Checkpoint | null): Alerts => {
  const descriptor = onFile('jsonl', file, 'written', () => openSync(file, 'a'));
  let size = fstatSync(descriptor).size;
  const { alerts } = checkpoint ?? {};
  if (alerts !== undefined && alerts < size) {
    onFile('jsonl', file, 'written', () => ftruncateSync(descriptor, alerts));
    size = alerts;
  }
  const tell = (alert: Alert): void => {
    size += onFile('jsonl', file, 'written', () => writeSync(descriptor, JSON.stringify(alert) + '\n'));
  };
  return { tell, written: () => size, close: () => closeSync(descriptor) };
};

const alertsTo = (file: string | undefined, checkpoint: Checkpoint | null): Alerts => {
  if (file === undefined) return NO_ALERTS;
  return file === '-' ? { ...NO_ALERTS, tell: toStdout } : alertFile(file, checkpoint);
};

/** Null where there is none yet. @throws InputError where it is something else */
const readCheckpoint = (file: string | undefined): Checkpoint | null => {
  if (file === undefined) return null;
  try {
    return parseCheckpoint(readFileSync(file, 'utf8'), `--checkpoint ${file}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new InputError(`--checkpoint ${file}: can't be read (${wordsOf(error)})`, { cause: error });
  }
};

const saving = (file: string | undefined, alerts: Alerts) => (checkpoint: Checkpoint) => {
  if (file === undefined) return;
  const written = alerts.written();
  const whole: Checkpoint = written === undefined ? checkpoint : { ...checkpoint, alerts: written };
  onFile('checkpoint', file, 'written', () => replaceFile(file, JSON.stringify(whole) + '\n'));
};

const expectSense = ({ url, from, to, checkpoint, jsonl, rules }: FollowCommandOptions): void => {
  if (!isUrl(url)) throw new InputError(`--url ${url}: expected a ws:// or wss:// URL`);
  if (from !== undefined && to !== undefined && to < from)
    throw new InputError(`--to ${to}: expected a block from ${from} on, where --from begins`);
  if (checkpoint !== undefined && checkpoint === jsonl)
    throw new InputError(`--checkpoint and --jsonl name one file (${checkpoint}): give each its own`);
  if (rules !== undefined) Rules.parse(rules);
};

/** @throws InputError, RuleError, NodeFailure, Interrupted */
export const follow = async (options: FollowCommandOptions, { emit, now, signal }: Session): Promise<void> => {
  expectSense(options);
  const { url, from, to, rules, period, retries, wait } = options;
  const limits = waitsOf(wait === undefined ? {} : { wait });
  quietLibrary();
  const checkpoint = readCheckpoint(options.checkpoint);
  const alerts = alertsTo(options.jsonl, checkpoint);
  try {
    await runFollow({
      url,
      from: from === undefined ? null : BigInt(from),
      to: to === undefined ? null : BigInt(to),
      checkpoint,
      expected: { ...(rules !== undefined && { rules }), ...(period !== undefined && { period: BigInt(period) }) },
      limits,
      retries,
      signal,
      now,
      emit,
      tell: alerts.tell,
      save: saving(options.checkpoint, alerts),
    });
  } finally {
    alerts.close();
  }
};
