/**
 * Inputs that are damaged on purpose, by kind: cut at every kilobyte, with bytes flipped, and made to be hard to read. Each is made from its
 * number alone, so that whoever judges it in another thread needs no more to make it.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openRecording } from '../../../dist/properties/recording-file.js';
import { replay } from '../../../dist/properties/replay.js';
import { Rules } from '../../../dist/spec/rules.js';
import { EngineTarget } from '../../../dist/targets/engine-target.js';
import { toHex } from '../../../dist/spec/hex.js';
import { palletPrefix, storage } from '../../../dist/spec/storage.js';
import { CODE_KEY } from '../../../dist/targets/runtime/blob.js';
import { RuntimeInstance } from '../../../dist/targets/runtime/instance.js';
import { loadRuntime } from '../../../dist/targets/runtime/runtime.js';
import { Storage } from '../../../dist/targets/runtime/storage.js';
import { hexOfKey } from '../../../dist/targets/runtime/translation.js';
import { SEED } from '../claim.mjs';

const KILOBYTE = 1_024;

/** Numbers below 2^32 that follow from a seed (mulberry32). */
const chance = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
};

const cutsOf = (bytes) => Math.ceil(bytes.length / KILOBYTE);

/** Up to `most` bytes become others. */
const flipped = (bytes, seed, most) => {
  const next = chance(seed);
  const damaged = Buffer.from(bytes);
  for (let left = 1 + (next() % most); left > 0; left -= 1) {
    const at = next() % damaged.length;
    damaged[at] = (damaged[at] ?? 0) ^ (1 + (next() % 255));
  }
  return damaged;
};

/** The first scenarios of a recording, each with its first steps. */
const shortened = (file, scenarios, steps) => {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const kept = [];
  let seen = 0;
  for (const line of lines) {
    const of = JSON.parse(line);
    if ('scenario' in of) seen += 1;
    if (seen > scenarios) break;
    if ('scenario' in of || of.step < steps) kept.push(line);
  }
  return Buffer.from([JSON.stringify({ ...JSON.parse(header), scenarios, steps }), ...kept, ''].join('\n'));
};

/** What a chain would have stored after a recording. */
const stateAfter = async (file) => {
  let target;
  const makeTarget = ({ ip_release_period, spec_version }) => {
    const rules = Rules.deployed.revisedFor(spec_version);
    return (target = new EngineTarget({ rules, releasePeriod: BigInt(ip_release_period) }));
  };
  await replay(await openRecording(file), { makeTarget, emit: () => undefined, now: () => 0 });
  const all = Object.assign({}, ...Object.keys(storage).map((pallet) => target.readAll(palletPrefix(pallet))));
  return Object.fromEntries(Object.entries(all));
};

const metadataOf = (runtime) => {
  const instance = new RuntimeInstance(runtime.compiled, new Storage(), { uncounted: null, computesRoots: false });
  const opaque = Buffer.from(instance.call('Metadata_metadata', new Uint8Array()));
  // A compact length of four bytes: it is more than 2^14.
  return opaque.subarray(4);
};

const deep = (open, shut, levels) => open.repeat(levels) + shut.repeat(levels);

/** Lengths that SCALE can say and no file can have, as the first bytes of a value. */
const LENGTHS = [
  '0xfeffffff',
  '0x03ffffffff',
  '0x0300000040',
  '0x13ffffffffffffffff',
  '0xffffffffffffffff',
  '0x02093d00',
];

/** A recording with a line that is hard to read behind its header. */
const withLine = (recording, line) => {
  const text = recording.toString();
  return Buffer.from(`${text.slice(0, text.indexOf('\n') + 1)}${line}\n`);
};

const hardRecordings = (recording) => [
  () => gzipSync(Buffer.alloc(400 << 20, 'x'), { level: 1 }),
  () => gzipSync(Buffer.alloc(64 << 20, '\n'), { level: 1 }),
  () => Buffer.from(deep('[', ']', 2_000_000)),
  () => Buffer.from(deep('{"format":', '}', 300_000).replace('}', '1}')),
  () => withLine(recording, deep('[', ']', 1_000_000)),
  () =>
    withLine(
      recording,
      `{"call":"Compute.request_compute_stop","args":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`,
    ),
  () => withLine(recording, `{"step":0,"block":"1","advance":1e308,"from":"1","blocks":[]}`),
  () => withLine(recording, `{"step":0,"block":"${'9'.repeat(1_000_000)}","inject":{}}`),
  () => Buffer.alloc(0),
  () => Buffer.of(0x1f, 0x8b),
];

