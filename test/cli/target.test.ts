/** What `--target` and `--wait` may say, and what is said of the rest. */
import { describe, expect, it } from 'vitest';
import { parseWaits } from '../../src/cli/node.js';
import { parseTarget, type TargetName } from '../../src/cli/target.js';
import { InputError } from '../../src/properties/recording-file.js';
import { DEFAULT_LIMITS } from '../../src/targets/node/limits.js';

const LAB = 'runtime/lab.wasm';

/** Chopsticks or the omni-node with a runtime. */
const started = (by: 'chopsticks' | 'omni', text: string, runtime: Readonly<Record<string, unknown>>) => ({
  kind: 'node',
  by,
  text,
  runtime: { kind: 'runtime', text, ...runtime },
});

describe('a target', () => {
  const names: readonly (readonly [string, unknown])[] = [
    ['engine', { kind: 'engine' }],
    ['recording:a.jsonl', { kind: 'recording', file: 'a.jsonl' }],
    ['runtime:a.wasm?mutant=3', { kind: 'runtime', file: 'a.wasm', mutant: 3, text: 'runtime:a.wasm?mutant=3' }],
    ['ws://127.0.0.1:9944', { kind: 'node', by: 'url', url: 'ws://127.0.0.1:9944', text: 'ws://127.0.0.1:9944' }],
    ['wss://a.example/rpc', { kind: 'node', by: 'url', url: 'wss://a.example/rpc', text: 'wss://a.example/rpc' }],
    ['chopsticks', started('chopsticks', 'chopsticks', { file: LAB })],
    ['chopsticks?mutant=3', started('chopsticks', 'chopsticks?mutant=3', { file: LAB, mutant: 3 })],
    ['chopsticks:a.wasm', started('chopsticks', 'chopsticks:a.wasm', { file: 'a.wasm' })],
    [
      'chopsticks:a.wasm?rules=promised&period=5',
      started('chopsticks', 'chopsticks:a.wasm?rules=promised&period=5', {
        file: 'a.wasm',
        rules: 'promised',
        period: 5n,
      }),
    ],
    [
      'chopsticks:wss://a.example:443',
      { kind: 'node', by: 'chopsticks', fork: 'wss://a.example:443', text: 'chopsticks:wss://a.example:443' },
    ],
    ['omni', started('omni', 'omni', { file: LAB })],
    ['omni?rules=promised', started('omni', 'omni?rules=promised', { file: LAB, rules: 'promised' })],
    ['omni:a.wasm?format=5', started('omni', 'omni:a.wasm?format=5', { file: 'a.wasm', format: 5 })],
  ];

  it.each(names)('may be %s', (text, expected) => expect<TargetName>(parseTarget(text)).toEqual(expected));

  it.each([
    ['', 'expected "engine", '],
    ['chopstick', 'expected "engine", '],
    ['chopsticks:', 'expected "engine", '],
    ['chopsticks2', 'expected "engine", '],
    ['omni:', 'expected "engine", '],
    ['omnichopsticks', 'expected "engine", '],
    ['Omni', 'expected "engine", '],
    ['ws://', 'expected "engine", '],
    ['ws://127.0.0.1:99999', 'expected "engine", '],
    ['http://127.0.0.1:9944', 'expected "engine", '],
    ['recording:', 'expected "engine", '],
    ['omni?colour=red', 'expected the parameters rules, mutant, period, format, came "colour"'],
    ['chopsticks:a.wasm?period=soon', 'expected a whole number for "period", came "soon"'],
    ['chopsticks?format=6', 'expected the extrinsic format 4 or 5, came "6"'],
  ])('can not be "%s"', (text, message) => {
    expect(() => parseTarget(text)).toThrow(InputError);
    expect(() => parseTarget(text)).toThrow(`--target ${text}: ${message}`);
  });
});

describe('waits', () => {
  it.each([
    ['connect=5', { connect: 5_000 }],
    ['start=1,connect=2,reply=3,block=4', { start: 1_000, connect: 2_000, reply: 3_000, block: 4_000 }],
    ['reply=0.5', { reply: 500 }],
    ['block=3600', { block: 3_600_000 }],
    ['block=7,block=8', { block: 8_000 }],
  ])('may be %s, and are the default where nothing is said', (text, expected) => {
    expect(parseWaits(text)).toEqual({ ...DEFAULT_LIMITS, ...expected });
  });

  it.each([
    ['', 'expected one of start, connect, reply, block, came ""'],
    ['5', 'expected one of start, connect, reply, block, came "5"'],
    ['toString=5', 'expected one of start, connect, reply, block, came "toString"'],
    ['reply=5,', 'expected one of start, connect, reply, block, came ""'],
    ['reply', 'expected seconds for "reply", up to 3600, came ""'],
    ['reply=0', 'expected seconds for "reply", up to 3600, came "0"'],
    ['reply=-1', 'expected seconds for "reply", up to 3600, came "-1"'],
    ['reply=1e3', 'expected seconds for "reply", up to 3600, came "1e3"'],
    ['reply=30s', 'expected seconds for "reply", up to 3600, came "30s"'],
    ['reply=Infinity', 'expected seconds for "reply", up to 3600, came "Infinity"'],
    ['reply=3601', 'expected seconds for "reply", up to 3600, came "3601"'],
  ])('can not be "%s"', (text, message) => {
    expect(() => parseWaits(text)).toThrow(InputError);
    expect(() => parseWaits(text)).toThrow(`--wait ${text}: ${message}`);
  });
});
