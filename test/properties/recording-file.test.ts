/** What is no recording is refused in one sentence that names the file and, where there is one, the line. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { InputError, findRecordings, openRecording } from '../../src/properties/recording-file.js';
import { Compute, PalletIp, SubAccount, rawKey } from '../../src/spec/storage.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { play } from './playing.js';
import { asFile, firstScenarios, inFolder, isScenario, textOf } from './small-recording.js';
import { change, flipped } from './tampering.js';

const small = await firstScenarios('recordings/compute-1.jsonl.gz', 1, 10);
const text = textOf(small);
const lines = text.split('\n');
const header = lines[0] ?? '';

/** The text with another line in the place of one. @param number from 1 */
const withLine = (number: number, line: string): string => lines.with(number - 1, line).join('\n');

/** What a file is refused with, behind its name. */
const refusalOf = (contents: string | Uint8Array): Promise<string> =>
  asFile(contents, async (file) => {
    const error: unknown = await play(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message.startsWith(file)).toBe(true);
    expect(message).not.toContain('\n');
    return message.slice(file.length);
  });

describe('a file is refused', () => {
  const cut = 'the gzip stream is cut short or damaged';
  const whole = gzipSync(text);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, whole.length / 2, whole.length / 2 + 16);

  it.each<[string, string | Uint8Array, string]>([
    ['that is empty', '', ': the file is empty: expected a recording'],
    ['that is a line feed', '\n', ':1: expected a line of JSON, came ""'],
    ['that is another text', 'Recordings\n==========\n', ':1: expected a line of JSON, came "Recordings"'],
    ['that is another JSON', '[1]\n', ':1: expected a JSON object, came [1]'],
    [
      'of another version',
      withLine(1, header.replace('trace/1', 'trace/2')),
      ':1: expected a recording of format "compute-trace/1", came "compute-trace/2"',
    ],
    [
      'that names no format',
      withLine(1, '{"spec_version":9000}'),
      ':1: expected a recording of format "compute-trace/1", came a line without "format"',
    ],
    ['whose header lacks the release', withLine(1, '{"format":"compute-trace/1"}'), ':1: header: spec_name: '],
    [
      'whose header has no pallets',
      withLine(1, JSON.stringify({ ...small.header, recorded_pallets: [] })),
      ':1: header: recorded_pallets: ',
    ],
    [
      'whose header has a release period that is no number',
      withLine(1, JSON.stringify({ ...small.header, ip_release_period: 20 })),
      ':1: header: ip_release_period: expected a decimal string',
    ],
    ['that ends behind its header', `${header}\n`, ':1: expected a scenario, came the end of the file'],
    ['that is gzip cut short', whole.subarray(0, whole.length / 2), `: ${cut}`],
    ['that is gzip without its checksum', whole.subarray(0, -8), `: ${cut}`],
    ['that is the beginning of gzip', whole.subarray(0, 3), `: ${cut}`],
    [
      'that is lists in lists without end',
      '['.repeat(200_000) + ']'.repeat(200_000),
      ':1: expected a JSON object, came [[[',
    ],
    [
      'that is objects in objects without end',
      '{"format":'.repeat(100_000) + '1' + '}'.repeat(100_000),
      ':1: expected a recording of format "compute-trace/1", came one that is no text',
    ],
    [
      'that is a line without end',
      gzipSync(Buffer.alloc(130 << 20, 'x'), { level: 1 }),
      ': expected lines of 128 MiB at most, came a longer one: is it a recording?',
    ],
    ['that is half of what tells gzip', whole.subarray(0, 1), ':1: expected a line of JSON, came '],
    ['that is damaged gzip', damaged, `: ${cut}`],
  ])('%s', async (_, contents, says) => {
    // Where a stream breaks, the last line that was read may be named.
    const refusal = (await refusalOf(contents)).replace(/^:\d+(?=: the gzip)/, '');
    expect(refusal.slice(0, says.length)).toBe(says);
  });

  it.each<[string, string, string]>([
    ['is no JSON', '{"step":0,', ':3: expected a line of JSON, came "{\\"step\\":0,"'],
    ['is a list', '[]', ':3: expected a JSON object, came []'],
    ['is null', 'null', ':3: expected a JSON object, came null'],
    ['is a text', '"step"', ':3: expected a JSON object, came "step"'],
    [
      'is of no kind',
      '{"step":0,"block":"240"}',
      ':3: expected a line with one of "call", "advance", "inject", "query", "scenario", came fields step, block',
    ],
    ['lacks a field', '{"step":0,"call":"Compute.x"}', ':3: call: block: expected a decimal string'],
    [
      'has a number where a string is due',
      '{"step":0,"block":240,"query":"x","args":{},"result_hex":"0x"}',
      ':3: query: block: expected a decimal string',
    ],
    [
      'has bytes in capitals',
      '{"step":0,"block":"240","query":"x","args":{},"result_hex":"0xAB"}',
      ':3: query: result_hex: expected 0x and lower-case hex',
    ],
    [
      'has args that are a list',
      '{"step":0,"block":"240","query":"x","args":[],"result_hex":"0x"}',
      ':3: query: args: expected an object',
    ],
    [
      'injects something else than bytes',
      '{"step":0,"block":"240","inject":{"0x00":1}}',
      ':3: inject: inject: expected hex keys with hex values or null',
    ],
    [
      'injects under something else than a key',
      '{"step":0,"block":"240","inject":{"key":"0x"}}',
      ':3: inject: inject: expected hex keys with hex values or null',
    ],
    ['goes back', '{"step":0,"block":"240","from":"240","advance":-1,"blocks":[]}', ':3: advance: advance: '],
    ['advances by nothing', '{"step":0,"block":"240","from":"240","advance":0,"blocks":[]}', ':3: advance: advance: '],
  ])('for a line that %s', async (_, line, says) => {
    expect((await refusalOf(withLine(3, line))).slice(0, says.length)).toBe(says);
  });

  it.each<[string, string, string, string]>([
    [
      'of another pallet',
      '0x26aa394eea5630e07c48ae0c9558cef7',
      '0x',
      'storage key 0x26aa394eea5630e07c48ae0c9558cef7 is outside the recorded pallets',
    ],
    ['whose value does not decode', rawKey(PalletIp.VmAvailableIps, null), '0x04', 'PalletIp.VmAvailableIps'],
    [
      'whose hash is not that of the key',
      flipped(rawKey(SubAccount.SubAccount, '0x' + '01'.repeat(32)), 40),
      '0x' + '02'.repeat(32),
      "SubAccount.SubAccount: the key's hash is not that of the key",
    ],
    [
      'that is cut short',
      rawKey(Compute.ComputeRequests, '0x' + '01'.repeat(32)).slice(0, -2),
      '0x00',
      'Compute.ComputeRequests',
    ],
  ])('for a genesis key %s', async (_, key, value, says) => {
    const { recording } = change(small, isScenario, (scenario) => ({
      ...scenario,
      genesis: { ...scenario.genesis, [key]: value },
    }));
    const refusal = await refusalOf(textOf(recording));
    expect(refusal).toMatch(/^:2: /);
    expect(refusal).toContain(says);
  });
});

