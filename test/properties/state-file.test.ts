/** A chain's state in a file: every form is read, and what is none gets one sentence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/properties/recording-file.js';
import { parseState, readStateFile } from '../../src/properties/state-file.js';
import { RawState } from '../../src/spec/answers.js';
import { palletOfKey, palletPrefix } from '../../src/spec/storage.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { recordedText } from '../../src/properties/recorded-state.js';
import { lab } from '../lab.js';
import { entriesOf, snapshotOf } from '../targets/trie-builder.js';
import { accounts, settings, sudo } from '../targets/node/lab-chain.js';

/** As a chain may have it, with keys of every pallet's kind. */
const state = ((): RawState => {
  const { genesis, steps } = witnessOf('DEV-22') ?? {};
  const target = new EngineTarget();
  if (genesis) target.reset(genesis);
  for (const step of steps ?? []) if ('call' in step) target.dispatch(step.call, step.origin);
  return Object.fromEntries(Object.entries(target.readAll('0x')).toSorted());
})();
const others = { '0x26aa394eea5630e07c48ae0c9558cef7': '0x00', '0x3a636f6465': '0x' };
const all = { ...others, ...state };

const yaml = (storage: RawState): string =>
  Object.entries(storage)
    .map(([key, value]) => `- - ${key}\n  - ${value}\n`)
    .join('');

