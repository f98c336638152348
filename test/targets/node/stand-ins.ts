/** Small programs that stand in for nodes. Each says its own process id first, as `pid 123`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeStart } from '../../../src/targets/node/process.js';

const LISTEN = `
  const server = require('node:net').createServer();
  server.listen(0, '127.0.0.1', () => console.log('listening on ws://127.0.0.1:' + server.address().port));
`;

export const programs = {
  listens: LISTEN,
  /** Long before and long after it listens. */
  chatters: `
    const line = 'x'.repeat(99);
    for (let count = 0; count < 50_000; count += 1) console.log(line);
    ${LISTEN}
    server.on('listening', () => { for (let count = 0; count < 50_000; count += 1) console.error(line); console.log('done'); });
  `,
  neverListens: `console.log('still thinking'); setInterval(() => undefined, 1_000);`,
  fails: `console.log('one'); console.error('two'); console.log('three'); console.log('  four  '); process.exit(3);`,
  throws: `throw new RangeError('the database is from tomorrow');`,
  isKilled: `process.kill(process.pid, 'SIGKILL');`,
  /** With a process of its own that won't end when asked. */
  hasChild: `
    const stubborn = "console.log('pid ' + process.pid); process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1_000);";
    const child = require('node:child_process').spawn(process.execPath, ['-e', stubborn], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', (said) => { process.stdout.write(said); ${LISTEN} });
  `,
  ignoresTerm: `process.on('SIGTERM', () => console.log('no')); ${LISTEN}`,
} as const;

const LISTENING = /listening on (ws:\S+)/;
export const listening = (line: string): string | undefined => LISTENING.exec(line)?.[1];

/** How a stand-in is started; `change` changes it. */
export const startOf = (
  program: keyof typeof programs,
  folder: string,
  change: Partial<NodeStart> = {},
): NodeStart => ({
  name: 'Stand-in',
  program: process.execPath,
  args: ['-e', `console.log('pid ' + process.pid); ${programs[program]}`],
  cwd: folder,
  log: join(folder, 'stand-in.log'),
  listening,
  limit: 60_000,
  ...change,
});

/** The process ids that stand-ins said. */
export const pidsIn = async (log: string): Promise<number[]> =>
  [...(await readFile(log, 'utf8')).matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
