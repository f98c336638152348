/**
 * A recording cut anywhere or with one byte changed: it is refused, or something is told, or the byte was one that is not
 * compared. Never another error, never an endless wait.
 *
 * Not compared are `counts`, `panic_message`, seed, names and what else only people read. Nor can be told: what a step was
 * asked with where its answer is the same (a signer who may not call in any case, the node of a query that has nothing),
 * storage that both sides were given and no step looked at (genesis, injections), and whether blocks in which nothing
 * happened were opened or jumped over. That answers were left out is `tampering.test.ts`' matter.
 */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, openRecording } from '../../src/properties/recording-file.js';
import type { RecordedCall, RecordedLine } from '../../src/spec/recording.js';
import { play } from './playing.js';
import { asFile, firstScenarios, isCall, isScenario, textOf } from './small-recording.js';

const STEPS = 25;
const textOfFirst = async (file: string): Promise<Buffer> => Buffer.from(textOf(await firstScenarios(file, 1, STEPS)));
const computeText = await textOfFirst('recordings/compute-1.jsonl.gz');
const metricsText = await textOfFirst('recordings/metrics-1.jsonl.gz');
const whole = {
  compute: computeText,
  'compute in gzip': gzipSync(computeText),
  metrics: metricsText,
  'metrics in gzip': gzipSync(metricsText),
};

type Ending = 'refused' | 'told' | 'agreed';

const ending = async (file: string): Promise<Ending> => {
  try {
    const { events } = await play(file);
    return events.some(({ type }) => type === 'difference' || type === 'not-covered') ? 'told' : 'agreed';
  } catch (error) {
    if (error instanceof InputError) return 'refused';
    throw error;
  }
};

/** What a call's line says, of what is compared. */
const saidByCall = (of: RecordedCall): unknown => {
  const { step, block, call, call_hex, outcome, events, diff } = of;
  return { step, block, origin: of.origin.kind, call, args: of.args, call_hex, outcome, events, diff };
};

/** What a line says, of what is compared and can be told. */
const saidBy = (line: RecordedLine): unknown => {
  if (isScenario(line)) return { block: line.block, genesis: Object.keys(line.genesis), opening: line.opening };
  const { step, block } = line;
  if (isCall(line)) return saidByCall(line);
  if ('advance' in line) return { step, block, advance: line.advance, from: line.from, blocks: line.blocks };
  return 'query' in line ? { step, block, result: line.result_hex } : { step, block, keys: Object.keys(line.inject) };
};

const saidByFile = async (file: string): Promise<unknown[]> => {
  const said: unknown[] = [];
  for await (const batch of (await openRecording(file)).batches) for (const { line } of batch) said.push(saidBy(line));
  return said;
};

const names = fc.constantFrom('compute', 'compute in gzip', 'metrics', 'metrics in gzip');

describe('a damaged recording', () => {
  it('that is cut is refused, at whichever byte', async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.nat(), async (name, anywhere) => {
        const contents = whole[name];
        const at = anywhere % contents.length;
        // The last byte of a text is a line feed, which says nothing.
        const isWhole = at === contents.length - 1 && contents[at] === 0x0a;
        expect(await asFile(contents.subarray(0, at), ending)).toBe(isWhole ? 'agreed' : 'refused');
      }),
      { numRuns: 300, timeout: 20_000 },
    );
  });

  it('with one byte changed is refused or told of, or still says the same', async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, anywhere, mask) => {
        const changed = Buffer.from(whole[name]);
        const at = anywhere % changed.length;
        changed[at] = (changed[at] ?? 0) ^ mask;
        await asFile(changed, async (file) => {
          if ((await ending(file)) !== 'agreed') return;
          expect(await saidByFile(file)).toEqual(await asFile(whole[name], saidByFile));
        });
      }),
      { numRuns: 600, timeout: 20_000 },
    );
  });
});
