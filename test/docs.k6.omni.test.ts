/** The loads that the documentation shows, run as they stand there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands, isLoad, runDocumented } from './documented.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the documentation', () => {
  it.each(commands.filter(isLoad))('says what really works under load: $command', async (each) => {
    const ran = await runDocumented(each, folder);
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(each.code);
  });
});
