/** A chain's URL with a block behind it: `ws://HOST@BLOCK`. */
import { InputError } from '../properties/recording-file.js';
import type { BlockName } from '../targets/node/code.js';
import { isUrl } from './target.js';

export interface ChainBlock {
  readonly url: string;
  readonly block: BlockName;
  /** What stands behind the block with a `?`: it has no place there. */
  readonly query?: string;
}

/** As what begins so is meant for a URL, whether it is one or not. */
export const SCHEME = /^[a-z]+:\/\//;

const HASH = /^0x[0-9a-f]{64}$/;
/**
 * The URL, what is meant for a block, and a query that came too late. What else stands behind an `@` belongs to the URL, which may
 * have a user before its host.
 */
const BLOCK = /^(.*)@(\d*|0x[^./:?]*|latest|finalized|best|head)(\?.*)?$/s;

const parseBlock = (text: string, said: string): BlockName => {
  const hash = text.toLowerCase();
  if (HASH.test(hash)) return hash;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InputError(
    `${said}: expected a block's number, or its hash as 0x and 64 digits, behind "@", came "${text}" (without "@" it is the newest final block)`,
  );
};

/**
 * @param said the flag and all that was given to it, for messages
 * @param expected what might have been given instead
 * @throws InputError
 */
export const parseChainBlock = (text: string, said: string, expected: string): ChainBlock => {
  const [, before, block, query] = BLOCK.exec(text) ?? [];
  const url = before ?? text;
  if (query === undefined && !isUrl(url)) throw new InputError(`${said}: expected ${expected}`);
  return {
    url,
    block: block === undefined || query !== undefined ? null : parseBlock(block, said),
    ...(query !== undefined && { query }),
  };
};
