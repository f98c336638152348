/** Every command and snippet of the README and of docs/ is run as it stands there; loads in `docs.k6.omni.test.ts`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './cli/run-cli.js';
import { blocks, commands, isFollow, isLoad, pages, runDocumented, text } from './documented.js';
import { ScriptedChain } from './follow/scripted-chain.js';
import { serve } from './follow/scripted-node.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the documentation', () => {
  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands.filter((each) => !isLoad(each) && !isFollow(each)))(
    'says what really works: $command',
    async (each) => {
      const ran = await runDocumented(each, folder);
      expect(ran.stderr).toBe('');
      expect(ran.code).toBe(each.code);
    },
  );

  it('says what really works of a chain that is followed', async () => {
    const chain = new ScriptedChain();
    chain.idle(30);
    const node = await serve(chain);
    try {
      const ran = [];
      for (const each of commands.filter(isFollow)) ran.push(await runDocumented(each, folder, node.url));
      expect(ran.map(({ code }) => code)).toEqual(commands.filter(isFollow).map(({ code }) => code));
      expect(ran.map(({ stderr }) => stderr.includes('assay: '))).not.toContain(true);
      expect(ran.at(-1)?.stdout).toContain('"from":"21","resumed":true');
    } finally {
      await node.close();
    }
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

  it('draws every room of the source', () => {
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((each) => each.isDirectory());
    const drawn = [...text('docs/architecture.svg').matchAll(/class="title"[^>]*>([^<]+)</g)].map(([, name]) => name);
    expect(drawn.toSorted()).toEqual(rooms.map(({ name }) => name).toSorted());
  });

  const snippets = blocks('ts');

  it('has a library example that runs', () => {
    const [snippet = ''] = snippets.filter((each) => each.includes('createEngine'));
    const file = join(folder, 'snippet.mjs');
    const library = pathToFileURL(join(root, 'dist/index.js')).href;
    writeFileSync(file, snippet.replace("'pallet-assay'", JSON.stringify(library)));
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    expect(printed).toContain('{ ok: true }');
    expect(printed).toContain('PalletIp.IpAdded');
  });

  it('shows the property of one’s own that the packed package is tried with', () => {
    const example = text('docs/examples/own-property/one-ip.test.ts');
    expect(snippets.filter((each) => !each.includes('createEngine'))).toEqual([example]);
  });
});
