/** `assay record --state`: what a chain has stored, into a file that `--state` reads. Nothing is sent to the chain. */
import { recordedText } from '../properties/recorded-state.js';
import { InputError } from '../properties/recording-file.js';
import { wholeFile } from '../reports/whole-file.js';
import { parseChainBlock } from './chain-block.js';
import type { NodeFlags } from './node.js';
import type { Session } from './session.js';
import { writing } from './report-files.js';

export interface RecordStateOptions extends Pick<NodeFlags, 'wait'> {
  /** `URL[@BLOCK]`. */
  readonly state: string | undefined;
  readonly isWhole: boolean;
  readonly out: string;
  /** Flags that were given, and mean something only for a recording. */
  readonly given: readonly string[];
}

/** Characters of a file: V8 has no longer text. */
const MOST = 500_000_000;

/** @throws InputError where flags do not go together */
const stateOf = ({ state, given }: RecordStateOptions): string => {
  if (state === undefined) throw new InputError('--whole: expected --state URL[@BLOCK] with it');
  if (given.length > 0)
    throw new InputError(`--state ${state}: expected no --${given.join(', --')} with it: no scenarios are recorded`);
  return state;
};

/** @throws InputError, NodeFailure, Interrupted */
export const recordState = async (options: RecordStateOptions, session: Session): Promise<void> => {
  const text = stateOf(options);
  const said = `--state ${text}`;
  const { url, block, query } = parseChainBlock(text, said, "a chain's URL[@BLOCK] with ws:// or wss://");
  if (query !== undefined) throw new InputError(`${said}: expected nothing behind the block, came "${query}"`);
  const { out, isWhole, wait } = options;
  const write = writing('out', out, () => wholeFile(out));
  const { emit, now, signal } = session;
  const started = now();
  emit({ type: 'suite-started', suite: out, kind: 'record', target: text });
  const { quietLibrary, waitsOf } = await import('./node.js');
  const { fetchState } = await import('../targets/node/state.js');
  quietLibrary();
  const limits = waitsOf(wait === undefined ? {} : { wait });
  const taken = await fetchState(url, block, { limits, signal, isWhole });
  const size = Object.entries(taken.storage).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > MOST)
    throw new InputError(
      `${said}: the state takes ${size} characters, ${MOST} at most can be written: leave out --whole`,
    );
  writing('out', out, () => {
    write(recordedText(taken));
  });
  const { chain, number, specName, specVersion } = taken;
  const count = Object.keys(taken.storage).length;
  emit({
    type: 'suite-finished',
    suite: out,
    verdict: 'conforms',
    scenarios: 0,
    steps: 0,
    differences: 0,
    summary: `${count} keys of ${chain} after block ${number} (${specName} ${specVersion})`,
    elapsed: now() - started,
  });
};
