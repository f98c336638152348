/**
 * What may befall a node, or the way to it, while a command works on it: the command goes on where that is right, else it ends with one sentence
 * (exit code 2) that names what was asked, and with what was done until then told.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseHeader } from '../../src/spec/recording.js';
import { commands, type CommandName, type Ended } from './befallen.js';
import { LabNode, withLabNode } from './lab-node.js';
import { withFaults, type FaultyProxy, type Which } from './proxy.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
/** Steered; each command leaves it where it was. */
let node: LabNode;
/** What commands come to that nothing befalls. */
const undisturbed = new Map<CommandName, Ended>();

/** Milliseconds, on a machine that is busy. */
const BEGINNING = 120_000;

const setting = ({ url }: { readonly url: string }) => ({ url, folder });

beforeAll(async () => {
  node = await LabNode.start();
  for (const name of ['first', 'second'])
    await commands.record({ ...setting(node), out: join(folder, 'recordings', `${name}.jsonl`) });
  for (const name of ['check', 'replay', 'record'] as const) undisturbed.set(name, await commands[name](setting(node)));
}, BEGINNING);
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

/** All that a command told but times and addresses. */
const withoutTimes = ({ said, events }: Ended): unknown => {
  const text = JSON.stringify(events.filter(({ type }) => type !== 'progress'));
  return { said, events: text.replaceAll(/"elapsed":[\d.]+/g, '').replaceAll(/ws:\/\/127\.0\.0\.1:\d+/g, 'URL') };
};

/** One sentence, and no verdict on what was not looked at. */
const expectFailure = ({ said, suites }: Ended, sentence: RegExp): void => {
  expect(said).toMatch(/^ws:\/\/127\.0\.0\.1:\d+: [^\n]+$/);
  expect(said).toMatch(sentence);
  expect(said).not.toMatch(/\bat \S+:\d+|Error:/);
  const last = suites.at(-1);
  if (last !== undefined && last.verdict !== 'error')
    expect(suites.every(({ verdict }) => verdict === 'conforms')).toBe(true);
};

/** What each command asks in the middle of its work: of the node that is steered, and of one that is only read. */
const asked: Readonly<Record<CommandName, readonly [method: string, which: Which]>> = {
  check: ['dev_newBlock', { from: 3 }],
  replay: ['dev_newBlock', { from: 3 }],
  record: ['dev_newBlock', { from: 3 }],
  audit: ['state_queryStorageAt', {}],
  gate: ['state_getStorage', {}],
};
const names = ['check', 'replay', 'record', 'audit', 'gate'] as const satisfies readonly CommandName[];
const steering = ['check', 'replay', 'record'] as const satisfies readonly CommandName[];

type Spoil = (proxy: FaultyProxy, method: string, which: Which) => unknown;

/** METHOD stands for the one that is asked. */
const answers: readonly (readonly [what: string, spoil: Spoil, sentence: string])[] = [
  [
    'a JSON-RPC error',
    (proxy, method, which) => proxy.replyError(method, -32_000, 'no such\n  luck', which),
    'the node refused METHOD: -32000: no such luck$',
  ],
  [
    'no JSON',
    (proxy, method, which) => proxy.malformed(method, which),
    'the node answered METHOD with what is no JSON-RPC: "<html>502 Bad Gateway</html>"$',
  ],
  [
    'half a reply',
    (proxy, method, which) => proxy.cutReply(method, which),
    'the node answered METHOD with what is no JSON-RPC: ',
  ],
  [
    'null',
    (proxy, method, which) => proxy.malformed(method, which, 'null'),
    'METHOD with what is no JSON-RPC: "null"$',
  ],
  ['a list', (proxy, method, which) => proxy.malformed(method, which, '[]'), 'METHOD with what is no JSON-RPC: '],
  [
    'nothing at all',
    (proxy, method, which) => proxy.malformed(method, which, ''),
    'METHOD with what is no JSON-RPC: ""$',
  ],
  [
    'a number out of nowhere',
    (proxy, method, which) => proxy.malformed(method, which, '{"jsonrpc":"2.0","method":7}'),
    'METHOD with what is no JSON-RPC: ',
  ],
  [
    'an error that is for no request',
    (proxy, method, which) =>
      proxy.malformed(method, which, '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}'),
    'METHOD with an error that is for no request: ',
  ],
  [
    'neither a result nor an error',
    (proxy, method, which) => proxy.strip(method, which),
    'the node answered METHOD with neither a result nor an error$',
  ],
  [
    'something else',
    (proxy, method, which) => proxy.replaceResult(method, () => 7, which),
    'the node answered METHOD with something else: ',
  ],
  [
    'nothing within the limit',
    (proxy, method, which) => proxy.neverAnswer(method, which),
    'the node did not answer METHOD within 4 s$',
  ],
  [
    'the end of the connection',
    (proxy, method, { from = 1 }) => proxy.when(method, from, () => proxy.cut()),
    'the connection was lost while the node was asked METHOD$',
  ],
];

