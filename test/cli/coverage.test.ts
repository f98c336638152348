/** `--require-coverage`: a check that missed a cell which it could have reached is vacuous, where somebody asked for that. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay } from './run-cli.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const FEW = ['--no-regressions', '--runs', '10', '--steps', '20'];

/** Without colours, which a CI's environment turns on. */
const check = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  blob = 'runtime/lab.wasm',
): Promise<{ readonly code: number | null; readonly stdout: string }> => {
  const { code, stdout } = await assay(
    ['check', '--target', `runtime:${blob}`, '--seed', '1', '--out', folder, ...args],
    { env },
  );
  return { code, stdout: stripVTControlCharacters(stdout) };
};

describe('a check with a small budget', () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['by default', [], {}],
    ['in CI, where nobody asked for more', [], { CI: 'true' }],
    ['where nobody wants it, in CI', ['--no-require-coverage'], { CI: 'true' }],
  ])('tells what it missed and passes: %s', async (_, flags, env) => {
    const { code, stdout } = await check([...FEW, ...flags], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^coverage: \d+ of \d+ reachable cells; \d+ can't be reached here \(call \d+, status \d+, rule \d+\)$/m,
    );
    expect(stdout).toMatch(/^ {2}not reached call\/\w+\.\w+\/\S+$/m);
    expect(stdout).toMatch(/^ {2}and \d+ more: --verbose shows all$/m);
    expect(stdout).toMatch(/0 differences; \d+ of/);
    expect(stdout).toContain('conforms: everything that was compared');
  });

  it('fails where coverage is asked for, and --json has every cell', async () => {
    const file = join(folder, 'run.jsonl');
    const { code, stdout } = await check([...FEW, '--require-coverage', '--json', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('vacuous: some part of the run did not reach what it is about');
    const events = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => RunEvent.parse(JSON.parse(line)));
    const [covered] = events.filter((event) => event.type === 'coverage');
    expect(covered?.required).toBe(true);
    expect(covered?.missing.length).toBeGreaterThan(20);
    expect(covered?.unreachable).toContainEqual({
      reason: 'it needs DEV-25 promised',
      cells: ['call/Compute.mark_compute_request_fulfilled/Compute.VmHasNoIp'],
    });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', verdict: 'vacuous', exit: 1 });
  });

  it('prints nothing of it with --quiet but the table', async () => {
    const { code, stdout } = await check([...FEW, '--quiet']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/^coverage|not reached (call|status|rule)\//m);
    expect(stdout).toMatch(/0 differences; \d+ of/);
  });

  it('says of a difference that it is one, whatever was missed', async () => {
    const { code, stdout } = await check(['--require-coverage', '--runs', '400'], {}, 'runtime/lab.wasm?mutant=3');
    expect(code).toBe(1);
    expect(stdout).toContain('finding: something is otherwise than expected');
    expect(stdout).not.toContain('coverage:');
  });

  it('plays the one scenario that a path leads to, and asks no more of it', async () => {
    const { code, stdout } = await check(['--require-coverage', '--runs', '1', '--path', '3']);
    expect({ code, said: stdout.includes('conforms: everything') }).toEqual({ code: 0, said: true });
  });
});