const NUMBER = '0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac';
const taken = { chain: 'Development', number: 12n, hash: '0x' + '12'.repeat(32), specName: 'lab', specVersion: 9_000 };

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the state in a file', () => {
  it.each<[string, () => string | Uint8Array]>([
    ['a raw chain spec', () => JSON.stringify({ name: 'x', genesis: { raw: { top: all, childrenDefault: {} } } })],
    [
      'a raw chain spec of a whole chain',
      () => rawChainSpec({ runtime: lab, lab: settings, accounts, sudo, storage: state }),
    ],
    ['an object', () => JSON.stringify(all)],
    ['an object over many lines, behind a mark of its encoding', () => `\ufeff${JSON.stringify(all, null, 2)}\n`],
    ['pairs', () => JSON.stringify(Object.entries(all))],
    ["a node's whole answer", () => JSON.stringify({ jsonrpc: '2.0', result: Object.entries(all), id: 1 })],
    ['pairs of which some come twice', () => JSON.stringify([...Object.entries(all), ...Object.entries(all)])],
    ['upper case digits', () => JSON.stringify(all).replaceAll(/[a-f]/g, (digit) => digit.toUpperCase())],
    ["pairs in YAML, as Chopsticks' import-storage has them", () => yaml(all)],
    ['such pairs behind a comment, in quotes', () => `# storage\n---\n${yaml(all).replaceAll(/(0x\w*)/g, "'$1'")}`],
    ['a try-runtime snapshot', () => snapshotOf(entriesOf(all))],
    ['one of an older form', () => snapshotOf(entriesOf(all), { version: 3, stateVersion: 0 })],
    ['what was recorded', () => recordedText({ ...taken, storage: all })],
  ])('is read from %s', async (_, text) => {
    expect(Object.keys(state).length).toBeGreaterThan(8);
    const file = join(folder, 'state.json');
    writeFileSync(file, text());
    const read = await readStateFile(file);
    expect(read.storage).toEqual(state);
    expect(Object.keys(read.others)).toEqual(expect.arrayContaining(['0x3a636f6465']));
    expect(read.from).toBe(file);
  });

  it.each<[string, () => string | Uint8Array, bigint | null, number | null]>([
    ['nothing but keys', () => JSON.stringify(all), null, null],
    [
      'a chain spec, whose state is that of block 0',
      () => JSON.stringify({ genesis: { raw: { top: all } } }),
      0n,
      null,
    ],
    ['System.Number', () => JSON.stringify({ ...all, [NUMBER]: '0x0902000000000000' }), 521n, null],
    ['System.Number of four bytes', () => JSON.stringify({ ...all, [NUMBER]: '0x09020000' }), 521n, null],
    ["a snapshot's header", () => snapshotOf(entriesOf(all), { block: 77 }), 77n, null],
    ['what was recorded', () => recordedText({ ...taken, storage: all }), 12n, 9_000],
  ])('is that of a block by %s', async (_, text, block, specVersion) => {
    const file = join(folder, 'numbered.json');
    writeFileSync(file, text());
    expect(await readStateFile(file)).toMatchObject({ block, specVersion });
  });

  it('has a key that no item of the pallet is called by', () => {
    // twox128(':__STORAGE_VERSION__:')
    const version = palletPrefix('Compute') + '4e7b9012096b41c4eb3aaf947f6ea429';
    expect(parseState(JSON.stringify({ [version]: '0x0100' })).storage).toEqual({ [version]: '0x0100' });
  });

  it.each<[string, unknown, RegExp]>([
    ['a number', 5, /^expected a raw chain spec .*, an object .*, a list of pairs .*, came 5$/],
    ['nothing', null, /came null$/],
    ['a text', '0x00', /came "0x00"$/],
    [
      'a chain spec that is not raw',
      { genesis: { runtimeGenesis: {} } },
      /none with genesis\.raw\.top: make it one with "build-spec --raw"/,
    ],
    ['a chain spec whose storage is a list', { genesis: { raw: { top: [] } } }, /none with genesis\.raw\.top/],
    ['a key that is no hex', { ...all, name: '0x00' }, /^expected keys as 0x and whole bytes of hex, came "name"$/],
    ['a key of half a byte', { ...all, '0x123': '0x00' }, /came "0x123"$/],
    [
      'a value that is no hex',
      { ...all, '0x12': 'zero' },
      /^the value of 0x12: expected 0x and whole bytes of hex, came "zero"$/,
    ],
    ['a value of half a byte', { ...all, '0x12': '0x123' }, /came "0x123"$/],
    ['a value that is none', { ...all, '0x12': null }, /came null$/],
    ['a value that is a list', { ...all, '0x12': [1] }, /came a list of 1$/],
    [
      'one that is no pair',
      [['0x12', '0x'], ['0x13']],
      /^entry 1: expected a pair of key and value, came a list of 1$/,
    ],
    ['an object among pairs', [{ key: '0x12', value: '0x' }], /^entry 0: .* came an object$/],
    [
      'a key with two values',
      [
        ['0x12', '0x00'],
        ['0x12', '0x01'],
      ],
      /^the key 0x12 is there twice, with two values$/,
    ],
    [
      'no pallet under test',
      others,
      /^none of its 2 keys is of the pallets Compute, PalletIp, Registration, SubAccount, ExecutionUnit: /,
    ],
    ['no keys', {}, /^none of its 0 keys/],
    ['no pairs', [], /^none of its 0 keys/],
    [
      'a recording of another release',
      { format: 'assay-state/2', storage: all },
      /^expected a state as "assay record --state" of this release writes it, came format: /,
    ],
    [
      'a recording without its block',
      { ...JSON.parse(recordedText({ ...taken, storage: all })), block: 5 },
      /came block: /,
    ],
    ["a node's error", { jsonrpc: '2.0', error: { code: 1 }, id: 1 }, /^expected keys as .* came "jsonrpc"$/],
  ])('is not read from %s', async (_, json, sentence) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify(json));
    const said = await readStateFile(file).catch((error: unknown) => error);
    expect(said).toBeInstanceOf(InputError);
    const { message } = said as InputError;
    expect(message.slice(0, file.length + 2)).toBe(`${file}: `);
    expect(message.slice(file.length + 2)).toMatch(sentence);
    expect(message).not.toContain('\n');
  });

  it.each<[string, string, RegExp]>([
    ['that is not there', join(folder, 'nowhere.json'), /nowhere\.json: there is no such file$/],
    ['that is a folder', folder, /: it is a folder: name the file with the state$/],
    ['in a file', 'package.json/state.json', /state\.json: there is no such file$/],
    ['that is a runtime', 'runtime/lab.wasm', /lab\.wasm: expected JSON: .*: is it cut short\?$/],
  ])('is not read from a file %s', async (_, file, sentence) => {
    await expect(readStateFile(file)).rejects.toThrow(InputError);
    await expect(readStateFile(file)).rejects.toThrow(sentence);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'an SQLite database',
      'SQLite format 3\0...',
      /take the state from the running Chopsticks, --state ws:\/\/127\.0\.0\.1:PORT$/,
    ],
    ['YAML that ends in its middle', '- - "0x12', /^expected a list in YAML, came none: /],
    ['YAML that is no list', '# nothing\nCompute: {}\n', /came YAML that is no list$/],
    ['YAML with one that is no pair', '- - 0x12\n  - 0x00\n- 0x13\n', /^entry 1: expected a pair .* came "0x13"$/],
    ['YAML with a mapping in it', '- Compute: 1\n', /^entry 0: expected a pair .* came an object$/],
    ['YAML with aliases', '- &a [0x12, 0x00]\n- *a\n', /YAML with aliases$/],
    ['YAML without a value', '- - 0x12\n  - null\n', /^the value of 0x12: expected 0x and .* came "null"$/],
    ['YAML that is nested deeply', '- '.repeat(50_000), /^e(xpected|ntry)/],
    ['a snapshot that is cut short', snapshotOf(entriesOf(all)).subarray(0, 300), /is it cut short\?$/],
    ['a snapshot of another chain', snapshotOf(entriesOf(others)), /^none of its 2 keys is of the pallets /],
  ])('is not read from %s', async (_, contents, sentence) => {
    const file = join(folder, 'none.snap');
    writeFileSync(file, contents);
    const said = await readStateFile(file).catch((error: unknown) => error);
    expect(said).toBeInstanceOf(InputError);
    const { message } = said as InputError;
    expect(message.slice(file.length + 2)).toMatch(sentence);
    expect(message).not.toContain('\n');
  });

  it('is not read from what is nested deeper than anybody can follow', () => {
    expect(() => parseState('['.repeat(100_000) + ']'.repeat(100_000))).toThrow(InputError);
  });
});