/** A check asks the pool first, which takes longest, and then as the others do. */
const CHECKED = new Set(['half a reply', 'the end of the connection']);

/** What is waited for is asked of few. */
const SILENT = 'nothing within the limit';
const isAsked = (name: CommandName, what: string): boolean =>
  what === SILENT ? name === 'record' || name === 'gate' : name !== 'check' || CHECKED.has(what);

describe.each(answers)('a node that answers with %s', (what, spoil, sentence) => {
  it.each(names.filter((name) => isAsked(name, what)))('ends %s with a sentence that says so', (name) =>
    withFaults(node.url, async (proxy) => {
      const [method, which] = asked[name];
      spoil(proxy, method, which);
      const ended = await commands[name]({ ...setting(proxy), ...(what === SILENT && { wait: 'reply=4' }) });
      expectFailure(ended, new RegExp(sentence.replace('METHOD', method)));
    }),
  );
});

describe('metadata that can not be decoded', () => {
  it.each(['check', 'replay', 'record', 'audit'] as const)('end %s with a sentence that says so', (name) =>
    withFaults(node.url, async (proxy) => {
      proxy.replaceResult('state_getMetadata', (hex) => String(hex).slice(0, 5_000));
      // What the library would rather ask.
      proxy.replyError('state_call', -32_000, 'no');
      expectFailure(await commands[name](setting(proxy)), /the chain's metadata can't be read: metadata, byte \d+: /);
    }),
  );
});

describe('a reply that comes late, within the limit', () => {
  it.each(steering)('changes nothing of what %s comes to', (name) =>
    withFaults(node.url, async (proxy) => {
      proxy.delay('dev_newBlock', 300, { from: 3, times: 1 });
      const ended = await commands[name](setting(proxy));
      expect(withoutTimes(ended)).toEqual(withoutTimes(undisturbed.get(name) ?? ended));
      expect(ended.suites.map(({ verdict }) => verdict)).not.toContain('error');
      expect(ended.said).toBeNull();
    }),
  );
});

describe('a runtime that changes under way', () => {
  const changed =
    /the chain has another runtime after block 0x[0-9a-f]{8} than assay-lab 9000, with which this began: .*begin anew for the other$/;
  const noted = readFileSync('runtime/noted.compact.compressed.wasm');

  it.each(steering)('ends %s, whatever it does then', (name) =>
    withLabNode({}, (other) =>
      withFaults(other.url, async (proxy) => {
        proxy.when('dev_newBlock', 4, () => other.upgrade(noted));
        expectFailure(await commands[name](setting(proxy)), changed);
      }),
    ),
  );

  it('is noticed where a scenario begins on a node that tells no hash of its code, as Chopsticks', () =>
    withLabNode({}, (other) =>
      withFaults(other.url, async (proxy) => {
        proxy.replaceResult('rpc_methods', () => ({ methods: ['dev_newBlock', 'dev_setStorage', 'dev_setHead'] }));
        proxy.when('dev_setHead', 2, () => other.upgradeAll(noted));
        expectFailure(await commands.record(setting(proxy)), changed);
        expect(proxy.asked).not.toContain('state_getStorageHash');
      }),
    ));

  it('ends a recording of a chain that makes its blocks by itself', () =>
    withLabNode({ blockTime: 20 }, (other) =>
      withFaults(other.url, async (proxy) => {
        proxy.when('author_submitAndWatchExtrinsic', 4, () => other.upgrade(noted));
        expectFailure(await commands.record(setting(proxy)), changed);
      }),
    ));
});

