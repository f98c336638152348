/**
 * The command line itself, while the way to its node is cut for 5 s, a reply comes 10 s late, half a reply comes, or the node is started again: its
 * exit code, what it says, and what it leaves.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../src/spec/run-events.js';
import { assay, type Ran } from '../cli/run-cli.js';
import { withLabNode } from './lab-node.js';
import { withFaults, type FaultyProxy } from './proxy.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run extends Ran {
  readonly events: readonly RunEvent[];
}

/** Records through a proxy, with nothing of our own environment. */
const recorded = async ({ url }: FaultyProxy, name: string, ...more: readonly string[]): Promise<Run> => {
  const json = join(folder, `${name}.ndjson`);
  const out = join(folder, `${name}.jsonl`);
  const args = ['record', '--target', url, '--out', out, '--runs', '2', '--steps', '5', '--json', json, ...more];
  const ran = await assay(args);
  const lines = readFileSync(json, 'utf8').trimEnd().split('\n');
  return { ...ran, events: lines.map((line) => RunEvent.parse(JSON.parse(line))) };
};

const expectOneSentence = ({ code, stderr }: Ran, sentence: RegExp): void => {
  expect(stderr).toMatch(/^assay: ws:\/\/127\.0\.0\.1:\d+: [^\n]+\n$/);
  expect(stderr.trim()).toMatch(sentence);
  expect(code).toBe(2);
};

const withBoth = <T>(use: (proxy: FaultyProxy) => Promise<T>): Promise<T> =>
  withLabNode({}, ({ url }) => withFaults(url, use));

describe.concurrent('the command line', () => {
  it('ends with 2 where its connection is cut for 5 s, says what does the same again, and that does', () =>
    withBoth(async (proxy) => {
      let over: Promise<void> | undefined;
      proxy.when('dev_newBlock', 3, () => {
        over = proxy.cutFor(5_000);
      });
      const cut = await recorded(proxy, 'cut');
      expectOneSentence(cut, /the connection was lost while the node was asked dev_newBlock$/);
      const again = /^what was done so far is kept; to do it anew: npx assay (record .* --seed (\d+))$/m.exec(
        cut.stdout,
      );
      expect(cut.events.at(-1)).toMatchObject({ type: 'run-finished', verdict: 'error', exit: 2 });
      expect(cut.events.find(({ type }) => type === 'suite-started')).toMatchObject({ seed: Number(again?.[2]) });
      // It was told at once, not when the 5 s were over.
      expect(proxy.connections).toBe(0);
      await over;
      expect(await assay(again?.[1]?.split(' ') ?? [])).toMatchObject({ code: 0, stderr: '' });
    }));

  it('waits for a reply that comes 10 s late, and does the same as without it', () =>
    withBoth(async (proxy) => {
      proxy.delay('dev_newBlock', 10_000, { from: 3, times: 1 });
      const late = await recorded(proxy, 'late', '--seed', '1');
      expect(late).toMatchObject({ code: 0, stderr: '' });
      const [, finished] = late.events.filter(({ type }) => type === 'progress');
      expect(finished).toMatchObject({ share: 1 });
      expect(await recorded(proxy, 'in-time', '--seed', '1')).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(folder, 'late.jsonl'), 'utf8')).toBe(
        readFileSync(join(folder, 'in-time.jsonl'), 'utf8'),
      );
    }));

  it('ends with 2 where half a reply comes, and where half the metadata do', () =>
    withBoth(async (proxy) => {
      proxy.cutReply('dev_newBlock', { from: 3 });
      expectOneSentence(
        await recorded(proxy, 'half'),
        /the node answered dev_newBlock with what is no JSON-RPC: ".*"$/,
      );
      proxy.replaceResult('state_getMetadata', (hex) => String(hex).slice(0, 5_000));
      proxy.replyError('state_call', -32_000, 'no');
      const ran = await assay(['check', '--target', proxy.url, '--runs', '1']);
      expectOneSentence(ran, /the chain's metadata can't be read: metadata, byte \d+: /);
      expect(ran.stdout).not.toContain('to do it anew');
    }));
});
