/** Flags that several commands have. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { InputError } from '../properties/recording-file.js';
import { LARGEST_SEED } from '../properties/seed.js';
import type { Leniency } from './ending.js';
import { WAITS } from './help.js';

/** A whole number of a range. */
export const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };

export const chartOption = new Option('--chart <file>', 'draw what was measured, as .svg or as a page, .html');

export const jsonOption = new Option('--json <file>', 'write the run events as NDJSON (docs/run-events.md)');

/** The flags of all that hold something against the engine. */
export const common = (command: Command): Command =>
  reporting(
    command.addOption(
      new Option('--rules <rules>', 'the engine\'s rules: "deployed", "promised", or "DEV-04=promised,REV-01=9006"'),
    ),
  );

/** How much a run tells. */
export const telling = (command: Command): Command =>
  command
    .option('--quiet', 'print the end only: the table, and what to do next')
    .option('--verbose', 'print everything: all differences, steps and values, and a table of all suites');

/**
 * Settles how much is told where both flags are set: the command line has the last word, and must have one.
 * @throws InputError
 */
export const settleTelling = (command: Command): void => {
  const flags = ['quiet', 'verbose'] as const;
  const said = flags.filter((flag) => command.getOptionValue(flag) === true);
  if (said.length < flags.length) return;
  const typed = said.filter((flag) => command.getOptionValueSource(flag) === 'cli');
  if (typed.length !== 1)
    throw new InputError('--quiet and --verbose: the one tells less, the other more: expected one of them');
  for (const flag of said) if (!typed.includes(flag)) command.setOptionValue(flag, false);
};

/** The flags of all commands that judge. */
export const reporting = (command: Command): Command =>
  telling(command)
    .addOption(jsonOption)
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--sarif <file>', 'write what was found as SARIF 2.1.0, for code scanning')
    .option('--markdown <file>', 'write what was found as a comment for a pull request')
    .option('--report <file>', 'write the whole run as one HTML page that needs nothing else')
    .option('--no-annotations', 'on GitHub Actions: do not show what was found beside the run')
    .option(
      '--require-coverage',
      'exit 1 where something was not reached (default where CI=true)',
      process.env.CI === 'true',
    )
    .option('--no-require-coverage');

/** The flags of commands that may have to do with a node. */
export const nodeFlags = (command: Command): Command =>
  command
    .option('--suri <uri>', 'of the key that pays on a node that is there, //Alice by default (or ASSAY_SURI)')
    .option('--allow-writes', 'send transactions to a chain that is not your own, once confirmed')
    .option('--wait <limits>', `seconds that a node may take: ${WAITS} (or ASSAY_WAIT)`)
    .option('--node-bin <file>', 'polkadot-omni-node, where it is not on the PATH (or ASSAY_NODE_BIN)');

/** What is sent, to what. */
export const planned = (command: Command): Command =>
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

/** Whether every cell must be reached: by the flag itself. Else a small budget may miss some. */
export const asksForCoverage = ({ requireCoverage }: Leniency, command: Command): boolean =>
  requireCoverage && command.getOptionValueSource('requireCoverage') === 'cli';
