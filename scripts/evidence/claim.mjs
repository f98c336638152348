/**
 * What all claims have in common. A claim is a script of its own, so that each is measured in a fresh process: what one warms
 * up or fills the memory with is nothing to the next. It prints its figures as one line of JSON, or fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything random in the evidence comes from it. */
export const SEED = 20_261_123;

export const now = () => performance.now();
export const silent = () => undefined;

/** Thrown where a claim is wrong: said in one sentence, and the end of the run. */
export class Finding extends Error {
  name = 'Finding';
}

/** Measures and tells; the exit code is 1 where the claim does not hold. */
export const claim = async (measure) => {
  // A signal's own end would leave folders and processes behind, which go when a process exits.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  try {
    process.stdout.write(JSON.stringify(await measure()) + '\n');
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    process.stderr.write(`evidence: ${error.message}\n`);
    process.exitCode = 1;
  }
};

const sorted = (figures) => figures.toSorted((left, right) => left - right);

export const median = (figures) => sorted(figures)[Math.floor(figures.length / 2)];

/** Figures of several passes: the machine may be shared, so never one alone. */
export const spread = (figures) => {
  const inOrder = sorted(figures);
  return { runs: figures.length, min: inOrder[0], median: median(figures), max: inOrder.at(-1) };
};

export const perSecond = (count, milliseconds) => Math.round((count / milliseconds) * 1000);

/** To `digits` behind the point: more would be noise. */
export const rounded = (figure, digits) => Number(figure.toFixed(digits));

export const sum = (figures) => figures.reduce((all, figure) => all + figure, 0);

/** A folder that is gone when the process is. */
export const scratchFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
