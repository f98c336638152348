/**
 * Our own borders: files that are cut, flipped or made to be hard to read are refused with one sentence, or come to a verdict that says honestly what is
 * in them; never an error of another kind, never without end, never the verdict of the whole file on one that says something else. Some of them
 * through the command line itself. `--sample N` takes N of them, evenly spread: what `npm test` does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { URL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { makeKinds } from './borders/inputs.mjs';
import { claim, Finding, now, rounded, scratchFolder } from './claim.mjs';

/** Milliseconds after which an input is one that never ends: a runtime may loop in each of its calls, 5 s each. */
const HANGS = 240_000;
const CLI = 'dist/cli/main.js';
/** Inputs through the command line, of each outcome. */
const THROUGH_CLI = 50;
/** Of what is wrong, in the sentence that says so. */
const MOST_SHOWN = 20;
const JUDGE = new URL('borders/judge.mjs', import.meta.url);

/** A judge, and how many inputs of each kind there are. It gets 1 GiB: what takes more is refused too late. */
const startJudge = async () => {
  const worker = new Worker(JUDGE, { resourceLimits: { maxOldGenerationSizeMb: 1_024 } });
  const [{ kinds }] = await once(worker, 'message');
  return { worker, kinds };
};

/** In place of one that hangs or has ended. */
const anotherJudge = async (worker) => {
  await worker.terminate();
  return startJudge();
};

const asked = async (worker, message) => {
  worker.postMessage(message);
  const end = new globalThis.AbortController();
  const { signal } = end;
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([answer]) => answer),
      once(worker, 'exit', { signal }).then(() => ({ wrong: 'it ended the thread' })),
      pause(HANGS, { wrong: `it did not end within ${HANGS / 1000} s`, ms: HANGS }, { signal }),
    ]);
  } finally {
    end.abort();
  }
};

/** As somebody would look at such a file, with as little to do as may be; what comes out for the whole one is another claim's. */
const commandFor = {
  recording: (file) => ['replay', file, '--target', 'engine'],
  state: (file) => ['audit', '--state', file, '--runs', '1', '--steps', '1', '--seed', '1'],
  expectations: (file) => ['gate', '--old', 'runtime/lab.wasm', '--new', 'runtime/lab.wasm', '--expect', file],
  runtime: (file) => [
    'check',
    '--target',
    `runtime:${file}`,
    '--runs',
    '1',
    '--steps',
    '4',
    '--seed',
    '1',
    '--no-regressions',
  ],
};

const expectedExits = { refused: [2], 'the same': [0], 'told otherwise': [0, 1] };

/** @throws Finding where the command line says something else than its parts did */
const throughCli = async (folder, kind, { how, outcome, said }, bytes) => {
  const file = join(folder, kind.name);
  writeFileSync(file, bytes);
  const args = [CLI, ...commandFor[kind.judge](file), '--quiet'];
  const running = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: HANGS });
  const [stderr, [code]] = await Promise.all([text(running.stderr), once(running, 'exit')]);
  const isSentence = /^assay: [^\n]+\n$/.test(stderr) && !/ {4}at |internal error/.test(stderr);
  if (expectedExits[outcome].includes(code) && (code === 2 ? isSentence : stderr === '')) return;
  throw new Finding(
    `${kind.name}, ${how}: expected exit ${expectedExits[outcome].join(' or ')} (${said ?? outcome}), came ${code}: ${stderr.slice(0, 300)}`,
  );
};

const sampleSize = () => {
  const at = process.argv.indexOf('--sample');
  return at === -1 ? Infinity : Number(process.argv[at + 1]);
};

await claim(async () => {
  const folder = scratchFolder();
  const inputs = await makeKinds();
  const whole = inputs.reduce((sum, { count }) => sum + count, 0);
  const every = Math.max(1, Math.floor(whole / sampleSize()));
  const started = now();
  const wrong = [];
  let { worker } = await startJudge();
  const kinds = [];
  const forCli = [];
  let at = 0;
  for (const [index, kind] of inputs.entries()) {
    const outcomes = { refused: 0, 'told otherwise': 0, 'the same': 0 };
    let slowest = { ms: 0, how: '' };
    for (let number = 0; number < kind.count; number += 1) {
      at += 1;
      if (at % every !== 0) continue;
      const answer = await asked(worker, { at: index, number });
      if (answer.wrong !== undefined) {
        wrong.push(`${kind.name}, ${answer.how ?? kind.input(number).how}: ${answer.wrong}`);
        if (answer.how === undefined) ({ worker } = await anotherJudge(worker));
        continue;
      }
      outcomes[answer.outcome] += 1;
      if (answer.ms > slowest.ms) slowest = { ms: Math.round(answer.ms), how: answer.how };
      // An audit and a gate of what is not refused take their time.
      const isQuick = answer.outcome === 'refused' || kind.judge === 'recording';
      if (isQuick && kind.judge in commandFor) forCli.push({ kind, number, answer });
    }
    kinds.push({
      kind: kind.name,
      inputs: Object.values(outcomes).reduce((sum, count) => sum + count),
      ...outcomes,
      slowest,
    });
    process.stderr.write(`${kind.name}: ${JSON.stringify(kinds.at(-1))}\n`);
  }
  await worker.terminate();
  if (wrong.length > 0)
    throw new Finding(`${wrong.length} of ${at} inputs, such as: ${wrong.slice(0, MOST_SHOWN).join('\n')}`);
  const most = Number.isFinite(sampleSize()) ? 4 : 2 * THROUGH_CLI;
  const spread = forCli
    .filter((_, number) => number % Math.max(1, Math.floor(forCli.length / most)) === 0)
    .slice(0, most);
  for (const { kind, number, answer } of spread) await throughCli(folder, kind, answer, kind.input(number).bytes);
  return {
    inputs: kinds.reduce((sum, { inputs: count }) => sum + count, 0),
    throughTheCommandLine: spread.length,
    seconds: rounded((now() - started) / 1000, 0),
    kinds,
  };
});
process.exit();
