/** The events of a search depend on its seed and its budget alone: not on the clock, the time zone, the language or the folder. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assay, root, type Ran, type RunOptions } from '../cli/run-cli.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const LAB = join(root, 'runtime/lab.wasm');
const ELSEWHERE: RunOptions['env'] = { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };

interface Told extends Ran {
  /** Without what is of the moment. */
  readonly events: string;
}

const told = async (
  where: string,
  words: readonly string[],
  env: NonNullable<RunOptions['env']> = {},
): Promise<Told> => {
  const cwd = join(folder, where);
  await mkdir(cwd);
  const ran = await assay(['check', ...words, '--json', 'events.ndjson'], { cwd, env });
  const events = (await readFile(join(cwd, 'events.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => {
      const { elapsed: _, time: __, ...event } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify(event);
    });
  return { ...ran, events: events.join('\n') };
};

describe('the events of a run', () => {
  it.each<[string, readonly string[], number]>([
    ['conforming', ['--target', `runtime:${LAB}`, '--runs', '60', '--seed', '7'], 0],
    ['finding', ['--target', `runtime:${LAB}?mutant=3`, '--seed', '7', '--no-regressions'], 1],
    ['on the engine', ['--target', 'engine', '--runs', '40', '--seed', '7'], 0],
  ])('%s are the same, byte for byte, in another place', async (name, words, code) => {
    const here = await told(`${name} here`, words);
    const there = await told(`${name} there`, words, ELSEWHERE);
    expect(here).toMatchObject({ code, stderr: '' });
    expect(there.events).toBe(here.events);
    expect(here.events.split('\n').length).toBeGreaterThan(5);
  });
});

describe('check --time', () => {
  it('ends a search without --runs, and what was done until then counts', async () => {
    const { code, stderr, events } = await told('timed', ['--target', `runtime:${LAB}`, '--time', '500ms']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events).toContain('"verdict":"conforms"');
  });

  it('ends with --runs where they are through before', async () => {
    const { code, events } = await told('counted', [
      '--target',
      'engine',
      '--rules',
      'promised',
      '--time',
      '10m',
      '--runs',
      '12',
    ]);
    expect(code).toBe(0);
    expect(events).toContain('"scenarios":12');
  });

  it.each(['10', 'soon', '0s', '3h', '2d', ''])('takes no %j for a time', async (time) => {
    const { code, stderr } = await assay(['check', '--target', 'engine', '--time', time]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: --time .*: expected a time up to a day, such as 60s, 2m or 500ms\n$/);
  });
});
