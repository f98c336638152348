/** `assay load run` as a process of its own, and what it told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunEvent, type SuiteFinished } from '../../src/spec/run-events.js';
import { withFolder } from '../targets/node/processes.js';
import { assay, type Ran } from './run-cli.js';

/** Milliseconds for a test: a node, k6 and what they need on a busy machine. */
export const timeout = 240_000;

export interface Loaded extends Ran {
  readonly events: readonly RunEvent[];
  /** Of the load. */
  readonly suite: SuiteFinished | undefined;
}

export const loaded = (...args: readonly string[]): Promise<Loaded> =>
  withFolder(async (folder) => {
    const out = join(folder, 'out');
    const json = join(folder, 'events.ndjson');
    const ran = await assay(['load', 'run', ...args, '--out', out, '--json', json]);
    const lines = (await readFile(json, 'utf8')).split('\n').slice(0, -1);
    const events = lines.map((line) => RunEvent.parse(JSON.parse(line)));
    const suite = events.findLast((event) => event.type === 'suite-finished');
    return { ...ran, events, suite };
  });

/** A table that was told, by its id: rows by their first cell. */
export const rowsOf = (
  { events }: Loaded,
  id: string,
): Readonly<Record<string, readonly (string | number | null)[]>> => {
  const table = events.find((event) => event.type === 'figures' && event.id === id);
  if (table?.type !== 'figures') throw new Error(`no figures ${id} were told`);
  return Object.fromEntries(table.rows.map(([first, ...others]) => [String(first), others]));
};
