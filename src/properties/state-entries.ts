/** Raw storage as tools hand it around, each form read as pairs of what is meant for a key and a value. Nothing in it is trusted. */
import { isSeq, parseDocument } from 'yaml';
import { isHex, type Hex } from '../spec/hex.js';
import { parseRecorded, saysItIsRecorded } from './recorded-state.js';
import { InputError } from './recording-file.js';
import { isTryRuntimeSnapshot, readTryRuntimeSnapshot } from './try-runtime-snapshot.js';

/** All that a file says. */
export interface StateEntries {
  readonly entries: ReadonlyMap<Hex, Hex>;
  /** After which it is the state; null where the file does not say. */
  readonly block: bigint | null;
  /** Of the runtime that the chain had then; null as of `block`. */
  readonly specVersion: number | null;
}

const FORMS =
  'a raw chain spec (genesis.raw.top), an object { "0x…": "0x…" } of keys and values, a list of pairs [["0x…", "0x…"]] as ' +
  'state_getPairs gives it (JSON, or YAML with a "-" before each), a try-runtime snapshot, or what "assay record --state" writes';

type Entry = readonly [key: unknown, value: unknown];

interface Said {
  readonly pairs: readonly Entry[];
  readonly block?: bigint;
  readonly specVersion?: number;
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const LONGEST = 60;

/** What came, in a few words. */
const seen = (json: unknown): string => {
  if (Array.isArray(json)) return `a list of ${json.length}`;
  if (typeof json === 'string') return JSON.stringify(json.slice(0, LONGEST));
  return isObject(json) ? 'an object' : String(json);
};

const ofChainSpec = (genesis: unknown): Said => {
  const raw = isObject(genesis) ? genesis.raw : undefined;
  const top = isObject(raw) ? raw.top : undefined;
  if (isObject(top)) return { pairs: Object.entries(top), block: 0n };
  throw new InputError('it is a chain spec, but none with genesis.raw.top: make it one with "build-spec --raw"');
};

const ofPairs = (json: readonly unknown[]): Said => ({
  pairs: json.map((pair: unknown, at) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new InputError(`entry ${at}: expected a pair of key and value, came ${seen(pair)}`);
  }),
});

const ofRecorded = (json: unknown): Said => {
  const parsed = parseRecorded(json);
  if ('wrong' in parsed)
    throw new InputError(`expected a state as "assay record --state" of this release writes it, came ${parsed.wrong}`);
  const { storage, block, spec_version } = parsed.recorded;
  return { pairs: Object.entries(storage), block: BigInt(block.number), specVersion: spec_version };
};

/** A node's whole answer, as it comes over HTTP, is its result. */
const unwrapped = (json: unknown): unknown =>
  isObject(json) && 'jsonrpc' in json && 'result' in json ? json.result : json;

const saidBy = (json: unknown): Said => {
  if (Array.isArray(json)) return ofPairs(json);
  if (!isObject(json)) throw new InputError(`expected ${FORMS}, came ${seen(json)}`);
  if (saysItIsRecorded(json)) return ofRecorded(json);
  return 'genesis' in json ? ofChainSpec(json.genesis) : { pairs: Object.entries(json) };
};

/** Digits of either case, as tools write them. */
const hexOf = (text: unknown): Hex | null => {
  const hex = typeof text === 'string' ? text.toLowerCase() : '';
  return isHex(hex) ? hex : null;
};

const KEY_DIGITS = 80;

/** @throws InputError where a key or a value is no hex, or a key is there twice with two values */
const hexEntries = (pairs: readonly Entry[]): ReadonlyMap<Hex, Hex> => {
  const all = new Map<Hex, Hex>();
  for (const [rawKey, rawValue] of pairs) {
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
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`expected JSON: ${FORMS}; it is none (${why}): is it cut short?`, { cause: error });
  }
};

/** How lists in YAML begin, behind comments and the like; JSON never does. */
const YAML_LIST = /^\s*(?:-|#|%)/;
/** Characters: the library takes a second for eight million. */
const LONGEST_YAML = 1 << 25;

/** Texts alone, as `0x12` is a number elsewhere. Doubled keys are no matter of a list, and looking for them takes the square of a map's length. */
const YAML = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;

const yamlList = (text: string): unknown => {
  const document = parseDocument(text, YAML);
  const [error] = document.errors;
  if (error) throw new InputError(`expected a list in YAML, came none: ${error.message.replaceAll(/\s+/g, ' ')}`);
  if (!isSeq(document.contents)) throw new InputError(`expected ${FORMS}, came YAML that is no list`);
  return document.toJS({ maxAliasCount: 0 });
};

const parseYaml = (text: string): unknown => {
  if (text.length > LONGEST_YAML)
    throw new InputError(`expected YAML of ${LONGEST_YAML >> 20} MB at most: give it as JSON, or less of it`);
  try {
    return yamlList(text);
  } catch (error) {
    if (error instanceof RangeError)
      throw new InputError('expected a list of pairs, came YAML that is nested too deeply');
    if (error instanceof ReferenceError) throw new InputError('expected a list of pairs, came YAML with aliases');
    throw error;
  }
};

/** What a text says. @throws InputError */
export const entriesInText = (text: string): StateEntries => {
  const bare = text.replace(/^\ufeff/, '');
  const said = saidBy(unwrapped(YAML_LIST.test(bare) ? parseYaml(bare) : parseJson(bare)));
  const { pairs, block = null, specVersion = null } = said;
  return { entries: hexEntries(pairs), block, specVersion };
};

const SQLITE = 'SQLite format 3\0';

/** What a file's bytes say. @throws InputError, and what Node throws where they are more than a text can be */
export const entriesIn = (bytes: Buffer): StateEntries => {
  if (bytes.subarray(0, SQLITE.length).toString('latin1') === SQLITE)
    throw new InputError(
      'it is an SQLite database, such as Chopsticks keeps: take the state from the running Chopsticks, --state ws://127.0.0.1:PORT',
    );
  if (isTryRuntimeSnapshot(bytes)) return { ...readTryRuntimeSnapshot(bytes), specVersion: null };
  return entriesInText(bytes.toString('utf8'));
};
