/** The lab runtime, and the engine against it: what most claims are about. */
import { CAST_RELEASE_PERIOD } from '../../dist/properties/cast.js';
import { runDifferential } from '../../dist/properties/differential-run.js';
import { scopeOf } from '../../dist/properties/scope.js';
import { RuntimeTarget } from '../../dist/targets/runtime-target.js';
import { loadRuntime } from '../../dist/targets/runtime/runtime.js';
import { Finding, now } from './claim.mjs';

const FILE = 'runtime/lab.wasm';

const loading = now();
export const runtime = await loadRuntime(FILE);
export const loadMilliseconds = Math.round(now() - loading);
export const scope = scopeOf(runtime.layout);

/** Counts what it is given. */
class CountingTarget extends RuntimeTarget {
  counts = { none: 0, signed: 0, root: 0, succeeded: 0 };
  /** Of each scenario. */
  steps = [];

  reset(genesis) {
    this.steps.push(0);
    return super.reset(genesis);
  }

  dispatch(call, origin) {
    this.count(origin.kind);
    const answer = super.dispatch(call, origin);
    if ('ok' in answer.outcome) this.counts.succeeded += 1;
    return answer;
  }

  advance(blocks, options) {
    this.steps[this.steps.length - 1] += 1;
    return super.advance(blocks, options);
  }

  count(kind) {
    this.counts[kind] += 1;
    this.steps[this.steps.length - 1] += 1;
  }
}

/** The lab runtime's settings under rules, as scenarios of the generator want them. */
export const settings = (rules, mutant = 0) => ({ rules, mutant, releasePeriod: CAST_RELEASE_PERIOD });

/**
 * The engine against the lab runtime, both under the same rules, the lab with a bug where `mutant` names one.
 * @returns what the suite came to, its counterexample where there is one, and what the target counted
 */
export const differential = async ({ rules, mutant = 0, ...options }) => {
  const told = [];
  const targets = [];
  const makeTarget = ({ fresh }) => {
    const target = new CountingTarget(runtime, { fresh, lab: settings(rules, mutant) });
    targets.push(target);
    return target;
  };
  const emit = (event) => void told.push(event);
  const named = `runtime:${FILE}?rules=${rules.toString()}${mutant === 0 ? '' : `&mutant=${mutant}`}`;
  const finished = await runDifferential({ ...options, rules, scope, makeTarget, named, emit, now });
  const uncovered = told.find(({ type }) => type === 'not-covered');
  if (uncovered) throw new Finding(`${finished.suite}: not compared: ${uncovered.what}: ${uncovered.reason}`);
  const counterexample = told.find(({ type }) => type === 'counterexample');
  return { ...finished, counterexample, counts: targets[0].counts, scenarioSteps: targets[0].steps };
};

/** What a finding says of itself where none may be: what parts the two, the steps to it, and the command that replays it. */
export const findingOf = ({ suite, verdict, summary, counterexample }) => {
  const { steps = [], command = '' } = counterexample ?? {};
  return new Finding([`${suite}: ${verdict}: ${summary}`, ...steps.map((step) => `  ${step}`), command].join('\n'));
};
