/** `assay gate --state` and `assay record --state` as a user runs them: every form of a state, a node's, and what is none. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInState } from '../../src/gate/built-in-state.js';
import { RunEvent } from '../../src/spec/run-events.js';
import { rawChainSpec } from '../../src/targets/node/chain-spec.js';
import { startChopsticks } from '../../src/targets/node/chopsticks.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';
import type { StartedNode } from '../../src/targets/node/process.js';
import { lab } from '../lab.js';
import { accounts, settings, sudo } from '../targets/node/lab-chain.js';
import { entriesOf, snapshotOf } from '../targets/trie-builder.js';
import { DROPPED } from '../variants.js';
import { assay, type Ran } from './run-cli.js';

const LAB = 'runtime/lab.wasm';
const folder = mkdtempSync(join(tmpdir(), 'assay-'));
const at = (name: string): string => join(folder, name);
const write = (name: string, contents: string | Uint8Array): string => {
  writeFileSync(at(name), contents);
  return at(name);
};

const { storage } = builtInState(lab);
const spec = rawChainSpec({ runtime: lab, lab: settings, accounts, sudo, storage });

let node: StartedNode;
beforeAll(async () => {
  const start = { folder: at('node'), blockNumberWidth: 8, limits: DEFAULT_LIMITS } as const;
  node = await startChopsticks({ spec }, start);
}, 120_000);
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

const gate = (next: string, state: string, ...more: readonly string[]): Promise<Ran> =>
  assay(['gate', '--old', LAB, '--new', next, '--state', state, '--runs', '1', '--out', at('found'), ...more]);

/** What the suite of the state says. */
const summaryIn = (file: string): string => {
  const events = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => RunEvent.parse(JSON.parse(line)));
  const [suite] = events.filter((each) => each.type === 'suite-finished' && each.suite.includes('across the upgrade'));
  return suite?.type === 'suite-finished' ? `${suite.suite}: ${suite.verdict}: ${suite.summary}` : '';
};

describe('assay gate --state', () => {
  it.each<[string, () => string | Uint8Array]>([
    ['spec.json', () => spec],
    ['pairs.json', () => JSON.stringify(Object.entries(storage))],
    ['state.snap', () => snapshotOf(entriesOf(storage))],
  ])('upgrades the state in %s, and finds it whole', async (name, contents) => {
    const file = write(name, contents());
    const ran = await gate(LAB, file, '--json', at(`${name}.ndjson`));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const count = Object.keys(storage).length;
    expect(summaryIn(at(`${name}.ndjson`))).toContain(
      `state ${file} across the upgrade: conforms: ${count} values compared; `,
    );
  });

  it('finds what a migration loses of a state that was recorded, and runs again as it is told', async () => {
    const file = at('recorded.json');
    const recorded = await assay(['record', '--state', `${node.url}@0`, '--out', file]);
    expect(recorded).toMatchObject({ code: 0, stderr: '' });
    expect(recorded.stdout).toContain(`${Object.keys(storage).length} keys of `);
    const said = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(said).toMatchObject({ format: 'assay-state/1', block: { number: 0 }, spec_version: 9_000, storage });
    const ran = await gate(DROPPED, file);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('upgrade/Compute.MinerComputeRequests/lost');
    expect(ran.stdout).toContain('upgrade/INV-09/');
    expect(ran.stdout).toContain(`--state ${file}`);
  });

  it('takes the state of a node, and all of it where it was recorded whole', async () => {
    const direct = await gate(LAB, node.url, '--json', at('direct.ndjson'));
    expect(direct).toMatchObject({ code: 0, stderr: '' });
    expect(summaryIn(at('direct.ndjson'))).toMatch(/^state ws:\/\/127\.0\.0\.1:\d+@\d+ across the upgrade: conforms: /);
    const file = at('whole.json');
    expect(await assay(['record', '--state', node.url, '--whole', '--out', file])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { storage: object }).storage)).toContain(
      '0x3a636f6465',
    );
    expect(await gate(LAB, file)).toMatchObject({ code: 0, stderr: '' });
  });

  it('fails a migration that takes more than it may', async () => {
    const ran = await gate(LAB, write('small.json', JSON.stringify(storage)), '--migration-limit', '0');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('cost/migration');
  });
});

describe('a state that is none is exit 2 and one sentence', () => {
  it.each<[string, () => string, RegExp]>([
    ['no file', () => at('nowhere.json'), /nowhere\.json: there is no such file/],
    [
      'a file that is cut',
      () => write('cut.json', spec.slice(0, 5_000)),
      /cut\.json: expected JSON: .*is it cut short\?/,
    ],
    [
      'a snapshot that is cut',
      () => write('cut.snap', snapshotOf(entriesOf(storage)).subarray(0, 9_000)),
      /cut\.snap: a try-runtime snapshot: /,
    ],
    [
      'of another chain',
      () => write('other.json', '{"0x3a636f6465":"0x00"}'),
      /other\.json: none of its 1 keys is of the pallets/,
    ],
    [
      'a database',
      () => write('db.sqlite', 'SQLite format 3\0'),
      /db\.sqlite: it is an SQLite database, .*--state ws:/,
    ],
    [
      'of another release',
      () =>
        write('odd.json', JSON.stringify(Object.fromEntries(Object.keys(storage).map((key) => [key, '0xfeffffffff'])))),
      /odd\.json: none of its \d+ values is one of --old's|can't build a block on it/,
    ],
  ])('%s', async (_, file, sentence) => {
    const { code, stderr, stdout } = await gate(LAB, file());
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^assay: .*\n$/);
    expect(stdout).not.toContain('conforms: everything');
  });

  it.each<[readonly string[], RegExp]>([
    [['--whole'], /--whole: expected --state URL\[@BLOCK\] with it/],
    [['--state', 'ws://127.0.0.1:1', '--seed', '1'], /expected no --seed with it: no scenarios are recorded/],
    [['--state', 'state.json'], /--state state\.json: expected a chain's URL/],
    [['--state', 'ws://127.0.0.1:1'], /ws:\/\/127\.0\.0\.1:1: .*refused/],
  ])('recorded with %j', async (flags, sentence) => {
    const { code, stderr } = await assay(['record', ...flags, '--out', at('never.json')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(existsSync(at('never.json'))).toBe(false);
  });
});
