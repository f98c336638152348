/**
 * A chain's state in a file: raw storage as JSON, in any of the forms in which tools hand it around. Nothing in it is trusted. Kept is
 * what is stored under the pallets under test; what the values mean is for whoever asks.
 */
import { readFile } from 'node:fs/promises';
import type { RawState } from '../spec/answers.js';
import { isHex, type Hex } from '../spec/hex.js';
import { palletOfKey, storage } from '../spec/storage.js';
import { InputError } from './recording-file.js';

/** Raw storage of the pallets under test. */
export interface StateSnapshot {
  readonly storage: RawState;
  /** After which it is the state; null where nobody says. */
  readonly block: bigint | null;
  /** Where it comes from, for people. */
  readonly from: string;
}

const FORMS =
  'a raw chain spec (genesis.raw.top), an object { "0x…": "0x…" } of keys and values, or a list of pairs [["0x…", "0x…"]] as ' +
  'state_getPairs gives it';

type Entry = readonly [key: unknown, value: unknown];

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const LONGEST = 60;

/** What came, in a few words. */
const seen = (json: unknown): string => {
  if (Array.isArray(json)) return `a list of ${json.length}`;
  if (typeof json === 'string') return JSON.stringify(json.slice(0, LONGEST));
  return isObject(json) ? 'an object' : String(json);
};

const ofChainSpec = (genesis: unknown): readonly Entry[] => {
  const raw = isObject(genesis) ? genesis.raw : undefined;
  const top = isObject(raw) ? raw.top : undefined;
  if (isObject(top)) return Object.entries(top);
  throw new InputError('it is a chain spec, but none with genesis.raw.top: make it one with "build-spec --raw"');
};

const ofPairs = (json: readonly unknown[]): readonly Entry[] =>
  json.map((pair: unknown, at) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new InputError(`entry ${at}: expected a pair of key and value, came ${seen(pair)}`);
  });

/** A node's whole answer, as it comes over HTTP, is its result. */
const unwrapped = (json: unknown): unknown =>
  isObject(json) && 'jsonrpc' in json && 'result' in json ? json.result : json;

const entriesOf = (json: unknown): readonly Entry[] => {
  if (Array.isArray(json)) return ofPairs(json);
  if (!isObject(json)) throw new InputError(`expected ${FORMS}, came ${seen(json)}`);
  return 'genesis' in json ? ofChainSpec(json.genesis) : Object.entries(json);
};

/** Digits of either case, as tools write them. */
const hexOf = (text: unknown): Hex | null => {
  const hex = typeof text === 'string' ? text.toLowerCase() : '';
  return isHex(hex) ? hex : null;
};

const KEY_DIGITS = 80;

/** @throws InputError where a key or a value is no hex, or a key is there twice with two values */
const hexEntries = (entries: readonly Entry[]): ReadonlyMap<Hex, Hex> => {
  const all = new Map<Hex, Hex>();
  for (const [rawKey, rawValue] of entries) {
    const [key, value] = [hexOf(rawKey), hexOf(rawValue)];
    if (key === null) throw new InputError(`expected keys as 0x and whole bytes of hex, came ${seen(rawKey)}`);
    const place = key.length > KEY_DIGITS ? `${key.slice(0, KEY_DIGITS)}…` : key;
    if (value === null)
      throw new InputError(`the value of ${place}: expected 0x and whole bytes of hex, came ${seen(rawValue)}`);
    if ((all.get(key) ?? value) !== value) throw new InputError(`the key ${place} is there twice, with two values`);
    all.set(key, value);
  }
  return all;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`expected JSON: ${FORMS}; it is none (${why}): is it cut short?`, { cause: error });
  }
};

/** The pallets that are looked for. */
export const PALLETS = Object.keys(storage).join(', ');

/** What of a file's text is stored under the pallets under test. @throws InputError */
export const parseState = (text: string): RawState => {
  const all = hexEntries(entriesOf(unwrapped(parseJson(text))));
  const kept = [...all].filter(([key]) => palletOfKey(key) !== undefined);
  if (kept.length > 0) return Object.fromEntries(kept);
  throw new InputError(`none of its ${all.size} keys is of the pallets ${PALLETS}: is it the state of another chain?`);
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder: name the file with the state',
  EACCES: "it can't be read: permission denied",
  ERR_STRING_TOO_LONG: 'it is larger than 512 MB: leave out what is of other pallets',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GB: leave out what is of other pallets',
};

/**
 * The state in a file: a raw chain spec, an object of keys and values, or a list of pairs.
 * @throws InputError, one sentence that begins with the file's name
 */
export const readStateFile = async (file: string): Promise<StateSnapshot> => {
  try {
    return { storage: parseState(await readFile(file, 'utf8')), block: null, from: file };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`, { cause: error });
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = reasons[String(error.code)] ?? `it can't be read (${error.message})`;
    throw new InputError(`${file}: ${reason}`, { cause: error });
  }
};
