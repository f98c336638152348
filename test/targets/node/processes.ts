/** What tests ask of processes and ports, and the folders that they work in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

/** Milliseconds in which a process that was killed is gone even on a busy machine. */
const PATIENCE = 20_000;

/** Gives `use` a folder, which is gone afterwards. */
export const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-node-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Dead, though nobody has asked how it ended: what becomes of orphans where process 1 asks nobody. */
const isZombie = async (pid: number): Promise<boolean> => {
  try {
    return (await readFile(`/proc/${pid}/stat`, 'latin1')).includes(') Z ');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
};

/** Whether a process runs. */
export const runs = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
  return !(await isZombie(pid));
};

/** Waits until none of the processes runs. @throws where one does not end; it is killed then */
export const untilGone = async (pids: readonly number[]): Promise<void> => {
  const gone = pids.map(() => false);
  try {
    await vi.waitFor(async () => expect(await Promise.all(pids.map(runs))).toEqual(gone), { timeout: PATIENCE });
  } finally {
    for (const pid of pids) if (await runs(pid)) process.kill(pid, 'SIGKILL');
  }
};

/** Whether somebody accepts connections there. */
export const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
