/** Recordings as regressions: what is read, what is refused, and what a differential run makes of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDifferential } from '../../src/properties/differential-run.js';
import { scenariosIn } from '../../src/properties/recorded-steps.js';
import { InputError, openRecording } from '../../src/properties/recording-file.js';
import { readCounterexamples, readRegressions, type Regression } from '../../src/properties/regressions.js';
import { replay } from '../../src/properties/replay.js';
import { deviations } from '../../src/spec/deviations.js';
import { Rules } from '../../src/spec/rules.js';
import { RunEvent, type Counterexample, type SuiteFinished } from '../../src/spec/run-events.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import type { Target } from '../../src/targets/target.js';
import { labScope, labTarget } from '../lab.js';
import { asFile, firstScenarios, inFolder, textOf } from './small-recording.js';

const CARRIED = 'regressions';
const carried = await readRegressions(CARRIED);
const FOUND_HERE = deviations.filter(({ id }) => id >= 'DEV-20');

describe('the regressions that the package carries', () => {
  it('are one for each deviation that this suite found, with the steps of its witness', () => {
    expect(carried.map(({ file }) => file)).toEqual(FOUND_HERE.map(({ id }) => `regressions/${id}.jsonl`));
    for (const [at, { id, title }] of FOUND_HERE.entries()) {
      const { genesis, steps } = witnessOf(id) ?? {};
      expect(carried[at]).toMatchObject({ name: `regressions/${id}.jsonl`, about: `${id}: ${title}`, steps });
      expect(carried[at]?.genesis).toMatchObject({ ...genesis, paths: {} });
    }
  });

  it('are what `npm run regressions` writes', () =>
    inFolder(async (folder) => {
      execFileSync(process.execPath, ['scripts/regressions.mjs', folder]);
      expect(readdirSync(folder)).toEqual(readdirSync(CARRIED).filter((name) => name.endsWith('.jsonl')));
      for (const name of readdirSync(folder)) {
        expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(join(CARRIED, name), 'utf8'));
      }
    }));
});

const witness = readFileSync('regressions/DEV-22.jsonl', 'utf8');

describe('a folder of recordings', () => {
  it('is read by name, plain and gzip, scenarios by number', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'b.jsonl'), witness);
      writeFileSync(
        join(folder, 'a.jsonl.gz'),
        gzipSync(textOf(await firstScenarios('recordings/compute-1.jsonl.gz', 2))),
      );
      writeFileSync(join(folder, 'notes.txt'), 'no recording');
      const read = await readRegressions(folder);
      expect(read.map(({ name, steps }) => [name, steps.length])).toEqual([
        [join(folder, 'a.jsonl.gz#0'), 120],
        [join(folder, 'a.jsonl.gz#1'), 120],
        [join(folder, 'b.jsonl'), 6],
      ]);
      expect(read.map(({ about }) => about.slice(0, 6))).toEqual(['', '', 'DEV-22']);
    }));

  it('has steps of every kind', async () => {
    const kinds = new Set<string>();
    for (const file of ['recordings/compute-1.jsonl.gz', 'recordings/metrics-1.jsonl.gz']) {
      for (const { steps } of await scenariosIn(file))
        for (const step of steps) kinds.add(Object.keys(step).toSorted().join());
    }
    expect([...kinds].toSorted()).toEqual(['advance', 'advance,jump', 'args,query', 'call,origin', 'inject']);
  });

  it('of counterexamples may be missing, empty or have other files, and gives nothing else', () =>
    inFolder(async (folder) => {
      expect(await readCounterexamples(join(folder, 'nowhere'))).toEqual([]);
      expect(await readCounterexamples(folder)).toEqual([]);
      writeFileSync(join(folder, 'lab.jsonl'), textOf(await firstScenarios('recordings/compute-1.jsonl.gz', 1)));
      writeFileSync(join(folder, 'found.jsonl'), witness);
      writeFileSync(join(folder, 'other.jsonl'), '{"of":"something else"}\n');
      writeFileSync(join(folder, 'other.jsonl.gz'), gzipSync(witness).subarray(0, 9));
      expect((await readCounterexamples(folder)).map(({ name }) => name)).toEqual([join(folder, 'found.jsonl')]);
      writeFileSync(join(folder, 'found.jsonl'), witness.slice(0, -40));
      await expect(readCounterexamples(folder)).rejects.toThrow(/found\.jsonl:8: expected a line of JSON/);
      await expect(readRegressions(join(folder, 'nowhere'))).rejects.toThrow('there is no such file or folder');
      await mkdir(join(folder, 'empty'));
      await expect(readRegressions(join(folder, 'empty'))).rejects.toThrow('expected a folder with *.jsonl');
    }));
});

const changed = (line: number, from: string | RegExp, to: string): string => {
  const lines = witness.split('\n');
  const before = lines[line - 1] ?? '';
  lines[line - 1] = before.replace(from, to);
  expect(lines[line - 1]).not.toBe(before);
  return lines.join('\n');
};

const metrics = Buffer.from(textOf(await firstScenarios('recordings/metrics-1.jsonl.gz', 1, 25)));
const whole = { witness: Buffer.from(witness), metrics, 'in gzip': gzipSync(witness) } as const;

describe('what can not be played is refused with its line', () => {
  it.each<[string, () => string, RegExp]>([
    ['a file that is cut', () => witness.slice(0, -40), /:8: expected a line of JSON/],
    [
      'a file without its last line',
      () => witness.split('\n').slice(0, -2).join('\n'),
      /:7: the header promises 6 steps/,
    ],
    ['a header alone', () => witness.split('\n')[0] ?? '', /:1: expected a scenario, came the end of the file/],
    [
      'no scenario before a step',
      () => witness.split('\n').toSpliced(1, 1).join('\n'),
      /:2: expected a scenario before/,
    ],
    [
      'scenarios that are missing',
      () => changed(1, '"scenarios":1', '"scenarios":2'),
      /promises 2 scenarios, the file has 1/,
    ],
    ['a step out of order', () => changed(4, '"step":1', '"step":2'), /:4: expected step 1, came step 2/],
    ['a block out of order', () => changed(4, '"block":"1"', '"block":"2"'), /:4: expected block 1, came block 2/],
    [
      'a call of another name',
      () => changed(3, 'add_available_vm_ip', 'remove_available_vm_ip'),
      /:3: call_hex must be/,
    ],
    [
      'an undescribed call',
      () => changed(3, /"call":.*?"call_hex":"[^"]*"/, '"call":"A.b","args":{},"call_hex":"0xffff"'),
      /:3: A\.b: the specification describes no such call/,
    ],
    [
      'a signer of 31 bytes',
      () => changed(3, /("account":"0x)../, '$1'),
      /:3: origin: expected an account of 32 bytes/,
    ],
    ['a user of 31 bytes', () => changed(2, /("users":\["0x)../, '$1'), /:2: users: expected an account of 32 bytes/],
    [
      "another account's path",
      () => changed(2, '//Assay//user//0', '//Assay//user//7'),
      /:2: paths: .*user\/\/7 is the path of 0x/,
    ],
    [
      'a path that is none',
      () => changed(2, '//Assay//user//0', '/soft'),
      /:2: paths: expected a path of hard junctions/,
    ],
    [
      'a value that is none',
      () => changed(2, /("genesis":\{"0x[^"]*":"0x)[^"]*/, '$1ff'),
      /:2: Registration\.NodeRegistration/,
    ],
    [
      'a key of another pallet',
      () => changed(2, '"genesis":{', `"genesis":{"0x${'ab'.repeat(16)}":"0x00",`),
      /:2: storage key 0x(ab)+ is outside/,
    ],
    ['another format', () => changed(1, 'trace/1', 'trace/9'), /:1: expected a recording of format/],
  ])('%s', async (_, text, says) => {
    await asFile(text(), async (file) => {
      const read = scenariosIn(file);
      await expect(read).rejects.toThrow(InputError);
      await expect(read).rejects.toThrow(says);
      await expect(read).rejects.toThrow(file);
    });
  });

  /** Plays what can be read on the engine. */
  const playable = async (file: string): Promise<void> => {
    const target = new EngineTarget();
    let read;
    try {
      read = await scenariosIn(file);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return;
    }
    for (const { genesis, steps } of read) {
      target.reset(genesis);
      for (const step of steps) {
        if ('call' in step) target.dispatch(step.call, step.origin);
        else if ('inject' in step) target.inject(step.inject);
      }
    }
  };

  it('or what is read can be played, whichever byte is changed and wherever it is cut', async () => {
    const damage = fc.record({
      name: fc.constantFrom('witness' as const, 'metrics' as const, 'in gzip' as const),
      at: fc.nat(),
      mask: fc.integer({ min: 1, max: 255 }),
      cuts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, at, mask, cuts }) => {
        const contents = Buffer.from(whole[name]);
        const place = at % contents.length;
        contents[place] = (contents[place] ?? 0) ^ mask;
        await asFile(cuts ? contents.subarray(0, place) : contents, playable);
      }),
      { numRuns: 300, timeout: 20_000 },
    );
  });
});

