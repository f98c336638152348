/** How long somebody waits: from the start of `assay check` in a new process to the first verdict of a differential run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim, Finding, median, now, scratchFolder } from './claim.mjs';

const RUNS = 5;
const CHECK_SEED = 1;
const LIMIT = 60_000;

/** The differential suite that ended first, in the run events so far. */
const firstVerdict = (file) => {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line));
  const suites = new Set(
    events.filter(({ type, kind }) => type === 'suite-started' && kind === 'differential').map(({ suite }) => suite),
  );
  return events.find(({ type, suite }) => type === 'suite-finished' && suites.has(suite));
};

/** Milliseconds to the first verdict. What the command would do after it is not waited for. */
const waitOnce = async (folder, run) => {
  const file = join(folder, `events-${run}.ndjson`);
  writeFileSync(file, '');
  const words = ['dist/cli/main.js', 'check', '--seed', `${CHECK_SEED}`, '--out', folder, '--json', file, '--quiet'];
  const watcher = watch(file);
  const started = now();
  const check = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT });
  const ended = once(check, 'exit');
  const end = () => check.kill('SIGKILL');
  process.once('exit', end);
  try {
    return await new Promise((resolve, reject) => {
      watcher.on('change', () => {
        const verdict = firstVerdict(file);
        if (verdict?.verdict === 'conforms') resolve(Math.round(now() - started));
        else if (verdict) reject(new Finding(`${verdict.suite}: ${verdict.verdict}: ${verdict.summary}`));
      });
      check.once('error', reject);
      check.once('exit', (code, signal) => {
        reject(new Finding(`assay check ended with ${code ?? signal} and without a verdict of a differential run`));
      });
    });
  } finally {
    watcher.close();
    end();
    await ended;
    process.off('exit', end);
  }
};

await claim(async () => {
  const folder = scratchFolder();
  const waits = [];
  for (let run = 0; run < RUNS; run += 1) waits.push(await waitOnce(folder, run));
  return { checkSeed: CHECK_SEED, runs: RUNS, milliseconds: { median: median(waits), worst: Math.max(...waits) } };
});
