/** The house is tidy, and the check of that sees what is not. */
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { untidiness, type SourceFile } from './tidy.js';

const filesUnder = async (folder: string): Promise<SourceFile[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    paths.map(async (path) => ({ path: path.replaceAll(sep, '/'), text: await readFile(path, 'utf8') })),
  );
};

/** The examples of bans below, and the patterns themselves, are no breach of them. */
const isAboutBans = ({ path }: SourceFile): boolean => path.startsWith('test/tidy.');

describe('this project', () => {
  it.each(['src', 'test'])('is tidy in %s/', async (folder) => {
    const files = (await filesUnder(folder)).filter((file) => !isAboutBans(file));
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap(untidiness)).toEqual([]);
  });
});

const importing = (path: string, name: string): SourceFile => ({
  path,
  text: `/** What it is. */\nimport { x } from '${name}';`,
});
const saying = (path: string, text: string): SourceFile => ({ path, text });
const long = 'export const x = 1;\n'.repeat(21);

describe('an arrow that points the wrong way is seen', () => {
  it.each([
    ['src/spec/hex.ts', '../engine/state.js', 'spec may import nothing of ours'],
    ['src/spec/types/compute.ts', '../../engine/state.js', 'spec may import nothing of ours'],
    ['src/engine/state.ts', '../targets/target.js', 'engine may import spec'],
    ['src/engine/calls/compute/request-stop.ts', '../../../properties/cast.js', 'engine may import spec'],
    ['src/targets/node.ts', '../properties/replay.js', 'targets may import spec, engine'],
    ['src/properties/replay.ts', '../gate/verdict.js', 'properties may import spec, engine, targets'],
    ['src/load/plan.ts', '../gate/verdict.js', 'load may import spec, engine, targets, properties'],
    ['src/gate/verdict.ts', '../reports/terminal.js', 'gate may import spec, engine, targets, properties, load'],
    ['src/reports/html.ts', '../engine/state.js', 'reports may import spec'],
    ['src/reports/html.ts', '../cli/main.js', 'reports may import spec'],
    ['src/engine/state.ts', '../index.js', 'engine may import spec'],
    ['src/properties/replay.ts', '../../test/play.js', 'properties may import spec, engine, targets'],
  ])('from %s to %s', (path, name, may) => {
    expect(untidiness(importing(path, name))).toEqual([
      `${path}: imports ${name}, but ${may}: move what is needed down, or hand it in as an argument`,
    ]);
  });

  it.each([
    "import '../engine/state.js';",
    "import type { State } from '../engine/state.js';",
    "export { State } from '../engine/state.js';",
    "export * from '../engine/state.js';",
    "const { State } = await import('../engine/state.js');",
    "type S = import('../engine/state.js').State;",
  ])('however it is written: %s', (text) => {
    expect(untidiness({ path: 'src/spec/hex.ts', text })).toHaveLength(1);
  });

  it('and a folder that is no room', () => {
    expect(untidiness(importing('src/shared/hex.ts', './x.js'))).toEqual([
      expect.stringContaining('src/shared/ is no room of the design: put the file into one of spec, engine'),
    ]);
  });

  it.each([
    ['src/engine/state.ts', '../spec/hex.js'],
    ['src/engine/calls/compute/request-stop.ts', '../../lookups.js'],
    ['src/properties/replay.ts', '../targets/target.js'],
    ['src/gate/verdict.ts', '../load/plan.js'],
    ['src/cli/main.ts', '../reports/terminal.js'],
    ['src/index.ts', './engine/engine.js'],
    ['src/spec/hashing.ts', 'hash-wasm'],
    ['test/play.ts', '../src/engine/engine.js'],
  ])('but not one that points the right way: from %s to %s', (path, name) => {
    expect(untidiness(importing(path, name))).toEqual([]);
  });
});

describe('a ban that is broken is told with what to write instead', () => {
  it.each<[string, SourceFile, string]>([
    ['a long file without a comment', saying('src/spec/a.ts', long), 'begin with what it is'],
    [
      'a call without a doc comment',
      saying('src/engine/calls/compute/a.ts', "import '../b.js';\nexport const a = 1;"),
      "write the call's number",
    ],
    ['a name that says nothing', saying('src/spec/utils.ts', ''), 'name the thing in the words of its field'],
    [
      'a part of a name that says nothing',
      saying('test/replay-helpers.ts', ''),
      'name the thing in the words of its field',
    ],
    ['a folder that says nothing', saying('src/engine/common/a.ts', ''), 'name the thing in the words of its field'],
    ['a test that runs alone', saying('test/a.test.ts', "it.only('x', () => {});"), 'let every test run'],
    [
      'a table of tests that is skipped',
      saying('test/a.test.ts', "it.each([1]).skip('x');describe.concurrent.skip('x');"),
      'let every test run',
    ],
    [
      'a test that sleeps',
      saying('test/a.test.ts', 'await new Promise((done) => setTimeout(done, 50));'),
      'wait for what is waited for',
    ],
    ['an engine with a clock', saying('src/engine/a.ts', 'const now = Date.now();'), 'take it as an argument'],
    ['a specification that reads files', importing('src/spec/a.ts', 'node:fs'), 'do input and output in'],
    ['a TODO without its reason', saying('src/spec/a.ts', '// TODO later'), 'do it, or write behind a colon'],
  ])('%s', (_, file, instead) => {
    const told = untidiness(file);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`${file.path}: `);
    expect(told[0]).toContain(instead);
  });

  it.each<[string, SourceFile]>([
    ['a long file with a comment', saying('src/spec/a.ts', `/** What it is. */\n${long}`)],
    ['a program with a comment', saying('src/cli/a.ts', `#!/usr/bin/env node\n/** What it is. */\n${long}`)],
    ['a file for one glance', saying('src/spec/a.ts', 'export const x = 1;\n')],
    [
      'a call that is documented',
      saying('src/engine/calls/a.ts', "import '../b.js';\n\n/** Call 3. */\nexport const a = 1;"),
    ],
    ['a name with such a word in it', saying('src/spec/commonwealth.ts', '')],
    ['a table of tests', saying('test/a.test.ts', "it.each([1])('x', () => {});")],
    ['a TODO with its reason', saying('src/spec/a.ts', '// TODO: needs the new metadata')],
  ])('but not %s', (_, file) => {
    expect(untidiness(file)).toEqual([]);
  });
});
