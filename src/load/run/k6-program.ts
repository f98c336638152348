/** The k6 program: neither npm nor Debian has it, so that it is looked for where people and Go put it. */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../properties/recording-file.js';
import { canRun, firstProgram } from '../../targets/node/program.js';

/** The environment variable that names the program. */
const VARIABLE = 'ASSAY_K6_BIN';

/** What is said where it is nowhere. */
export const K6_MISSING =
  'k6 is neither named by --k6-bin or ASSAY_K6_BIN, nor on the PATH, nor in ~/go/bin: ' +
  'get it with "go install go.k6.io/k6@v1.8.1", or from https://github.com/grafana/k6/releases';

const named = (source: string, given: string): string => {
  const file = resolve(given);
  if (canRun(file)) return file;
  throw new InputError(`${source} ${given}: expected the program k6, which can be run`);
};

/** Where Go puts what it installs: where it was told to, and where it does else. */
const goFolders = ({ GOBIN = '', GOPATH = '', HOME = homedir() }: NodeJS.ProcessEnv): string[] => {
  const paths = [...GOPATH.split(delimiter).filter((path) => path !== ''), join(HOME, 'go')];
  return [...(GOBIN === '' ? [] : [GOBIN]), ...paths.map((path) => join(path, 'bin'))];
};

/**
 * The absolute path of the program: `given`, else what `ASSAY_K6_BIN` says, else the first on the `PATH`, else Go's own; null
 * where it is nowhere.
 * @throws InputError where it was named and can't be run
 */
export const findK6 = (given?: string, env: NodeJS.ProcessEnv = process.env): string | null => {
  if (given !== undefined) return named('--k6-bin', given);
  const variable = env[VARIABLE];
  if (variable !== undefined && variable !== '') return named(VARIABLE, variable);
  return firstProgram(['k6'], env, goFolders(env));
};

const VERSION = /^k6\S* (v\S+)/;

/** Such as `v1.8.1`. @throws InputError where the program is not k6 */
export const k6Version = async (bin: string): Promise<string> => {
  const expected = `${bin}: expected the program k6, which says its version`;
  try {
    const { stdout } = await promisify(execFile)(bin, ['version']);
    const version = VERSION.exec(stdout)?.[1];
    if (version !== undefined) return version;
    throw new InputError(`${expected}, came "${stdout.slice(0, 80).trim()}"`);
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw new InputError(`${expected}: ${error.message.split('\n')[0] ?? ''}`, { cause: error });
  }
};
