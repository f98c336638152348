/**
 * `assay audit` from a cold start, without the regressions: that it puts every deviation that breaks an invariant by itself down to its own
 * rule, those of docs/findings.md among them, under three seeds, and how long that takes; and that its fingerprint names exactly
 * the rules that are set, for random sets of them.
 */
import fc from 'fast-check';
import { runAudit } from '../../dist/audit/audit.js';
import { noExpectations } from '../../dist/gate/expectations.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { invariants } from '../../dist/spec/invariants.js';
import { deviationRules, Rules } from '../../dist/spec/rules.js';
import { claim, Finding, median, now, scratchFolder, SEED } from './claim.mjs';
import { assay } from './command.mjs';
import { runtime, scope, settings } from './lab.mjs';

const SEEDS = [SEED, SEED + 1, SEED + 2];
const BUDGET = { runs: 160, steps: 40 };
const LIMIT_SECONDS = 60;
const RULE_SETS = 100;
/** The first of those that this suite found. */
const FIRST_FINDING = 'DEV-20';

const out = scratchFolder();

/** Those that break an invariant where all else is promised. */
const breaking = deviationRules.filter((rule) => invariants.some(({ brokenBy }) => brokenBy.includes(rule)));

const fromColdStart = async (seed) => {
  const { runs, steps } = BUDGET;
  const words = ['--seed', seed, '--runs', runs, '--steps', steps, '--no-regressions', '--out', out];
  const { code, seconds, events } = await assay('audit', ...words);
  const causes = events
    .filter(({ type, kind }) => type === 'finding' && kind === 'invariant')
    .map(({ id }) => id.split('/')[2]);
  const missing = breaking.filter((rule) => !causes.includes(rule));
  if (missing.length > 0)
    throw new Finding(`seed ${seed}: ${missing.join(', ')} broke nothing that was put down to it`);
  const open = events.filter(({ type, status }) => type === 'finding' && status === 'open');
  if (code !== 0 || open.length > 0)
    throw new Finding(`seed ${seed}: exit ${code}, ${open.map(({ id }) => id).join(', ')}`);
  if (seconds >= LIMIT_SECONDS) throw new Finding(`seed ${seed}: ${seconds} s`);
  return {
    seed,
    seconds,
    steps: events.find(({ type, suite }) => type === 'suite-finished' && suite === 'invariants').steps,
    brokenInvariants: causes.length,
  };
};

/** What the fingerprint of an audit says of the lab runtime under these rules. */
const fingerprintOf = async (rules) => {
  const told = [];
  await runAudit({
    side: {
      named: `runtime:runtime/lab.wasm?rules=${rules.toString()}`,
      ...{ runtime, scope, base: Rules.deployed },
      makeTarget: ({ fresh }) => new RuntimeTarget(runtime, { fresh, lab: settings(rules) }),
    },
    ...{ expectations: noExpectations, today: '2026-01-01', command: 'assay audit', regressions: [], state: null, out },
    ...{ requireCoverage: false, seed: SEED, runs: 1, maxSteps: 1, now, emit: (event) => void told.push(event) },
  });
  return told.find(({ type, suite }) => type === 'suite-finished' && suite === 'fingerprint');
};

const anyRules = fc
  .tuple(...deviationRules.map(() => fc.boolean()))
  .map((deployed) =>
    deviationRules.reduce((all, rule, at) => (deployed[at] ? all.with(rule, 'deployed') : all), Rules.promised),
  );

await claim(async () => {
  const coldStarts = [];
  for (const seed of SEEDS) coldStarts.push(await fromColdStart(seed));
  const fingerprints = [];
  for (const rules of fc.sample(anyRules, { seed: SEED, numRuns: RULE_SETS })) {
    const started = now();
    const { summary } = await fingerprintOf(rules);
    if (!summary.endsWith(rules.toString())) throw new Finding(`fingerprint of ${rules.toString()}: ${summary}`);
    fingerprints.push(now() - started);
  }
  return {
    budget: BUDGET,
    rules: 'deployed',
    deviations: breaking.length,
    findings: breaking.filter((rule) => rule >= FIRST_FINDING).length,
    breaksNothingAlone: deviationRules.filter((rule) => !breaking.includes(rule)),
    coldStarts,
    fingerprints: {
      asked: RULE_SETS,
      exact: fingerprints.length,
      millisecondsOfAnAudit: Math.round(median(fingerprints)),
    },
  };
});
