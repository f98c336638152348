/** How much the built command line tells, in which colours, and what it says to do next, in a pipe; on a terminal: `telling.pty.test.ts`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay, root, type Ran } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-telling-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ESCAPE = '\u001b';
const REPLAY = ['replay', 'recordings/metrics-1.jsonl.gz', '--target', 'engine'];
const FOUND = ['check', '--target', 'runtime:runtime/lab.wasm?mutant=3', '--seed', '3', '--out', folder];

/** Without what of our own environment says something about colours. */
const PLAIN = { NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm', CI: '' };

describe('the command line', () => {
  it('has colours in a pipe where they are forced, and none with NO_COLOR', async () => {
    expect((await assay(REPLAY, { env: { ...PLAIN, FORCE_COLOR: '1' } })).stdout).toContain(`${ESCAPE}[32m`);
    for (const env of [PLAIN, { ...PLAIN, FORCE_COLOR: '1', NO_COLOR: '1' }]) {
      const { stdout } = await assay(REPLAY, { env });
      expect(stdout).toContain('conforms');
      expect(stdout).not.toContain(ESCAPE);
    }
  });

  it.each(['check', 'replay', 'record', 'follow', 'audit', 'gate', 'bench', 'load plan', 'load run'])(
    'has --quiet and --verbose for %s',
    async (command) => {
      const { stdout } = await assay([...command.split(' '), '--help']);
      expect(stdout).toMatch(/^ {2}--quiet /m);
      expect(stdout).toMatch(/^ {2}--verbose /m);
    },
  );

  it('takes one of --quiet and --verbose, and says so', async () => {
    const { code, stdout, stderr } = await assay([...REPLAY, '--quiet', '--verbose']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('assay: --quiet and --verbose: the one tells less, the other more: expected one of them\n');
  });

  it('lets the command line have the last word over assay.yaml', async () => {
    writeFileSync(join(folder, 'assay.yaml'), 'format: assay/1\ndefaults:\n  replay: { quiet: true }\n');
    const recording = join(root, 'recordings/metrics-1.jsonl.gz');
    const replay = (...more: readonly string[]): Promise<Ran> =>
      assay(['replay', recording, '--target', 'engine', ...more], { cwd: folder });
    expect((await replay()).stdout).toMatch(/^┌/);
    const { code, stdout } = await replay('--verbose');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^replaying /);
  });

  it('tells with --quiet nothing but the end', async () => {
    const { code, stdout } = await assay([...FOUND, '--quiet']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^┌/);
    expect(stdout).not.toContain('replay it:');
    expect(stdout).toContain('\nnext: see it again: npx assay replay ');
  });
});

describe('what to do next', () => {
  it('is the replay of what was found, which is found again by it, and the page', async () => {
    const file = join(folder, 'found.ndjson');
    const { stdout } = await assay([...FOUND, '--json', file]);
    const events = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => RunEvent.parse(JSON.parse(line)));
    const last = events.at(-1);
    const next = last?.type === 'run-finished' ? (last.next ?? []) : [];
    expect(stdout.trimEnd().endsWith(next.join('\n      '))).toBe(true);
    expect(next[1]).toBe('see all of it as a page: the same with --report assay.html');
    const words = next[0]?.replace('see it again: npx assay ', '').replaceAll("'", '').split(' ') ?? [];
    const again = await assay(words);
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 1, stderr: '' });
    expect(again.stdout).toContain('Compute.ComputeStopRequested.caller');
  });

  it('is a command that goes beyond what conforms', async () => {
    const { stdout } = await assay([...REPLAY, '--quiet']);
    expect(stdout).toMatch(/\nnext: go beyond what was recorded: npx assay check --target engine\n$/);
  });

  it('is after Ctrl-C the same run with its seed, and where its reports are', async () => {
    const file = join(folder, 'cut.ndjson');
    const args = ['check', '--target', 'engine', '--runs', '10000000', '--json', file];
    const { code, stdout, stderr } = await assay(args, { interruptAt: 'searching invariants' });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const seed = /, seed (\d+)$/m.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`what was done so far is in ${file}\n`);
    expect(stdout).toMatch(
      new RegExp(`\n +to do it anew: npx assay check --target engine --runs 10000000 --json ${file} --seed ${seed}\n$`),
    );
  });
});
