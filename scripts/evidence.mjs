/**
 * Measures what the README and the issues claim and writes docs/evidence.json: commit, seed, machine, figures. Runs on the
 * built package: `npm run evidence`, more than an hour. Each claim is a script of scripts/evidence/, which can be run alone
 * (`node scripts/evidence/mutants.mjs`) and prints its figures. The file is written once all claims hold, or not at all.
 * Claims that are named (`npm run evidence gate`) are measured on their own, and only they are replaced in the file: as the
 * rest of it is of another time, commit and machine of each stand in it, under `measuredAlone`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath, URL } from 'node:url';
import { format, resolveConfig } from 'prettier';
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

const origin = () => ({
  commit: git('rev-parse', 'HEAD'),
  /** Whether that commit is all that was measured. */
  uncommittedChanges: git('status', '--porcelain') !== '',
  machine: {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  },
});

/** By the file's keys, in its order. */
const claims = {
  replay: () => measure('replay'),
  replayOnTheLabRuntime: () => measure('replay-on-lab'),
  invariants: () => measure('invariants'),
  coverage: () => measure('coverage'),
  agreement: () => measure('agreement'),
  mutants: () => measure('mutants'),
  audit: () => measure('audit'),
  sameEvents: () => measure('same-events'),
  differentialSpeed: async () => [await measure('speed', '60'), await measure('speed', '200')],
  microseconds: () => measure('operations'),
  gate: () => measure('gate'),
  bench: () => measure('bench'),
  load: () => measure('load'),
  follow: () => measure('follow'),
  chopsticks: () => measure('chopsticks'),
  instantSeal: () => measure('instant-seal'),
  firstVerdict: () => measure('first-verdict'),
  report: () => measure('report'),
  firstSteps: () => measure('first-steps'),
  stryker: () => measure('stryker'),
  liveNodes: () => measure('live-nodes'),
  borders: () => measure('borders'),
};

const measureAll = async () => {
  const evidence = { seed: SEED, ...origin() };
  for (const [key, claim] of Object.entries(claims)) evidence[key] = await claim();
  return evidence;
};

const alone = (figures, measuredAlone) =>
  Array.isArray(figures) ? figures.map((each) => alone(each, measuredAlone)) : { measuredAlone, ...figures };

const measureAlone = async (keys) => {
  const unknown = keys.find((key) => !Object.hasOwn(claims, key));
  if (unknown !== undefined) {
    process.stderr.write(`evidence: expected claims of ${Object.keys(claims).join(', ')}; came ${unknown}\n`);
    process.exit(2);
  }
  const { commit, uncommittedChanges, seed, machine, ...before } = JSON.parse(readFileSync(FILE, 'utf8'));
  const measuredAlone = origin();
  for (const key of keys) before[key] = alone(await claims[key](), measuredAlone);
  // In the order of a whole run; what is no claim any more is left out, and so, by JSON, what was never measured.
  const figures = Object.fromEntries(Object.keys(claims).map((key) => [key, before[key]]));
  return { commit, uncommittedChanges, seed, machine, ...figures };
};

const keys = process.argv.slice(2);
const evidence = keys.length === 0 ? await measureAll() : await measureAlone(keys);
const style = { ...(await resolveConfig(FILE)), parser: 'json' };
writeFileSync(`${FILE}.part`, await format(JSON.stringify(evidence, null, 2), style));
renameSync(`${FILE}.part`, FILE);
process.stdout.write(JSON.stringify(evidence, null, 2) + '\n');
