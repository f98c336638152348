#!/usr/bin/env node
/** The command line: the only place that wires rooms together. Exit codes: the README's table. */
import { randomInt } from 'node:crypto';
import { Argument, Command, CommanderError, Option } from 'commander';
import { LARGEST_SEED } from '../properties/seed.js';
import type { AuditCommandOptions } from './audit.js';
import type { BenchCommandOptions } from './bench.js';
import type { CheckOptions } from './check.js';
import { configOf, configure, CONFIGURATION } from './configuration.js';
import { ending, type Leniency } from './ending.js';
import {
  asksForCoverage,
  chartOption,
  common,
  jsonOption,
  nodeFlags,
  planned,
  reporting,
  settleTelling,
  telling,
  whole,
} from './flags.js';
import type { FollowCommandOptions } from './follow.js';
import type { GateCommandOptions } from './gate.js';
import { EXAMPLES, SIDES, TARGETS, WAITS } from './help.js';
import type { ListName } from './list.js';
import type { LoadPlanOptions, LoadRunCommandOptions } from './load.js';
import type { RecordCommandOptions } from './record.js';
import { emitsTests, replayAll, type ReplayAllOptions } from './replay.js';
import { runSession, version, type Ending, type Session, type SessionOptions } from './session.js';
import { isToldInASentence } from './told-errors.js';

const USAGE_ERROR = 2;

interface CommonOptions extends SessionOptions, Leniency {
  readonly target?: string;
  readonly rules?: string;
}

/** Where nothing failed, what a run that measures has to say stands in its tables. */
const measured = ({ suites }: Session): Partial<Ending> =>
  suites.every(({ verdict }) => verdict === 'conforms')
    ? { message: 'measured: --json FILE has all figures, --chart FILE draws them' }
    : {};

const program = new Command('assay')
  .description(
    'Tells what a runtime with the Hippius Compute pallet does, and where that departs from what was promised.',
  )
  .version(version)
  .option('--config <file>', 'where the defaults of flags are read from (default: assay.yaml, where it is there)')
  .hook('preSubcommand', (parent, command) => configure(command, configOf(parent)))
  .hook('preAction', (_, command) => settleTelling(command))
  .showHelpAfterError('(assay --help shows what there is)')
  .exitOverride()
  .addHelpText('after', EXAMPLES);

const LISTS = ['requirements', 'rules', 'deviations', 'invariants', 'mutants'] as const satisfies readonly ListName[];

interface SeedOption {
  readonly seed?: number;
}

interface StateFlags {
  readonly state?: string;
  readonly whole?: boolean;
}

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
    exitCode = await runSession(named, async (session) => {
      await replayAll(files, named, session);
      return ending(session, options);
    });
  });

nodeFlags(
  common(
    program
      .command('record')
      .description("play generated scenarios on a target and write down what it answers, or take a chain's state")
      .option('--target <target>', `${TARGETS} (default: the lab runtime)`)
      .requiredOption(
        '--out <file>',
        'the recording to write, gzip where it ends in .gz; with --state the state, as JSON',
      ),
  ),
)
  .option('--state <url>', "instead: take a chain's state, URL[@BLOCK], for gate --state and audit --state")
  .option('--whole', 'with --state: all that is stored, and not the pallets under test alone')
  .option('--runs <n>', 'scenarios to record', whole(1, 100_000), 20)
  .option('--steps <n>', 'commands of a scenario, at most', whole(1, 100_000), 60)
  .option('--seed <n>', 'of the generator (default: random, and told)', whole(0, LARGEST_SEED))
  .action(
    async (options: CommonOptions & Omit<RecordCommandOptions, 'seed'> & StateFlags & SeedOption, command: Command) => {
      exitCode = await runSession(options, async (session) => {
        const { state, whole: isWhole, ...others } = options;
        if (state !== undefined || isWhole === true) {
          const { recordState } = await import('./record-state.js');
          const given = ['target', 'rules', 'runs', 'steps', 'seed'].filter(
            (name) => command.getOptionValueSource(name) === 'cli',
          );
          await recordState({ ...others, state, isWhole: isWhole === true, given }, session);
          return ending(session, options);
        }
        const { record } = await import('./record.js');
        await record({ ...options, seed: options.seed ?? randomInt(LARGEST_SEED) }, session);
        return ending(session, options);
      });
    },
  );

