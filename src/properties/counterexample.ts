/** What broke an invariant: run again on fresh engines, made as short as it goes, kept as a recording that `replay` plays. */
import { join } from 'node:path';
import { createEngine } from '../engine/engine.js';
import { PHRASE } from '../spec/accounts.js';
import { blake2_256 } from '../spec/hashing.js';
import { hexOfText } from '../spec/hex.js';
import type { Invariant } from '../spec/invariants.js';
import { RECORDING_FORMAT, type RecordingHeader } from '../spec/recording.js';
import { REVISED_SPEC_VERSION, type Rules } from '../spec/rules.js';
import type { Counterexample } from '../spec/run-events.js';
import type { Step } from '../spec/steps.js';
import { storage } from '../spec/storage.js';
import { EngineTarget } from '../targets/engine-target.js';
import { accountsOf, CAST_RELEASE_PERIOD, genesisOf, namesOf, type Cast } from './cast.js';
import type { Command } from './commands/command.js';
import type { Plan } from './generate.js';
import { optionsOf, playPlan, type Played } from './play-plan.js';
import { callText, type Names } from './readable.js';
import { recordScenario, writeRecording, type RecordedCast } from './record.js';

/** A counterexample as fast-check found it. */
export interface Found {
  readonly plan: Plan;
  readonly seed: number;
  /** fast-check's. */
  readonly path: string;
  readonly shrinks: number;
}

const stepText = (step: Step, names: Names): string => {
  if ('call' in step) return callText(step.call, step.origin, names);
  if ('advance' in step)
    return `advance ${step.advance} block${step.advance === 1n ? '' : 's'}${step.jump ? ' in one jump' : ''}`;
  return 'inject' in step ? 'inject storage' : step.query;
};

/** The command that means this step, whatever the state. */
const always = (step: Step): Command => ({ resolve: () => step });

/** Steps that can go do, from the end on, until each one that is left is needed: fast-check shrinks an array's front best. */
const withoutIdle = (plan: Plan, breaks: (shorter: Plan) => boolean): Plan => {
  let shortest = plan;
  for (let at = plan.commands.length - 1; at >= 0; at -= 1) {
    const shorter = { ...shortest, commands: shortest.commands.toSpliced(at, 1) };
    if (breaks(shorter)) shortest = shorter;
  }
  return shortest.commands.length < plan.commands.length ? withoutIdle(shortest, breaks) : shortest;
};

/** A rule set in a file's name: its text where that is short, else its hash. */
const fileStem = (rules: Rules): string => {
  const text = rules.toString();
  return text.length <= 40 ? text.replaceAll(/[=,]/g, '-') : `rules-${blake2_256(hexOfText(text)).slice(2, 10)}`;
};

const recordedCast = (cast: Cast): RecordedCast => ({
  users: cast.users.map(({ id }) => id),
  sub_accounts: cast.subAccounts.map(({ id }) => id),
  sudo: cast.sudo.id,
  paths: Object.fromEntries(accountsOf(cast).map(({ id, path }) => [id, path])),
});

const headerOf = (
  { id, statement }: Invariant,
  rules: Rules,
  { seed, path }: Found,
  { steps, broken }: Played,
): RecordingHeader => ({
  format: RECORDING_FORMAT,
  spec_name: 'assay-engine',
  spec_version: rules.revised('REV-01') && rules.revised('REV-02') ? REVISED_SPEC_VERSION : 9000,
  seed,
  scenarios: 1,
  steps: steps.length,
  recorded_pallets: Object.keys(storage),
  ip_release_period: CAST_RELEASE_PERIOD.toString(),
  rules: rules.toString(),
  path,
  invariant: { id, statement, broken: broken ?? '' },
  phrase: PHRASE,
});

/**
 * Runs a counterexample once more, shortens it and keeps it in `folder`.
 * @returns what to tell of it, or null where it did not come again: an error of ours, never a finding.
 */
export const keepCounterexample = async (
  invariant: Invariant,
  rules: Rules,
  cast: Cast,
  found: Found,
  folder: string,
): Promise<Omit<Counterexample, 'type' | 'suite'> | null> => {
  const playFresh = (plan: Plan): Played => playPlan(createEngine(optionsOf(rules)), cast, invariant, plan);
  const again = playFresh(found.plan);
  if (again.broken === null) return null;
  const plan = withoutIdle(
    { ...found.plan, commands: again.steps.map(always) },
    (shorter) => playFresh(shorter).broken !== null,
  );
  const played = playFresh(plan);
  if (played.broken === null) return null;
  const { steps, broken } = played;
  const file = join(folder, `${invariant.id}-${fileStem(rules)}-${found.seed}.jsonl`);
  const target = new EngineTarget(optionsOf(rules));
  const lines = await recordScenario(target, 0, genesisOf(cast, plan.nextRequestId), recordedCast(cast), steps);
  await writeRecording(file, headerOf(invariant, rules, found, played), lines);
  const names = namesOf(cast);
  return {
    invariant: invariant.id,
    statement: invariant.statement,
    broken,
    rules: rules.toString(),
    seed: found.seed,
    path: found.path,
    shrinks: found.shrinks,
    steps: steps.map((step) => stepText(step, names)),
    file,
    command: `npx assay replay ${file}`,
  };
};
