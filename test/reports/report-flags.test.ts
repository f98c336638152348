/** The flags of the command line that write reports: whole files or none, however the run ends. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from 'sarif';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assay, startAssay, type Ran } from '../cli/run-cli.js';
import { junitErrors, sarifErrors } from './validating.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NAMES = ['junit.xml', 'assay.sarif', 'comment.md', 'report.html'] as const;
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), 'utf8');
const flags = (): string[] => [
  ...['--junit', at(NAMES[0]), '--sarif', at(NAMES[1])],
  ...['--markdown', at(NAMES[2]), '--report', at(NAMES[3])],
];
const files = (): string[] => readdirSync(folder).sort();

/** A runtime with a bug switched on, which is found. */
const MUTANT = ['check', '--target', 'runtime:runtime/lab.wasm?mutant=3', '--runs', '50', '--seed', '7'];
/** A search that would take hours. */
const ENDLESS = ['check', '--target', 'engine', '--runs', '10000000', '--seed', '7'];

describe('--junit, --sarif, --markdown and --report', () => {
  it('write what a run found, valid, and nothing else beside', async () => {
    const { code } = await assay([...MUTANT, '--out', at('out'), ...flags()]);
    expect(code).toBe(1);
    expect(files()).toEqual([...NAMES, 'out'].sort());
    expect(await junitErrors(text('junit.xml'))).toEqual([]);
    expect(sarifErrors(text('assay.sarif'))).toEqual([]);
    expect(text('junit.xml')).toMatch(/failures="1" errors="0"/);
    const { results = [] } = (JSON.parse(text('assay.sarif')) as Log).runs[0] ?? {};
    expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual(['counterexample error']);
    const [location] = results[0]?.locations ?? [];
    expect(location?.physicalLocation?.artifactLocation?.uri).toBe('runtime/lab.wasm');
    expect(location?.logicalLocations?.[0]?.fullyQualifiedName).toBe('Compute.ComputeStopRequested');
    expect(text('comment.md')).toMatch(/^### ❌ Assay: finding\. Exit 1, not as expected: 1 open finding\n/);
    expect(text('comment.md')).toContain('npx assay replay');
    expect(text('report.html')).toContain('id="finding/counterexample/');
    expect(text('report.html')).toContain('npx assay replay');
  });

  it('write what was done when Ctrl-C ends the run', async () => {
    const { code } = await assay([...ENDLESS, '--out', at('out'), ...flags()], { interruptAt: 'searching invariants' });
    expect(code).toBe(130);
    expect(files().filter((name) => name !== 'out')).toEqual([...NAMES].sort());
    expect(await junitErrors(text('junit.xml'))).toEqual([]);
    expect(sarifErrors(text('assay.sarif'))).toEqual([]);
    expect(text('assay.sarif')).toContain('"exitCode": 130');
    expect(text('comment.md')).toContain('Exit 130, interrupted');
    expect(text('report.html')).toContain('<strong>interrupted</strong>');
  });

  it('write why the work could not be done', async () => {
    const { code, stderr } = await assay(['check', '--target', 'nowhere', ...flags()]);
    expect(code).toBe(2);
    expect(stderr.match(/nowhere/g)).toHaveLength(1);
    expect(await junitErrors(text('junit.xml'))).toEqual([]);
    expect(text('junit.xml')).toMatch(/<error message="it did not come to its end: --target nowhere: expected/);
    expect(text('assay.sarif')).toContain('--target nowhere: expected');
    expect(text('comment.md')).toContain('--target nowhere: expected');
    expect(text('report.html')).toContain('--target nowhere: expected');
  });

  it('leave nothing of an earlier run, and no half file, when the process is killed', async () => {
    for (const name of NAMES) writeFileSync(at(name), 'of an earlier run');
    const running = startAssay([...ENDLESS, '--out', at('out'), ...flags()]);
    await vi.waitFor(() => expect(running.stdout()).toContain('searching invariants'), { timeout: 30_000 });
    running.kill('SIGKILL');
    await running.ended;
    expect(files().filter((name) => name !== 'out')).toEqual([]);
  });

  it.each<[string, () => string, RegExp]>([
    ['a folder that is not there', () => at('none/report'), /its folder is not there/],
    ['a folder', () => folder, /something that is no file has this name/],
    ['a folder that is a file', () => `${process.execPath}/report`, /ENOTDIR.*/],
    ['a device', () => '/dev/null', /something that is no file has this name/],
  ])('refuse %s before any work is done', async (_, file, reason) => {
    for (const flag of ['--junit', '--sarif', '--markdown', '--report']) {
      const { code, stdout, stderr } = await assay([...ENDLESS, flag, file()]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^assay: ${flag} .*can't be written \\(${reason.source}\\)\n$`));
    }
  });

  it('refuse one file for two reports', async () => {
    mkdirSync(at('sub'));
    const { code, stderr } = await assay([...ENDLESS, '--json', at('a'), '--sarif', at('sub/../a')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: --json and --sarif name one file .*: give each its own\n$/);
    expect(existsSync(at('a'))).toBe(false);
  });

  it('write through a link, which stays', async () => {
    writeFileSync(at('real.md'), 'old');
    symlinkSync(at('real.md'), at('link.md'));
    const { code } = await assay(['check', '--target', 'nowhere', '--markdown', at('link.md')]);
    expect(code).toBe(2);
    expect(text('real.md')).toMatch(/^### /);
    expect(files()).toEqual(['link.md', 'real.md']);
  });

  it.each(['check', 'replay', 'record'])('are flags of %s', async (command) => {
    const { stdout } = await assay([command, '--help']);
    for (const flag of [
      '--junit <file>',
      '--sarif <file>',
      '--markdown <file>',
      '--report <file>',
      '--no-annotations',
    ]) {
      expect(stdout).toContain(flag);
    }
  });
});

describe('annotations', () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> =>
    assay([...args, '--out', at('out')], { env });
  const commands = ({ stdout }: Ran): string[] => stdout.split('\n').filter((line) => line.startsWith('::'));

  it('are printed on GitHub Actions, behind all that is printed otherwise', async () => {
    const ran = await run(MUTANT, { GITHUB_ACTIONS: 'true' });
    const [stop = '', resume, error, ...more] = commands(ran);
    const token = /^::stop-commands::([0-9a-f-]{36})$/.exec(stop)?.[1];
    expect(ran.stdout.startsWith(stop)).toBe(true);
    expect(resume).toBe(`::${token}::`);
    expect(error).toMatch(/^::error title=Assay%3A counterexample\/.*::differs from the engine/);
    expect(more).toEqual([]);
    expect(ran.stdout.trimEnd().endsWith(error ?? '')).toBe(true);
  });

  it('are not printed elsewhere, nor with --no-annotations', async () => {
    expect(commands(await run(MUTANT, {}))).toEqual([]);
    expect(commands(await run([...MUTANT, '--no-annotations'], { GITHUB_ACTIONS: 'true' }))).toEqual([]);
  });

  it('are nothing that a list has', async () => {
    expect(commands(await assay(['list', 'rules'], { env: { GITHUB_ACTIONS: 'true' } }))).toEqual([]);
  });
});
