#!/usr/bin/env node
/** The command line: the only place that wires rooms together. Exit codes: the README's table. */
import { randomInt } from 'node:crypto';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../properties/recording-file.js';
import { LARGEST_SEED } from '../properties/seed.js';
import { RuleError } from '../spec/rules.js';
import { BlockError, NodeFailure, UnusableRuntime } from '../targets/failures.js';
import type { SuiteFinished, Verdict } from '../spec/run-events.js';
import type { AuditCommandOptions } from './audit.js';
import type { BenchCommandOptions } from './bench.js';
import type { CheckOptions } from './check.js';
import type { GateCommandOptions } from './gate.js';
import { EXAMPLES, SIDES, TARGETS, WAITS } from './help.js';
import type { ListName } from './list.js';
import type { LoadPlanOptions, LoadRunCommandOptions } from './load.js';
import type { RecordCommandOptions } from './record.js';
import { emitsTests, replayAll, type ReplayAllOptions } from './replay.js';
import { runSession, version, worst, type Ending, type Session, type SessionOptions } from './session.js';

const USAGE_ERROR = 2;

const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };

/** What is let pass, or not. */
interface Leniency {
  readonly requireCoverage: boolean;
  readonly allowAbsent?: boolean;
}

interface CommonOptions extends SessionOptions, Leniency {
  readonly target?: string;
  readonly rules?: string;
}

const failing: ReadonlySet<Verdict> = new Set(['finding', 'unattributed', 'not covered']);

const exitOf = (suites: readonly SuiteFinished[], { requireCoverage, allowAbsent }: Leniency): Ending['exit'] => {
  const verdicts = suites.map(({ verdict }) => verdict);
  if (verdicts.includes('error')) return 2;
  const fails = (verdict: Verdict): boolean =>
    failing.has(verdict) ||
    (verdict === 'vacuous' && requireCoverage) ||
    (verdict === 'absent' && allowAbsent !== true);
  return verdicts.some(fails) ? 1 : 0;
};

const messages: Readonly<Record<Verdict, string>> = {
  conforms: 'everything that was compared equals what was expected',
  deviates: 'what is wrong is known of the deployed pallet ("assay list deviations"), and mended under "promised"',
  vacuous: 'some part of the run did not reach what it is about: give it more --runs or --steps, or another recording',
  'not covered': 'the recording has calls that the specification does not describe',
  absent:
    'a pallet that is looked for is not there: --allow-absent lets that pass, and the rest is checked all the same',
  unattributed: 'a difference could not be attributed',
  finding: 'something is otherwise than expected: see above, and --json FILE for all of it',
  error: 'the work could not be done to its end: the table has what was done',
};

const ending = ({ suites }: Session, leniency: Leniency): Ending => {
  const verdict = worst(suites.map((suite) => suite.verdict));
  return { message: `${verdict}: ${messages[verdict]}`, exit: exitOf(suites, leniency) };
};

const chartOption = new Option('--chart <file>', 'draw what was measured, as .svg or as a page, .html');

/** Where nothing failed, what a run that measures has to say stands in its tables. */
const measured = ({ suites }: Session): Partial<Ending> =>
  suites.every(({ verdict }) => verdict === 'conforms')
    ? { message: 'measured: --json FILE has all figures, --chart FILE draws them' }
    : {};

const jsonOption = new Option('--json <file>', 'write the run events as NDJSON (docs/run-events.md)');

const common = (command: Command): Command =>
  reporting(
    command.addOption(
      new Option('--rules <rules>', 'the engine\'s rules: "deployed", "promised", or "DEV-04=promised,REV-01=9006"'),
    ),
  );

/** The flags of all commands that judge. */
const reporting = (command: Command): Command =>
  command
    .addOption(jsonOption)
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--sarif <file>', 'write what was found as SARIF 2.1.0, for code scanning')
    .option('--markdown <file>', 'write what was found as a comment for a pull request')
    .option('--report <file>', 'write the whole run as one HTML page that needs nothing else')
    .option('--no-annotations', 'on GitHub Actions: do not show what was found beside the run')
    .option('--quiet', 'print the table only')
    .option(
      '--require-coverage',
      'exit 1 where something was not reached (default where CI=true)',
      process.env.CI === 'true',
    )
    .option('--no-require-coverage');

