/** How a recording is tampered with: one line of it becomes something else, and the test knows which. */
import type { RawDiff } from '../../src/spec/answers.js';
import { fromHex, toHex, type Hex } from '../../src/spec/hex.js';
import type { RecordedCall, RecordedLine, RecordingHeader } from '../../src/spec/recording.js';
import { firstScenarios, isCall, type SmallRecording } from './small-recording.js';

/** With calls of every outcome, releases in the midst of an advance, IPs assigned and returned, emptied lists. */
export const compute = await firstScenarios('recordings/compute-1.jsonl.gz', 5);
/** With queries, injections and jumps. */
export const metrics = await firstScenarios('recordings/metrics-1.jsonl.gz', 3);

export interface Tampered {
  readonly recording: SmallRecording;
  /** Where in the file, from 1. */
  readonly line: number;
}

/** What is tampered with, the aspects in which that shows, and how it is done. */
export type Tampering = readonly [what: string, aspects: readonly string[], tamper: () => Tampered];

/** The header's line, and counting from 1. */
const LINES_BEFORE = 2;

type Line<L extends RecordedLine> = (line: RecordedLine) => line is L;
type Change<L extends RecordedLine> = (line: L) => RecordedLine | readonly RecordedLine[];

const changeAt = <L extends RecordedLine>(of: SmallRecording, is: Line<L>, at: number, to: Change<L>): Tampered => {
  const { header, lines } = of;
  const line = lines[at];
  if (line === undefined || !is(line)) throw new Error('the recording has no line to tamper with in this way');
  return { recording: { header, lines: lines.toSpliced(at, 1, ...[to(line)].flat()) }, line: at + LINES_BEFORE };
};

const all = (): boolean => true;

/** Puts something else for the first line that fits. Throws where none does: a tampering of nothing proves nothing. */
export const change = <L extends RecordedLine>(
  of: SmallRecording,
  is: Line<L>,
  to: Change<L>,
  fits: (line: L) => boolean = all,
): Tampered =>
  changeAt(
    of,
    is,
    of.lines.findIndex((line) => is(line) && fits(line)),
    to,
  );

/** The same for the last line that fits: what nothing builds upon any more. */
export const changeLast = <L extends RecordedLine>(
  of: SmallRecording,
  is: Line<L>,
  to: Change<L>,
  fits: (line: L) => boolean = all,
): Tampered =>
  changeAt(
    of,
    is,
    of.lines.findLastIndex((line) => is(line) && fits(line)),
    to,
  );

export const changeHeader = ({ header, lines }: SmallRecording, to: Partial<RecordingHeader>): SmallRecording => ({
  header: { ...header, ...to },
  lines,
});

/** `hex` with one bit of one byte flipped. */
export const flipped = (hex: Hex, at = 0): Hex => {
  const bytes = fromHex(hex);
  const byte = bytes[at];
  if (byte === undefined) throw new Error(`${hex} has no byte ${at}`);
  bytes[at] = byte ^ 1;
  return toHex(bytes);
};

/** `of` without one of its fields. */
export const without = <T extends object, K extends keyof T>(of: T, field: K): Omit<T, K> =>
  Object.fromEntries(Object.entries(of).filter(([name]) => name !== field)) as Omit<T, K>;

type Fits = (key: Hex, value: Hex | null) => boolean;

/** `diff` with another value for the first key that fits; undefined takes the key away. */
export const withValue = (diff: RawDiff, fits: Fits, to: (value: Hex) => Hex | null | undefined): RawDiff => {
  const found = Object.entries(diff).find(([key, value]) => fits(key, value));
  if (found === undefined) throw new Error('the diff has no such key');
  const [key, value] = found;
  const changed = to(value ?? '0x');
  return changed === undefined ? without(diff, key) : { ...diff, [key]: changed };
};

/** The last call whose diff has such a key gets another value for it. */
export const changeDiff = (fits: Fits, to: (value: Hex) => Hex | null | undefined): Tampered =>
  changeLast(
    compute,
    isCall,
    (call) => ({ ...call, diff: withValue(call.diff ?? {}, fits, to) }),
    ({ diff }) => Object.entries(diff ?? {}).some(([key, value]) => fits(key, value)),
  );

/** The first call that fits gets other answers. */
export const changeCall = (fits: (call: RecordedCall) => boolean, to: Change<RecordedCall>): Tampered =>
  change(compute, isCall, to, fits);