const out = mkdtempSync(join(tmpdir(), 'assay-'));
afterAll(() => rmSync(out, { recursive: true }));

interface Run {
  readonly finished: SuiteFinished;
  readonly found: readonly Counterexample[];
  readonly events: readonly RunEvent[];
}

interface RunOptions {
  readonly regressions?: readonly Regression[];
  readonly makeTarget?: () => Target;
  readonly rules?: Rules;
  readonly signal?: AbortSignal;
}

const run = async ({ makeTarget = labTarget, rules = Rules.deployed, ...options }: RunOptions): Promise<Run> => {
  const events: RunEvent[] = [];
  const finished = await runDifferential({
    ...options,
    rules,
    scope: labScope,
    named: 'runtime:x',
    seed: 3,
    runs: 40,
    maxSteps: 60,
    out,
    emit: (event) => events.push(RunEvent.parse(event)),
    now: () => 0,
    makeTarget,
  });
  return { finished, found: events.filter((event) => event.type === 'counterexample'), events };
};

/** DEV-22's regression parts it from the engine. */
const repaired = (): Target => labTarget({ rules: Rules.of(['DEV-22']) });

const verdictOn = async (file: string, target: Target): Promise<string> => {
  const played = await replay(await openRecording(file), {
    makeTarget: () => target,
    emit: () => undefined,
    now: () => 0,
  });
  return played.verdict;
};

