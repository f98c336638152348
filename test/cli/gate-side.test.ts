/** What `--old` and `--new` may say, what is said of the rest, and what is opened. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assay } from './run-cli.js';
import { openSide, parseSide, type ChainSide } from '../../src/cli/gate-side.js';
import { InputError } from '../../src/properties/recording-file.js';
import { toHex } from '../../src/spec/hex.js';
import { Rules } from '../../src/spec/rules.js';
import { UnusableRuntime } from '../../src/targets/failures.js';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { lab, LAB } from '../lab.js';
import { labSpec } from '../targets/node/lab-chain.js';
import { withProxy } from '../targets/node/proxy.js';
import { wasmOf, withFile } from '../targets/runtime/wat-runtime.js';

const HASH = '0x' + 'aB'.repeat(32);
const NODE = 'ws://127.0.0.1:9944';

describe("a gate's side", () => {
  it.each([
    ['a.wasm', { file: 'a.wasm' }],
    ['runtime:a.wasm', { file: 'a.wasm' }],
    ['a@5.wasm', { file: 'a@5.wasm' }],
    ['runtime:a.wasm?mutant=3', { file: 'a.wasm', mutant: 3 }],
    [
      'a.wasm?rules=DEV-04=promised&period=9&format=4',
      { file: 'a.wasm', rules: 'DEV-04=promised', period: 9n, format: 4 },
    ],
  ])('may be the file %s', (text, expected) => {
    expect(parseSide('--new', text)).toEqual({ kind: 'runtime', text, flag: '--new', ...expected });
  });

  it.each<[string, Partial<ChainSide>]>([
    [NODE, { url: NODE }],
    [`${NODE}@12`, { url: NODE, block: 12 }],
    [`${NODE}@${HASH}`, { url: NODE, block: HASH.toLowerCase() }],
    ['ws://localhost@0', { url: 'ws://localhost', block: 0 }],
    ['wss://user:word@a.example', { url: 'wss://user:word@a.example' }],
    ['wss://user:word@a.example:443', { url: 'wss://user:word@a.example:443' }],
    ['wss://user:word@a.example:443@7', { url: 'wss://user:word@a.example:443', block: 7 }],
    ['wss://user@10.0.0.1', { url: 'wss://user@10.0.0.1' }],
    ['wss://a.example/rpc?key=4@7', { url: 'wss://a.example/rpc?key=4', block: 7 }],
    [`${NODE}@7#period=9`, { url: NODE, block: 7, parameters: { period: 9n } }],
    [`${NODE}#rules=promised&mutant=3`, { url: NODE, parameters: { rules: 'promised', mutant: 3 } }],
  ])('may be the chain %s', (text, expected) => {
    expect(parseSide('--old', text)).toEqual({
      kind: 'url',
      block: null,
      parameters: {},
      flag: '--old',
      text,
      ...expected,
    });
  });

  it.each([
    ['', "expected a runtime's file"],
    ['runtime:', "expected a runtime's file"],
    ['?mutant=3', "expected a runtime's file"],
    ['a.wasm?colour=red', 'expected the parameters rules, mutant, period, format, came "colour"'],
    ['a.wasm?period=soon', 'expected a whole number for "period", came "soon"'],
    ['a.wasm?rules=DEV-99=promised', 'unknown rule "DEV-99=promised"'],
    [`${NODE}#period=soon`, 'expected a whole number for "period", came "soon"'],
    ['ws://', "expected a runtime's file"],
    ['ws://@12', "expected a runtime's file"],
    ['http://127.0.0.1:9944', "expected a runtime's file"],
    [`${NODE}@`, `expected a block's number, or its hash as 0x and 64 digits, behind "@", came ""`],
    [`${NODE}@0x12`, `expected a block's number, or its hash as 0x and 64 digits, behind "@", came "0x12"`],
    [`${NODE}@latest`, `expected a block's number, or its hash as 0x and 64 digits, behind "@", came "latest"`],
    [`${NODE}@99999999999999999999`, `expected a block's number, or its hash`],
    [`${NODE}@5?period=9`, 'expected parameters behind a "#", came "?period=9"'],
  ])('can not be "%s"', (text, message) => {
    const parse = (): unknown => parseSide('--old', text);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(`--old ${text}: ${message}`);
  });
});

describe('a side that is opened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-'));
  const options = { signal: new AbortController().signal };
  let node: StartedNode;

  beforeAll(async () => {
    const start = { folder: join(folder, 'node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
    node = await startChopsticks({ spec: labSpec() }, start);
  });
  afterAll(async () => {
    await node.stop();
    rmSync(folder, { recursive: true });
  });

  it('is the runtime in a file', async () => {
    const opened = await openSide(parseSide('--new', `${LAB}?rules=promised`), options);
    expect(opened).toMatchObject({ name: { file: LAB }, isLab: true, base: Rules.deployed });
    expect(opened.labSettings().rules.isPromised()).toBe(true);
  });

  it("is a chain's runtime, called by the block's number", async () => {
    const opened = await openSide(parseSide('--old', `${node.url}@0#period=9`), options);
    expect(opened.name).toMatchObject({ file: `${node.url}@0`, period: 9n, flag: '--old' });
    expect(opened.runtime).toMatchObject({ file: `${node.url}@0`, version: lab.version, storage: {} });
    expect(Buffer.compare(opened.runtime.code, lab.code)).toBe(0);
    expect(opened.labSettings().releasePeriod).toBe(9n);
    expect(opened.makeTarget()).toBeDefined();
  });

  it('is held against a new runtime by the gate, at its newest block and at a given one', async () => {
    const args = ['--new', LAB, '--runs', '3', '--out', join(folder, 'out')];
    for (const old of [node.url, `${node.url}@0`]) {
      const ran = await assay(['gate', '--old', old, ...args]);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toContain('conforms: everything');
    }
  });

  it('is told by its block where it has no runtime that can be run', () =>
    withProxy(node.url, { state_getStorage: { result: toHex(Buffer.from('no code')) } }, async ({ url }) => {
      const opened = openSide(parseSide('--old', `${url}@0`), options);
      await expect(opened).rejects.toThrow(UnusableRuntime);
      await expect(opened).rejects.toThrow(`${url}@0: expected a runtime as WASM`);
    }));

  it('names its flag where a runtime that is no lab is asked for rules', () =>
    withFile(wasmOf(), async (file) => {
      const text = `${file}?rules=promised`;
      const opened = openSide(parseSide('--old', text), options);
      await expect(opened).rejects.toThrow(InputError);
      await expect(opened).rejects.toThrow(`--old ${text}: only the lab runtime takes "rules"`);
    }));
});
