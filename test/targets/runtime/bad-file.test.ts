/** Files that hold no runtime, or one in another form than WASM: one sentence each that names the file, or the runtime. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/spec/hex.js';
import { UnusableRuntime } from '../../../src/targets/failures.js';
import { loadRuntime, type Runtime } from '../../../src/targets/runtime/runtime.js';
import { assay } from '../../cli/run-cli.js';
import { refusalOf, wasmOf, withFile } from './wat-runtime.js';
import { bomb, packed, wideWindow } from './zstd-frame.js';

const lab = new Uint8Array(await readFile('runtime/lab.wasm'));
const fixture = wasmOf();

const load = (content: Uint8Array | string): Promise<Runtime> => withFile(content, (file) => loadRuntime(file));

const chainSpec = (top: Readonly<Record<string, string>>): string =>
  JSON.stringify({ name: 'Test', genesis: { raw: { top, childrenDefault: {} } } });

const CODE = '0x3a636f6465';

/** Refused in one sentence that begins with the file's name. */
const expectRefusal = async (content: Uint8Array | string, message: RegExp): Promise<void> => {
  const error = await refusalOf(content);
  expect(error).toBeInstanceOf(UnusableRuntime);
  expect(error.message).toMatch(/^FILE: [^\n]+$/);
  expect(error.message).toMatch(message);
};

describe('a path', () => {
  it.each([
    ['to nothing', 'nowhere.wasm', 'nowhere.wasm: there is no such file'],
    ['through a file', 'package.json/x.wasm', 'package.json/x.wasm: there is no such file'],
    ['to a folder', 'runtime', 'runtime: is a folder: name the file with the runtime'],
  ])('%s is refused', async (_, path, message) => {
    const refused = loadRuntime(path);
    await expect(refused).rejects.toBeInstanceOf(UnusableRuntime);
    await expect(refused).rejects.toThrow(message);
  });

  it.each([
    ['that is too long', 'x'.repeat(5000)],
    ['with a zero byte in it', 'a\0b'],
  ])('%s is refused with what the system says', async (_, path) => {
    const refused = loadRuntime(path);
    await expect(refused).rejects.toBeInstanceOf(UnusableRuntime);
    await expect(refused).rejects.toThrow("can't be read");
  });
});

