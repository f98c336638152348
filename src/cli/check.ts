/** `assay check`: the invariants over generated scenarios, or a recording; without a target both, on what is carried along. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInvariant } from '../properties/invariant-run.js';
import { InputError } from '../properties/recording-file.js';
import { invariants, type Invariant } from '../spec/invariants.js';
import { Rules } from '../spec/rules.js';
import { replayAll } from './replay.js';
import type { Session } from './session.js';
import { parseTarget } from './target.js';

export interface CheckOptions {
  readonly target?: string;
  readonly rules?: string;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  readonly path?: string;
  readonly invariant?: string;
  readonly out: string;
}

/** The recordings that the package carries. */
const carried = (): string => relative('', fileURLToPath(new URL('../../recordings', import.meta.url)));

const chosenInvariants = (id: string | undefined): readonly Invariant[] => {
  const chosen = invariants.filter((each) => id === undefined || each.id === id);
  if (chosen.length > 0) return chosen;
  throw new InputError(`--invariant ${id}: expected one of ${invariants.map((each) => each.id).join(', ')}`);
};

/** Without `--rules` both profiles: they must hold as promised, and what breaks as deployed is told. */
const profiles = (rules: string | undefined): readonly Rules[] =>
  rules === undefined ? [Rules.promised, Rules.deployed] : [Rules.parse(rules)];

const searchEngine = async (options: CheckOptions, session: Session): Promise<void> => {
  const chosen = chosenInvariants(options.invariant);
  for (const rules of profiles(options.rules)) {
    for (const invariant of chosen) {
      if (session.signal.aborted) return;
      const { seed, runs, out, path } = options;
      await runInvariant(invariant, {
        ...session,
        rules,
        seed,
        runs,
        maxSteps: options.steps,
        out,
        ...(path !== undefined && { path }),
      });
    }
  }
};

/** @throws InputError, RuleError */
export const check = async (options: CheckOptions, session: Session): Promise<void> => {
  const target = parseTarget(options.target);
  if (target.kind === 'recording') return replayAll([target.file], options.rules, session);
  if (options.path !== undefined && (options.invariant === undefined || options.rules === undefined)) {
    throw new InputError('--path leads to one counterexample: give --invariant, --rules and --seed with it');
  }
  if (target.kind === 'default') await replayAll([carried()], options.rules, session);
  return searchEngine(options, session);
};