const forms = {
  spec: JSON.stringify({ genesis: { raw: { top: all } } }),
  object: JSON.stringify(all, null, 1),
  pairs: JSON.stringify(Object.entries(all)),
};

/** A right read, or one sentence. */
const readOrRefused = (text: string): 'read' | 'refused' => {
  try {
    const read = parseState(text).storage;
    expect(RawState.safeParse(read).success).toBe(true);
    expect(Object.keys(read).every((key) => palletOfKey(key) !== undefined)).toBe(true);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return 'refused';
  }
};

describe('a damaged state', () => {
  it.each(Object.entries(forms))('that is cut is refused, wherever: %s', (_, text) => {
    // Everything behind the last bracket is white space.
    for (let at = 0; at < text.trimEnd().length; at += 37) expect(readOrRefused(text.slice(0, at))).toBe('refused');
    expect(readOrRefused(text)).toBe('read');
  });

  it('of a whole chain is refused where it is cut, at each kilobyte', () => {
    const spec = rawChainSpec({
      runtime: { ...lab, code: lab.code.subarray(0, 9_000) },
      lab: settings,
      accounts,
      sudo,
      storage: state,
    });
    for (let at = 0; at < spec.length; at += 1_024) expect(readOrRefused(spec.slice(0, at))).toBe('refused');
  });

  it('with changed bytes is refused, or still is a state', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(forms)), changes, (text, flips) => {
        const bytes = Buffer.from(text);
        for (const [at, mask] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
        readOrRefused(bytes.toString('utf8'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of anything that JSON can say is refused, or is a state', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.array(fc.jsonValue())),
      fc.object({ key: fc.constantFrom('genesis', 'raw', 'top', 'jsonrpc', 'result') }),
    );
    fc.assert(
      fc.property(json, (value) => void readOrRefused(JSON.stringify(value))),
      { numRuns: 500 },
    );
  });
});
