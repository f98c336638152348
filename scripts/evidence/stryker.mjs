/**
 * Stryker over the engine: which changes of its code no test of `stryker.vitest.mjs` notices, each with why that is so. One that is not
 * explained in `stryker-survivors.mjs` is a finding. Stryker is installed into a temporary copy of what git has, so that nobody who only uses
 * the package gets it; it is its last release for Node 20. Some half an hour on two cores, which should have nothing else to do: what
 * they do not get to in time counts as noticed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { claim, Finding, rounded, scratchFolder } from './claim.mjs';
import { explained } from './stryker-survivors.mjs';

const VERSION = '9.6.1';
const FOLDER = 'src/engine';
/** A mutant that runs so much longer than the tests without it is one that never ends. */
const TIMEOUT = 40_000;

/** @see https://stryker-mutator.io/docs/stryker-js/configuration/ */
const config = {
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/evidence/stryker.vitest.mjs' },
  mutate: [`${FOLDER}/**/*.ts`],
  reporters: ['json'],
  coverageAnalysis: 'perTest',
  // Evaluated once as the module loads, before any test: tables of names, mostly.
  ignoreStatic: true,
  disableTypeChecks: true,
  concurrency: availableParallelism(),
  timeoutMS: TIMEOUT,
};

const run = async (command, args, cwd) => {
  // Its own progress is told where the claims tell theirs.
  const running = spawn(command, args, { cwd, stdio: ['ignore', process.stderr, process.stderr] });
  const end = () => running.kill('SIGTERM');
  process.once('exit', end);
  const [code] = await once(running, 'exit');
  process.off('exit', end);
  if (code !== 0) throw new Finding(`${command} ${args.join(' ')} ended with ${code}`);
};

const copyTo = (folder) => {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '');
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
};

/** The code that a mutant replaces. */
const replaced = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = lines[last].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join('\n');
};

const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);

/** The report of a new run. */
const mutated = async () => {
  const folder = scratchFolder();
  copyTo(folder);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], folder);
  writeFileSync(join(folder, 'stryker.config.json'), JSON.stringify(config));
  await run('npx', ['stryker', 'run'], folder);
  return readFileSync(join(folder, 'reports/mutation/mutation.json'), 'utf8');
};

await claim(async () => {
  // Of a run of this script's that ended with survivors whom nobody had explained.
  const made = process.env.STRYKER_REPORT;
  const report = made === undefined ? await mutated() : readFileSync(made, 'utf8');
  const { files } = JSON.parse(report);
  const mutants = Object.entries(files).flatMap(([file, { mutants: of, source }]) =>
    of.map((mutant) => ({
      file: file.replace(`${FOLDER}/`, ''),
      code: replaced(source, mutant.location),
      ...mutant,
    })),
  );
  const counts = {};
  for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0 } = counts;
  const survivors = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ file, code, location, replacement }) => ({
      at: `${file}:${location.start.line}`,
      code,
      became: replacement,
      why: explained(file, code, replacement),
    }));
  const unexplained = survivors.filter(({ why }) => why === null);
  for (const each of unexplained) process.stderr.write(`${JSON.stringify(each)}\n`);
  if (unexplained.length > 0) {
    const kept = join(tmpdir(), 'assay-mutation.json');
    writeFileSync(kept, report);
    throw new Finding(
      `${unexplained.length} of ${survivors.length} mutants live that nobody explains; the report is kept: ${kept}`,
    );
  }
  return {
    stryker: VERSION,
    mutants: mutants.length,
    /** `Ignored`: static ones. */
    ...counts,
    /** Of those that were tried, the share that a test noticed. */
    score: rounded((Killed + Timeout) / (Killed + Timeout + Survived + NoCoverage), 3),
    survivors,
  };
});
