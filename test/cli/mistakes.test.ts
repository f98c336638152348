/** Twenty mistakes that people make, each answered in a sentence that says what to do, with exit code 2, before any work is done. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assay, root } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lab = join(root, 'runtime/lab.wasm');

/** Listens, and is no node. */
const silent = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
beforeAll(async () => {
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'text.wasm'), 'this is no runtime');
  writeFileSync(join(folder, 'half.jsonl'), '{"format":"assay-recording/1","spec_na');
  writeFileSync(join(folder, 'state.json'), '{"0x00": "0x00"}');
  writeFileSync(join(folder, 'assay.txt'), 'findings: none');
  writeFileSync(join(folder, 'k6'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(folder, 'k6'), 0o644);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => silent.close());

const port = (): number => {
  const address = silent.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

type Mistake = readonly [what: string, args: () => readonly string[], says: RegExp];

const mistakes: readonly Mistake[] = [
  ['a command that is misspelt', () => ['chekc'], /unknown command 'chekc'[^]*Did you mean check/],
  ['a flag that is misspelt', () => ['check', '--seeed', '7'], /unknown option '--seeed'[^]*Did you mean --seed/],
  ['a flag without its value', () => ['check', '--seed'], /'--seed <n>' argument missing/],
  ['a number that is none', () => ['check', '--runs', 'many'], /expected a whole number from 1 to/],
  ['a number out of range', () => ['check', '--runs', '0'], /expected a whole number from 1 to/],
  ['a rule that is none', () => ['check', '--rules', 'DEV-99=promised'], /DEV-99/],
  ['a setting that is none', () => ['check', '--rules', 'DEV-04=fixed'], /deployed.*promised|promised.*deployed/],
  ['a target of no kind', () => ['check', '--target', 'lab.wasm'], /expected .*runtime:FILE/],
  [
    'a file that is not there',
    () => ['check', '--target', 'runtime:nowhere.wasm'],
    /nowhere\.wasm: there is no such file/,
  ],
  ['a file that is no runtime', () => ['check', '--target', 'runtime:text.wasm'], /text\.wasm: expected/],
  ["a folder in a file's place", () => ['check', '--target', 'runtime:sub'], /sub: .*folder/],
  ['a parameter that is none', () => ['check', '--target', `runtime:${lab}?mutnat=3`], /mutnat/],
  [
    'a mutant that is none',
    () => ['check', '--target', `runtime:${lab}?mutant=9999`],
    /expected a mutant of "assay list mutants", or 0 for none, came 9999/,
  ],
  ['a recording that is cut', () => ['replay', 'half.jsonl'], /half\.jsonl:1: /],
  ['a replay of nothing', () => ['replay'], /missing required argument 'file'/],
  [
    'a URL with nobody behind it',
    () => ['check', '--target', 'ws://127.0.0.1:1'],
    /ws:\/\/127\.0\.0\.1:1: no Substrate node answered there/,
  ],
  [
    'a URL of something else',
    () => ['check', '--target', `ws://127.0.0.1:${port()}`],
    /no Substrate node answered there/,
  ],
  ['http in place of ws', () => ['follow', '--url', 'http://127.0.0.1:9944'], /expected a ws:\/\/ or wss:\/\/ URL/],
  ['a gate of one runtime', () => ['gate', '--old', lab], /required option '--new <blob>' not specified/],
  [
    'expectations that are none',
    () => ['gate', '--old', lab, '--new', lab, '--expect', 'assay.txt'],
    /assay\.txt:1:1: format: expected "assay\/1"/,
  ],
  ['a state of another chain', () => ['audit', '--state', 'state.json'], /is it the state of another chain\?/],
  [
    "a program that can't be run",
    () => ['load', 'run', '--k6-bin', 'k6', '--duration', '1s'],
    /--k6-bin k6: expected the program k6, which can be run/,
  ],
  [
    'a report in a folder that is not there',
    () => ['check', '--report', 'none/x.html'],
    /--report none\/x\.html: .*folder is not there/,
  ],
  [
    'a regression folder that is not there',
    () => ['check', '--target', `runtime:${lab}`, '--regressions', 'none'],
    /none: /,
  ],
  ['a time without its unit', () => ['check', '--time', '60'], /--time 60: expected/],
];

describe('a mistake is answered: ', () => {
  it.each(mistakes)('%s', async (_, args, says) => {
    const { code, stdout, stderr } = await assay(args(), { cwd: folder });
    expect({ code, isTable: stdout.includes('│') }).toEqual({ code: 2, isTable: false });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n {4}at |internal error/);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });
});
