/** Damaged files: a sample, evenly spread, of those that `npm run evidence borders` judges. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../cli/run-cli.js';

const SAMPLE = 300;

const Figures = z.object({
  inputs: z.int(),
  throughTheCommandLine: z.int(),
  kinds: z.array(
    z.object({ kind: z.string(), inputs: z.int(), refused: z.int(), 'told otherwise': z.int(), 'the same': z.int() }),
  ),
});

it('damaged files of every kind are refused in one sentence, or come to what is in them', async () => {
  // It ends with 1, and this is thrown with what it said, where an input does anything else.
  const ran = await promisify(execFile)(process.execPath, ['scripts/evidence/borders.mjs', '--sample', `${SAMPLE}`], {
    cwd: root,
  });
  const { inputs, throughTheCommandLine, kinds } = Figures.parse(JSON.parse(ran.stdout));
  expect(inputs).toBeGreaterThanOrEqual(SAMPLE);
  expect(throughTheCommandLine).toBeGreaterThan(0);
  expect(kinds).toHaveLength(10);
  for (const each of kinds) {
    expect(each.refused, each.kind).toBeGreaterThan(0);
    expect(each.refused + each['told otherwise'] + each['the same'], each.kind).toBe(each.inputs);
  }
});
