/** `assay gate` as a user runs it: verdicts, reports, replays, bad input, Ctrl-C. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RunEvent, type Finding } from '../../src/spec/run-events.js';
import { junitErrors, sarifErrors } from '../reports/validating.js';
import { metadataOf, wasmOf } from '../targets/runtime/wat-runtime.js';
import { specifiedRuntime } from '../targets/specified-runtime.js';
import { MOVED, NOTED } from '../variants.js';
import { assay, type Ran } from './run-cli.js';

const LAB = 'runtime/lab.wasm';
const LATER = 'runtime/later.wasm';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

const write = (name: string, contents: string | Uint8Array): string => {
  writeFileSync(at(name), contents);
  return at(name);
};

const gate = (old: string, next: string, ...more: readonly string[]): Promise<Ran> =>
  assay(['gate', '--old', old, '--new', next, '--out', at('counterexamples'), ...more]);

/** A small budget in which every bug is found. */
const SMALL = ['--runs', '20', '--seed', '1'];

const eventsOf = (file: string): RunEvent[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => RunEvent.parse(JSON.parse(line)));

const findingsOf = (file: string): Finding[] => eventsOf(file).filter((event) => event.type === 'finding');

describe('assay gate', () => {
  it('lets a runtime pass against itself at the default budget, and again with the same seed', async () => {
    const [first, again] = await Promise.all([gate(LAB, LAB, '--json', at('a.ndjson')), gate(LAB, LAB)]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('conforms: everything');
    const seedOf = ({ stdout }: Ran): string => /seed (\d+)/.exec(stdout)?.[1] ?? '';
    expect(seedOf(first)).toBe(seedOf(again));
    expect(findingsOf(at('a.ndjson'))).toEqual([]);
  });

  it('finds a bug, and its replay shows it on the new runtime and not on the old one', async () => {
    const ran = await gate(LAB, `${LAB}?mutant=3`, ...SMALL, '--json', at('b.ndjson'));
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    const [found] = findingsOf(at('b.ndjson'));
    expect(found).toMatchObject({ part: 'Compute.request_compute_stop', blame: 'new', status: 'open' });
    const command = found?.command ?? '';
    expect(ran.stdout).toContain(command);
    const words = command.replace('npx assay ', '').replaceAll("'", '').split(' ');
    expect(await assay(words)).toMatchObject({ code: 1, stderr: '' });
    const onOld = words.map((word) => word.replace('mutant=3', 'mutant=0'));
    expect(onOld).not.toEqual(words);
    expect(await assay(onOld)).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows what no recording can by running again as it is told', async () => {
    await gate(LAB, NOTED, ...SMALL, '--json', at('c.ndjson'));
    const command = findingsOf(at('c.ndjson')).find(({ kind }) => kind === 'upgrade')?.command ?? '';
    const words = command.replace('npx assay ', '').split(' ');
    const again = await assay([...words, '--out', at('again')]);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('upgrade/Compute.ComputeRequests/undecodable');
  });

  it('passes what assay.yaml announces, and writes reports that are valid', async () => {
    const because = '{ to: promised, reason: a repair, author: a test, expires: 2099-12-31 }';
    const expectations = write('assay.yaml', `format: assay/1\nrules:\n  DEV-03: ${because}\n`);
    const files = ['--sarif', at('r.sarif'), '--junit', at('r.xml'), '--markdown', at('r.md')];
    const ran = await gate(LAB, `${LAB}?rules=DEV-03=promised`, '--expect', expectations, ...SMALL, ...files);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(sarifErrors(readFileSync(at('r.sarif'), 'utf8'))).toEqual([]);
    expect(await junitErrors(readFileSync(at('r.xml'), 'utf8'))).toEqual([]);
    expect(readFileSync(at('r.md'), 'utf8')).toContain('rule/DEV-03');
  });

  it('writes valid reports of what it found', async () => {
    const files = ['--sarif', at('f.sarif'), '--junit', at('f.xml'), '--markdown', at('f.md')];
    const ran = await gate(LAB, `${NOTED}?mutant=3&rules=DEV-04=promised`, ...SMALL, ...files);
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    const sarif = readFileSync(at('f.sarif'), 'utf8');
    expect(sarifErrors(sarif)).toEqual([]);
    expect(await junitErrors(readFileSync(at('f.xml'), 'utf8'))).toEqual([]);
    for (const id of [
      'interface/Compute.ComputeRequests/value.priority',
      'upgrade/Compute.ComputeRequests/undecodable',
      'rule/DEV-04',
      'behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller',
    ]) {
      for (const file of ['f.sarif', 'f.xml', 'f.md']) expect(readFileSync(at(file), 'utf8')).toContain(id);
    }
  });

  it('tells of a pallet that the new runtime has lost, and of one that neither has', async () => {
    const lost = await gate(LAB, LATER, ...SMALL);
    expect(lost.code).toBe(1);
    expect(lost.stdout).toContain('interface/Compute/removed');
    const neither = await gate(LATER, LATER, ...SMALL);
    expect(neither.code).toBe(1);
    expect(neither.stdout).toContain('absent');
    expect(await gate(LATER, LATER, ...SMALL, '--allow-absent')).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends on Ctrl-C with what was done until then', async () => {
    const args = ['gate', '--old', LAB, '--new', LAB, '--runs', '100000', '--json', at('i.ndjson')];
    const ran = await assay(args, { interruptAt: 'comparing behaviour' });
    expect(ran).toMatchObject({ code: 130, stderr: '' });
    expect(ran.stdout).toContain('interrupted: the table has what was done so far');
    const told = eventsOf(at('i.ndjson'));
    expect(told.filter(({ type }) => type === 'suite-finished').length).toBeGreaterThanOrEqual(3);
    expect(told.at(-1)).toMatchObject({ type: 'run-finished', exit: 130 });
  });
});

const halfOf = (file: string, share: number): Uint8Array => {
  const whole = readFileSync(file);
  return whole.subarray(0, Math.floor(whole.length * share));
};

describe('bad input is exit 2 and one sentence', () => {
  mkdirSync(at('a-folder'));
  const cut = write('cut.wasm', halfOf(LAB, 0.4));
  const packed = write('packed.wasm', halfOf(NOTED, 0.5));
  const empty = write('empty.wasm', '');
  const yaml = (name: string, text: string): string[] => ['--expect', write(name, text)];

  it.each([
    ['a blob cut short', [LAB, cut], /cut\.wasm: not a WASM module.*cut short or damaged\?/],
    ['the old one cut short', [cut, LAB], /cut\.wasm: not a WASM module/],
    ['a compressed blob cut short', [LAB, packed], /packed\.wasm: the compressed runtime is cut short/],
    ['an empty file', [LAB, empty], /empty\.wasm: expected a runtime.*came an empty file/],
    ['a missing file', [LAB, at('nowhere.wasm')], /nowhere\.wasm: there is no such file/],
    ['a folder', [LAB, at('a-folder')], /a-folder: is a folder/],
    ['old and new swapped', [MOVED, LAB], /spec_version 9000, lower than the 9001 .*swapped\?/],
    ['a bug number for a runtime without switches', [LAB, `${LAB}?mutants=1`], /--new .*expected the parameters/],
    [
      'an unknown key',
      [LAB, LAB, ...yaml('u.yaml', 'format: assay/1\nrulez: {}\n')],
      /u\.yaml:2:1: .*did you mean "rules"\?/,
    ],
    [
      'a rule that is none',
      [LAB, LAB, ...yaml('n.yaml', 'format: assay/1\nrules: { DEV-14: {} }\n')],
      /n\.yaml:2:\d+: .*DEV-14/,
    ],
    ['no expectations file', [LAB, LAB, '--expect', at('none.yaml')], /none\.yaml: there is no such file/],
    [
      'a file where counterexamples are to be kept',
      [LAB, LAB, '--out', cut],
      /--out .*: expected a folder, .*cut\.wasm is a file/,
    ],
    ['a folder for them below a file', [LAB, LAB, '--out', join(cut, 'below')], /--out .*: expected a folder/],
    ['no chain', ['ws://127.0.0.1:1', LAB], /ws:\/\/127\.0\.0\.1:1: .*refused/],
    ['a block that is none', ['ws://127.0.0.1:1@0x12', LAB], /--old ws:.*expected a block's number, or its hash/],
  ])('%s', async (_, [old = '', next = '', ...more], sentence) => {
    const { code, stderr, stdout } = await gate(old, next, ...more);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^assay: .*\n$/);
    expect(stdout).not.toContain('conforms');
  });

  it('a blob of another pallet', async () => {
    const pallets = specifiedRuntime.pallets.filter(({ name }) => name === 'System');
    const other = write('other.wasm', wasmOf({ metadata: metadataOf({ ...specifiedRuntime, pallets }) }));
    const { code, stderr } = await gate(LAB, other);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /other\.wasm: expected a runtime with some of Compute, .*came one with System.*another chain's\?/,
    );
  });

  it.each([[['gate', '--old', LAB]], [['gate', '--new', LAB]], [['gate', '--old', LAB, '--new', LAB, '--runs', '0']]])(
    'usage: %j',
    async (args) => {
      const { code, stderr } = await assay(args);
      expect(code).toBe(2);
      expect(stderr).toContain('assay --help shows what there is');
    },
  );
});