common(
  program
    .command('follow')
    .description('a chain as it goes on: every final block against the engine; nothing is sent to it')
    .requiredOption('--url <url>', 'ws:// or wss:// of a node of the chain'),
)
  .option('--from <n>', 'the first block (default: the newest final one)', whole(1, Number.MAX_SAFE_INTEGER))
  .option('--to <n>', 'the last block (default: for ever, until Ctrl-C)', whole(1, Number.MAX_SAFE_INTEGER))
  .option('--jsonl <file>', 'append what is found, one JSON object a line (docs/follow.md); "-" for stdout')
  .option('--checkpoint <file>', 'keep how far it is there, and go on from there the next time')
  .option('--period <n>', 'blocks that a released IP waits, where the chain does not tell', whole(0, 2 ** 32))
  .option('--retries <n>', 'reconnections in a row that may bring no block', whole(0, 1_000_000), 10)
  .option('--wait <limits>', `seconds that a node may take: ${WAITS} (or ASSAY_WAIT)`)
  .action(async (options: CommonOptions & FollowCommandOptions) => {
    exitCode = await runSession({ ...options, toStderr: options.jsonl === '-' }, async (session) => {
      const { follow } = await import('./follow.js');
      await follow(options, session);
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
    .option(
      '--state <snapshot>',
      "a chain's state that is upgraded, FILE or URL[@BLOCK] (default: one that has something of everything)",
    )
    .option('--expect <file>', 'an assay.yaml: what is announced, and what is accepted'),
)
  .option('--allow-absent', 'that neither runtime has Compute lets the exit code be')
  .option('--runs <n>', 'scenarios with either runtime in the lead', whole(1, 10_000_000), 120)
  .option('--steps <n>', 'commands of a scenario, at most', whole(1, 100_000), 100)
  .option('--min-steps <n>', 'and at least (default: half of --steps)', whole(0, 100_000))
  .option('--seed <n>', 'of the scenarios (default: made of the two runtimes)', whole(0, LARGEST_SEED))
  .option('--cost-tolerance <percent>', 'storage operations that a call may take more', whole(0, 1_000_000), 10)
  .option('--migration-limit <percent>', 'of a block that the first one with --new may take', whole(0, 1_000_000), 100)
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
  .hook('preSubcommand', (parent, command) => configure(command, configOf(parent)))
  .description('a planned load on a node, sent by k6, and everything that it brought about verified');

planned(
  telling(
    loading
      .command('plan')
      .description('write down who will call what, when and with which nonce')
      .option('--target <url>', 'the ws:// URL of a node of yours: the plan is signed for its chain')
      .requiredOption('--out <file>', 'the plan to write, as JSON'),
  ),
).action(async (options: SessionOptions & Omit<LoadPlanOptions, 'seed'> & SeedOption) => {
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

program
  .command('init')
  .description('write a commented assay.yaml: defaults of flags, and what is expected of an upgrade')
  .argument('[file]', 'where to', CONFIGURATION)
  .option('--force', 'write it anew where it is there already')
  .action(async (file: string, { force = false }: { readonly force?: boolean }) => {
    const { init } = await import('./init.js');
    process.stdout.write(`${init(file, force)}\n`);
  });

program
  .command('doctor')
  .description('what is here of the programs that commands can use, what each would add, and how to get it')
  .addOption(jsonOption)
  .action(async (options: SessionOptions) => {
    exitCode = await runSession(options, async ({ emit }) => {
      const { diagnose } = await import('./doctor.js');
      const { listing, works } = await diagnose();
      emit(listing);
      return { message: '', exit: works ? 0 : 2 };
    });
  });

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
  } else if (isToldInASentence(error)) {
    fail(error.message);
  } else {
    fail(
      `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
// A connection that a silent node does not close would keep the process for half a minute.
process.exit(exitCode);
