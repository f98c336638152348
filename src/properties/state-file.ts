/**
 * A chain's state in a file: raw storage in any of the forms in which tools hand it around. What is stored under the pallets under test is
 * told from the rest; what the values mean is for whoever asks.
 */
import { readFile } from 'node:fs/promises';
import type { RawState } from '../spec/answers.js';
import { fromHex, type Hex } from '../spec/hex.js';
import { palletOfKey, storage } from '../spec/storage.js';
import { valueKey } from '../targets/runtime/genesis.js';
import { hexOfKey } from '../targets/runtime/translation.js';
import { InputError } from './recording-file.js';
import { entriesIn, entriesInText, type StateEntries } from './state-entries.js';

export interface StateSnapshot {
  /** Raw storage of the pallets under test. */
  readonly storage: RawState;
  /** Of all other pallets, where it is of a whole chain. */
  readonly others: RawState;
  /** After which it is the state; null where nobody says. */
  readonly block: bigint | null;
  /** Of the runtime that the chain had then; null where nobody says. */
  readonly specVersion: number | null;
  /** Where it comes from, for people. */
  readonly from: string;
}

/** The pallets that are looked for. */
export const PALLETS = Object.keys(storage).join(', ');

const NUMBER = hexOfKey(valueKey('System', 'Number'));
const NUMBER_BYTES: readonly number[] = [4, 8];

/** `System.Number`, where a chain has it. */
const blockIn = (entries: ReadonlyMap<Hex, Hex>): bigint | null => {
  const bytes = fromHex(entries.get(NUMBER) ?? '0x');
  if (!NUMBER_BYTES.includes(bytes.length)) return null;
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
};

const splitState = ({ entries, block, specVersion }: StateEntries): Omit<StateSnapshot, 'from'> => {
  const all = [...entries];
  const kept = all.filter(([key]) => palletOfKey(key) !== undefined);
  if (kept.length === 0)
    throw new InputError(
      `none of its ${all.length} keys is of the pallets ${PALLETS}: is it the state of another chain?`,
    );
  const others = all.filter(([key]) => palletOfKey(key) === undefined);
  return {
    storage: Object.fromEntries(kept),
    others: Object.fromEntries(others),
    block: block ?? blockIn(entries),
    specVersion,
  };
};

/** The state that a text says. @throws InputError */
export const parseState = (text: string): Omit<StateSnapshot, 'from'> => splitState(entriesInText(text));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder: name the file with the state',
  EACCES: "it can't be read: permission denied",
  ERR_STRING_TOO_LONG: 'it is larger than 512 MB: leave out what is of other pallets',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GB: leave out what is of other pallets',
};

/**
 * The state in a file: a raw chain spec, an object of keys and values, a list of pairs, a try-runtime snapshot, or what was recorded.
 * @throws InputError, one sentence that begins with the file's name
 */
export const readStateFile = async (file: string): Promise<StateSnapshot> => {
  try {
    return { ...splitState(entriesIn(await readFile(file))), from: file };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`, { cause: error });
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = reasons[String(error.code)] ?? `it can't be read (${error.message})`;
    throw new InputError(`${file}: ${reason}`, { cause: error });
  }
};
