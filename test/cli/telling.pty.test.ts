/** What the built command line shows on a terminal: progress and colours, and no escape sequence to whoever wants none. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from './run-cli.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const ESCAPE = '\u001b';
const REPLAY = ['replay', 'recordings/metrics-1.jsonl.gz', '--target', 'engine'];

/** Without what of our own environment says something about colours. */
const PLAIN = { NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm', CI: '' };

/** What a terminal shows: `script` makes one. */
const onTerminal = (args: readonly string[], env: Readonly<Record<string, string>>): string => {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...PLAIN, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout;
};

describe('on a terminal the command line', () => {
  it('draws its progress, and colours the verdict', () => {
    const told = onTerminal(REPLAY, {});
    expect(told).toContain(`${ESCAPE}[32mconforms${ESCAPE}[39m`);
    expect(told).toMatch(/replaying recordings\S* .*\[=*-*\] \d+ %/);
  });

  it.each([{ NO_COLOR: '1' }, { NO_COLOR: '1', FORCE_COLOR: '1' }, { TERM: 'dumb' }])(
    'shows no escape sequence with %j',
    (env) => {
      for (const args of [REPLAY, ['--help'], ['chek'], ['replay', 'nothing.jsonl']]) {
        const told = onTerminal(args, env);
        expect(told).not.toBe('');
        expect(told).not.toContain(ESCAPE);
      }
    },
  );
});
