/** What `assay load` refuses before anything is started: nothing is sent anywhere but to a node of one's own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Plan } from '../../src/load/workload.js';
import { withFolder } from '../targets/node/processes.js';
import { assay, root } from './run-cli.js';

/** Runs it where there is no k6 but one that would be found out if it were started. */
const refused = async (...args: readonly string[]): Promise<string> => {
  const env = { ASSAY_K6_BIN: process.execPath };
  const { code, stderr } = await assay(['load', 'run', ...args], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^assay: [^\n]*\n$/);
  return stderr;
};

describe('assay load run', () => {
  it.each(['engine', 'runtime:runtime/lab.wasm', 'chopsticks:wss://rpc.example.org', 'recording:x.jsonl'])(
    'refuses --target %s',
    async (target) => {
      expect(await refused('--target', target)).toContain('a load is sent to a node of your own alone');
    },
  );

  it('refuses a node that is not on this machine without asking it anything', async () => {
    expect(await refused('--target', 'ws://192.0.2.1:9944')).toContain('expected a node on this machine');
  });

  it('says how to get k6 where it is nowhere', async () => {
    const env = { ASSAY_K6_BIN: '', PATH: '/nowhere', HOME: '/nowhere', GOPATH: '/nowhere' };
    const { code, stderr } = await assay(['load', 'run'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^assay: k6 is neither .* "go install go\.k6\.io\/k6@v1\.8\.1", or from https:\/\/github\.com/,
    );
  });

  it.each([
    [['--rate', 'fast'], '--rate fast: expected a number'],
    [['--duration', '60'], '--duration 60: expected a time up to a day, such as 60s'],
    [['--scenario', 'storm'], '--scenario storm: expected one of read, submit'],
    [['--plan', 'package.json'], '--plan package.json: expected a plan of "assay load plan"'],
    [['--saturate', '--scenario', 'soak'], '--saturate --scenario soak: what is sent at rising rates'],
    [['--max-lost', '101'], '--max-lost 101: expected a number up to 100'],
  ])('refuses %s', async (flags, sentence) => {
    expect(await refused(...flags)).toContain(sentence);
  });
});

describe('assay load plan', () => {
  it('writes the same plan each time, which no chain has signed', () =>
    withFolder(async (folder) => {
      const write = async (name: string): Promise<string> => {
        const out = join(folder, name);
        const flags = ['--rate', '10', '--duration', '2s', '--users', '3', '--seed', '5', '--out', out];
        const { code, stderr } = await assay(['load', 'plan', ...flags], { cwd: root });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return readFile(out, 'utf8');
      };
      const [one, two] = [await write('one.json'), await write('two.json')];
      expect(two).toBe(one);
      const plan = Plan.parse(JSON.parse(one));
      expect(plan).toMatchObject({ scenario: 'submit', users: 3, seed: 5, signedFor: null });
      expect(plan.arrivals).toHaveLength(20);
      expect(plan.arrivals.every(({ extrinsic }) => extrinsic === undefined)).toBe(true);
    }));
});
