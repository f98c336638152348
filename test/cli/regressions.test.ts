/** `assay check` plays regressions first: those that are carried, and those of a folder. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assay, type Ran } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'out');

const check = (parameters: string, ...more: readonly string[]): Promise<Ran> =>
  assay([
    'check',
    '--target',
    `runtime:runtime/lab.wasm${parameters}`,
    '--seed',
    '1',
    '--runs',
    '5',
    '--out',
    out,
    ...more,
  ]);

/** A line of the table, whatever its width. */
const words = ({ stdout }: Ran): string => stdout.replaceAll(/[│\s]+/g, ' ');

describe('regressions', () => {
  it('are those that are carried, and what an earlier run kept, once each', async () => {
    expect(words(await check(''))).toContain('; 10 regressions first');
    const repaired = '?rules=DEV-22=promised';
    const found = await check(repaired);
    expect(found.code).toBe(1);
    expect(words(found)).toMatch(/\(\d steps, as in regressions\/DEV-22\.jsonl\)/);
    const kept = readdirSync(out);
    expect(kept).toEqual([expect.stringMatching(/^difference-[0-9a-f]{6}-again-[0-9a-f]{8}-deployed-0\.jsonl$/)]);
    expect(found.stdout).toContain(
      `npx assay replay ${join(out, kept[0] ?? '')} --target 'runtime:runtime/lab.wasm${repaired}'`,
    );
    expect((await check(repaired)).code).toBe(1);
    expect(readdirSync(out)).toEqual(kept);
    const later = await check('');
    expect(later.code).toBe(0);
    expect(words(later)).toContain('; 11 regressions first');
  });

  it('are of another folder where that is named, or none', async () => {
    expect(words(await check('', '--regressions', 'regressions'))).toContain('; 20 regressions first');
    const none = await check('', '--no-regressions');
    expect(none.code).toBe(0);
    expect(none.stdout).not.toContain('regression');
  });

  it.each<[string, string, RegExp]>([
    ['is not there', join(folder, 'nowhere'), /nowhere: there is no such file or folder$/],
    ['has no recording', 'src', /^assay: src: expected a folder with \*\.jsonl or \*\.jsonl\.gz, found none$/],
  ])('of a folder that %s: one sentence, and 2', async (_, named, sentence) => {
    const { code, stderr } = await check('', '--regressions', named);
    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(sentence);
  });

  it('that are damaged are told with file and line', async () => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    writeFileSync(join(damaged, 'a.jsonl'), '{"format":"compute-trace/1"}\n');
    const { code, stderr } = await check('', '--regressions', damaged);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(damaged, 'a.jsonl')}:1: header: `);
  });

  it('are not for the engine, which they would be held against', async () => {
    const { code, stderr } = await assay(['check', '--target', 'engine', '--regressions', 'regressions']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--regressions regressions: they are played on a runtime or a node: name one with --target',
    );
  });
});
