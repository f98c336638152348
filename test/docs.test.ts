/** Every command and snippet of the README and of docs/ is run as it stands there. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { assay, root } from './cli/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'recordings/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const text = (page: string): string => readFileSync(join(root, page), 'utf8');

const blocks = (language: string): string[] =>
  pages.flatMap((page) =>
    [...text(page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, body = '']) => body),
  );

/** `npx assay ...` lines, with the exit code that their comment promises. */
const commands = blocks('sh')
  .flatMap((block) => block.split('\n'))
  .filter((line) => line.startsWith('npx assay'))
  .map((line) => {
    const [command = '', comment = ''] = line.split('#');
    return { command: command.trim(), code: Number(/exits with (\d)/.exec(comment)?.[1] ?? 0) };
  });

describe('the documentation', () => {
  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands)('says what really works: $command', async ({ command, code }) => {
    const args = command
      .replace(/^npx assay ?/, '')
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.replaceAll("'", ''));
    const isWritten = (word: string, at: number): boolean => word.endsWith('.ndjson') || args[at - 1] === '--out';
    const inFolder = args.map((word, at) => (isWritten(word, at) ? join(folder, word) : word));
    const keeps = args[0] === 'check' || args[0] === 'gate';
    const ran = await assay(keeps ? [...inFolder, '--out', folder] : inFolder);
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(code);
  });

  it('names no script that package.json does not have', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...text(page).matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name));
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('links to files that are there', () => {
    const links = pages.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, link = '']) => join(root, page, '..', link)),
    );
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  it('has a library example that runs', () => {
    const [snippet = ''] = blocks('ts');
    const file = join(folder, 'snippet.mjs');
    const library = pathToFileURL(join(root, 'dist/index.js')).href;
    writeFileSync(file, snippet.replace("'pallet-assay'", JSON.stringify(library)));
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    expect(printed).toContain('{ ok: true }');
    expect(printed).toContain('PalletIp.IpAdded');
  });
});
