/** What of the k6 script needs no k6: whom it may load, how it reads JSON-RPC and block weights, and what its options are. */
import { describe, expect, it } from 'vitest';
import { fullness } from '../../src/load/k6/block-weight.js';
import { loopback, required } from '../../src/load/k6/environment.js';
import { readAnswer, readMessage } from '../../src/load/k6/json-rpc.js';
import { optionsOf } from '../../src/load/k6/options.js';
import type { K6Head } from '../../src/load/k6/workload.js';

describe('a load goes to this machine', () => {
  it.each(['http://127.0.0.1:9944', 'ws://localhost:1/', 'http://[::1]:80', 'ws://127.0.0.1'])('%s', (url) => {
    expect(loopback('ASSAY_HTTP', url)).toBe(url);
  });

  it.each([
    'http://127.0.0.1.example.com:9944',
    'http://127.0.0.1@example.com',
    'http://localhost:80@example.com/',
    'http://192.168.0.1:9944',
    'wss://rpc.example.com',
    'http://example.com/http://127.0.0.1:80',
    'http://0.0.0.0:80',
    '',
    undefined,
  ])('and not to %s', (url) => {
    expect(() => loopback('ASSAY_HTTP', url)).toThrow('ASSAY_HTTP: expected the URL of a node on this machine');
  });

  it('and says what is missing', () => {
    expect(required('A', 'x', 'a file')).toBe('x');
    expect(() => required('ASSAY_WORKLOAD', undefined, 'the file')).toThrow('ASSAY_WORKLOAD: expected the file');
  });
});

describe('JSON-RPC', () => {
  it('is read from what a node answers', () => {
    expect(readAnswer('{"jsonrpc":"2.0","id":1,"result":"0x01"}')).toEqual({ kind: 'result', result: '0x01' });
    expect(readAnswer('{"id":1,"error":{"code":1014,"message":"Priority is too low"}}')).toEqual({
      kind: 'refusal',
      code: 1014,
      message: 'Priority is too low',
    });
  });

  it.each(['', 'null', '[]', '{}', '{"error":"no"}', '<html>'])('is not in %j', (text) => {
    expect(readAnswer(text)).toBeUndefined();
    expect(readMessage(text)).toBeUndefined();
  });

  it('tells answers from the news of a subscription', () => {
    expect(readMessage('{"id":7,"result":null}')).toEqual({
      kind: 'answer',
      id: 7,
      answer: { kind: 'result', result: null },
    });
    expect(readMessage('{"method":"chain_newHead","params":{"subscription":"a","result":1}}')).toEqual({
      kind: 'news',
      subscription: 'a',
      result: 1,
    });
  });
});

describe('how full a block is', () => {
  const most = { maxRefTime: 2e12, maxProofSize: 1e7 };
  /** SCALE's compact form in its largest mode where need be. */
  const compact = (value: bigint): string => {
    const small = [6n, 14n, 30n].findIndex((bits) => value < 1n << bits);
    const [bytes, number] = small === -1 ? [8, value] : [2 ** small, (value << 2n) | BigInt(small)];
    const digits = Buffer.from(number.toString(16).padStart(2 * bytes, '0'), 'hex')
      .reverse()
      .toString('hex');
    return small === -1 ? '13' + digits : digits;
  };
  const weights = (...values: readonly bigint[]) => '0x' + values.map(compact).join('');

  it.each<[string, number, readonly bigint[]]>([
    ['nothing', 0, [0n, 0n, 0n, 0n, 0n, 0n]],
    ['all three classes', 60, [400_000_000_000n, 0n, 300_000_000_000n, 0n, 500_000_000_000n, 0n]],
    ['the larger of time and proof size', 75, [1_000_000_000_000n, 7_500_000n, 0n, 0n, 0n, 0n]],
    [
      'integers of every width',
      (100 * (63 + 16_383 + 1_073_741_823)) / 2e12,
      [63n, 0n, 16_383n, 0n, 1_073_741_823n, 0n],
    ],
  ])('counts %s', (_, percent, values) => {
    expect(fullness(weights(...values), most)).toBeCloseTo(percent, 9);
  });

  it.each(['0x', '0x00', weights(1n, 2n, 3n), weights(1n, 2n, 3n, 4n, 5n) + '03', '0x000000000003'])(
    'is not told by %s',
    (stored) => {
      expect(fullness(stored, most)).toBeNaN();
    },
  );
});

describe('the options of a workload', () => {
  const head: K6Head = {
    scenario: 'soak',
    lead: 2_000,
    duration: 10,
    submits: [{ rate: 200, seconds: 10 }],
    reads: [{ rate: 0.5, seconds: 10 }],
    lanes: 0,
    total: 2_000,
    stepLimit: 20_000,
    drain: 20_000,
    blockWeight: { key: '0x', maxRefTime: 1, maxProofSize: 1 },
    calls: ['Compute.request_compute_stop'],
    thresholds: {},
  };

  it('have a scenario for each kind of load, and the watch before them', () => {
    const { scenarios } = optionsOf(head, ['keys']);
    expect(Object.keys(scenarios)).toEqual(['watch', 'submit', 'read']);
    expect(scenarios.submit).toMatchObject({ startTime: '2000ms', rate: 200, timeUnit: '1s', maxVUs: 50 });
    expect(scenarios.read).toMatchObject({ rate: 500, timeUnit: '1000s' });
  });

  it('bound the virtual users, whatever the rate', () => {
    const vus = (rate: number) => optionsOf({ ...head, submits: [{ rate, seconds: 1 }] }, []).scenarios.submit;
    expect(vus(1_000)).toMatchObject({ preAllocatedVUs: 250, maxVUs: 250 });
    expect(vus(1_000_000)).toMatchObject({ preAllocatedVUs: 300, maxVUs: 300 });
  });

  it('have no threshold for what nothing will come of', () => {
    const { thresholds } = optionsOf({ ...head, submits: [], total: 0, calls: [] }, ['keys']);
    expect(Object.keys(thresholds ?? {}).toSorted()).toEqual(['checks', 'read_time', 'read_time{name:keys}']);
  });

  it("have the workload's thresholds in the place of their own, and without those that it empties", () => {
    const changed = { time_to_pool: ['p(95)<50'], included_share: [], time_to_inclusion: ['p(99)<9000'] };
    const { thresholds } = optionsOf({ ...head, thresholds: changed }, []);
    expect(thresholds).toMatchObject({ time_to_pool: ['p(95)<50'], time_to_inclusion: ['p(99)<9000'] });
    expect(thresholds).not.toHaveProperty('included_share');
  });
});
