/**
 * The gate at its default budget, as somebody runs it: `assay gate` as a process of its own, each time. No false alarms, every
 * rule that flips found and let pass once announced, bugs named by their calls, the variants' changes told exactly. What does
 * not come out so is gathered, and all of it told at the end. Seconds are the wall clock's; beside them stands what the machine
 * had to give. Progress goes to stderr.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { callsOf } from '../../dist/gate/told.js';
import { deviationRules, revisionRules } from '../../dist/spec/rules.js';
import { claim, Finding, median, now, rounded, scratchFolder, spread } from './claim.mjs';
import { parseAll } from './recordings.mjs';

const CLI = 'dist/cli/main.js';
const LAB = 'runtime/lab.wasm';
/** Of a lab runtime against itself: who waits longer does not run it with every pull request. */
const MOST_SECONDS = 30;
/** What has not ended by then never will. */
const HANGS = 300_000;
const SEEDS_OF_ITSELF = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const SEEDS_OF_MUTANTS = [1, 2, 3, 4, 5];

const STOP = 'Compute.request_compute_stop';
/** The bugs, by number, and what each is in. The last one is dear and does nothing wrong. */
const MUTANTS = {
  1: 'PalletIp.on_initialize',
  2: 'Compute.submit_compute_boot_request_fulfillment',
  3: STOP,
  101: STOP,
};
const BESIDE_A_FLIP = 3;

const QUEUED = 'Compute.ComputeRequests+Compute.MinerComputeRequests';
const PRIORITY = 'interface/Compute.ComputeRequests/value.priority';
/** All that each of them may be found to change. */
const VARIANTS = {
  noted: [PRIORITY, 'upgrade/Compute.ComputeRequests/undecodable'],
  migrated: [PRIORITY],
  moved: [`interface/${STOP}/index`, 'interface/version/transaction_version'],
  dropped: [
    'upgrade/Compute.MinerComputeRequests/lost',
    'upgrade/INV-06/PalletIp.RoleToIp',
    `upgrade/INV-09/${QUEUED}`,
    `upgrade/INV-10/${QUEUED}+Compute.MinerComputeStopRequests`,
    `upgrade/INV-16/${QUEUED}`,
  ],
};

const folder = scratchFolder();
const wrong = [];

/** Notes that `told` is not what was claimed. */
const expectThat = (holds, told) => {
  if (holds) return;
  wrong.push(told);
  process.stderr.write(`gate: WRONG: ${told}\n`);
};

const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

let gates = 0;

/** `assay gate` as in CI, where what was not reached fails. @returns exit code, verdict, the open findings, and seconds */
const gate = async (next, ...words) => {
  gates += 1;
  const json = join(folder, `${gates}.ndjson`);
  const kept = ['--json', json, '--out', join(folder, `${gates}`)];
  const args = [CLI, 'gate', '--old', LAB, '--new', next, ...words, ...kept, '--require-coverage', '--no-annotations'];
  const started = now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: HANGS });
  running.add(child);
  const [code, signal] = await once(child, 'exit');
  running.delete(child);
  const seconds = rounded((now() - started) / 1000, 1);
  const told = readFileSync(json, 'utf8').trim().split('\n');
  const events = told.map((line) => JSON.parse(line));
  const open = events.filter(({ type, status }) => type === 'finding' && status === 'open');
  const verdict = events.findLast(({ type }) => type === 'run-finished')?.verdict ?? 'none';
  // Two states may show one thing.
  const ids = [...new Set(open.map(({ id }) => id))];
  const came = `${next} ${words.join(' ')}: exit ${code ?? signal}, ${verdict}, open: ${ids.join(', ') || 'none'}`;
  process.stderr.write(`gate: ${came}; ${seconds} s\n`);
  return { code, verdict, open, ids, came, seconds };
};

const spreadOfSeconds = (figures) => {
  const { min, max } = spread(figures);
  return { fastest: min, median: median(figures), slowest: max };
};

/** The lab runtime against itself, under a seed or under the one that is made of the two. */
const againstItself = async (seed) => {
  const ran = await gate(LAB, ...(seed === undefined ? [] : ['--seed', `${seed}`]));
  expectThat(ran.code === 0 && ran.verdict === 'conforms' && ran.open.length === 0, `a false alarm: ${ran.came}`);
  expectThat(ran.seconds < MOST_SECONDS, `${ran.seconds} s, ${MOST_SECONDS} at most: ${ran.came}`);
  return ran;
};

const itself = async () => {
  const { code, verdict, seconds } = await againstItself();
  const seeded = [];
  const parses = [];
  for (const seed of SEEDS_OF_ITSELF) {
    seeded.push(await againstItself(seed));
    parses.push(parseAll());
  }
  return {
    exit: code,
    verdict,
    seconds,
    seeds: seeded.length,
    falseAlarms: seeded.filter((ran) => ran.code !== 0).length,
    secondsOverSeeds: spreadOfSeconds(seeded.map((ran) => ran.seconds)),
    /** Between the runs. */
    jsonParseOfRecordedLinesPerSecond: spread(parses.slice(1)),
  };
};

