/**
 * Measures what the README and the issues claim and writes docs/evidence.json: commit, seed, machine, figures. Runs on the
 * built package: `npm run evidence`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EngineTarget, Rules, findRecordings, invariants, openRecording, replay, runInvariant } from '../dist/index.js';

const SEED = 20_261_123;
const PASSES = 15;
const SCENARIOS = 10_000;

const now = () => performance.now();
const silent = () => undefined;

/** Replays everything once; steps a second of this process' one thread. */
const replayOnce = async () => {
  const started = now();
  let steps = 0;
  let differences = 0;
  for (const file of await findRecordings(['recordings'])) {
    const finished = await replay(await openRecording(file), {
      makeTarget: (header) =>
        new EngineTarget({
          rules: Rules.deployed.revisedFor(header.spec_version),
          releasePeriod: BigInt(header.ip_release_period),
        }),
      emit: silent,
      now,
    });
    steps += finished.steps;
    differences += finished.differences;
  }
  return { steps, differences, perSecond: Math.round((steps / (now() - started)) * 1000) };
};

/** The yardstick: what the lines' `JSON.parse` alone takes, in the same process. */
const texts = (await findRecordings(['recordings'])).map((file) => gunzipSync(readFileSync(file)).toString());
const parseOnce = () => {
  const started = now();
  let lines = 0;
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      JSON.parse(line);
      lines += 1;
    }
  }
  return Math.round((lines / (now() - started)) * 1000);
};

const replays = [];
const parses = [];
for (let pass = 0; pass < PASSES; pass += 1) {
  replays.push(await replayOnce());
  parses.push(parseOnce());
}
const [cold, ...warm] = replays.map(({ perSecond }) => perSecond);
const sorted = warm.toSorted((left, right) => left - right);

const out = mkdtempSync(join(tmpdir(), 'assay-'));
const searches = [];
for (const invariant of invariants) {
  const options = { rules: Rules.promised, seed: SEED, runs: SCENARIOS, maxSteps: 100, out, emit: silent, now };
  const { verdict, scenarios, steps, elapsed } = await runInvariant(invariant, options);
  searches.push({
    invariant: invariant.id,
    rules: 'promised',
    verdict,
    scenarios,
    steps,
    perSecond: Math.round((steps / elapsed) * 1000),
  });
}
rmSync(out, { recursive: true });

const evidence = {
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
  seed: SEED,
  machine: {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  },
  replay: {
    steps: replays[0]?.steps,
    differences: replays.reduce((sum, { differences }) => sum + differences, 0),
    /** In one thread; the machine is shared, so beside it the JSON.parse of the same lines. */
    stepsPerSecond: {
      cold,
      warm: { runs: warm.length, min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) },
    },
    jsonParseOfTheSameLinesPerSecond: parses.toSorted((left, right) => left - right)[Math.floor(parses.length / 2)],
  },
  searches,
};
writeFileSync('docs/evidence.json', JSON.stringify(evidence, null, 2) + '\n');
process.stdout.write(JSON.stringify(evidence, null, 2) + '\n');
