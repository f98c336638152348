/** What `--old` and `--new` of a gate name: a runtime in a file, or the one that a chain has after a block. */
import { InputError } from '../properties/recording-file.js';
import type { BlockName } from '../targets/node/code.js';
import { runtimeOf } from '../targets/runtime/runtime.js';
import { parseChainBlock, SCHEME } from './chain-block.js';
import type { NodeFlags } from './node.js';
import { openedRuntime, openRuntime, type OpenedRuntime } from './runtime.js';
import { PARAMETERS, parseFile, parseParameters, RUNTIME } from './target.js';
import type { RuntimeName, RuntimeParameters } from './target.js';

export type SideFlag = '--old' | '--new' | '--target';

/** A chain's runtime. */
export interface ChainSide {
  readonly kind: 'url';
  readonly url: string;
  readonly block: BlockName;
  readonly parameters: RuntimeParameters;
  readonly flag: SideFlag;
  /** As the flag has it. */
  readonly text: string;
}

export type GateSide = RuntimeName | ChainSide;

const EXPECTED = `a runtime's file, FILE[${PARAMETERS}], or a chain's, URL[@BLOCK][#${PARAMETERS.slice(1)}] with ws:// or wss://`;

const parseChain = (flag: SideFlag, text: string): ChainSide => {
  const said = `${flag} ${text}`;
  const [address = '', ...fragment] = text.split('#');
  const { url, block, query } = parseChainBlock(address, said, EXPECTED);
  if (query !== undefined) throw new InputError(`${said}: expected parameters behind a "#", came "${query}"`);
  return {
    kind: 'url',
    url,
    block,
    parameters: fragment.length === 0 ? {} : parseParameters(fragment.join('#'), said),
    flag,
    text,
  };
};

/**
 * Reads `FILE[?parameters]`, which may begin with `runtime:`, or `URL[@BLOCK][#parameters]`: a URL may have a `?` of its own, and
 * never a `#`.
 * @throws InputError
 */
export const parseSide = (flag: SideFlag, text: string): GateSide => {
  if (SCHEME.test(text)) return parseChain(flag, text);
  const named = parseFile(text.startsWith(RUNTIME) ? text.slice(RUNTIME.length) : text, `${flag} ${text}`);
  if (named.file === '') throw new InputError(`${flag} ${text}: expected ${EXPECTED}`);
  return { kind: 'runtime', text, flag, ...named };
};

export interface OpenOptions extends Pick<NodeFlags, 'wait'> {
  readonly signal: AbortSignal;
}

const openChain = async (side: ChainSide, { wait, signal }: OpenOptions): Promise<OpenedRuntime> => {
  // What only a node needs takes a second to load.
  const { quietLibrary, waitsOf } = await import('./node.js');
  const { fetchCode } = await import('../targets/node/code.js');
  quietLibrary();
  const limits = waitsOf(wait === undefined ? {} : { wait });
  const { code, number } = await fetchCode(side.url, side.block, { limits, signal });
  const file = `${side.url}@${number}`;
  return openedRuntime(
    { kind: 'runtime', ...side.parameters, file, text: side.text, flag: side.flag },
    runtimeOf(file, code),
  );
};

/**
 * Loads a side. A chain is asked for its code and left alone; its runtime's file is then called `URL@NUMBER`.
 * @throws UnusableRuntime, InputError, NodeFailure, Interrupted
 */
export const openSide = (side: GateSide, options: OpenOptions): Promise<OpenedRuntime> =>
  side.kind === 'url' ? openChain(side, options) : openRuntime(side);
