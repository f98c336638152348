/**
 * Measures what the README and the issues claim and writes docs/evidence.json: commit, seed, machine, figures. Runs on the
 * built package: `npm run evidence`, about ten minutes. Each claim is a script of scripts/evidence/, which can be run alone
 * (`node scripts/evidence/mutants.mjs`) and prints its figures. The file is written once all claims hold, or not at all.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath, URL } from 'node:url';
import { SEED } from './evidence/claim.mjs';

const FILE = 'docs/evidence.json';

let running;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    running?.kill(signal);
    process.exit(130);
  });
}

/** A claim's figures; the end of this run where it does not hold. */
const measure = async (name, ...words) => {
  const started = performance.now();
  const script = fileURLToPath(new URL(`evidence/${name}.mjs`, import.meta.url));
  running = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code, signal]] = await Promise.all([text(running.stdout), once(running, 'exit')]);
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stderr.write(`${[name, ...words].join(' ')}: ${seconds} s\n${said}`);
  if (code === 0) return JSON.parse(said);
  process.stderr.write(`evidence: ${name} ended with ${code ?? signal}: ${FILE} is left as it was\n`);
  return process.exit(1);
};

const git = (...words) => execFileSync('git', words, { encoding: 'utf8' }).trim();

const evidence = {
  commit: git('rev-parse', 'HEAD'),
  /** Whether that commit is all that was measured. */
  uncommittedChanges: git('status', '--porcelain') !== '',
  seed: SEED,
  machine: {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  },
  replay: await measure('replay'),
  replayOnTheLabRuntime: await measure('replay-on-lab'),
  searches: await measure('searches'),
  agreement: await measure('agreement'),
  mutants: await measure('mutants'),
  differentialSpeed: [await measure('speed', '60'), await measure('speed', '200')],
  microseconds: await measure('operations'),
  chopsticks: await measure('chopsticks'),
  instantSeal: await measure('instant-seal'),
  firstVerdict: await measure('first-verdict'),
  liveNodes: await measure('live-nodes'),
};
writeFileSync(`${FILE}.part`, JSON.stringify(evidence, null, 2) + '\n');
renameSync(`${FILE}.part`, FILE);
process.stdout.write(JSON.stringify(evidence, null, 2) + '\n');
