/** Whether a test can look at a terminal: `script` of util-linux, which every Linux has, makes one; others' takes other flags. */
import { spawnSync } from 'node:child_process';

export const PTY_MISSING = 'script of util-linux is not on the PATH';

export const hasPty = (): boolean => {
  const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux');
};
