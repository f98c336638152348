/** `assay follow` as a user runs it, on a chain that is made up: what it exits with, what its files have, and what it says of bad input. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Alert } from '../../src/follow/alert.js';
import { hexOfText } from '../../src/spec/hex.js';
import { encode } from '../../src/spec/scale.js';
import { rawKey, storage } from '../../src/spec/storage.js';
import { comparedIn, numbers, only } from '../follow/following.js';
import { addIp, purchase, ScriptedChain } from '../follow/scripted-chain.js';
import { serve } from '../follow/scripted-node.js';
import { assay, type Ran } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-follow-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of twelve blocks, the eighth of which has a value that nobody wrote, if it is to. */
const chainOf = (isHonest: boolean, label?: string): ScriptedChain => {
  const chain = new ScriptedChain(label);
  chain.add([purchase(), addIp('10.1.0.1')]);
  chain.idle(6);
  const ips = encode(storage.PalletIp.VmAvailableIps.value, [hexOfText('10.9.9.9')]);
  chain.add([], isHonest ? {} : { changes: { [rawKey(storage.PalletIp.VmAvailableIps, null)]: ips } });
  chain.idle(4);
  return chain;
};

const run = async (chain: ScriptedChain, ...flags: readonly string[]): Promise<Ran> => {
  const node = await serve(chain);
  try {
    return await assay(['follow', '--url', node.url, '--from', '1', ...flags], { cwd: folder });
  } finally {
    await node.close();
  }
};

const alertsOf = (text: string): Alert[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Alert.parse(JSON.parse(line)));

const alertsIn = (file: string): Alert[] => alertsOf(readFileSync(join(folder, file), 'utf8'));

describe('assay follow', () => {
  it('exits with 0 where nothing differs, and has the count in its table', async () => {
    const { code, stdout, stderr } = await run(chainOf(true), '--to', '12');
    expect(stderr).toBe('');
    expect(stdout.replaceAll(/\s*│\s*/g, ' ')).toMatch(/12 blocks \(1 to 12\); 14 extrinsics, 2 of them predicted/);
    expect(code).toBe(0);
  });

  it('exits with 1 where a block differs, and says which, here and in the reports', async () => {
    const { code, stdout } = await run(chainOf(false), '--to', '12', '--junit', 'junit.xml', '--json', 'events.ndjson');
    expect(code).toBe(1);
    expect(stdout).toContain('block 8');
    expect(stdout).toContain('a value changed without a call');
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(/failures="1"/);
    expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toContain('"type":"difference"');
  });

  it('prints alerts alone to stdout where they are to go there', async () => {
    const { code, stdout, stderr } = await run(chainOf(false), '--to', '12', '--jsonl', '-');
    expect(only({ alerts: alertsOf(stdout) }, 'difference')).toHaveLength(1);
    expect(stderr).toContain('a value changed without a call');
    expect(code).toBe(1);
  });

  it('takes away what was written behind the checkpoint, and tells it again', async () => {
    const kept = ['--checkpoint', 'kept.json', '--jsonl', 'kept.jsonl'];
    await run(chainOf(false), '--to', '6', ...kept);
    // As a process leaves it that is killed while it writes.
    appendFileSync(join(folder, 'kept.jsonl'), '{"type":"difference","block":"8"}\n{"type":"chec');
    const { code } = await run(chainOf(false), '--to', '12', ...kept);
    expect(code).toBe(1);
    const alerts = alertsIn('kept.jsonl');
    expect(comparedIn(alerts)).toEqual(numbers(1, 12));
    expect(only({ alerts }, 'difference').map(({ block }) => block)).toEqual(['8']);
  });

  it('exits with 2 where the checkpoint is of another chain, and leaves it as it was', async () => {
    await run(chainOf(true), '--to', '6', '--checkpoint', 'other.json');
    const before = readFileSync(join(folder, 'other.json'), 'utf8');
    const { code, stderr } = await run(chainOf(true, 'another chain'), '--to', '12', '--checkpoint', 'other.json');
    expect(stderr).toMatch(/^assay: ws:\S+: the checkpoint is of the chain that begins with block 0x[^\n]*\n$/);
    expect(code).toBe(2);
    expect(readFileSync(join(folder, 'other.json'), 'utf8')).toBe(before);
  });

  it.each([
    [['--url', 'http://host'], /^assay: --url http:\/\/host: expected a ws:\/\/ or wss:\/\/ URL\n$/],
    [['--url', 'ws://127.0.0.1:1', '--from', '5', '--to', '4'], /^assay: --to 4: expected a block from 5 on/],
    [['--url', 'ws://127.0.0.1:1', '--rules', 'DEV-99=promised'], /^assay: .*DEV-99/],
    [['--url', 'ws://127.0.0.1:1', '--jsonl', 'no/such/file'], /^assay: --jsonl no\/such\/file: can't be written/],
    [
      ['--url', 'ws://127.0.0.1:1', '--checkpoint', 'one', '--jsonl', 'one'],
      /name one file \(one\): give each its own/,
    ],
    [['--url', 'ws://127.0.0.1:1', '--checkpoint', 'garbage.json'], /expected a checkpoint of "assay follow".*no JSON/],
    [['--url', 'ws://127.0.0.1:1', '--checkpoint', 'empty.json'], /expected a checkpoint of "assay follow".*at format/],
    [['--url', 'ws://127.0.0.1:1', '--wait', 'connect=2'], /^assay: ws:\/\/127\.0\.0\.1:1: no Substrate node answered/],
  ])('says of %j in one sentence what is wrong, and exits with 2', async (flags, sentence) => {
    writeFileSync(join(folder, 'garbage.json'), '{');
    writeFileSync(join(folder, 'empty.json'), '{}');
    const { code, stderr } = await assay(['follow', ...flags], { cwd: folder });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});
