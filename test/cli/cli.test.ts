/** The command line: what it prints, what it exits with, and that bad input gets one clear sentence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay, root } from './run-cli.js';

let folder = '';
/** A recording of one scenario, as text lines. */
let lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-'));
  const text = gunzipSync(await readFile(join(root, 'recordings/compute-1.jsonl.gz'))).toString();
  const all = text.split('\n');
  const second = all.findIndex((line, at) => at > 1 && line.startsWith('{"scenario"'));
  lines = [(all[0] ?? '').replace('"scenarios":60', '"scenarios":1'), ...all.slice(1, second)];
});
afterAll(() => rm(folder, { recursive: true }));

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

const eventsIn = async (file: string): Promise<RunEvent[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => RunEvent.parse(JSON.parse(line)));

describe('replay', () => {
  it('plays files and folders, and ends with a table and 0 where all agrees', async () => {
    const file = await put('good.jsonl', lines.join('\n') + '\n');
    const { code, stdout, stderr } = await assay(['replay', file, 'recordings/metrics-1.jsonl.gz']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('│   120 │ 0 differences');
    expect(stdout).toContain('│ 2 118 │ 0 differences');
    expect(stdout).toContain('conforms: everything that was compared equals what was expected');
  });

  it('shows a difference with scenario, step, call, key, both values and the byte, and exits with 1', async () => {
    const step = lines.findIndex(
      (line) => line.includes('"call":"Compute.submit_compute_request_assignment"') && line.includes('"ok":true}'),
    );
    const tampered = lines.with(
      step,
      (lines[step] ?? '').replace(/("0xc946330e[0-9a-f]{24}9e5d[0-9a-f]+":"0x[0-9a-f]+)00"/, '$101"'),
    );
    expect(tampered[step]).not.toBe(lines[step]);
    const { code, stdout } = await assay(['replay', await put('tampered.jsonl', tampered.join('\n') + '\n')]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `difference in scenario 0, step ${(JSON.parse(lines[step] ?? '') as { step: number }).step}`,
    );
    expect(stdout).toContain('Compute.submit_compute_request_assignment(miner_node_id: ');
    expect(stdout).toMatch(/storage {3}Compute\.MinerComputeRequests\[.*\]\[0\]\.fullfilled/);
    expect(stdout).toMatch(/expected {2}true\n {2}observed {2}false\n {2}bytes {5}differ from byte \d+ on/);
    // The recorded state is taken over, so the next step that writes the list tells the tampered byte again, and no other.
    expect(stdout).toContain('│ 2 differences');
  });

  it('plays under other rules, and tells what they change', async () => {
    const file = await put('good.jsonl', lines.join('\n') + '\n');
    const { code, stdout } = await assay(['replay', file, '--rules', 'DEV-10=promised']);
    expect(code).toBe(1);
    expect(stdout).toContain('Compute.ComputeRequestFulfilled');
  });

  it('exits with 1 where a recording has a call that the specification does not describe', async () => {
    const [header = '', scenario = ''] = lines;
    const call = {
      step: 0,
      block: '240',
      origin: { kind: 'none' },
      call: 'ExecutionUnit.update_block_time',
      args: {},
      call_hex: '0x3604',
      outcome: { ok: true },
      events: [],
      diff: {},
    };
    const file = await put(
      'unknown.jsonl',
      [header.replace('"steps":120', '"steps":1'), scenario, JSON.stringify(call), ''].join('\n'),
    );
    const { code, stdout } = await assay(['replay', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('not covered: call ExecutionUnit.update_block_time (1 times)');
    expect(stdout).toMatch(/│ not covered\s*│/);
  });
});

describe('bad input gets one sentence that names the place, and 2', () => {
  const cases: readonly (readonly [string, () => Promise<readonly string[]>, RegExp])[] = [
    [
      'a file that is not there',
      async () => ['replay', 'nowhere.jsonl'],
      /^assay: nowhere\.jsonl: there is no such file or folder$/,
    ],
    [
      'a folder without recordings',
      async () => {
        await mkdir(join(folder, 'empty'), { recursive: true });
        return ['replay', join(folder, 'empty')];
      },
      /empty: expected a folder with \*\.jsonl or \*\.jsonl\.gz, found none$/,
    ],
    [
      'a truncated gzip',
      async () => ['replay', await put('cut.jsonl.gz', gzipSync(lines.join('\n')).subarray(0, 4000))],
      /cut\.jsonl\.gz(:\d+)?: the gzip stream is cut short or damaged/,
    ],
    [
      'a line that is no JSON',
      async () => ['replay', await put('text.jsonl', [...lines.slice(0, 5), 'hello', ...lines.slice(5)].join('\n'))],
      /text\.jsonl:6: expected a line of JSON, came "hello"$/,
    ],
    [
      'another format version',
      async () => [
        'replay',
        await put('next.jsonl', lines.with(0, (lines[0] ?? '').replace('trace/1', 'trace/2')).join('\n')),
      ],
      /next\.jsonl:1: expected a recording of format "compute-trace\/1", came "compute-trace\/2"$/,
    ],
    [
      'a genesis key outside the recorded pallets',
      async () => {
        const scenario = (lines[1] ?? '').replace('"genesis":{', `"genesis":{"0x${'ab'.repeat(32)}":"0x00",`);
        return ['replay', await put('foreign.jsonl', lines.with(1, scenario).join('\n'))];
      },
      /foreign\.jsonl:2: storage key 0x(ab){32} is outside the recorded pallets Compute, PalletIp/,
    ],
    [
      'an unknown rule',
      async () => ['replay', 'recordings', '--rules', 'DEV-99=promised'],
      /^assay: unknown rule "DEV-99=promised": expected/,
    ],
    ['an unknown rule of check', async () => ['check', '--rules', 'all'], /^assay: unknown rule "all": expected/],
    [
      'an unknown target',
      async () => ['check', '--target', 'moon'],
      /^assay: --target moon: expected "engine", "recording:FILE", "runtime:FILE/,
    ],
    [
      'an unknown target of replay',
      async () => ['replay', 'recordings', '--target', 'moon'],
      /^assay: --target moon: expected "engine", "recording:FILE", "runtime:FILE/,
    ],
    [
      'a recording to replay on',
      async () => ['replay', 'recordings', '--target', 'recording:recordings/compute-1.jsonl.gz'],
      /^assay: --target recording:.*: a recording is played, nothing is played on it$/,
    ],
    [
      'a runtime without a file',
      async () => ['check', '--target', 'runtime:'],
      /^assay: --target runtime:: expected a file behind "runtime:"$/,
    ],
    [
      'a runtime that is not there',
      async () => ['check', '--target', 'runtime:nowhere.wasm'],
      /^assay: nowhere\.wasm: there is no such file$/,
    ],
    [
      'a runtime that is none',
      async () => ['check', '--target', 'runtime:package.json'],
      /^assay: package\.json: expected a raw chain spec with genesis\.raw\.top/,
    ],
    [
      'an unknown parameter of a runtime',
      async () => ['check', '--target', 'runtime:runtime/lab.wasm?colour=red'],
      /expected the parameters rules, mutant, period, format, came "colour"$/,
    ],
    [
      'a mutant that is no number',
      async () => ['check', '--target', 'runtime:runtime/lab.wasm?mutant=first'],
      /expected a whole number for "mutant", came "first"$/,
    ],
    [
      'rules for a lab runtime that has its own',
      async () => [
        'replay',
        'recordings',
        '--rules',
        'promised',
        '--target',
        'runtime:runtime/lab.wasm?rules=deployed',
      ],
      /^assay: --rules promised with --target .*: the target has rules of its own/,
    ],
    [
      'another release period than was recorded',
      async () => ['replay', 'recordings/compute-1.jsonl.gz', '--target', 'runtime:runtime/lab.wasm?period=7'],
      /compute-1\.jsonl\.gz:1: recorded with an IP release period of 20 blocks, runtime .* has 7$/,
    ],
    [
      'invariants of a runtime',
      async () => ['check', '--target', 'runtime:runtime/lab.wasm', '--invariant', 'INV-01'],
      /^assay: --invariant: invariants are searched on the engine/,
    ],
    ['a recording without a place', async () => ['record', '--seed', '1'], /required option '--out <file>'/],
    [
      'an unknown invariant',
      async () => ['check', '--target', 'engine', '--invariant', 'INV-99'],
      /^assay: --invariant INV-99: expected one of INV-01/,
    ],
    [
      'a path without its search',
      async () => ['check', '--target', 'engine', '--path', '0:1'],
      /^assay: --path leads to one counterexample/,
    ],
    [
      'an events file that can not be written',
      async () => ['list', 'rules', '--json', join(folder, 'no/such/folder.ndjson')],
      /^assay: --json .*: can't be written/,
    ],
    ['a number that is none', async () => ['check', '--runs', 'many'], /expected a whole number from 1 to/],
    [
      'an unknown flag',
      async () => ['check', '--tagret', 'engine'],
      /unknown option '--tagret'\n\(Did you mean --target\?\)/,
    ],
    ['an unknown command', async () => ['chekc'], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [
      'an unknown list',
      async () => ['list', 'rulez'],
      /Allowed choices are requirements, rules, deviations, invariants/,
    ],
    ['a missing file', async () => ['replay'], /missing required argument 'file'/],
  ];

  it.each(cases)('%s', async (_, make, message) => {
    const { code, stderr } = await assay(await make());
    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('and what was done before is in the events file', async () => {
    const file = join(folder, 'failed.ndjson');
    await assay(['replay', await put('short.jsonl', lines.slice(0, 50).join('\n')), '--json', file]);
    const events = await eventsIn(file);
    expect(events.at(0)?.type).toBe('run-started');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', verdict: 'error', exit: 2 });
  });
});

describe('check', () => {
  it('holds as promised and deviates as deployed, with counterexamples that replay', async () => {
    const { code, stdout } = await assay([
      'check',
      '--target',
      'engine',
      '--runs',
      '150',
      '--seed',
      '5',
      '--out',
      join(folder, 'found'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ all \d+ hold[^│]*│ conforms/);
    expect(stdout.match(/│ deviates /g)).toHaveLength(1);
    const commands = [...stdout.matchAll(/replay it: npx assay (.*)/g)].map(([, args = '']) => args.split(' '));
    expect(commands.length).toBeGreaterThan(15);
    for (const args of commands.slice(0, 3)) {
      const replayed = await assay(args);
      expect(replayed.code).toBe(0);
      expect(replayed.stdout).toContain('a counterexample to INV-');
    }
    expect(readdirSync(join(folder, 'found'))).toHaveLength(commands.length);
  });

  it('holds a runtime against the engine: 0 where they agree, 1 with a counterexample that replays where not', async () => {
    const out = join(folder, 'parted');
    const check = (target: string, ...more: string[]) =>
      assay(['check', '--target', target, '--seed', '3', '--out', out, ...more]);
    const same = await check('runtime:runtime/lab.wasm', '--runs', '40');
    expect(same.code).toBe(0);
    expect(same.stdout).toMatch(/layout of runtime\/lab\.wasm.*conforms/);
    expect(same.stdout).toContain('0 differences');
    const other = await check('runtime:runtime/lab.wasm?mutant=3');
    expect(other.code).toBe(1);
    const [, command = ''] = /replay it: npx assay (.*)/.exec(other.stdout) ?? [];
    expect(command).toContain("--target 'runtime:runtime/lab.wasm?mutant=3'");
    const args = command.replaceAll("'", '').split(' ');
    const replayed = await assay(args);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toContain('Compute.ComputeStopRequested.caller');
    expect((await assay([...args.slice(0, 2)])).code).toBe(0);
  });

  it('tells a runtime without the pallet, and checks what is there', async () => {
    const run = (...more: string[]) =>
      assay(['check', '--target', 'runtime:runtime/later.wasm', '--runs', '40', '--seed', '3', ...more]);
    const absent = await run();
    expect(absent.code).toBe(1);
    expect(absent.stdout).toMatch(/Compute.* is absent/);
    expect(absent.stdout).toContain('PalletIp 74');
    expect(absent.stdout).toMatch(/0 differences/);
    expect(absent.stdout).toMatch(/^absent: /m);
    expect((await run('--allow-absent')).code).toBe(0);
  });

  it('replays a recording as its short form', async () => {
    const file = await put('good.jsonl', lines.join('\n') + '\n');
    const { code, stdout } = await assay(['check', '--target', `recording:${file}`]);
    expect(code).toBe(0);
    expect(stdout).toContain('│   120 │ 0 differences');
  });

  it('is stopped by Ctrl-C with 130 and what was done so far', async () => {
    const file = join(folder, 'interrupted.ndjson');
    const { code, stdout } = await assay(['check', '--target', 'engine', '--runs', '10000000', '--json', file], {
      interruptAt: 'searching invariants',
    });
    expect(code).toBe(130);
    expect(stdout).toContain('(interrupted)');
    const events = await eventsIn(file);
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', exit: 130 });
  });

  it('fails a recording without steps where coverage is required, as in CI', async () => {
    const header = (lines[0] ?? '').replace('"steps":120', '"steps":0');
    const file = await put('nothing.jsonl', [header, lines[1]].join('\n'));
    expect((await assay(['replay', file])).code).toBe(0);
    expect((await assay(['replay', file, '--require-coverage'])).code).toBe(1);
    expect((await assay(['replay', file], { env: { CI: 'true' } })).code).toBe(1);
    expect((await assay(['replay', file, '--no-require-coverage'], { env: { CI: 'true' } })).code).toBe(0);
  });
});

describe('record', () => {
  it.each([
    ['the lab runtime', []],
    [
      'a lab runtime under rules of its own',
      ['--target', 'runtime:runtime/lab.wasm?rules=promised,REV-01=9006&period=5'],
    ],
    ['a runtime without the pallet', ['--target', 'runtime:runtime/later.wasm']],
    ['the engine', ['--target', 'engine', '--rules', 'DEV-04=promised']],
  ])('writes what %s answers, which replays without a difference', async (name, target) => {
    const file = join(folder, `${name}.jsonl.gz`);
    const made = await assay(['record', ...target, '--seed', '6', '--runs', '10', '--out', file]);
    expect(made.stderr).toBe('');
    expect(made.code).toBe(0);
    const on = name.startsWith('the ') ? ['runtime:runtime/lab.wasm', 'engine'] : target.slice(1, 2);
    for (const each of on) {
      const replayed = await assay(['replay', file, '--target', each]);
      expect(replayed.stderr).toBe('');
      expect(replayed.stdout).toContain('0 differences');
      expect(replayed.code).toBe(0);
    }
  });

  it('is the same again with the same seed, and keeps what was done where it is interrupted', async () => {
    const [one, two] = [join(folder, 'one.jsonl'), join(folder, 'two.jsonl')];
    await assay(['record', '--seed', '6', '--runs', '5', '--out', one]);
    await assay(['record', '--seed', '6', '--runs', '5', '--out', two]);
    expect(readFileSync(one, 'utf8')).toBe(readFileSync(two, 'utf8'));
    const cut = join(folder, 'cut.jsonl');
    const { code } = await assay(['record', '--seed', '6', '--runs', '100000', '--out', cut], {
      interruptAt: 'recording',
    });
    expect(code).toBe(130);
    expect(existsSync(`${cut}.part`)).toBe(false);
  });
});

describe('run events', () => {
  it.each([
    ['replay', ['replay', 'recordings/metrics-1.jsonl.gz']],
    ['check', ['check', '--target', 'engine', '--runs', '20', '--seed', '1']],
    ['differential', ['check', '--target', 'runtime:runtime/lab.wasm', '--runs', '20', '--seed', '1']],
    ['list', ['list', 'requirements']],
  ])('of %s are of their schema, from run-started to run-finished', async (name, args) => {
    const file = join(folder, `${name}.ndjson`);
    const { code } = await assay([...args, '--json', file, ...(args[0] === 'check' ? ['--out', folder] : [])]);
    expect(code).toBe(0);
    const events = await eventsIn(file);
    expect(events.at(0)).toMatchObject({ type: 'run-started', command: expect.arrayContaining(args) as string[] });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', exit: 0 });
    expect(events.length).toBeGreaterThan(2);
  });

  it('of two searches with one seed differ in their times only', async () => {
    const timeless = async (name: string): Promise<unknown[]> => {
      const file = join(folder, name);
      await assay(['check', '--target', 'engine', '--runs', '50', '--seed', '9', '--out', folder, '--json', file]);
      return (await eventsIn(file)).map((event) => ({ ...event, time: '', elapsed: 0, command: [] }));
    };
    expect(await timeless('one.ndjson')).toEqual(await timeless('two.ndjson'));
  });
});

describe('list', () => {
  it('shows every requirement with what checks it', async () => {
    const { code, stdout } = await assay(['list', 'requirements']);
    expect(code).toBe(0);
    expect(stdout).toContain('REQ-');
    expect(stdout).toContain('INV-03');
    expect(stdout).toContain('not checkable');
  });
});
