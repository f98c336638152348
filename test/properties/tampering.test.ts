/** A recording is evidence: whatever is changed in one is noticed, at its step, and at no other. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/properties/recording-file.js';
import { encode } from '../../src/spec/scale.js';
import { Difference, type RunEvent } from '../../src/spec/run-events.js';
import {
  Compute,
  ExecutionUnit,
  PalletIp,
  Registration,
  SubAccount,
  locate,
  rawKey,
  type AnyStorageItem,
} from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Capability } from '../../src/targets/target.js';
import { malformed } from './malformed.js';
import { play, type Played } from './playing.js';
import { asFile, isAdvance, isCall, isInjection, isScenario, textOf, type SmallRecording } from './small-recording.js';
import { tamperedAnswers } from './tampered-answers.js';
import { lastingStorage, tamperedStorage } from './tampered-storage.js';
import {
  change,
  changeCall,
  changeDiff,
  changeHeader,
  compute,
  flipped,
  metrics,
  withValue,
  type Tampered,
} from './tampering.js';

const playSmall = (recording: SmallRecording): Promise<Played> => asFile(textOf(recording), (file) => play(file));

const linesOf = ({ differences }: Played): unknown[] => [...new Set(differences.map(({ line }) => line))];
const aspectsOf = ({ differences }: Played): string[] => [...new Set(differences.map(({ aspect }) => aspect))];

describe('a recording', () => {
  it.each([
    ['Compute', compute],
    ['metrics', metrics],
  ])('of %s that nobody tampered with agrees', async (_, recording) => {
    const { finished, differences } = await playSmall(recording);
    expect(differences).toEqual([]);
    expect(finished.verdict).toBe('conforms');
  });

  it.each([...tamperedAnswers, ...tamperedStorage])(
    'tampered with (%s) differs there, and only there',
    async (_, aspects, tamper) => {
      const { recording, line } = tamper();
      const played = await playSmall(recording);
      expect(played.finished.verdict).toBe('finding');
      expect(linesOf(played)).toEqual([line]);
      expect(aspectsOf(played)).toEqual(aspects);
    },
  );

  it.each(lastingStorage)(
    'tampered with (%s) differs there first, and not beyond the scenario',
    async (_, aspects, tamper) => {
      const { recording, line } = tamper();
      const played = await playSmall(recording);
      const [first] = played.differences;
      expect(first).toMatchObject({ line, aspect: aspects[0] });
      expect([...new Set(played.differences.map(({ scenario }) => scenario))]).toEqual([first?.scenario]);
    },
  );

  it.each(malformed)('tampered with (%s) is refused by file and line', async (_, says, tamper) => {
    const { recording, line } = tamper();
    await asFile(textOf(recording), async (file) => {
      const refusal: unknown = await play(file).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(InputError);
      const { message } = refusal as InputError;
      expect(message.slice(0, `${file}:${line}: `.length)).toBe(`${file}:${line}: `);
      expect(message.slice(`${file}:${line}: `.length)).toMatch(says);
      expect(message).not.toContain('\n');
    });
  });
});

/** Whether anybody hears of it: a refusal, a difference, or that something was not covered. */
const isHeardOf = ({ recording }: Tampered): Promise<boolean> =>
  asFile(textOf(recording), async (file) => {
    try {
      const { events } = await play(file);
      return events.some(({ type }) => type === 'difference' || type === 'not-covered');
    } catch (error) {
      return error instanceof InputError;
    }
  });

describe('an answer that a recording leaves out', () => {
  it.each<[string, () => Tampered]>([
    [
      "an unsigned call's validity",
      () =>
        changeCall(
          ({ validity }) => validity !== undefined,
          ({ validity: _, ...call }) => call,
        ),
    ],
    [
      "a root call's outer outcome",
      () =>
        changeCall(
          ({ outer }) => outer !== undefined,
          ({ outer: _, ...call }) => call,
        ),
    ],
    [
      "a call's diff",
      () =>
        changeCall(
          ({ events }) => events.length > 0,
          ({ diff: _, ...call }) => call,
        ),
    ],
  ])('is told: %s', async (_, tamper) => {
    expect(await isHeardOf(tamper())).toBe(true);
  });
});