describe('a file', () => {
  it.each([
    ['that is empty', new Uint8Array(), /came an empty file$/],
    ['of text', 'hello, world', /expected a runtime as WASM .* came bytes 0x68656c6c6f2c2077$/],
    ['of an ELF program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), /came bytes 0x7f454c4602010100$/],
    ['with the magic alone', lab.subarray(0, 4), /came bytes 0x0061736d$/],
    ['of another WASM version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /came bytes 0x0061736d02000000$/],
    ['of a WASM module without anything', lab.subarray(0, 8), /exports no|has no memory/],
  ])('%s is refused', async (_, content, message) => {
    await expectRefusal(content, message);
  });

  it('cut short at any point is refused', async () => {
    const everyPage = Array.from({ length: Math.ceil(lab.length / 65_536) }, (_, page) => page * 65_536);
    const anywhere = fc.sample(fc.integer({ min: 0, max: lab.length - 1 }), { seed: 4, numRuns: 12 });
    for (const end of [...everyPage, ...anywhere, 7, 9, 20, lab.length - 1]) {
      await expectRefusal(
        lab.subarray(0, end),
        /cut short or damaged\?$|^FILE: expected a runtime as WASM|has no memory/,
      );
    }
  });

  it('with one byte changed is refused, or is a runtime: nothing else comes of it', async () => {
    const changes = fc.record({ at: fc.nat({ max: fixture.length - 1 }), by: fc.integer({ min: 1, max: 255 }) });
    const check = async ({ at, by }: { readonly at: number; readonly by: number }): Promise<void> => {
      const changed = fixture.with(at, ((fixture[at] ?? 0) + by) & 0xff);
      const refused = await load(changed).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refused !== undefined) expect(refused).toBeInstanceOf(UnusableRuntime);
    };
    await fc.assert(fc.asyncProperty(changes, check), { seed: 5, numRuns: 300 });
  });
});

describe('a compressed runtime', () => {
  it('is the runtime that was compressed', async () => {
    const { version, layout, code } = await load(packed(lab));
    expect(version.spec_name).toBe((await load(lab)).version.spec_name);
    expect(layout.missing).toEqual([]);
    expect(toHex(code)).toBe(toHex(lab));
  });

  it('cut short at any point is refused', async () => {
    const whole = packed(fixture);
    const points = fc.sample(fc.integer({ min: 8, max: whole.length - 1 }), { seed: 6, numRuns: 40 });
    for (const end of [8, 9, 12, 13, 14, 16, 17, ...points, whole.length - 1]) {
      await expectRefusal(
        whole.subarray(0, end),
        /the compressed runtime (?:is cut short|unpacks to an empty file).*: get the file anew$/,
      );
    }
  });

  it('with something else than zstd behind the prefix is refused', async () => {
    const prefix = packed(fixture).subarray(0, 8);
    await expectRefusal(Buffer.concat([prefix, Buffer.from('hello, world')]), /cut short or damaged/);
  });

  it('of something else than WASM is refused', async () => {
    await expectRefusal(packed(Buffer.from('hello, world')), /unpacks to bytes 0x68656c6c6f2c2077, not to WASM/);
  });

  it('that is itself compressed is refused: nodes take one layer', async () => {
    await expectRefusal(packed(packed(fixture)), /unpacks to bytes 0x52bc537646db8e05, not to WASM/);
  });

  it('that unpacks to more than nodes allow is refused before it does', async () => {
    const small = bomb(2048);
    expect(small.length).toBeLessThan(70_000);
    const before = process.memoryUsage.rss();
    await expectRefusal(small, /unpacks to more than 50 MiB$/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 << 20);
  });

  it('whose frame asks for gibibytes of window is refused', async () => {
    await expectRefusal(wideWindow(41), /cut short or damaged|unpacks to an empty file/);
  });
});

describe('hex text', () => {
  it.each([
    ['of WASM', toHex(fixture)],
    ['with space around it', ` \n${toHex(fixture)}\n`],
    ['in capital digits', '0x' + toHex(fixture).slice(2).toUpperCase()],
    ['of a compressed runtime', toHex(packed(fixture))],
  ])('%s is the runtime', async (_, text) => {
    expect((await load(text)).version.spec_version).toBe(9000);
  });

  it.each([
    ['that ends too soon', toHex(fixture).slice(0, 9999), /cut short or damaged/],
    ['of nothing', '0x', /came bytes 0x3078$/],
    ['with a letter that is none', toHex(fixture).replace('0a', 'xy'), /expected a runtime as WASM/],
  ])('%s is refused', async (_, text, message) => {
    await expectRefusal(text, message);
  });
});

describe('a raw chain spec', () => {
  it('gives its code, and its storage', async () => {
    const top = { '0x26aa': '0x01', [CODE]: toHex(fixture) };
    const runtime = await load(chainSpec(top));
    expect(runtime.version.spec_name).toBe('fixture');
    expect(runtime.storage['0x26aa']).toBe('0x01');
    expect((await load(chainSpec({ [CODE]: toHex(packed(fixture)) }))).version.spec_name).toBe('fixture');
  });

  it.each([
    ['without code', chainSpec({ '0x26aa': '0x01' }), /has no code under 0x3a636f6465$/],
    ['whose code is no WASM', chainSpec({ [CODE]: '0x00' }), /expected a runtime as WASM .* came bytes 0x00$/],
    ['with a key that is no hex', chainSpec({ 'not hex': '0x00' }), /genesis\.raw\.top\["not hex"\] is no hex$/],
    ['with a value of half a byte', chainSpec({ '0x00': '0x123' }), /genesis\.raw\.top\["0x00"\] is no hex$/],
    ['that is not raw', JSON.stringify({ genesis: { runtimeGenesis: {} } }), /expected a raw chain spec/],
    ['whose values are numbers', '{"genesis":{"raw":{"top":{"0x00":1}}}}', /expected a raw chain spec/],
  ])('%s is refused', async (_, text, message) => {
    await expectRefusal(text, message);
  });

  it('cut short at any point is refused', async () => {
    const whole = chainSpec({ [CODE]: toHex(fixture) });
    for (const end of [1, 2, 10, 40, 60, 1000, whole.length - 1]) {
      await expectRefusal(whole.slice(0, end), /begins as a chain spec, but is no JSON .*is it cut short\?$/);
    }
  });
});

describe('the commands', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const cases: readonly (readonly [string, Uint8Array | string, RegExp])[] = [
    ['no WASM', 'hello, world', /: expected a runtime as WASM /],
    ['an empty file', '', /came an empty file$/],
    ['a runtime cut short', lab.subarray(0, 700_000), /is the file cut short or damaged\?$/],
    ['a module that is no runtime', wasmOf({ heapBase: null }), /it exports no global __heap_base$/],
    ['a bomb', bomb(64), /unpacks to more than 50 MiB$/],
    ['a runtime that panics when asked', wasmOf({ bodies: { Core_version: 'unreachable' } }), /Core_version.*panicked/],
  ];
  it.each(cases)('answer %s with one sentence that names the file, and 2', async (name, content, message) => {
    const file = join(folder, 'bad.wasm');
    await writeFile(file, content);
    for (const command of ['check', 'replay', 'record'] as const) {
      const given = {
        check: [],
        replay: ['recordings/metrics-1.jsonl.gz'],
        record: ['--out', join(folder, 'out.jsonl')],
      };
      const { code, stderr } = await assay([command, ...given[command], '--target', `runtime:${file}`]);
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain(`assay: ${file}: `);
      expect(stderr.trimEnd()).toMatch(message);
      if (name !== 'no WASM') break;
    }
  });

  it('answer a missing file and a folder in the same way', async () => {
    const missing = await assay(['check', '--target', 'runtime:nowhere.wasm']);
    expect(missing).toMatchObject({ code: 2, stderr: 'assay: nowhere.wasm: there is no such file\n' });
    const directory = await assay(['check', '--target', 'runtime:runtime']);
    expect(directory).toMatchObject({
      code: 2,
      stderr: 'assay: runtime: is a folder: name the file with the runtime\n',
    });
  });
});
