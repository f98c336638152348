/** What is read of k6: its samples, its summary, and where its program is. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findK6, k6Version } from '../../src/load/run/k6-program.js';
import { parseSummary } from '../../src/load/run/k6-summary.js';
import { readSamples } from '../../src/load/run/samples.js';
import { thresholdFindings } from '../../src/load/run/tell.js';
import { withFolder } from '../targets/node/processes.js';

const point = (metric: string, time: string, value: number, tags: Readonly<Record<string, string>> | null): string =>
  JSON.stringify({ metric, type: 'Point', data: { time, value, tags } });

/** As k6 1.8.1 writes them. */
const LINES = [
  '{"type":"Metric","data":{"name":"pool_answer","type":"counter","contains":"default","thresholds":[],"submetrics":null},"metric":"pool_answer"}',
  point('pool_answer', '2026-11-25T16:55:01.5+00:00', 1, { tx: '0', answer: 'taken', scenario: 'submit' }),
  point('http_reqs', '2026-11-25T16:55:01.5+00:00', 1, { name: 'author_submitExtrinsic' }),
  point('pool_answer', '2026-11-25T16:55:02.25Z', 1, { tx: '3.1', answer: '1014' }),
  point('block_fullness', '2026-11-25T16:55:03Z', 1.25, null),
];

const AT = Date.parse('2026-11-25T16:55:01.5Z');

const samplesOf = (text: string, bytes: (gzip: Buffer) => Buffer = (gzip) => gzip) =>
  withFolder(async (folder) => {
    const file = join(folder, 'samples.json.gz');
    await writeFile(file, bytes(gzipSync(text)));
    return readSamples(file);
  });

describe("k6's samples", () => {
  it('tell what the pool answered to each call and when, and how full blocks were', async () => {
    const { answers, fullness } = await samplesOf(LINES.map((line) => `${line}\n`).join(''));
    expect(Object.fromEntries(answers)).toEqual({
      '0': { at: AT, answer: 'taken' },
      '3.1': { at: AT + 750, answer: '1014' },
    });
    expect(fullness).toEqual([[AT + 1_500, 1.25]]);
  });

  it('are read as far as they go where k6 was ended', async () => {
    const many = Array.from({ length: 5_000 }, (_, tx) =>
      point('pool_answer', '2026-11-25T16:55:02Z', tx, { tx: String(tx), answer: 'taken' }),
    );
    const { answers } = await samplesOf(many.map((line) => `${line}\n`).join(''), (gzip) =>
      gzip.subarray(0, gzip.length / 2),
    );
    expect(answers.size).toBeGreaterThan(100);
    expect(answers.size).toBeLessThan(5_000);
    const cut = await samplesOf(`${LINES[1] ?? ''}\n${LINES[3]?.slice(0, 60) ?? ''}`);
    expect([...cut.answers.keys()]).toEqual(['0']);
  });

  it('are none where there is no file', async () => {
    expect(await readSamples('/nowhere/samples.json.gz')).toEqual({ answers: new Map(), fullness: [] });
  });
});

const metric = (
  type: string,
  values: Readonly<Record<string, number>>,
  thresholds?: Readonly<Record<string, boolean>>,
) => ({
  type,
  contains: 'default',
  values,
  ...(thresholds && {
    thresholds: Object.fromEntries(Object.entries(thresholds).map(([name, ok]) => [name, { ok }])),
  }),
});

const SUMMARY = JSON.stringify({
  metrics: {
    time_to_pool: metric('trend', { 'p(50)': 1, 'p(95)': 700, 'p(99)': 900, max: 950 }, { 'p(95)<500': false }),
    refused_share: metric('rate', { rate: 0, passes: 0, fails: 9 }, { 'rate<0.01': true }),
    'included{call:Compute.x}': metric('counter', { count: 9, rate: 1 }, { 'count>=0': true }),
    http_req_duration: metric('trend', { 'p(50)': 1 }),
  },
});

describe("k6's summary", () => {
  it("has the figures of the script's trends, and whether thresholds held", () => {
    expect(parseSummary(SUMMARY)).toEqual({
      trends: [{ name: 'time_to_pool', p50: 1, p95: 700, p99: 900, max: 950 }],
      thresholds: [
        { metric: 'time_to_pool', expression: 'p(95)<500', held: false, measured: 700 },
        { metric: 'refused_share', expression: 'rate<0.01', held: true, measured: 0 },
      ],
    });
  });

  it('makes a finding of each threshold that was crossed', () => {
    const [found, ...others] = thresholdFindings('load', parseSummary(SUMMARY));
    expect(found).toMatchObject({ id: 'load/threshold/time_to_pool', kind: 'load', status: 'open' });
    expect(found?.sentence).toContain('expected time_to_pool: p(95)<500, came 700');
    expect(others).toEqual([]);
  });

  it('is refused where it is something else', () => {
    expect(() => parseSummary('{"metrics":{"x":{"values":3}}}')).toThrow(
      /^k6's summary: expected metrics .*use k6 1\.8\.1/,
    );
  });
});

const program = async (folder: string, mode = 0o755): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'k6');
  await writeFile(file, '#!/bin/sh\necho "k6 v9.9.9 (go1, linux/amd64)"\n');
  await chmod(file, mode);
  return file;
};

describe("k6's program", () => {
  it("is the named one, then the environment's, then the PATH's, then Go's", () =>
    withFolder(async (folder) => {
      const [given, variable, path, go] = await Promise.all(
        ['given', 'variable', 'path', 'home/go/bin'].map((name) => program(join(folder, name))),
      );
      const env = { ASSAY_K6_BIN: variable, PATH: `/nowhere:${join(folder, 'path')}`, HOME: join(folder, 'home') };
      expect(findK6(given, env)).toBe(given);
      expect(findK6(undefined, env)).toBe(variable);
      expect(findK6(undefined, { ...env, ASSAY_K6_BIN: '' })).toBe(path);
      expect(findK6(undefined, { PATH: '/nowhere', HOME: env.HOME })).toBe(go);
      expect(findK6(undefined, { PATH: '/nowhere', HOME: '/nowhere', GOPATH: join(folder, 'home/go') })).toBe(go);
      expect(findK6(undefined, { PATH: '', HOME: '/nowhere' })).toBe(null);
      expect(await k6Version(go ?? '')).toBe('v9.9.9');
    }));

  it('must be one that can be run where it is named', () =>
    withFolder(async (folder) => {
      const file = await program(folder, 0o644);
      expect(() => findK6(join(folder, 'none'))).toThrow(/^--k6-bin .*none: expected the program k6/);
      expect(() => findK6(undefined, { ASSAY_K6_BIN: '/nowhere/k6' })).toThrow(/^ASSAY_K6_BIN \/nowhere\/k6: expected/);
      expect(findK6(undefined, { PATH: folder, HOME: '/nowhere' })).toBe(null);
      await expect(k6Version(file)).rejects.toThrow(/expected the program k6, which says its version/);
      await expect(k6Version(process.execPath)).rejects.toThrow(/expected the program k6, which says its version/);
    }));
});