describe('another chain behind the same URL', () => {
  it('ends a replay whose next recording would be played on it', () =>
    withLabNode({ chain: 'another' }, (other) =>
      withFaults(node.url, async (proxy) => {
        proxy.when('dev_newBlock', 1, () => proxy.switchTo(other.url));
        const ended = await commands.replay(setting(proxy));
        expectFailure(
          ended,
          /another chain is there than before: it began with block 0x[0-9a-f]{8}, this one with 0x[0-9a-f]{8}: /,
        );
        expect(ended.suites.map(({ verdict }) => verdict)).toEqual(['conforms']);
      }),
    ));

  it.each(steering)('is not gone on with by %s: the connection is lost', (name) =>
    withLabNode({ chain: 'another' }, (other) =>
      withFaults(node.url, async (proxy) => {
        proxy.when('dev_newBlock', 3, () => {
          proxy.switchTo(other.url).cut();
          proxy.mend();
        });
        expectFailure(
          await commands[name](setting(proxy)),
          /the connection was lost while the node was asked dev_newBlock$/,
        );
      }),
    ),
  );
});

describe('a node that is killed and started again', () => {
  it.each(steering)('ends %s, which then does the same as if nothing had been', (name) =>
    withLabNode({}, (other) =>
      withFaults(other.url, async (proxy) => {
        const died = new Promise<void>((resolve) => {
          proxy.when('dev_newBlock', 4, () => void other.stop().then(resolve));
        });
        expectFailure(
          await commands[name](setting(proxy)),
          /the connection was lost while the node was asked dev_newBlock$/,
        );
        await died;
        await other.listen();
        proxy.switchTo(other.url);
        const again = await commands[name](setting(proxy));
        expect(again.said).toBeNull();
        expect(again.suites.map(({ verdict }) => verdict)).toEqual(
          undisturbed.get(name)?.suites.map(({ verdict }) => verdict),
        );
      }),
    ),
  );

  it('leaves a recording with the scenarios that were whole by then', () =>
    withLabNode({}, (other) =>
      withFaults(other.url, async (proxy) => {
        const out = join(folder, 'part.jsonl');
        // Each scenario begins with one.
        proxy.when('dev_setHead', 2, () => proxy.cut());
        const ended = await commands.record({ ...setting(proxy), out });
        expectFailure(ended, /the connection was lost while the node was asked dev_setHead$/);
        expect(ended.suites.at(-1)).toMatchObject({ verdict: 'error', scenarios: 1 });
        expect(parseHeader(readFileSync(out, 'utf8').split('\n')[0] ?? '')).toMatchObject({ scenarios: 1 });
      }),
    ));
});

describe('subscriptions that fall silent', () => {
  it.each([
    ['of heads', ['chain_newHead']],
    ['of an extrinsic', ['author_extrinsicUpdate']],
  ])('%s are made up for by asking', (_, silenced) =>
    withLabNode({ blockTime: 100 }, (other) =>
      withFaults(other.url, async (proxy) => {
        for (const each of silenced) proxy.silence(each);
        const ended = await commands.short({ ...setting(proxy), wait: 'connect=20,reply=10,block=20' });
        expect(ended.said).toBeNull();
        expect(ended.suites).toMatchObject([{ verdict: 'conforms', scenarios: 1 }]);
        if (silenced.includes('chain_newHead')) expect(proxy.asked).toContain('chain_getHeader');
      }),
    ),
  );
});

describe('a node that tells by itself what nobody can read', () => {
  it('ends a recording with a sentence that says so', () =>
    withLabNode({ blockTime: 20 }, (other) =>
      withFaults(other.url, async (proxy) => {
        proxy.when('author_submitAndWatchExtrinsic', 2, () => proxy.say('{"jsonrpc":"2.0","met'));
        expectFailure(
          await commands.record(setting(proxy)),
          /the node (answered \S+ with|told) .*what is no JSON-RPC: /,
        );
      }),
    ));
});
