/** `assay replay --emit-test`: what is written is a test of somebody's own project, which really runs there. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, root, type Ran } from './run-cli.js';

/** Somebody's project: this package and vitest are installed in it, and a runtime of its own is built. */
const project = mkdtempSync(join(tmpdir(), 'assay-'));
const LAB = 'built/lab.wasm';
const WITNESS = join(root, 'regressions/DEV-22.jsonl');

const inProject = (...args: readonly string[]): Promise<Ran> => assay(args, { cwd: project });

beforeAll(() => {
  mkdirSync(join(project, 'node_modules'));
  mkdirSync(join(project, 'built'));
  symlinkSync(root, join(project, 'node_modules/pallet-assay'));
  for (const name of ['vitest', 'typescript', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  cpSync(join(root, 'runtime/lab.wasm'), join(project, LAB));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(project, { recursive: true }));

const Report = z.object({
  testResults: z.array(z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** Runs a program of the project's to its end. */
const run = (program: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const words = [join(project, 'node_modules', program), ...args];
    execFile(process.execPath, words, { cwd: project }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

interface Tested {
  /** What became of each test, by its file. */
  readonly status: Readonly<Record<string, string>>;
  /** What a person is shown. */
  readonly shown: string;
}

const tested = async (): Promise<Tested> => {
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile=results.json', '--no-color'];
  const { stdout, stderr } = await run('vitest/vitest.mjs', ['run', '--root', project, ...reporters]);
  const { testResults } = Report.parse(JSON.parse(readFileSync(join(project, 'results.json'), 'utf8')));
  const status = testResults.map(
    ({ name, assertionResults: [only] }) => [basename(name), only?.status ?? 'none'] as const,
  );
  return { status: Object.fromEntries(status), shown: stdout + stderr };
};

const MUTANT = `runtime:${LAB}?mutant=3`;

describe('a counterexample, a broken invariant and recordings', () => {
  let found = '';
  let invariant = '';

  beforeAll(async () => {
    const search = ['--runs', '100', '--seed', '7', '--json', 'events.ndjson', '--no-regressions'];
    const kept = async (...args: readonly string[]): Promise<string> => {
      await inProject('check', ...args, ...search);
      const line = readFileSync(join(project, 'events.ndjson'), 'utf8')
        .split('\n')
        .find((each) => each.includes('"type":"counterexample"'));
      return z.object({ file: z.string() }).parse(JSON.parse(line ?? '')).file;
    };
    found = await kept('--target', MUTANT);
    invariant = await kept('--target', 'engine', '--invariant', 'INV-03', '--rules', 'deployed');
    await inProject(
      'record',
      '--target',
      `runtime:${LAB}`,
      '--runs',
      '1',
      '--steps',
      '5',
      '--seed',
      '4',
      '--out',
      'short.jsonl',
    );
    await inProject('record', '--target', `runtime:${LAB}`, '--runs', '5', '--seed', '1', '--out', 'long.jsonl.gz');
  }, 120_000);

  it('are tests that pass the strict compiler, pass where the target is right, and fail where it is not', async () => {
    const emissions: readonly (readonly [string, ...string[]])[] = [
      ['conforms.test.ts', found],
      ['tests/deep/mutant.test.ts', found, '--target', MUTANT],
      ['tests/engine.test.ts', found, '--target', 'engine'],
      ['invariant-breaks.test.ts', invariant],
      ['invariant-holds.test.ts', invariant, '--target', `runtime:${LAB}?rules=promised`],
      ['invariant-on-engine.test.ts', invariant, '--target', 'engine'],
      ['short.test.ts', 'short.jsonl'],
      ['short-otherwise.test.ts', 'short.jsonl', '--target', 'engine', '--rules', 'DEV-10=promised,DEV-16=promised'],
      ['tests/long.spec.ts', 'long.jsonl.gz', '--target', `runtime:${LAB}`],
      ['long-otherwise.test.ts', 'long.jsonl.gz', '--target', `runtime:${LAB}?rules=DEV-10=promised`],
      ['absent.test.ts', found, '--target', `runtime:${join(root, 'runtime/later.wasm')}`],
      ['nowhere.test.ts', found, '--target', 'runtime:built/nowhere.wasm'],
    ];
    for (const [out, recording, ...flags] of emissions) {
      const ran = await inProject('replay', recording ?? '', ...flags, '--emit-test', out);
      expect(ran).toEqual({ code: 0, stdout: `${out} is written: npx vitest run ${out}\n`, stderr: '' });
    }

    const files = emissions.map(([out]) => out);
    const strict = ['--strict', '--noUnusedLocals', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const compiler = ['--noEmit', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', '--types', 'node'];
    expect(await run('typescript/bin/tsc', [...strict, ...compiler, ...files])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });

    const { status, shown } = await tested();
    expect(status).toEqual({
      'conforms.test.ts': 'passed',
      'mutant.test.ts': 'failed',
      'engine.test.ts': 'passed',
      'invariant-breaks.test.ts': 'failed',
      'invariant-holds.test.ts': 'passed',
      'invariant-on-engine.test.ts': 'failed',
      'short.test.ts': 'passed',
      'short-otherwise.test.ts': 'failed',
      'long.spec.ts': 'passed',
      'long-otherwise.test.ts': 'failed',
      'absent.test.ts': 'failed',
      'nowhere.test.ts': 'failed',
    });
    // The mutant, the invariant, another answer, a call that is not there, and no runtime.
    expect(shown).toMatch(/step \d+, \w+\.\w+\(.*: expected .*, observed /);
    expect(shown).toMatch(/step \d+, .*: request \d+ is (twice )?in the queue/);
    expect(shown).toMatch(/scenario 0, step \d+, .*: expected .*, observed /);
    expect(shown).toContain('call Marketplace.purchase_plan: this runtime does not have it');
    expect(shown).toContain(`${join(project, 'built/nowhere.wasm')}: there is no such file`);
  }, 240_000);
});

describe('the file', () => {
  it('is called as the recording where nobody says otherwise, in the current folder', async () => {
    const ran = await inProject('replay', WITNESS, '--emit-test');
    expect(ran).toEqual({ code: 0, stdout: 'DEV-22.test.ts is written: npx vitest run DEV-22.test.ts\n', stderr: '' });
    expect(existsSync(join(project, 'DEV-22.test.ts'))).toBe(true);
  });

  it('is not written over what is there, unless that is forced', async () => {
    writeFileSync(join(project, 'mine.test.ts'), 'mine');
    const kept = await inProject('replay', WITNESS, '--emit-test', 'mine.test.ts');
    expect(kept).toEqual({
      code: 2,
      stdout: '',
      stderr: 'assay: --emit-test: mine.test.ts is there already: name another file, or --force to write it anew\n',
    });
    expect(readFileSync(join(project, 'mine.test.ts'), 'utf8')).toBe('mine');
    expect((await inProject('replay', WITNESS, '--emit-test', 'mine.test.ts', '--force')).code).toBe(0);
    expect(readFileSync(join(project, 'mine.test.ts'), 'utf8')).toContain('DEV-22');
  });

  it('is printed instead for "-"', async () => {
    const { code, stdout, stderr } = await inProject('replay', WITNESS, '--emit-test', '-');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\/\*\*\n \* DEV-22: .*\}, 60000\);\n$/s);
  });

  it('is one for each recording of a folder', async () => {
    mkdirSync(join(project, 'all'));
    const folder = join(root, 'regressions');
    const { code, stdout } = await assay(['replay', folder, '--emit-test'], { cwd: join(project, 'all') });
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(10);
    expect(existsSync(join(project, 'all/DEV-29.test.ts'))).toBe(true);
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'a name that is no test',
      () => [WITNESS, '--emit-test', 'x.ts'],
      /^assay: --emit-test x\.ts: expected a test's name that ends in \.test\.ts, or "-" for stdout/,
    ],
    ['a recording behind the flag', () => [WITNESS, '--emit-test', 'x.jsonl'], /recordings stand before the flag$/],
    [
      'two recordings for one file',
      () => [WITNESS, join(root, 'regressions/DEV-20.jsonl'), '--emit-test', 'x.test.ts'],
      /expected one recording, came 2$/,
    ],
    [
      'two recordings of one name',
      () => [WITNESS, WITNESS, '--emit-test', '--force'],
      /two recordings would become DEV-22\.test\.ts/,
    ],
    [
      'a target that is none',
      () => [WITNESS, '--emit-test', '-', '--target', 'moon'],
      /--target moon: expected "engine"/,
    ],
    [
      'a target that is a recording',
      () => [WITNESS, '--emit-test', '-', '--target', `recording:${WITNESS}`],
      /a recording is played, nothing is played on it$/,
    ],
    ['rules that are none', () => [WITNESS, '--emit-test', '-', '--rules', 'all'], /unknown rule "all"/],
    [
      'a report of nothing',
      () => [WITNESS, '--emit-test', '-', '--json', 'x.ndjson'],
      /--json with --emit-test: a test is written, and nothing is played/,
    ],
    ['force alone', () => [WITNESS, '--force'], /--force: it is about --emit-test/],
    [
      'what is no recording',
      () => ['package.json', '--emit-test', '-'],
      /package\.json:1: expected a recording of format/,
    ],
    [
      'a place where nothing can be written',
      () => [WITNESS, '--emit-test', 'package.json/x.test.ts'],
      /x\.test\.ts can't be written/,
    ],
  ])('is not written for %s: one sentence, and 2', async (_, args, sentence) => {
    const { code, stdout, stderr } = await inProject('replay', ...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).toMatch(sentence);
    expect(stderr.trim()).not.toContain('\n');
  });

  it('of an invariant is not made for a node, which shows no single call', async () => {
    const of = join(project, 'invariant.jsonl');
    const invariant = JSON.stringify({ id: 'INV-03', statement: 's', broken: 'b' });
    writeFileSync(of, readFileSync(WITNESS, 'utf8').replace(/"finding":"[^"]*"/, `"invariant":${invariant}`));
    const { code, stderr } = await inProject('replay', of, '--emit-test', '-', '--target', 'chopsticks');
    expect(code).toBe(2);
    expect(stderr).toContain('--target chopsticks: INV-03 is watched call by call, which no node shows');
  });
});
