/** The package as it is published: packed, unpacked beside its dependencies alone, and used there by somebody who has nothing else. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root, type Ran } from './cli/run-cli.js';

const project = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(project, { recursive: true }));

const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = project): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd, env: { ...process.env, ...env, NO_COLOR: '1' } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

const bin = (name: string): string => join(project, 'node_modules', name);
const assay = (...args: readonly string[]): Promise<Ran> =>
  run(process.execPath, [bin('pallet-assay/dist/cli/main.js'), ...args]);
const vitest = (env?: NodeJS.ProcessEnv): Promise<Ran> =>
  run(process.execPath, [bin('vitest/vitest.mjs'), 'run', '--root', project], env);

/** What `npm install` would put there. */
const link = (name: string): void => {
  mkdirSync(dirname(bin(name)), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), bin(name));
};

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

beforeAll(async () => {
  // The scripts would build `dist` anew, under the feet of the tests beside this one.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {}, root);
  mkdirSync(bin('pallet-assay'), { recursive: true });
  const file = packed.stdout.trim().split('\n').at(-1) ?? '';
  const unpacked = await run('tar', ['-xzf', file, '--strip-components=1', '-C', bin('pallet-assay')]);
  expect([packed.code, unpacked.code]).toEqual([0, 0]);
  const { dependencies } = Manifest.parse(JSON.parse(readFileSync(bin('pallet-assay/package.json'), 'utf8')));
  for (const name of [...Object.keys(dependencies), 'vitest', 'typescript', '@types/node']) link(name);
  cpSync(join(root, 'docs/examples/own-property'), project, { recursive: true });
});

describe('the packed package', () => {
  it('has the command line, which needs nothing but the dependencies', async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    expect((await assay('--version')).stdout.trim()).toBe(version);
    const carried = 'node_modules/pallet-assay';
    for (const command of [
      ['check', '--target', `runtime:${carried}/runtime/lab.wasm`, '--runs', '1', '--seed', '1'],
      ['replay', `${carried}/regressions`],
    ]) {
      const { code, stdout, stderr } = await assay(...command);
      expect(stderr).toBe('');
      expect(stdout).toContain('conforms');
      expect(code).toBe(0);
    }
  });

  it('bears a property of somebody’s own, as typed as the example has it', async () => {
    const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    const typed = await run(process.execPath, [bin('typescript/bin/tsc'), '-p', project]);
    expect(typed.stdout).toBe('');
    const tested = await vitest();
    expect(tested.stdout).toContain('1 passed');
    expect(tested.code).toBe(0);
  });

  it('fails that property on a runtime that breaks it, with the steps that do', async () => {
    const { code, stdout, stderr } = await vitest({
      RUNTIME: 'node_modules/pallet-assay/runtime/lab.wasm?rules=deployed',
    });
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/OWN-01 \(No two VMs .*\) is broken: two have "10\.0\.0\.\d"/);
    expect(stdout + stderr).toContain('1. Marketplace.purchase_plan(');
  });
});
