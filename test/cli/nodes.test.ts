/** Nodes that the command line can't work with, and ways of asking for one that are wrong: one sentence, and exit code 2. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../targets/node/processes.js';
import {
  answeringNonsense,
  hangingUp,
  knowingNothing,
  nobody,
  silentTcp,
  silentWebSocket,
  webServer,
  type With,
} from './no-nodes.js';
import { assay } from './run-cli.js';

/** Milliseconds: the 2 s that are configured below, the start of the program, and a machine that is busy. */
const PATIENCE = 12_000;

describe.concurrent('where there is no node', () => {
  const places: readonly (readonly [string, With, RegExp])[] = [
    ['nobody listens', nobody, /no Substrate node answered there: it refused the connection$/],
    ['somebody takes the connection and is silent', silentTcp, /no Substrate node answered there within 2 s$/],
    ['there is a web server', webServer, /no Substrate node answered there: it refused the connection$/],
    ['a WebSocket is silent', silentWebSocket, /no Substrate node answered there within 2 s$/],
    ['a WebSocket is closed when it is asked', hangingUp, /no Substrate node answered there: disconnected from /],
    ['no method is known', knowingNothing, /no Substrate node answered there: -32601: the method does not exist$/],
    ['every answer is nonsense', answeringNonsense, /no Substrate node answered there: .*Expected input with 32 bytes/],
  ];

  it.each(places)('%s', (_, withPlace, message) =>
    withPlace(async (url) => {
      const started = performance.now();
      const { code, stdout, stderr } = await assay(['check', '--target', url, '--wait', 'connect=2']);
      expect(stderr).toMatch(/^assay: ws:\/\/127\.0\.0\.1:\d+: [^\n]*\n$/);
      expect(stderr.trim()).toMatch(message);
      expect(code).toBe(2);
      expect(stdout).not.toContain('conforms');
      expect(performance.now() - started).toBeLessThan(PATIENCE);
    }),
  );
});

describe.concurrent('what is asked for in a wrong way', () => {
  const NOWHERE = 'ws://127.0.0.1:1';
  const OMNI =
    /^assay: --target omni: polkadot-omni-node is not on the PATH: install it .*--node-bin or ASSAY_NODE_BIN$/;
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'a wait that is no number',
      ['check', '--target', NOWHERE, '--wait', 'reply=soon'],
      /^assay: --wait reply=soon: expected seconds for "reply", up to 3600, came "soon"$/,
    ],
    [
      'a wait of something else',
      ['check', '--target', 'chopsticks', '--wait', 'lunch=30'],
      /^assay: --wait lunch=30: expected one of start, connect, reply, block, came "lunch"$/,
    ],
    [
      'a typo of chopsticks',
      ['check', '--target', 'chopstick'],
      /^assay: --target chopstick: expected "engine", .*"chopsticks\[:FILE\|:URL\]"/,
    ],
    [
      'a runtime for Chopsticks that is not there',
      ['check', '--target', 'chopsticks:missing.wasm'],
      /^assay: missing\.wasm: there is no such file$/,
    ],
    [
      'a runtime for the omni-node that is not there',
      ['record', '--target', 'omni:missing.wasm', '--out', 'never-written.jsonl'],
      /^assay: missing\.wasm: there is no such file$/,
    ],
    ['the omni-node, which is not installed', ['check', '--target', 'omni'], OMNI],
    [
      'a program that is not there',
      ['check', '--target', 'omni', '--node-bin', 'no/such/program'],
      /^assay: --node-bin no\/such\/program: no such file; expected the program polkadot-omni-node$/,
    ],
    [
      'a chain to fork that is not there',
      ['check', '--target', `chopsticks:${NOWHERE}`],
      /^assay: ws:\/\/127\.0\.0\.1:1: no Substrate node answered there: it refused the connection$/,
    ],
    [
      'invariants of a node',
      ['check', '--target', 'chopsticks', '--invariant', 'INV-01'],
      /^assay: --invariant: invariants are searched on the engine/,
    ],
  ];

  it.each(cases)('%s', async (_, args, message) => {
    const { code, stderr } = await assay(args, { env: { PATH: '/nowhere', ASSAY_NODE_BIN: '' } });
    expect(stderr).toMatch(/^assay: [^\n]*\n$/);
    expect(stderr.trim()).toMatch(message);
    expect(code).toBe(2);
  });

  it('limits come from ASSAY_WAIT where no flag has them', async () => {
    const { code, stderr } = await assay(['check', '--target', 'chopsticks'], { env: { ASSAY_WAIT: 'reply' } });
    expect(stderr).toBe('assay: --wait reply: expected seconds for "reply", up to 3600, came ""\n');
    expect(code).toBe(2);
  });
});

describe.concurrent('a secret is repeated nowhere', () => {
  /** Twelve words that are no phrase: the last is none of the list. */
  const WRONG = 'bottom drive obey lake curtain smoke basket hold race lonely fit zebu';
  const RIGHT = '//Assay//secret-of-mine';
  const REFUSED = /^assay: the secret URI \(--suri, ASSAY_SURI\) can not be read: expected \/\/Alice, a phrase/;

  const cases: readonly (readonly [string, string, readonly string[], Record<string, string>, RegExp])[] = [
    ['a flag that can not be read', WRONG, ['--suri', WRONG], {}, REFUSED],
    ['a flag in one word', WRONG, [`--suri=${WRONG}`], {}, REFUSED],
    ['a variable that can not be read', WRONG, [], { ASSAY_SURI: WRONG }, REFUSED],
    ['a key, though the node is not there', RIGHT, ['--suri', RIGHT], {}, /no Substrate node answered there/],
  ];

  it.each(cases)('%s', (_, secret, flags, env, message) =>
    withFolder(async (folder) =>
      nobody(async (url) => {
        const json = join(folder, 'events.ndjson');
        const ran = await assay(['check', '--target', url, ...flags, '--json', json], { env });
        expect(ran.code).toBe(2);
        expect(ran.stderr).toMatch(message);
        const written = await readFile(json, 'utf8');
        expect(written).toContain('"command":["check"');
        for (const text of [ran.stdout, ran.stderr, written]) expect(text).not.toContain(secret);
      }),
    ),
  );
});
