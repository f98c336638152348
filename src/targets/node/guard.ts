/**
 * The program that stands between us and a node: it ends the node when our end of its stdin is closed, which the system does
 * for us even where we are killed. As text for `node -e`, so that it is there wherever this module is.
 *
 * It leads a process group of its own. Descriptor 3 is a pipe to us: how the node ended is written there, and it closes only
 * when the guard and the node are both gone. Where the node can't be started, it says why and exits with 1.
 */
const PROGRAM = `
const { spawn } = require('node:child_process');
const { writeSync } = require('node:fs');
const [program, ...args] = process.argv.slice(1);
const killGroup = () => process.kill(-process.pid, 'SIGKILL');
const finish = (how, code) => {
  writeSync(3, how);
  process.exit(code);
};
process.on('SIGTERM', () => node.kill('SIGTERM'));
process.stdin.on('end', killGroup).on('error', killGroup).resume();
const node = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 3] });
node.on('error', (error) => finish('not started: ' + error.message, 1));
node.on('exit', (code, signal) => finish(signal ?? 'exit code ' + code, code ?? 1));
`;

/** Arguments for Node that run `program` under the guard. */
export const guarded = (program: string, args: readonly string[]): string[] => [
  '--input-type=commonjs',
  '-e',
  PROGRAM,
  '--',
  program,
  ...args,
];