const settingOf = (rule) => (revisionRules.includes(rule) ? '9006' : 'promised');

const announcementOf = (rule) => {
  const file = join(folder, `${rule}.yaml`);
  const entry = `{ to: '${settingOf(rule)}', reason: a repair, author: the evidence, expires: 2099-12-31 }`;
  writeFileSync(file, `format: assay/1\nrules:\n  ${rule}: ${entry}\n`);
  return file;
};

/** A rule flipped: not announced, announced, and announced with a bug beside it. */
const flip = async (rule) => {
  const next = `${LAB}?rules=${rule}=${settingOf(rule)}`;
  const unannounced = await gate(next);
  const found = unannounced.open.find(({ id }) => id === `rule/${rule}`);
  expectThat(
    unannounced.code === 1 && found !== undefined && callsOf(rule).includes(found.part),
    `${rule}, not announced, is not found in one of its calls: ${unannounced.came}, in ${found?.part}`,
  );
  const expecting = ['--expect', announcementOf(rule)];
  const announced = await gate(next, ...expecting);
  expectThat(announced.code === 0, `${rule}, announced, does not pass: ${announced.came}`);
  const besides = await gate(`${next}&mutant=${BESIDE_A_FLIP}`, ...expecting);
  const parts = [...new Set(besides.open.map(({ part }) => part))];
  expectThat(
    besides.code === 1 && parts.includes(MUTANTS[BESIDE_A_FLIP]),
    `${rule}, announced, hides bug ${BESIDE_A_FLIP}: ${besides.came}`,
  );
  return {
    rule,
    unannounced: { exit: unannounced.code, call: found?.part ?? null, open: unannounced.ids },
    announced: { exit: announced.code, open: announced.ids },
    withABugBeside: { exit: besides.code, open: besides.ids },
  };
};

/** Nothing is timed in these: as many at once as there are cores. */
const atOnce = async (inputs, work) => {
  const results = [];
  const waiting = inputs.entries();
  const worker = async () => {
    for (const [at, input] of waiting) results[at] = await work(input);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
};

const flips = async () => {
  const all = await atOnce([...deviationRules, ...revisionRules], flip);
  const count = (holds) => all.filter(holds).length;
  return {
    rules: all.length,
    found: count(({ unannounced }) => unannounced.exit === 1 && unannounced.call !== null),
    passedOnceAnnounced: count(({ announced }) => announced.exit === 0),
    bugsFoundBeside: count(({ withABugBeside }) => withABugBeside.exit === 1),
    each: all,
  };
};

/** One bug under several seeds. Wrong is what blames another call, too. */
const hunt = async ([mutant, call]) => {
  const hunts = [];
  for (const seed of SEEDS_OF_MUTANTS) {
    const ran = await gate(`${LAB}?mutant=${mutant}`, '--seed', `${seed}`);
    const isNamed = ran.open.length > 0 && ran.open.every(({ part }) => part === call);
    expectThat(ran.code === 1 && isNamed, `bug ${mutant} is not found in ${call} alone: ${ran.came}`);
    hunts.push({ ...ran, isNamed });
  }
  const named = hunts.filter(({ isNamed }) => isNamed);
  const lengths = named.map(({ open: [{ steps = [] }] }) => steps.length);
  return {
    mutant: Number(mutant),
    call,
    seeds: hunts.length,
    found: named.length,
    ids: [...new Set(hunts.flatMap(({ ids }) => ids))],
    ...(named.length > 0 && { stepsOfTheCounterexample: { median: median(lengths), worst: Math.max(...lengths) } }),
    seconds: spreadOfSeconds(hunts.map(({ seconds }) => seconds)),
  };
};

const mutants = async () => {
  const all = [];
  for (const each of Object.entries(MUTANTS)) all.push(await hunt(each));
  return all;
};

const variant = async ([name, changes]) => {
  const ran = await gate(`runtime/${name}.compact.compressed.wasm`);
  const open = ran.ids.toSorted();
  expectThat(
    ran.code === 1 && open.join() === changes.toSorted().join(),
    `${name} is not found to change ${changes.join(', ')}, and nothing else: ${ran.came}`,
  );
  return { variant: name, exit: ran.code, open };
};

await claim(async () => {
  const started = now();
  const figures = {
    budget: 'the default of `assay gate`, --require-coverage',
    old: LAB,
    itself: await itself(),
    mutants: await mutants(),
    flips: await flips(),
    variants: await atOnce(Object.entries(VARIANTS), variant),
    gates,
    minutes: rounded((now() - started) / 60_000, 1),
  };
  if (wrong.length > 0) throw new Finding(['the gate:', ...wrong].join('\n  '));
  return figures;
});
