/** Each blob of the lab runtime's sources says of which it was made: that these are the ones that lie here. `.ci/run` builds them anew. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from './cli/run-cli.js';

const runtime = join(root, 'runtime');
const PREFIX_BYTES = 8;

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const Provenance = z.object({ variant: z.string(), sources: z.string(), wasm: z.string(), bytes: z.int() });

/** As `build.sh` makes it: a line for each file, in the order of their names' bytes. */
const sourcesDigest = (): string => {
  const sources = readdirSync(join(runtime, 'src'), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(runtime.length + 1))
    .filter((file) => !file.startsWith('src/tests/'));
  const files = ['Cargo.toml', 'Cargo.lock', 'build.sh', ...sources].toSorted((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return sha256(files.map((file) => `${sha256(readFileSync(join(runtime, file)))}  ${file}\n`).join(''));
};

const blobs = readdirSync(runtime).filter((name) => name.endsWith('.wasm'));

describe('the blobs', () => {
  it('are all six', () => {
    expect(blobs).toHaveLength(6);
  });

  it.each(blobs)('%s belongs to the sources', (blob) => {
    const { variant, sources, wasm, bytes } = Provenance.parse(
      JSON.parse(readFileSync(join(runtime, `${blob}.json`), 'utf8')),
    );
    const packed = readFileSync(join(runtime, blob));
    const unpacked = blob.endsWith('.compressed.wasm') ? decompress(packed.subarray(PREFIX_BYTES)) : packed;
    expect(blob.split('.')[0]).toBe(variant);
    expect({ wasm: sha256(unpacked), bytes: unpacked.length }).toEqual({ wasm, bytes });
    expect(sourcesDigest()).toBe(sources);
  });
});