const hardStates = (state) => [
  () => Buffer.from(deep('[', ']', 2_000_000)),
  () => Buffer.from('{"a":'.repeat(300_000)),
  () => Buffer.from('7'),
  () => Buffer.from('{"genesis":{"raw":{"top":[]}}}'),
  ...Object.keys(state).flatMap((key) =>
    LENGTHS.map((length) => () => Buffer.from(JSON.stringify({ ...state, [key]: length }))),
  ),
];

const ALIASES = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [${'*a'.concat(at - 1, ', ').repeat(9)}]`);
const hardYaml = [
  () => Buffer.from(`a0: &a0 [x]\n${ALIASES.slice(1).join('\n')}\n`),
  () => Buffer.from('['.repeat(100_000)),
  () => Buffer.from('- '.repeat(50_000)),
  () => Buffer.from('{a: '.repeat(20_000)),
  () => Buffer.from(`a: "${'\\u0000'.repeat(10_000)}"`),
  () => Buffer.from('&a [*a]'),
  () => Buffer.alloc(1 << 20, '#'),
];

const hardMetadata = (metadata) =>
  ['fe', 'ff', '03', 'feffffff', 'ffffffffffffffffff'].flatMap((bytes) =>
    Array.from({ length: 40 }, (_, at) => () => {
      const damaged = Buffer.from(metadata);
      Buffer.from(bytes, 'hex').copy(damaged, 5 + at * 211);
      return damaged;
    }),
  );

/** @returns kinds by name: what is whole, how many are damaged, and each by its number */
export const makeKinds = async () => {
  const compute = shortened('recordings/compute-1.jsonl.gz', 3, 40);
  const metrics = shortened('recordings/metrics-1.jsonl.gz', 3, 40);
  const state = await stateAfter('recordings/compute-1.jsonl.gz');
  const lab = await loadRuntime('runtime/lab.wasm');
  const spec = Buffer.from(
    JSON.stringify({ name: 'x', genesis: { raw: { top: { [hexOfKey('x')]: '0x', [CODE_KEY]: toHex(lab.code) } } } }),
  );
  const kind = (judge, name, whole, flips, { most = 4, hard = [], cuts = cutsOf(whole) } = {}) => ({
    judge,
    name,
    whole,
    count: cuts + flips + hard.length,
    input: (number) => {
      if (number < cuts) return { how: `cut at ${number * KILOBYTE}`, bytes: whole.subarray(0, number * KILOBYTE) };
      const beyond = number - cuts;
      if (beyond < flips)
        return { how: `flipped ${beyond}`, bytes: flipped(whole, SEED + beyond * 7_919 + name.length, most) };
      return { how: `hard ${beyond - flips}`, bytes: hard[beyond - flips]() };
    },
  });
  return [
    kind('recording', 'compute.jsonl', compute, 2_000, { hard: hardRecordings(compute) }),
    kind('recording', 'metrics.jsonl', metrics, 1_000),
    kind('recording', 'compute.jsonl.gz', gzipSync(compute), 2_000),
    kind('state', 'state.json', Buffer.from(JSON.stringify(state)), 1_500, { hard: hardStates(state) }),
    kind('state', 'pairs.json', Buffer.from(JSON.stringify(Object.entries(state))), 500),
    kind('expectations', 'assay.yaml', readFileSync('docs/examples/assay.yaml'), 1_500, { hard: hardYaml }),
    kind('metadata', 'metadata.scale', metadataOf(lab), 2_000, { hard: hardMetadata(metadataOf(lab)) }),
    kind('runtime', 'lab.wasm', Buffer.from(lab.code), 200, { most: 2 }),
    kind('runtime', 'noted.compressed.wasm', readFileSync('runtime/noted.compact.compressed.wasm'), 200, { most: 2 }),
    kind('runtime', 'spec.json', spec, 60),
  ];
};