describe('a path is refused', () => {
  it('where there is nothing, by both that look for recordings and that open them', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'none.jsonl');
      await expect(openRecording(file)).rejects.toThrow(new InputError(`${file}: there is no such file or folder`));
      await expect(findRecordings([file])).rejects.toThrow(new InputError(`${file}: there is no such file or folder`));
    });
  });

  it('where a folder is opened', async () => {
    await inFolder(async (folder) => {
      await expect(openRecording(folder)).rejects.toThrow(new InputError(`${folder}: it is a folder`));
    });
  });

  it('where a folder has no recording', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'README.md'), 'nothing');
      await expect(findRecordings([folder])).rejects.toThrow(InputError);
      await expect(findRecordings([folder])).rejects.toThrow(
        `${folder}: expected a folder with *.jsonl or *.jsonl.gz, found none`,
      );
    });
  });
});

describe('recordings are found', () => {
  it('in a folder by name, in order, and as files in the order given', async () => {
    await inFolder(async (folder) => {
      for (const name of ['b.jsonl', 'a.jsonl.gz', 'notes.txt', 'c.json']) await writeFile(join(folder, name), '');
      const other = join(folder, 'notes.txt');
      expect(await findRecordings([other, folder])).toEqual([
        other,
        join(folder, 'a.jsonl.gz'),
        join(folder, 'b.jsonl'),
      ]);
    });
  });

  it('but not in folders below', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'deeper'));
      await writeFile(join(folder, 'deeper', 'a.jsonl'), '');
      await writeFile(join(folder, 'a.jsonl'), '');
      expect(await findRecordings([folder])).toEqual([join(folder, 'a.jsonl')]);
    });
  });
});

describe('a recording is read', () => {
  const agrees = (contents: string | Uint8Array): Promise<string> =>
    asFile(contents, async (file) => (await play(file)).finished.verdict);

  it('as gzip or as text, whatever its name', async () => {
    expect(await agrees(text)).toBe('conforms');
    expect(await agrees(gzipSync(text))).toBe('conforms');
  });

  it('without its last line feed, with empty lines and with those of Windows', async () => {
    expect(await agrees(text.trimEnd())).toBe('conforms');
    expect(await agrees(text.replaceAll('\n', '\n\n'))).toBe('conforms');
    expect(await agrees(text.replaceAll('\n', '\r\n'))).toBe('conforms');
  });

  it('with characters that lie across the border of two reads', async () => {
    // Two bytes each, and one before them, so that every border of a power of two splits one.
    const spec_name = `x${'ö'.repeat(1_500_000)}`;
    const long = withLine(1, JSON.stringify({ ...small.header, spec_name }));
    for (const contents of [long, gzipSync(long)]) {
      await asFile(contents, async (file) => {
        const { header: read, batches } = await openRecording(file);
        let count = 0;
        for await (const batch of batches) count += [...batch].length;
        expect(read.spec_name === spec_name).toBe(true);
        expect(count).toBe(small.lines.length);
      });
    }
  });

  it('with fields that nobody knows', async () => {
    const more = lines
      .filter((line) => line !== '')
      .map((line) => JSON.stringify({ ...(JSON.parse(line) as object), later: [1] }));
    expect(await agrees(more.join('\n'))).toBe('conforms');
  });
});

describe('a file that is refused is closed', () => {
  /** A process's open files, on Linux and macOS. */
  const openFiles = async (): Promise<number> => (await readdir('/dev/fd')).length;
  const refused = (contents: string | Uint8Array, makeTarget?: () => EngineTarget): Promise<void> =>
    asFile(contents, (file) => expect(play(file, makeTarget)).rejects.toThrow(InputError));

  it.each<[string, () => Promise<void>]>([
    ['for its header', () => refused('no header\n')],
    ['for its header, in gzip', () => refused(gzipSync('no header\n'))],
    ['for a line', () => refused(withLine(3, 'no line'))],
    ['for a line, in gzip', () => refused(gzipSync(withLine(3, 'no line')))],
    ['for the damage in its gzip', () => refused(gzipSync(text).subarray(0, -8))],
    ['for a release period that the target does not have', () => refused(text, () => new EngineTarget())],
  ])('%s', async (_, refuse) => {
    const before = await openFiles();
    await refuse();
    await vi.waitFor(async () => expect(await openFiles()).toBe(before));
  });
});
