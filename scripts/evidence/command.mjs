/** Commands as somebody runs them: `assay` in a process of its own, which ends with ours, and what it told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { now, rounded, scratchFolder } from './claim.mjs';

const CLI = 'dist/cli/main.js';
/** What has not ended by then never will. */
const HANGS = 1_200_000;

const folder = scratchFolder();
let count = 0;

/** Runs `assay` with these words. @returns its exit code, its run events, and seconds */
export const assay = async (...words) => {
  count += 1;
  const json = join(folder, `${count}.ndjson`);
  const started = now();
  const args = [CLI, ...words.map(String), '--json', json];
  const running = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: HANGS });
  const end = () => running.kill('SIGTERM');
  process.once('exit', end);
  const [code, signal] = await once(running, 'exit');
  process.off('exit', end);
  const seconds = rounded((now() - started) / 1000, 1);
  const told = readFileSync(json, 'utf8').trim().split('\n');
  process.stderr.write(`${words.join(' ')}: exit ${code ?? signal}, ${seconds} s\n`);
  return { code: code ?? signal, seconds, events: told.map((line) => JSON.parse(line)) };
};

/** What the suite of a kind came to. */
export const suiteOf = (events, kind) => {
  const { suite } = events.find((event) => event.type === 'suite-started' && event.kind === kind);
  return events.find((event) => event.type === 'suite-finished' && event.suite === suite);
};

/** The rows of a table by their first cell, each by its columns' names. */
export const tableOf = (events, id) => {
  const { columns, rows } = events.find((event) => event.type === 'figures' && event.id === id);
  const names = columns.map(({ name }) => name);
  return Object.fromEntries(
    rows.map(([key, ...cells]) => [key, Object.fromEntries(cells.map((cell, at) => [names[at + 1], cell]))]),
  );
};
