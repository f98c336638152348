/** Where a flag's value comes from: the command line, the environment, the folder's assay.yaml, in this order; and what writes that file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assay, type Ran } from './run-cli.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-'));
});
beforeEach(() => rm(join(folder, 'assay.yaml'), { force: true }));
afterAll(() => rm(folder, { recursive: true }));

const says = (text: string, file = 'assay.yaml') =>
  writeFile(join(folder, file), `format: assay/1\ndefaults:\n${text}`);

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  assay(args, { cwd: folder, env });

const QUICK = ['check', '--target', 'engine', '--rules', 'promised', '--invariant', 'INV-02', '--seed', '1'];

/** How many scenarios were tried. */
const tried = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> => {
  const { code, stderr } = await run([...args, '--json', 'events.jsonl'], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
  const [finished] = events.filter((line) => line.includes('"suite-finished"'));
  return (JSON.parse(finished ?? '{}') as { readonly scenarios: number }).scenarios;
};

describe('the number of scenarios', () => {
  it('is what the file says, unless the environment says it, unless the command line does', async () => {
    await says('  check: { runs: 3 }\n');
    expect(await tried(QUICK)).toBe(3);
    expect(await tried(QUICK, { ASSAY_RUNS: '5' })).toBe(5);
    expect(await tried([...QUICK, '--runs', '2'], { ASSAY_RUNS: '5' })).toBe(2);
  });

  it('is of the file that --config names, and of no other', async () => {
    await says('  check: { runs: 3 }\n');
    await says('  check: { runs: 4 }\n', 'other.yaml');
    expect(await tried(['--config', 'other.yaml', ...QUICK])).toBe(4);
  });

  it("is the default where the file has other commands' alone, or an empty variable is there", async () => {
    await says('  replay: { quiet: true }\n  load run: { rate: 7 }\n');
    expect(await tried(QUICK, { ASSAY_RUNS: '' })).toBe(400);
  });
});

describe('a value that is none', () => {
  it.each([
    [
      'a flag that there is not',
      '  check: { runz: 3 }\n',
      'assay.yaml:3: "assay check" has no flag "--runz": did you mean "runs"?',
    ],
    [
      'a number that is too small',
      '  check: { runs: 0 }\n',
      'assay.yaml:3: runs: expected a whole number from 1 to 10000000, came 0',
    ],
    [
      'a flag without a value that has one',
      '  check: { quiet: 7 }\n',
      'assay.yaml:3: quiet: expected true or false, came 7',
    ],
    [
      'a flag with a value that has none',
      '  check: { seed: true }\n',
      'assay.yaml:3: seed: expected a value, came true',
    ],
    [
      'a command that there is not',
      '  chek: { runs: 3 }\n',
      'assay.yaml: defaults: unknown command "chek": did you mean "check"?',
    ],
  ])('ends the run before it begins: %s', async (_, text, said) => {
    await says(text);
    expect(await run(QUICK)).toEqual({ code: 2, stdout: '', stderr: `assay: ${said}\n` });
  });

  it('is told with its variable', async () => {
    const stderr = 'assay: ASSAY_RUNS: expected a whole number from 1 to 10000000, came "many"\n';
    expect(await run(QUICK, { ASSAY_RUNS: 'many' })).toEqual({ code: 2, stdout: '', stderr });
  });

  it('is a file that is not there, where it was named', async () => {
    const { code, stderr } = await run(['--config', 'none.yaml', ...QUICK]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'assay: none.yaml: there is no such file\n' });
  });
});

describe('init', () => {
  it('writes a file that is followed, and does not write over one', async () => {
    expect(await run(['init'])).toMatchObject({ code: 0, stderr: '' });
    expect(await tried(QUICK)).toBe(400);
    await says('  check: { runs: 3 }\n');
    const again = await run(['init']);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('assay.yaml is there already: --force writes it anew');
    expect(await tried(QUICK)).toBe(3);
    expect(await run(['init', '--force'])).toMatchObject({ code: 0 });
    expect(await tried(QUICK)).toBe(400);
  });

  it('writes one in which every commented line may be one: what is behind "# " is YAML that is followed, too', async () => {
    await run(['init', 'whole.yaml']);
    const text = await readFile(join(folder, 'whole.yaml'), 'utf8');
    const uncommented = text.replaceAll(/^# ( {2,}\S.*|\w+:$)/gm, '$1').replaceAll('wss://HOST', 'ws://127.0.0.1:1');
    await writeFile(join(folder, 'whole.yaml'), uncommented);
    const { stderr } = await run(['--config', 'whole.yaml', 'replay', 'nowhere.jsonl']);
    expect(stderr).toContain('nowhere.jsonl');
    expect(uncommented).toContain('\nfindings:\n  - id:');
  });

  it('says why it cannot be written', async () => {
    const { code, stderr } = await run(['init', 'no/such/assay.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: no\/such\/assay\.yaml: it can't be written \(.*\)\n$/);
  });
});

describe('doctor', () => {
  it('says of each program whether it is here, what it adds, and how to get it where it is not', async () => {
    const { code, stdout } = await run(['doctor', '--json', 'doctor.jsonl'], { PATH: folder, HOME: folder });
    expect({ code, isTold: stdout.includes('polkadot-omni-node') }).toEqual({ code: 0, isTold: true });
    const lines = (await readFile(join(folder, 'doctor.jsonl'), 'utf8')).split('\n');
    const { rows } = JSON.parse(lines.find((line) => line.includes('"listing"')) ?? '{}') as {
      readonly rows: string[][];
    };
    const of = (name: string) => rows.find(([program]) => program === name);
    expect(of('Node.js')?.[1]).toBe(process.version);
    expect(of('k6')).toMatchObject({ 1: 'not there', 3: expect.stringContaining('go install') as string });
    expect(of('polkadot-omni-node')?.[1]).toBe('not there');
  });

  it('says of a program that is here and does not work that it does not', async () => {
    const bin = join(folder, 'k6');
    await writeFile(bin, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const { stdout } = await run(['doctor'], { ASSAY_K6_BIN: bin, COLUMNS: '400' });
    expect(stdout).toContain('does not work');
    await rm(bin);
  });
});
