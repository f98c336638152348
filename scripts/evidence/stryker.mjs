/**
 * Stryker over the engine: which changes of its code no test of it notices. The tests are those of `vitest.stryker.config.ts`. Stryker is
 * installed into a temporary copy of what git has, so that nobody who only uses the package gets it. Some forty minutes on two cores.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { claim, Finding, rounded, scratchFolder } from './claim.mjs';

const VERSION = '10.1.1';
const FOLDER = 'src/engine';

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
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter((file) => file !== '');
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
};

await claim(async () => {
  const folder = scratchFolder();
  copyTo(folder);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], folder);
  await run('npx', ['stryker', 'run', '--concurrency', `${availableParallelism()}`], folder);
  const { files } = JSON.parse(readFileSync(join(folder, 'reports/mutation/mutation.json'), 'utf8'));
  const mutants = Object.entries(files).flatMap(([file, { mutants: of, source }]) =>
    of.map((mutant) => ({ file: file.replace(`${FOLDER}/`, ''), source, ...mutant })),
  );
  const counts = {};
  for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1;
  const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0 } = counts;
  const survivors = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ file, source, location: { start }, mutatorName, replacement }) => ({
      at: `${file}:${start.line}:${start.column}`,
      line: source.split('\n')[start.line - 1].trim(),
      mutator: mutatorName,
      became: replacement,
    }));
  return {
    stryker: VERSION,
    mutants: mutants.length,
    ...counts,
    /** Of those that were tried, the share that a test noticed. */
    score: rounded((Killed + Timeout) / (Killed + Timeout + Survived + NoCoverage), 3),
    survivors,
  };
});
