/** Following a real node whose chain others use: nothing is found that is not there, and what is there is; nothing is left out. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Alert } from '../../src/follow/alert.js';
import { parseCheckpoint, type Checkpoint } from '../../src/follow/checkpoint.js';
import { comparedIn, numbers, only } from '../follow/following.js';
import { assay, startAssay, type Ran } from './run-cli.js';
import { startUsedChain, type UsedChain } from './used-chain.js';

const BLOCKS = 220;

/** Milliseconds that a test may take on a machine that is busy. */
const timeout = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'assay-follow-'));
let chain: UsedChain;

beforeAll(async () => {
  chain = await startUsedChain(join(folder, 'node'));
}, timeout);
afterAll(async () => {
  await chain.close();
  rmSync(folder, { recursive: true });
});

const alertsIn = (file: string): Alert[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Alert.parse(JSON.parse(line)));

const checkpointIn = (file: string): Checkpoint | null =>
  existsSync(join(folder, file)) ? parseCheckpoint(readFileSync(join(folder, file), 'utf8'), file) : null;

const following = (...more: readonly string[]): readonly string[] => ['follow', '--url', chain.url, ...more];

/** Ends a run as soon as its checkpoint has a block. */
const endedAt = async (args: readonly string[], file: string, block: number, signal: NodeJS.Signals): Promise<Ran> => {
  const running = startAssay(args, { cwd: folder });
  await vi.waitFor(() => expect(Number(checkpointIn(file)?.block ?? 0)).toBeGreaterThanOrEqual(block), {
    timeout,
    interval: 5,
  });
  running.kill(signal);
  return running.ended;
};

describe('following an omni-node', () => {
  it('on which everything is as the engine says finds nothing, while others use it', { timeout }, async () => {
    const args = following('--from', '1', '--to', String(BLOCKS), '--jsonl', 'quiet.jsonl');
    const [ran] = await Promise.all([assay(args, { cwd: folder }), chain.use(BigInt(BLOCKS))]);
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('conforms');
    expect(ran.code).toBe(0);
    const alerts = alertsIn('quiet.jsonl');
    expect(comparedIn(alerts)).toEqual(numbers(1, BLOCKS));
    expect(alerts.filter(({ type }) => type !== 'started' && type !== 'checkpoint')).toEqual([]);
    const [, predicted] = /extrinsics, (\d+) of them predicted/.exec(ran.stdout.replaceAll(/\s*│\s*/g, ' ')) ?? [];
    // How many get into these blocks is for the pool and the machine to say.
    expect(Number(predicted)).toBeGreaterThan(50);
  });

  it('that was killed, and interrupted, goes on each time with the block that is next', { timeout }, async () => {
    const kept = ['--checkpoint', 'ended.json', '--jsonl', 'ended.jsonl'];
    const args = following('--from', '1', '--to', String(BLOCKS), ...kept);
    const killed = await endedAt(args, 'ended.json', 40, 'SIGKILL');
    expect(killed.code).toBeNull();
    const first = Number(checkpointIn('ended.json')?.block);
    const interrupted = await endedAt(args, 'ended.json', first + 40, 'SIGINT');
    expect(interrupted.code).toBe(130);
    expect(interrupted.stdout).toContain('(interrupted)');
    const second = Number(checkpointIn('ended.json')?.block);
    const whole = await assay(args, { cwd: folder });
    expect(whole.code).toBe(0);
    const alerts = alertsIn('ended.jsonl');
    expect(only({ alerts }, 'started').map(({ from }) => Number(from))).toEqual([1, first + 1, second + 1]);
    expect(comparedIn(alerts)).toEqual(numbers(1, BLOCKS));
    expect(checkpointIn('ended.json')).toMatchObject({ block: String(BLOCKS), compared: BLOCKS, differences: 0 });
  });

  it('on which a bug is switched on tells the first block that shows it, and what shows it', { timeout }, async () => {
    const before = await chain.buy();
    const on = await chain.switchOn(5);
    const shown = await chain.buy();
    await chain.use(shown + 5n);
    const from = String(before - 5n);
    const args = following('--from', from, '--to', String(shown + 3n), '--jsonl', 'bug.jsonl');
    const ran = await assay(args, { cwd: folder });
    expect(ran.code).toBe(1);
    expect(on).toBeLessThan(shown);
    const [first] = only({ alerts: alertsIn('bug.jsonl') }, 'difference');
    expect(first).toMatchObject({
      block: shown.toString(),
      call: 'Marketplace.purchase_plan',
      aspect: 'storage',
      where: expect.stringMatching(/^Compute\.ComputeRequests\[.*\.miner_id$/) as unknown,
    });
  });
});
