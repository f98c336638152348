/** What `--target` names. */
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import { InputError } from '../properties/recording-file.js';
import { mutants } from '../spec/mutants.js';
import { RuleError, Rules } from '../spec/rules.js';

/** What may be said of a runtime behind its name. */
export interface RuntimeParameters {
  /** As {@link Rules.parse} reads it; the revisions that it does not name are those of the runtime's `spec_version`. */
  readonly rules?: string;
  /** The number of the bug that is switched on. */
  readonly mutant?: number;
  /** `IpReleasePeriod`, in blocks. */
  readonly period?: bigint;
  /** The extrinsic format to write where the runtime takes several. */
  readonly format?: 4 | 5;
}

/** A runtime in a file. What it leaves open of a lab runtime is for whoever runs it to say. */
export interface RuntimeName extends RuntimeParameters {
  readonly kind: 'runtime';
  readonly file: string;
  /** As `--target`, or `flag`, has it. */
  readonly text: string;
  /** What it was given to, where that is not `--target`. */
  readonly flag?: '--old' | '--new' | '--target';
}

/** A node: one that is there, or one that we start with a runtime of ours or, for Chopsticks, with a fork. */
export type NodeName =
  | { readonly kind: 'node'; readonly by: 'url'; readonly url: string; readonly text: string }
  | { readonly kind: 'node'; readonly by: 'chopsticks'; readonly fork: string; readonly text: string }
  | { readonly kind: 'node'; readonly by: 'chopsticks' | 'omni'; readonly runtime: RuntimeName; readonly text: string };

export type TargetName =
  { readonly kind: 'engine' } | { readonly kind: 'recording'; readonly file: string } | RuntimeName | NodeName;

const RECORDING = 'recording:';
export const RUNTIME = 'runtime:';

export const PARAMETERS = '?rules=...&mutant=N&period=N&format=4|5';

const EXPECTED = `"engine", "recording:FILE", "runtime:FILE[${PARAMETERS}]", "chopsticks[:FILE|:URL]", "omni[:FILE]" or a ws:// URL`;

/** A file that the package carries, as seen from where the command runs. */
const carriedFile = (path: string): string => relative('', fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** The recordings that the package carries. */
export const carriedRecordings = (): string => carriedFile('recordings');

/** The regressions that the package carries: what every differential run plays first. */
export const carriedRegressions = (): string => carriedFile('regressions');

/** The lab runtime that the package carries: what is run where no target is named. */
export const labRuntime = (): RuntimeName => {
  const file = carriedFile('runtime/lab.wasm');
  return { kind: 'runtime', file, text: RUNTIME + file };
};

const wholeNumber = (name: string, text: string, said: string): bigint => {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new InputError(`${said}: expected a whole number for "${name}", came "${text}"`);
};

const expectRules = (text: string, said: string): void => {
  try {
    Rules.parse(text);
  } catch (error) {
    if (error instanceof RuleError) throw new InputError(`${said}: ${error.message}`);
    throw error;
  }
};

const parseParameter = (name: string, value: string, said: string): RuntimeParameters => {
  switch (name) {
    case 'rules':
      expectRules(value, said);
      return { rules: value };
    case 'mutant': {
      const mutant = wholeNumber(name, value, said);
      if (mutant === 0n || mutants.some(({ number }) => BigInt(number) === mutant)) return { mutant: Number(mutant) };
      throw new InputError(`${said}: expected a mutant of "assay list mutants", or 0 for none, came ${mutant}`);
    }
    case 'period':
      return { period: wholeNumber(name, value, said) };
    case 'format':
      if (value === '4' || value === '5') return { format: value === '4' ? 4 : 5 };
      throw new InputError(`${said}: expected the extrinsic format 4 or 5, came "${value}"`);
    default:
      throw new InputError(`${said}: expected the parameters rules, mutant, period, format, came "${name}"`);
  }
};

/**
 * What stands behind a runtime's name: `rules=...&period=N`.
 * @param said the flag and all that was given to it, for messages
 * @throws InputError
 */
export const parseParameters = (text: string, said: string): RuntimeParameters =>
  text
    .split('&')
    .map((each) => {
      const [name = '', ...value] = each.split('=');
      return parseParameter(name, value.join('='), said);
    })
    .reduce<RuntimeParameters>((all, each) => ({ ...all, ...each }), {});

/** A file, then parameters; the file is empty where only those are named. @throws InputError */
export const parseFile = (text: string, said: string): RuntimeParameters & { readonly file: string } => {
  const at = text.lastIndexOf('?');
  if (at === -1) return { file: text };
  return { file: text.slice(0, at), ...parseParameters(text.slice(at + 1), said) };
};

/** `rest` is what stands behind the first colon. Without a file it is the lab runtime, where that may be. */
const parseRuntime = (text: string, rest: string, carried?: RuntimeName): RuntimeName => {
  const said = `--target ${text}`;
  const { file: named, ...parameters } = parseFile(rest, said);
  const file = named === '' ? carried?.file : named;
  if (file === undefined) throw new InputError(`${said}: expected a file behind "runtime:"`);
  return { kind: 'runtime', file, text, ...parameters };
};

const URL_OF_A_NODE = /^wss?:\/\/./;

/** Whether a node may be there. */
export const isUrl = (text: string): boolean => URL_OF_A_NODE.test(text) && URL.canParse(text);

/** `chopsticks`, `omni`, with a runtime, a URL or parameters behind it; undefined where it is neither of them. */
const parseStarted = (text: string): NodeName | undefined => {
  const [, by, rest = ''] = /^(chopsticks|omni)(?:$|:(?=.)|(?=\?))(.*)$/.exec(text) ?? [];
  if (by !== 'chopsticks' && by !== 'omni') return undefined;
  if (by === 'chopsticks' && isUrl(rest)) return { kind: 'node', by, fork: rest, text };
  return { kind: 'node', by, runtime: parseRuntime(text, rest, labRuntime()), text };
};

/** What may stand before a file. */
const BEFORE_A_FILE = /^(runtime|chopsticks|omni):/;

/** A target's name with its file, where it has one, called otherwise. */
export const withFile = (text: string, rename: (file: string) => string): string => {
  const [before = ''] = BEFORE_A_FILE.exec(text) ?? [];
  const rest = text.slice(before.length);
  const at = rest.lastIndexOf('?');
  const file = at === -1 ? rest : rest.slice(0, at);
  return before === '' || file === '' || isUrl(rest) ? text : before + rename(file) + rest.slice(file.length);
};

/** @throws InputError that lists what is known */
export const parseTarget = (text: string): TargetName => {
  if (text === 'engine') return { kind: 'engine' };
  if (text.startsWith(RECORDING) && text.length > RECORDING.length) {
    return { kind: 'recording', file: text.slice(RECORDING.length) };
  }
  if (text.startsWith(RUNTIME)) return parseRuntime(text, text.slice(RUNTIME.length));
  if (isUrl(text)) return { kind: 'node', by: 'url', url: text, text };
  const started = parseStarted(text);
  if (started !== undefined) return started;
  throw new InputError(`--target ${text}: expected ${EXPECTED}`);
};
