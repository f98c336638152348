/** The engine against a recording of each kind, up to the first difference: what Stryker's mutants of the engine are held against. */
import { describe, expect, it } from 'vitest';
import { openRecording } from '../../src/properties/recording-file.js';
import { replay } from '../../src/properties/replay.js';
import { engineOf } from '../properties/playing.js';

describe('the engine', () => {
  it.each(['compute-1', 'metrics-1'])('does what the recording %s says', async (name) => {
    const found = new AbortController();
    const { differences } = await replay(await openRecording(`recordings/${name}.jsonl.gz`), {
      makeTarget: engineOf,
      emit: ({ type }) => {
        if (type === 'difference') found.abort();
      },
      now: () => 0,
      signal: found.signal,
    });
    expect(differences).toBe(0);
  });
});
