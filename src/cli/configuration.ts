/**
 * Where a flag's value comes from: the command line, else the environment (`ASSAY_RUNS` for `--runs`), else `defaults` of `assay.yaml` in
 * the current folder or of the file that `--config` names, else the default that the help tells.
 */
import { existsSync } from 'node:fs';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { hintFor } from '../gate/expectations/nearest.js';
import { InputError } from '../properties/recording-file.js';

/** Looked for in the current folder, and what `assay init` writes. */
export const CONFIGURATION = 'assay.yaml';

/** Read from the environment by who needs them. */
const READ_ELSEWHERE: ReadonlySet<string> = new Set(['--suri', '--wait', '--node-bin', '--k6-bin']);

const takesValue = ({ required, optional }: Option): boolean => required || optional;

const variableOf = ({ long }: Option): string => `ASSAY_${(long ?? '').slice(2).replaceAll('-', '_').toUpperCase()}`;

/** `load run` for its subcommand. */
const nameOf = (command: Command): string => {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
};

const valueFor = (option: Option, value: string | number | boolean, place: string): unknown => {
  const came = `came ${JSON.stringify(value)}`;
  if (!takesValue(option)) {
    if (typeof value === 'boolean') return value;
    throw new InputError(`${place}: expected true or false, ${came}`);
  }
  if (typeof value === 'boolean') throw new InputError(`${place}: expected a value, ${came}`);
  try {
    const read: ((text: string, previous: unknown) => unknown) | undefined = option.parseArg;
    return read === undefined ? String(value) : read(String(value), undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InputError(`${place}: ${error.message.replace(/\.$/, '')}, ${came}`, { cause: error });
  }
};

const noFlag = (command: Command, flag: string): string => {
  const known = command.options.map(({ long = '' }) => long.slice(2));
  const name = nameOf(command);
  return `"assay ${name}" has no flag "--${flag}": ${hintFor(flag, known, `"assay ${name} --help" shows what there is`)}`;
};

/** What `--config` says: a flag of the whole program, in front of the command. */
export const configOf = (parent: Command): string | undefined => {
  const { config } = parent.optsWithGlobals<{ readonly config?: string }>();
  return config;
};

/** A section that nobody reads hides something. @throws InputError */
const expectCommands = (command: Command, file: string, named: readonly string[]): void => {
  let program = command;
  while (program.parent !== null) program = program.parent;
  const all = program.commands.flatMap((each) => (each.commands.length === 0 ? [each] : each.commands)).map(nameOf);
  const unknown = named.find((name) => !all.includes(name));
  if (unknown === undefined) return;
  const hint = hintFor(unknown, all, `expected ${all.join(', ')}`);
  throw new InputError(`${file}: defaults: unknown command "${unknown}": ${hint}`);
};

const setFrom = (source: 'config' | 'env', command: Command, option: Option, value: unknown): void => {
  command.setOptionValueWithSource(option.attributeName(), option.negate ? value !== true : value, source);
};

/** @throws InputError */
const fromFile = async (command: Command, named: string | undefined): Promise<void> => {
  if (named === undefined && !existsSync(CONFIGURATION)) return;
  // Where there is no such file, no command waits for what reads it.
  const { readExpectations } = await import('../gate/expectations.js');
  const { file, defaults } = await readExpectations(named ?? CONFIGURATION);
  expectCommands(command, file, [...defaults.keys()]);
  for (const [flag, { value, line }] of defaults.get(nameOf(command)) ?? []) {
    const place = `${file}:${line}`;
    const option = command.options.find(({ long }) => long === `--${flag}`);
    if (option === undefined) throw new InputError(`${place}: ${noFlag(command, flag)}`);
    setFrom('config', command, option, valueFor(option, value, `${place}: ${flag}`));
  }
};

/** Of the flags with a value. @throws InputError */
const fromEnvironment = (command: Command): void => {
  for (const option of command.options) {
    const name = variableOf(option);
    const text = process.env[name] ?? '';
    if (text === '' || !takesValue(option) || READ_ELSEWHERE.has(option.long ?? '')) continue;
    setFrom('env', command, option, valueFor(option, text, name));
  }
};

/**
 * Gives a command what it is not told in its own words, before these are read.
 * @param named by `--config`
 * @throws InputError where the file, a flag in it or a value is none
 */
export const configure = async (command: Command, named: string | undefined): Promise<void> => {
  await fromFile(command, named);
  fromEnvironment(command);
};
