/**
 * The run events of `assay check` are the same, byte for byte apart from times and the name of Node's release, in another
 * folder, under another time zone and locale, and on other releases of Node, which npm fetches: 20.19.0, the oldest supported, 22 and 24.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { claim, Finding, scratchFolder, SEED } from './claim.mjs';

const CLI = resolve('dist/cli/main.js');
const LAB = resolve('runtime/lab.wasm');
const RELEASES = ['20.19.0', '22', '24'];
const ELSEWHERE = { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };

/** What is searched, with the exit code. */
const RUNS = [
  [['--target', `runtime:${LAB}`, '--runs', '200'], 0],
  [['--target', `runtime:${LAB}?mutant=3`], 1],
  [['--target', 'engine', '--runs', '100'], 0],
];

const folder = scratchFolder();

const nodeOf = (release) =>
  execFileSync('npx', ['--yes', '--package', `node@${release}`, 'node', '-p', 'process.execPath'], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();

/** Times, and the release of Node, which the first event names. */
const OF_THE_MOMENT = ['elapsed', 'time', 'node'];

/** The events without what is of the moment. */
const withoutTimes = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line);
      for (const key of OF_THE_MOMENT) delete event[key];
      return JSON.stringify(event);
    })
    .join('\n');

let count = 0;

const eventsOf = (node, [words, code], env) => {
  count += 1;
  const cwd = join(folder, `${count}`);
  mkdirSync(cwd);
  const args = [CLI, 'check', ...words, '--seed', `${SEED}`, '--no-regressions', '--json', 'events.ndjson'];
  const { status, error } = spawnSync(node, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' });
  if (error) throw error;
  if (status !== code) throw new Finding(`${words.join(' ')}: exit ${status}`);
  return withoutTimes(readFileSync(join(cwd, 'events.ndjson'), 'utf8'));
};

await claim(() => {
  const here = RUNS.map((run) => eventsOf(process.execPath, run, {}));
  const places = [
    { place: 'another folder', node: process.execPath, env: {} },
    { place: 'another time zone and locale', node: process.execPath, env: ELSEWHERE },
    ...RELEASES.map((release) => ({ place: `Node ${release}`, node: nodeOf(release), env: {} })),
  ];
  const same = places.map(({ place, node, env }) => {
    for (const [at, run] of RUNS.entries())
      if (eventsOf(node, run, env) !== here[at]) throw new Finding(`${place}: other events of ${run[0].join(' ')}`);
    return { place, node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() };
  });
  return {
    runs: RUNS.length,
    events: here.reduce((sum, text) => sum + text.split('\n').length, 0),
    sha256: createHash('sha256').update(here.join('\n')).digest('hex'),
    same,
  };
});
