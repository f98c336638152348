/** `assay audit`: what is wrong with a runtime, whether it is on a list or not. */
import { runAudit } from '../audit/audit.js';
import { noExpectations, readExpectations } from '../gate/expectations.js';
import { quoted } from '../properties/counterexample.js';
import { knownRegressions, rareFirst } from './check.js';
import { parseDuration } from './duration.js';
import { openSide, parseSide } from './gate-side.js';
import { sideOf } from './gate.js';
import type { NodeFlags } from './node.js';
import { expectFolder } from './out-folder.js';
import type { Session } from './session.js';
import { expectSpecified, readState } from './state.js';
import { labRuntime } from './target.js';

export interface AuditCommandOptions extends Pick<NodeFlags, 'wait'> {
  /** A runtime's file, or a chain, whose code is read. Default: the lab runtime. */
  readonly target?: string;
  /** A snapshot of a chain's state, or `URL[@BLOCK]`. */
  readonly state?: string;
  /** An `assay.yaml`. */
  readonly expect?: string;
  readonly seed: number;
  /** Scenarios of each search. */
  readonly runs: number;
  /** For all searches together, such as `60s`; then `runs` is what they try at most. */
  readonly time?: string;
  readonly steps: number;
  readonly out: string;
  readonly regressions?: string | false;
  readonly requireCoverage: boolean;
}

/** Among which a time is divided: old and new rules, and some rounds of invariants. */
const SEARCHES = 8;

const commandOf = ({ target, state, expect, seed, runs, steps }: AuditCommandOptions): string => {
  const words = [
    ...(target === undefined ? [] : ['--target', target]),
    ...(state === undefined ? [] : ['--state', state]),
    ...(expect === undefined ? [] : ['--expect', expect]),
    ...['--seed', `${seed}`, '--runs', `${runs}`, '--steps', `${steps}`],
  ];
  return `npx assay audit ${words.map(quoted).join(' ')}`;
};

/** @throws InputError, RuleError, UnusableRuntime, BlockError, NodeFailure, Interrupted */
export const audit = async (options: AuditCommandOptions, session: Session): Promise<void> => {
  expectFolder('--out', options.out);
  const { target, state, expect, seed, runs, steps, out, requireCoverage } = options;
  const name = target === undefined ? labRuntime() : parseSide('--target', target);
  const expectations = expect === undefined ? noExpectations : await readExpectations(expect);
  const opening = { signal: session.signal, ...(options.wait !== undefined && { wait: options.wait }) };
  const opened = await openSide(name, opening);
  await runAudit({
    ...session,
    side: sideOf(opened, name),
    expectations,
    today: new Date().toISOString().slice(0, 'YYYY-MM-DD'.length),
    command: commandOf(options),
    regressions: await knownRegressions(options),
    rare: rareFirst(options),
    requireCoverage,
    state: state === undefined ? null : expectSpecified(await readState(state, opening)),
    seed,
    runs,
    maxSteps: steps,
    ...(options.time !== undefined && { time: parseDuration('--time', options.time) / SEARCHES }),
    out,
  });
};
