import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NodeLog } from '../../../src/targets/node/log.js';
import { withFolder } from './processes.js';

/** Gives `use` the log of a file that another node had said something to. */
const withLog = (use: (log: NodeLog, say: (text: string) => Promise<void>) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const file = join(folder, 'node.log');
    await writeFile(file, 'error: of another node\n');
    const log = new NodeLog(file);
    try {
      await use(log, (text) => appendFile(file, text));
    } finally {
      log.close();
    }
  });

it('gives each line once, when it is ended', () =>
  withLog(async (log, say) => {
    expect(log.newLines()).toEqual([]);
    await say('one\ntw');
    expect(log.newLines()).toEqual(['one']);
    expect(log.newLines()).toEqual([]);
    await say('o\n\nthree\n');
    expect(log.newLines()).toEqual(['two', '', 'three']);
  }));

it('leaves characters whole, and colours out', () =>
  withLog(async (log, say) => {
    await say('\u001b[36mRPC list');
    expect(log.newLines()).toEqual([]);
    await say('ening 🙌\u001b[39m\n');
    expect(log.newLines()).toEqual(['RPC listening 🙌']);
  }));

it('tells the last lines of this node, the one that is not ended among them', () =>
  withLog(async (log, say) => {
    expect(log.lastLines()).toEqual([]);
    await say('one\n\n  two  \nthree\nfour');
    expect(log.lastLines()).toEqual(['two', 'three', 'four']);
  }));

it('tells lines that speak of an error rather than the frames behind them', () =>
  withLog(async (log, say) => {
    await say('starting\nError: no such folder\n    at open (node:fs:1)\n    at main (file.js:2) {\n  errno: -2\n}\n');
    expect(log.lastLines()).toEqual(['Error: no such folder']);
  }));

it('cuts long lines, and looks at the end of a long log only', () =>
  withLog(async (log, say) => {
    await say(`error ${'long ago '.repeat(2_000)}\n${'x'.repeat(500)}\n`);
    const [ago, last] = log.lastLines();
    expect([ago?.length, last?.length]).toEqual([200, 200]);
  }));
