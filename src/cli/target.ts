/** What `--target` names. */
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import { InputError } from '../properties/recording-file.js';
import { Rules } from '../spec/rules.js';

/** A runtime in a file. What it leaves open of a lab runtime is for whoever runs it to say. */
export interface RuntimeName {
  readonly kind: 'runtime';
  readonly file: string;
  /** As {@link Rules.parse} reads it; the revisions that it does not name are those of the runtime's `spec_version`. */
  readonly rules?: string;
  /** The number of the bug that is switched on. */
  readonly mutant?: number;
  /** `IpReleasePeriod`, in blocks. */
  readonly period?: bigint;
  /** The extrinsic format to write where the runtime takes several. */
  readonly format?: 4 | 5;
  /** As `--target` has it. */
  readonly text: string;
}

/** A node: one that is there, or one that we start with a runtime of ours or, for Chopsticks, with a fork. */
export type NodeName =
  | { readonly kind: 'node'; readonly by: 'url'; readonly url: string; readonly text: string }
  | { readonly kind: 'node'; readonly by: 'chopsticks'; readonly fork: string; readonly text: string }
  | { readonly kind: 'node'; readonly by: 'chopsticks' | 'omni'; readonly runtime: RuntimeName; readonly text: string };

export type TargetName =
  { readonly kind: 'engine' } | { readonly kind: 'recording'; readonly file: string } | RuntimeName | NodeName;

const RECORDING = 'recording:';
const RUNTIME = 'runtime:';

const PARAMETERS = '?rules=...&mutant=N&period=N&format=4|5';

const EXPECTED = `"engine", "recording:FILE", "runtime:FILE[${PARAMETERS}]", "chopsticks[:FILE|:URL]", "omni[:FILE]" or a ws:// URL`;

/** A file that the package carries, as seen from where the command runs. */
const carriedFile = (path: string): string => relative('', fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** The recordings that the package carries. */
export const carriedRecordings = (): string => carriedFile('recordings');

/** The lab runtime that the package carries: what is run where no target is named. */
export const labRuntime = (): RuntimeName => {
  const file = carriedFile('runtime/lab.wasm');
  return { kind: 'runtime', file, text: RUNTIME + file };
};

const wholeNumber = (name: string, text: string, target: string): bigint => {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new InputError(`--target ${target}: expected a whole number for "${name}", came "${text}"`);
};

const parseParameter = (name: string, value: string, target: string): Partial<RuntimeName> => {
  switch (name) {
    case 'rules':
      Rules.parse(value);
      return { rules: value };
    case 'mutant': {
      const mutant = wholeNumber(name, value, target);
      if (mutant < 1n << 32n) return { mutant: Number(mutant) };
      throw new InputError(`--target ${target}: expected a mutant below 2^32, came ${mutant}`);
    }
    case 'period':
      return { period: wholeNumber(name, value, target) };
    case 'format':
      if (value === '4' || value === '5') return { format: value === '4' ? 4 : 5 };
      throw new InputError(`--target ${target}: expected the extrinsic format 4 or 5, came "${value}"`);
    default:
      throw new InputError(`--target ${target}: expected the parameters rules, mutant, period, format, came "${name}"`);
  }
};

/** `rest` is what stands behind the first colon: a file, then parameters. Without a file it is the lab runtime, where that may be. */
const parseRuntime = (text: string, rest: string, carried?: RuntimeName): RuntimeName => {
  const at = rest.lastIndexOf('?');
  const named = at === -1 ? rest : rest.slice(0, at);
  const file = named === '' ? carried?.file : named;
  if (file === undefined) throw new InputError(`--target ${text}: expected a file behind "runtime:"`);
  const parameters = at === -1 ? [] : rest.slice(at + 1).split('&');
  const parsed = parameters.map((each) => {
    const [name = '', ...value] = each.split('=');
    return parseParameter(name, value.join('='), text);
  });
  return parsed.reduce<RuntimeName>((name, each) => ({ ...name, ...each }), { kind: 'runtime', file, text });
};

const URL_OF_A_NODE = /^wss?:\/\/./;

const isUrl = (text: string): boolean => URL_OF_A_NODE.test(text) && URL.canParse(text);

/** `chopsticks`, `omni`, with a runtime, a URL or parameters behind it; undefined where it is neither of them. */
const parseStarted = (text: string): NodeName | undefined => {
  const [, by, rest = ''] = /^(chopsticks|omni)(?:$|:(?=.)|(?=\?))(.*)$/.exec(text) ?? [];
  if (by !== 'chopsticks' && by !== 'omni') return undefined;
  if (by === 'chopsticks' && isUrl(rest)) return { kind: 'node', by, fork: rest, text };
  return { kind: 'node', by, runtime: parseRuntime(text, rest, labRuntime()), text };
};

/** @throws InputError that lists what is known, RuleError */
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
