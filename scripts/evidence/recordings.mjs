/** The recordings that the project carries: played, and parsed as the yardstick of a noisy machine. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findRecordings, openRecording } from '../../dist/properties/recording-file.js';
import { replay } from '../../dist/properties/replay.js';
import { Finding, now, perSecond, sum } from './claim.mjs';

const files = await findRecordings(['recordings']);

/**
 * Replays everything once, in this process' one thread.
 * @throws Finding at a difference
 */
export const replayAll = async (makeTarget) => {
  const started = now();
  const suites = [];
  for (const file of files) {
    const found = [];
    const emit = (event) => event.type === 'difference' && found.push(event);
    const finished = await replay(await openRecording(file), { makeTarget, emit, now });
    suites.push(finished);
    const [first] = found;
    if (first) throw new Finding(`${file}:${first.line}: ${first.what}: ${first.aspect} ${first.where}`);
    if (finished.verdict !== 'conforms') throw new Finding(`${file}: ${finished.verdict}: ${finished.summary}`);
  }
  const steps = sum(suites.map((suite) => suite.steps));
  const differences = sum(suites.map((suite) => suite.differences));
  return { recordings: files.length, steps, differences, stepsPerSecond: perSecond(steps, now() - started) };
};

const texts = [];

/** Lines a second of `JSON.parse` alone over the same recordings: what this machine has to give at the moment. */
export const parseAll = () => {
  if (texts.length === 0) texts.push(...files.map((file) => gunzipSync(readFileSync(file)).toString()));
  const started = now();
  let lines = 0;
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      JSON.parse(line);
      lines += 1;
    }
  }
  return perSecond(lines, now() - started);
};
