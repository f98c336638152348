/**
 * Judges damaged inputs in a thread of its own, which whoever asks can end: each goes through what the command line calls for such a file, and what
 * comes is held against what it would do with it. Told are the outcome and the sentence; anything else is a finding.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { brokenIn } from '../../../dist/properties/broken-state.js';
import { check } from '../../../dist/cli/check.js';
import { replayAll } from '../../../dist/cli/replay.js';
import { expectSpecified } from '../../../dist/cli/state.js';
import { isToldInASentence } from '../../../dist/cli/told-errors.js';
import { readExpectations } from '../../../dist/gate/expectations.js';
import { openRecording } from '../../../dist/properties/recording-file.js';
import { scopeOf } from '../../../dist/properties/scope.js';
import { invariants } from '../../../dist/spec/invariants.js';
import { MetadataError, parseMetadata } from '../../../dist/targets/metadata.js';
import { readStateFile } from '../../../dist/properties/state-file.js';
import { checkLayout } from '../../../dist/targets/layout.js';
import { ExtrinsicEncoder } from '../../../dist/targets/runtime/extrinsic.js';
import { GENESIS_HASH } from '../../../dist/targets/runtime/genesis.js';
import { Translation } from '../../../dist/targets/runtime/translation.js';
import { makeKinds } from './inputs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'assay-borders-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const { signal } = new globalThis.AbortController();
setMaxListeners(0, signal);

/** What a command came to: its verdicts, and what it told of differences. */
const verdictOf = async (command) => {
  const [suites, differences] = [[], []];
  const emit = (event) => {
    if (event.type === 'suite-finished') suites.push(event);
    if (event.type === 'difference') differences.push(`${event.what} ${event.where}`);
    // What is not there is no pass: it is told so.
    if (event.type === 'not-covered') differences.push(`not covered: ${event.what}`);
  };
  await command({ emit, now: () => 0, signal, suites });
  return { verdicts: suites.map(({ verdict }) => verdict), differences };
};

/** What a recording's line says of what is compared and can be told, as in `damaged-recording.test.ts`. */
const saidBy = (line) => {
  if ('scenario' in line) return { block: line.block, genesis: Object.keys(line.genesis), opening: line.opening };
  const { step, block } = line;
  if ('call' in line) {
    const { origin, call, args, call_hex, outcome, events, diff } = line;
    return { step, block, origin: origin.kind, call, args, call_hex, outcome, events, diff };
  }
  if ('advance' in line) return { step, block, advance: line.advance, from: line.from, blocks: line.blocks };
  return 'query' in line ? { step, block, result: line.result_hex } : { step, block, keys: Object.keys(line.inject) };
};

const saidByFile = async (file) => {
  const said = [];
  for await (const batch of (await openRecording(file)).batches) for (const { line } of batch) said.push(saidBy(line));
  return said;
};

/**
 * What each kind of file comes to: `verdict` is what a person would be told, and `content`, where that is the same as of the whole file, what must be
 * the same then.
 */
const judges = {
  recording: async (file) => ({
    verdict: await verdictOf((session) => replayAll([file], { target: 'engine' }, session)),
    content: () => saidByFile(file),
  }),
  state: async (file) => {
    const snapshot = expectSpecified(await readStateFile(file));
    const broken = brokenIn(snapshot.storage, 0n, invariants).map(({ invariant, keys }) => [invariant.id, keys]);
    return { verdict: broken, content: () => null };
  },
  expectations: async (file) => ({ verdict: { ...(await readExpectations(file)), file: '' }, content: () => null }),
  metadata: (_, bytes) => {
    try {
      const metadata = parseMetadata(bytes);
      const layout = checkLayout(metadata);
      new Translation(layout, metadata);
      scopeOf(layout);
      new ExtrinsicEncoder(metadata, { specVersion: 1, transactionVersion: 1, genesisHash: GENESIS_HASH });
      return { verdict: layout.findings ?? null, content: () => null };
    } catch (error) {
      // Both who read it, from a file and from a node, make it a sentence that begins with the name of either.
      if (error instanceof MetadataError) return { refused: error.message };
      throw error;
    }
  },
  runtime: async (file) => {
    const options = {
      target: `runtime:${file}`,
      seed: 1,
      runs: 1,
      steps: 4,
      regressions: false,
      out: join(folder, 'found'),
    };
    return { verdict: await verdictOf((session) => check(options, session)), content: () => null };
  },
};

const text = (value) =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each)) ?? 'undefined';

const judged = async ({ judge, name }, bytes) => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  try {
    const { refused, verdict, content } = await judges[judge](file, bytes);
    return refused === undefined ? { verdict: text(verdict), content } : { refused };
  } catch (error) {
    if (isToldInASentence(error)) return { refused: error.message };
    throw error;
  }
};

const kinds = await makeKinds();
const wholes = new Map();
for (const kind of kinds) {
  const { refused, verdict, content } = await judged(kind, kind.whole);
  if (refused !== undefined) throw new Error(`${kind.name} is refused though nothing is wrong with it: ${refused}`);
  wholes.set(kind, { verdict, content: text(await content()) });
}

/** Longer ones are no sentence that a person would read. */
const LONGEST_SENTENCE = 2_000;
const isSentence = (said) =>
  !/\n|\(file:|node:internal/.test(said) && said.length > 0 && said.length <= LONGEST_SENTENCE;

const outcomeOf = async (kind, { bytes }) => {
  const whole = wholes.get(kind);
  const { refused, verdict, content } = await judged(kind, bytes);
  if (refused !== undefined)
    return isSentence(refused) ? { outcome: 'refused', said: refused } : { wrong: `no sentence: ${refused}` };
  if (verdict !== whole.verdict) return { outcome: 'told otherwise' };
  if (text(await content()) === whole.content) return { outcome: 'the same' };
  return { wrong: 'the same verdict of a file that says something else' };
};

parentPort.on('message', async ({ at, number }) => {
  const input = kinds[at].input(number);
  const started = performance.now();
  try {
    parentPort.postMessage({ ...(await outcomeOf(kinds[at], input)), how: input.how, ms: performance.now() - started });
  } catch (error) {
    parentPort.postMessage({ wrong: error?.stack ?? String(error), how: input.how, ms: performance.now() - started });
  }
});
parentPort.postMessage({ kinds: kinds.map(({ name, count }) => ({ name, count })) });
