/** Changes to a recording, one at a time: what each makes of it, and at which line. */
import type { RawDiff } from '../../src/spec/answers.js';
import { fromHex, toHex, type Hex } from '../../src/spec/hex.js';
import type { RecordedCall, RecordedEvent, RecordedLine } from '../../src/spec/recording.js';
import { isCall, type SmallRecording } from './small-recording.js';

export interface Tampered {
  readonly recording: SmallRecording;
  /** In the file, from 1. */
  readonly line: number;
}

/** The header's line and the counting from 1. */
const LINES_BEFORE = 2;

/** Puts something else for the first line that fits. Throws where none does: a tampering of nothing proves nothing. */
export const change = <L extends RecordedLine>(
  { header, lines }: SmallRecording,
  is: (line: RecordedLine) => line is L,
  fits: (line: L) => boolean,
  to: (line: L) => RecordedLine | readonly RecordedLine[],
): Tampered => {
  const at = lines.findIndex((line) => is(line) && fits(line));
  const line = lines[at];
  if (line === undefined || !is(line)) throw new Error('the recording has no line to tamper with in this way');
  return { recording: { header, lines: lines.toSpliced(at, 1, ...[to(line)].flat()) }, line: at + LINES_BEFORE };
};

export const changeCall = (
  of: SmallRecording,
  fits: (call: RecordedCall) => boolean,
  to: (call: RecordedCall) => RecordedLine | readonly RecordedLine[],
): Tampered => change(of, isCall, fits, to);

/** `hex` with one bit of one byte flipped. */
export const flipped = (hex: Hex, at = 0): Hex => {
  const bytes = fromHex(hex);
  const byte = bytes[at];
  if (byte === undefined) throw new Error(`${hex} has no byte ${at}`);
  bytes[at] = byte ^ 1;
  return toHex(bytes);
};

/** The first entry of a diff that fits, or undefined. */
export const entryOf = (
  diff: RawDiff | undefined,
  fits: (key: Hex, value: Hex | null) => boolean,
): readonly [Hex, Hex | null] | undefined => Object.entries(diff ?? {}).find(([key, value]) => fits(key, value));

/** A call with another value for the first key of its diff that fits; undefined takes the key away. */
export const changeDiff = (
  of: SmallRecording,
  fits: (key: Hex, value: Hex | null) => boolean,
  to: (value: Hex | null) => Hex | null | undefined,
): Tampered =>
  changeCall(
    of,
    (call) => entryOf(call.diff, fits) !== undefined,
    (call) => {
      const [key, value] = entryOf(call.diff, fits) ?? [];
      const diff = Object.entries(call.diff ?? {}).flatMap(([each, kept]): [Hex, Hex | null | undefined][] =>
        each === key ? [[each, to(value ?? null)]] : [[each, kept]],
      );
      return { ...call, diff: Object.fromEntries(diff.filter(([, each]) => each !== undefined)) as RawDiff };
    },
  );

/** A call with other events; the first that has at least `least`. */
export const changeEvents = (
  of: SmallRecording,
  least: number,
  to: (events: readonly RecordedEvent[]) => readonly RecordedEvent[],
): Tampered =>
  changeCall(
    of,
    ({ events }) => events.length >= least,
    (call) => ({ ...call, events: [...to(call.events)] }),
  );
