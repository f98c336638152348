/** `assay` with runtimes that fail while they run: what it says, and what it exits with. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawKey, storage } from '../../../src/spec/storage.js';
import { assay, type Ran } from '../../cli/run-cli.js';
import { span, wasmOf } from './wat-runtime.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const KEY = rawKey(storage.PalletIp.IpReleaseRequests, null).slice(2).replace(/../g, '\\$&');

/** Opens blocks as the pallets do, with an empty list of releases; the rest is as said. */
const runtimeWith = async (bodies: Readonly<Record<string, string>>): Promise<string> => {
  const opening = `(call $ext_storage_set_version_1 ${span(1024, 32)} ${span(0, 1)}) (i64.const 0)`;
  const file = join(folder, 'runtime.wasm');
  const fields = `(data (i32.const 1024) "${KEY}")`;
  await writeFile(file, wasmOf({ fields, bodies: { Core_initialize_block: opening, ...bodies } }));
  return file;
};

const run = (command: 'check' | 'replay' | 'record', file: string): Promise<Ran> => {
  const kept = join(folder, command);
  const given = {
    check: ['--runs', '20', '--seed', '1', '--out', kept],
    replay: ['recordings/metrics-1.jsonl.gz'],
    record: ['--runs', '2', '--seed', '1', '--out', `${kept}.jsonl`],
  };
  return assay([command, ...given[command], '--target', `runtime:${file}`]);
};

describe('a runtime that panics in every extrinsic', () => {
  it('is a finding with the reason, shrunk to one step, and 1', async () => {
    const file = await runtimeWith({ BlockBuilder_apply_extrinsic: 'unreachable' });
    const { code, stdout, stderr } = await run('check', file);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/outcome: expected ok, observed panic: unreachable\n {2}1\. [^\n]+\n {2}replay it: /);
  });

  it('is replayed to its end: each step that panics is told', async () => {
    const file = await runtimeWith({ BlockBuilder_apply_extrinsic: 'unreachable' });
    const { code, stdout, stderr } = await run('replay', file);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('panic: unreachable');
    expect(stdout).toContain('│ 2 118 │');
  });

  it('can be recorded: that is what it does', async () => {
    const file = await runtimeWith({ BlockBuilder_apply_extrinsic: 'unreachable' });
    const { code, stderr } = await run('record', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a runtime whose blocks can not be built', () => {
  it.each(['check', 'replay', 'record'] as const)('ends %s with one sentence, and 2', async (command) => {
    const file = await runtimeWith({ Core_initialize_block: 'unreachable' });
    const { code, stderr } = await run(command, file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: \S+runtime\.wasm: block \d+ can't be built: the runtime panicked: unreachable\n$/);
  });
});
