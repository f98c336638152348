/**
 * What k6 measured, one by one: its samples, a JSON object a line (`--out json=`), of which those are kept that say what the pool
 * answered to each call, and how full blocks were. A file that was cut short, because k6 was ended, is read as far as it goes.
 */
import { createReadStream, existsSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

/** What the pool said, and when: milliseconds since 1970. */
export interface PoolAnswer {
  readonly at: number;
  /** `taken`, else the code of JSON-RPC, or `unanswered`. */
  readonly answer: string;
}

export interface Samples {
  /** By the number of the arrival in the workload; of a life's step by `LIFE.STEP`. The last one counts. */
  readonly answers: ReadonlyMap<string, PoolAnswer>;
  /** Milliseconds since 1970, and percent of a block's weight that were used. */
  readonly fullness: readonly (readonly [at: number, percent: number])[];
}

const Point = z.object({
  metric: z.string(),
  data: z.object({ time: z.string(), value: z.number(), tags: z.record(z.string(), z.string()).nullish() }),
});

/** Lines that are looked at: parsing all of them takes most of the time. */
const KEPT = /"metric":"(pool_answer|block_fullness)"/;
const POINT = '"type":"Point"';

/** The time of a line's sample, and the sample. */
const pointOf = (line: string): { at: number; point: z.infer<typeof Point> } | null => {
  if (!line.includes(POINT) || !KEPT.test(line)) return null;
  const point = Point.parse(JSON.parse(line));
  return { at: Date.parse(point.data.time), point };
};

/** @throws ZodError, SyntaxError where a line is no sample of k6 */
export const samplesIn = async (lines: AsyncIterable<string>): Promise<Samples> => {
  const answers = new Map<string, PoolAnswer>();
  const fullness: [number, number][] = [];
  for await (const line of lines) {
    const found = pointOf(line);
    if (found === null) continue;
    const { at, point } = found;
    if (point.metric === 'block_fullness') fullness.push([at, point.data.value]);
    const { tx, answer } = point.data.tags ?? {};
    if (tx !== undefined && answer !== undefined) answers.set(tx, { at, answer });
  }
  return { answers, fullness };
};

/** Ends of a file that was cut short, as zlib calls them. */
const CUT = new Set<unknown>(['Z_BUF_ERROR', 'Z_DATA_ERROR']);

/** The whole lines of a gzip file, as far as it goes. */
async function* wholeLines(file: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const bytes of createReadStream(file).pipe(createGunzip())) {
      const lines = (rest + decoder.write(z.instanceof(Buffer).parse(bytes))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && CUT.has(error.code))) throw error;
  }
}

/** Of a file that k6 wrote; nothing where it wrote none. @throws as {@link samplesIn} */
export const readSamples = async (file: string): Promise<Samples> =>
  existsSync(file) ? samplesIn(wholeLines(file)) : { answers: new Map(), fullness: [] };