/** The flags of commands that may have to do with a node. */
const nodeFlags = (command: Command): Command =>
  command
    .option('--suri <uri>', 'of the key that pays on a node that is there, //Alice by default (or ASSAY_SURI)')
    .option('--allow-writes', 'send transactions to a chain that is not your own, once confirmed')
    .option('--wait <limits>', `seconds that a node may take: ${WAITS} (or ASSAY_WAIT)`)
    .option('--node-bin <file>', 'polkadot-omni-node, where it is not on the PATH (or ASSAY_NODE_BIN)');

const program = new Command('assay')
  .description(
    'Tells what a runtime with the Hippius Compute pallet does, and where that departs from what was promised.',
  )
  .version(version)
  .showHelpAfterError('(assay --help shows what there is)')
  .exitOverride()
  .addHelpText('after', EXAMPLES);

const LISTS = ['requirements', 'rules', 'deviations', 'invariants', 'mutants'] as const satisfies readonly ListName[];

/** Whether every cell must be reached: by the flag itself. The default budget reaches some nine in ten of them. */
const asksForCoverage = ({ requireCoverage }: Leniency, command: Command): boolean =>
  requireCoverage && command.getOptionValueSource('requireCoverage') === 'cli';

let exitCode = 0;

nodeFlags(
  common(
    program
      .command('check')
      .description(
        'a runtime against the engine, the engine against its invariants; without --target all that is carried',
      )
      .option('--target <target>', `${TARGETS}; or "recording:FILE"`)
      .option('--allow-absent', 'a pallet that is not there lets the exit code be'),
  ),
)
  .option('--runs <n>', 'scenarios to try, of each kind (default: 400; 6 on a node)', whole(1, 10_000_000))
  .option('--time <time>', 'search so long, such as 60s or 2m; with --runs until the first of the two is over')
  .option('--steps <n>', 'commands of a scenario, at most (default: 100)', whole(1, 100_000))
  .option('--min-steps <n>', 'and at least (default: 0; half of --steps on a node)', whole(0, 100_000))
  .option('--seed <n>', 'of the search (default: random, and told)', whole(0, LARGEST_SEED))
  .option('--path <path>', "fast-check's path to a counterexample; with --invariant, --rules and --seed")
  .option('--invariant <id>', 'only this one')
  .option('--out <folder>', 'where counterexamples are kept', 'counterexamples')
  .option('--regressions <folder>', 'recordings to play first, beside those that are carried (default: those in --out)')
  .option('--no-regressions', 'play none first')
  .action(
    async (options: CommonOptions & Omit<CheckOptions, 'seed'> & { readonly seed?: number }, command: Command) => {
      const isCoverageAsked = asksForCoverage(options, command);
      exitCode = await runSession(options, async (session) => {
        // What only one command needs is loaded by it: a third of the start-up time of the others.
        const { check } = await import('./check.js');
        await check({ ...options, isCoverageAsked, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
        return ending(session, options);
      });
    },
  );

nodeFlags(
  common(
    program
      .command('replay')
      .description('play recordings and compare everything that was recorded')
      .argument('<file...>', 'recordings, plain or gzip, or folders of them')
      .option('--target <target>', `what to play them on: ${TARGETS} (default: the lab runtime)`),
  ),
)
  .option(
    '--emit-test [file]',
    'instead of playing it: write it as a vitest file (default: NAME.test.ts; "-" for stdout)',
  )
  .option('--force', 'write the test anew where it is there already')
  .action(async (files: readonly string[], { rules, target, ...options }: CommonOptions & ReplayAllOptions) => {
    const named = { ...options, ...(rules && { rules }), ...(target && { target }) };
    if (await emitsTests(files, named)) return;
    exitCode = await runSession(options, async (session) => {
      await replayAll(files, named, session);
      return ending(session, options);
    });
  });

nodeFlags(
  common(
    program
      .command('record')
      .description('play generated scenarios on a target and write down what it answers')
      .option('--target <target>', `${TARGETS} (default: the lab runtime)`)
      .requiredOption('--out <file>', 'the recording to write, gzip where it ends in .gz'),
  ),
)
  .option('--runs <n>', 'scenarios to record', whole(1, 100_000), 20)
  .option('--steps <n>', 'commands of a scenario, at most', whole(1, 100_000), 60)
  .option('--seed <n>', 'of the generator (default: random, and told)', whole(0, LARGEST_SEED))
  .action(async (options: CommonOptions & Omit<RecordCommandOptions, 'seed'> & { readonly seed?: number }) => {
    exitCode = await runSession(options, async (session) => {
      const { record } = await import('./record.js');
      await record({ ...options, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
      return ending(session, options);
    });
  });

reporting(
  program
    .command('audit')
    .description('what is wrong with a runtime, on a list or not: its rules, what breaks an invariant and why')
    .option('--target <blob>', `the runtime: ${SIDES} (default: the lab runtime)`)
    .option('--state <snapshot>', "a chain's state, whose keys that break an invariant are told: FILE or URL[@BLOCK]")
    .option('--expect <file>', 'an assay.yaml: what is accepted'),
)
  .option('--allow-absent', 'a pallet that is not there lets the exit code be')
  .option('--runs <n>', 'scenarios of each search', whole(1, 10_000_000), 300)
  .option('--time <time>', 'search so long in all, such as 60s or 2m, and --runs at most')
  .option('--steps <n>', 'commands of a scenario, at most', whole(1, 100_000), 100)
  .option('--seed <n>', 'of the searches (default: random, and told)', whole(0, LARGEST_SEED))
  .option('--wait <limits>', `seconds that a node may take: ${WAITS} (or ASSAY_WAIT)`)
  .option('--out <folder>', 'where counterexamples are kept', 'counterexamples')
  .option('--regressions <folder>', 'recordings to play first, beside those that are carried (default: those in --out)')
  .option('--no-regressions', 'play none first')
  .action(async (options: CommonOptions & Omit<AuditCommandOptions, 'seed'> & SeedOption, command: Command) => {
    exitCode = await runSession(options, async (session) => {
      const requireCoverage = asksForCoverage(options, command);
      const { audit } = await import('./audit.js');
      await audit({ ...options, requireCoverage, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
      return ending(session, options);
    });
  });

reporting(
  program
    .command('gate')
    .description('a new runtime against the old one: what the upgrade changes, and whether that was announced')
    .requiredOption('--old <blob>', `the runtime that is there: ${SIDES}`)
    .requiredOption('--new <blob>', 'the one that is to come, named likewise')
    .option('--expect <file>', 'an assay.yaml: what is announced, and what is accepted'),
)
  .option('--allow-absent', 'that neither runtime has Compute lets the exit code be')
  .option('--runs <n>', 'scenarios with either runtime in the lead', whole(1, 10_000_000), 120)
  .option('--steps <n>', 'commands of a scenario, at most', whole(1, 100_000), 100)
  .option('--min-steps <n>', 'and at least (default: half of --steps)', whole(0, 100_000))
  .option('--seed <n>', 'of the scenarios (default: made of the two runtimes)', whole(0, LARGEST_SEED))
  .option('--cost-tolerance <percent>', 'storage operations that a call may take more', whole(0, 1_000_000), 10)
  .option('--wait <limits>', `seconds that a node may take: ${WAITS} (or ASSAY_WAIT)`)
  .option('--out <folder>', 'where counterexamples are kept', 'counterexamples')
  .action(async (options: CommonOptions & GateCommandOptions) => {
    exitCode = await runSession(options, async (session) => {
      const { gate } = await import('./gate.js');
      await gate(options, session);
      return ending(session, options);
    });
  });

reporting(
  program
    .command('bench')
    .description(
      'what calls cost, timed in this process: the engine, and a runtime in V8; how that grows with the state',
    )
    .option('--target <target>', 'what to time: "engine" or "runtime:FILE" (default: the engine, then the lab runtime)')
    .option(
      '--compare <target>',
      'time --target (default: the lab runtime) in turns with this one, a runtime or "engine"',
    )
    .option('--axis <axes>', 'what grows: some of requests, owned, miners, queue, ips, releases, joined by commas')
    .option('--sizes <sizes>', 'how large it grows, such as 10,1k,1e6 (default: 10,100,1k,10k)')
    .option('--filter <text>', 'tell only calls whose name contains this')
    .addOption(new Option('--rules <rules>', "the engine's rules")),
)
  .addOption(chartOption)
  .option('--growth', 'count storage operations along each axis, and fit how they grow')
  .option('--fail-above <class>', 'with --growth: exit 1 where a call grows faster: constant, logarithmic, linear')
  .option('--budget <limit...>', 'with --growth: exit 1 where a call takes more, such as reads=100@10k')
  .action(async (options: CommonOptions & BenchCommandOptions) => {
    exitCode = await runSession(options, async (session) => {
      const { bench } = await import('./bench.js');
      await bench(options, session);
      return { ...ending(session, options), ...measured(session) };
    });
  });

const loading = program
  .command('load')
  .description('a planned load on a node, sent by k6, and everything that it brought about verified');

/** What is sent, to what. */
const planned = (command: Command): Command =>
  nodeFlags(command)
    .option('--scenario <name>', 'read, submit, lifecycle, spike or soak (default: submit)')
    .option(
      '--rate <n>',
      'calls that arrive in a second (default: 3 on Chopsticks, 200 on the omni-node, 20 elsewhere)',
    )
    .option('--duration <time>', 'such as 60s or 2m (default: 60s)')
    .option('--users <n>', 'who sign')
    .option('--lives <n>', 'of the scenario lifecycle: VMs whose whole lives are played')
    .option('--requests <n>', "other users' requests that the chain begins with, such as 10k (default: 100)")
    .option('--queue <n>', "entries that each miner's lists begin with (default: 10)")
    .option('--seed <n>', 'of the plan (default: random, and told)', whole(0, LARGEST_SEED));

interface SeedOption {
  readonly seed?: number;
}

planned(
  loading
    .command('plan')
    .description('write down who will call what, when and with which nonce')
    .option('--target <url>', 'the ws:// URL of a node of yours: the plan is signed for its chain')
    .requiredOption('--out <file>', 'the plan to write, as JSON'),
)
  .option('--quiet', 'print the table only')
  .action(async (options: SessionOptions & Omit<LoadPlanOptions, 'seed'> & SeedOption) => {
    exitCode = await runSession(options, async (session) => {
      const { loadPlan } = await import('./load.js');
      const message = await loadPlan({ ...options, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
      return { message, exit: 0 };
    });
  });

planned(
  common(
    loading
      .command('run')
      .description('start a node, let k6 send a plan to it, and hold all that its blocks say against the engine')
      .option(
        '--target <target>',
        '"chopsticks[:FILE]" (the default), "omni[:FILE]", or the ws:// URL of a node of yours',
      ),
  ),
)
  .addOption(chartOption)
  .option('--plan <file>', 'a plan that was written before')
  .option('--saturate', 'find the rate at which inclusion falls behind; --requests takes several sizes then: 100,10k')
  .option('--block-time <ms>', 'milliseconds between two blocks of the omni-node (default: 1000)')
  .option('--late <time>', 'after which an inclusion is told as late (default: 10s)')
  .option('--max-lost <percent>', 'of what the pool took, that may be in no block (default: 1)')
  .option('--k6-bin <file>', 'k6, where it is not on the PATH (or ASSAY_K6_BIN)')
  .option('--out <folder>', 'for logs, the signed plan and samples (default: a temporary one, which stays)')
  .action(async (options: CommonOptions & Omit<LoadRunCommandOptions, 'seed'> & SeedOption) => {
    exitCode = await runSession(options, async (session) => {
      const { loadRun } = await import('./load.js');
      await loadRun({ ...options, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
      return ending(session, options);
    });
  });

program
  .command('list')
  .description('show what the specification knows')
  .addArgument(new Argument('<what>', 'what to list').choices(LISTS))
  .addOption(jsonOption)
  .action(async (what: ListName, options: SessionOptions) => {
    exitCode = await runSession(options, async ({ emit }) => {
      const { listing } = await import('./list.js');
      emit(listing(what));
      return { message: '', exit: 0 };
    });
  });

/** Errors of what was given to the tool, not of the tool: one sentence says all. */
const isUsers = (error: unknown): error is Error =>
  [InputError, RuleError, UnusableRuntime, BlockError, NodeFailure].some((kind) => error instanceof kind);

const fail = (message: string): void => {
  process.stderr.write(`assay: ${message}\n`);
  exitCode = USAGE_ERROR;
};

// A reader that goes away (`assay list rules | head`) ends the run; it is no error of ours.
process.stdout.on('error', (error: Error & { code?: string }) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are no errors; the rest has printed its message.
    exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
  } else if (isUsers(error)) {
    fail(error.message);
  } else {
    fail(
      `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
// A connection that a silent node does not close would keep the process for half a minute.
process.exit(exitCode);