describe('a differential run', () => {
  it('plays them first, says how many, and then searches as it would have without', async () => {
    const without = await run({});
    const first = await run({ regressions: carried });
    const steps = carried.reduce((sum, each) => sum + each.steps.length, 0);
    expect(first.finished).toMatchObject({ verdict: 'conforms', scenarios: 50, steps: without.finished.steps + steps });
    expect(first.finished.summary).toMatch(/^0 differences.*; 10 regressions first$/);
    expect((await run({ regressions: [] })).events).toEqual(without.events);
  });

  it('ends at once where it is interrupted', async () => {
    const { finished } = await run({ regressions: carried, signal: AbortSignal.abort() });
    expect(finished).toMatchObject({ scenarios: 0, steps: 0 });
    expect(finished.summary).toContain('(interrupted)');
  });

  describe('in which a known one parts engine and target', () => {
    let known: readonly Regression[] = [];
    beforeAll(async () => {
      const { finished, found } = await run({ makeTarget: repaired, regressions: carried });
      expect(finished).toMatchObject({ verdict: 'finding', scenarios: 3, differences: 1 });
      expect(finished.summary).toContain('steps, as in regressions/DEV-22.jsonl)');
      expect(found).toHaveLength(1);
      known = await readCounterexamples(out);
      expect(known).toMatchObject([{ file: found[0]?.file, about: found[0]?.broken }]);
    });

    it('reports it as a search does, without a search, and keeps it in its place', async () => {
      const files = readdirSync(out);
      const { finished, found } = await run({ makeTarget: repaired, regressions: known });
      expect(finished).toMatchObject({ verdict: 'finding', scenarios: 1, differences: 1 });
      expect(finished.summary).toContain(`, as in ${known[0]?.name})`);
      const file = known[0]?.file ?? '';
      expect(found).toMatchObject([{ file, seed: 0, command: `npx assay replay ${file} --target runtime:x` }]);
      expect(readdirSync(out)).toEqual(files);
      expect(await verdictOn(file, new EngineTarget({ releasePeriod: 20n }))).toBe('conforms');
      expect(await verdictOn(file, labTarget())).toBe('conforms');
      expect(await verdictOn(file, repaired())).toBe('finding');
    });

    it('shortens one that is longer than it need be, and keeps it once', async () => {
      const [short] = known;
      if (short === undefined) throw new Error('nothing was found');
      const header = { ...short.header, seed: 8 };
      const steps = [{ advance: 3n }, ...short.steps];
      const long: Regression = { ...short, name: 'long.jsonl', file: 'long.jsonl', header, steps };
      const { found } = await run({ makeTarget: repaired, regressions: [long] });
      expect(found).toMatchObject([{ seed: 8, steps: { length: short.steps.length } }]);
      const files = readdirSync(out);
      expect((await run({ makeTarget: repaired, regressions: [long] })).found).toEqual(found);
      expect(readdirSync(out)).toEqual(files);
    });

    it('keeps it anew under other rules', async () => {
      const rules = Rules.of(['DEV-10']);
      const makeTarget = (): Target => labTarget({ rules: Rules.of(['DEV-10', 'DEV-22']) });
      const { found } = await run({ makeTarget, rules, regressions: known });
      expect(found).toMatchObject([{ rules: 'DEV-10=promised' }]);
      expect(found.map(({ file }) => file)).not.toContain(known[0]?.file);
    });

    it('names the accounts of the recording, not those of the cast', async () => {
      const { found } = await run({
        makeTarget: () => labTarget({ rules: Rules.of(['DEV-05']) }),
        regressions: [other()],
      });
      const [{ genesis } = { genesis: null }] = await scenariosIn(found[0]?.file ?? '');
      expect(genesis).toEqual(other().genesis);
    });
  });
});

/** DEV-05's witness, with a sudo that the cast does not have. */
const other = (): Regression => {
  const [first] = carried;
  const shown = witnessOf('DEV-05');
  if (first === undefined || shown === undefined) throw new Error('no witness');
  const [sudo = '', ...accounts] = shown.genesis.accounts;
  return { ...first, steps: shown.steps, genesis: { ...shown.genesis, sudo, accounts: [...accounts, sudo] } };
};
