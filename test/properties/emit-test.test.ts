/** What a recording becomes as a test: what it expects, how it stands, and that nothing in a recording becomes code. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { format } from 'prettier';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { emitTest, type EmitOptions } from '../../src/properties/emit-test.js';
import { recordScenario } from '../../src/properties/record.js';
import { recordingOf } from '../../src/properties/recorded-steps.js';
import { InputError, openRecording } from '../../src/properties/recording-file.js';
import type { RecordedLine, RecordingHeader } from '../../src/spec/recording.js';
import { Rules } from '../../src/spec/rules.js';
import { witnessOf } from '../../src/spec/witnesses.js';
import { EngineTarget } from '../../src/targets/engine-target.js';
import { asFile, firstScenarios, isCall, textOf, type SmallRecording } from './small-recording.js';

const options: EmitOptions = {
  rules: Rules.deployed,
  recording: '../found/it.jsonl',
  version: '1.2.3',
  timeout: 60_000,
};

const emitted = ({ header, lines }: SmallRecording, more: Partial<EmitOptions> = {}): Promise<string> =>
  emitTest(recordingOf('it.jsonl', header, lines), { ...options, ...more });

const read = async (file: string): Promise<SmallRecording> => {
  const { header, batches } = await openRecording(file);
  const lines: RecordedLine[] = [];
  for await (const batch of batches) for (const { line } of batch) lines.push(line);
  return { header, lines };
};

const found = await read('regressions/DEV-20.jsonl');
const BROKEN = 'IP "10.0.0.1" is here and there';

const withHeader = (of: SmallRecording, change: Partial<RecordingHeader>): SmallRecording => {
  const { finding: _, ...header } = of.header;
  return { ...of, header: { ...header, ...change } };
};

const asPrettierHasIt = (source: string): Promise<string> =>
  format(source, { parser: 'typescript', printWidth: 120, singleQuote: true });

/** A statement each: what it declares, or what it calls. */
const outline = (source: string): string[] =>
  ts.createSourceFile('it.test.ts', source, ts.ScriptTarget.Latest, true).statements.map((statement) => {
    if (ts.isImportDeclaration(statement)) return `import ${statement.moduleSpecifier.getText()}`;
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? '';
    const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
    return call && ts.isCallExpression(call) ? `${call.expression.getText()}()` : ts.SyntaxKind[statement.kind];
  });

const IMPORTS = ["import 'pallet-assay'", "import 'vitest'"];

describe('an emitted test', () => {
  it('holds the target against the engine where something was found against it', async () => {
    const source = await emitted(found);
    expect(outline(source)).toEqual([...IMPORTS, 'subject', 'user0', 'user1', 'sudo', 'scenario', 'it()']);
    expect(source).toContain(' * DEV-20: A failed request is stuck');
    expect(source).toContain('Expected is what the engine does under the rules "deployed".');
    expect(source).toContain('Made of it.jsonl by `assay replay --emit-test`, pallet-assay 1.2.3.');
    expect(source).toContain(
      '    // Compute.handle_miner_compute_request_failure(node_id: "assay-m", request_id: 0, fail_reason: "out of memory"), unsigned\n',
    );
    expect(source).toContain("fail_reason: hexOfText('out of memory'),");
    expect(source).toContain("origin: { kind: 'signed', account: user0 },");
    expect(source).toContain('expect(await departures(target, scenario)).toEqual([]);');
    expect(source).toContain("rules: 'deployed,REV-01=9000,REV-02=9000',\n  releasePeriod: 20n,");
    expect(source).toContain('the lab runtime that pallet-assay carries');
  });

  it('names its target as seen from its own file, with the time that it needs', async () => {
    const source = await emitted(found, { target: 'runtime:../my.wasm?period=9', timeout: 600_000 });
    expect(source).toContain("  target: 'runtime:../my.wasm?period=9',\n  from: import.meta.url,\n");
    expect(source).toMatch(/^\}, 600000\);$/m);
  });

  const broken = { invariant: { id: 'INV-03', statement: 'as it was then', broken: BROKEN } };

  it('watches the invariant of a counterexample that shows it', async () => {
    const source = await emitted(withHeader(await assignedTwice(), broken));
    expect(source).toContain(' * INV-03, queue consistency: IP "10.0.0.1" is here and there\n');
    expect(source).toContain("expect(await breaches(target, 'INV-03', scenario)).toEqual([]);");
    expect(source).not.toContain('departures');
  });

  it.each([
    ['that nobody knows any more', { invariant: { ...broken.invariant, id: 'INV-00' } }],
    ['that these steps do not break by themselves', { invariant: { ...broken.invariant, id: 'INV-34' } }],
  ])('wants the recorded answers where it is of an invariant %s', async (_, header) => {
    const source = await emitted(withHeader(await assignedTwice(), header));
    expect(source).toContain('expect(await differences(target, recording)).toEqual([]);');
    expect(source).not.toContain('breaches');
  });

  it('wants the recorded answers of every other recording, each below its step', async () => {
    const metrics = await firstScenarios('recordings/metrics-1.jsonl.gz', 1, 5);
    const source = await emitted(metrics, { rules: Rules.deployed.revisedFor(9006) });
    expect(outline(source)).toEqual([...IMPORTS, 'subject', 'header', 'lines', 'it()']);
    expect(source).toContain("rules: 'deployed,REV-01=9006,REV-02=9006',");
    for (const line of metrics.lines.filter(isCall)) expect(source).toContain(`// ${line.call}(`);
    expect(source).not.toContain('counts');
  });

  it('goes through a few scenarios', async () => {
    const [scenario, ...steps] = found.lines;
    const second = scenario && 'scenario' in scenario ? [{ ...scenario, scenario: 1 }, ...steps] : [];
    const two = { header: { ...found.header, scenarios: 2 }, lines: [...found.lines, ...second] };
    const source = await emitted(two);
    expect(source).toContain('const scenarios: readonly Scenario[] = [');
    expect(source).toContain(
      'for (const scenario of scenarios) expect(await departures(target, scenario)).toEqual([]);',
    );
    expect(source).toBe(await asPrettierHasIt(source));
  });

  it('refers to the recording where there are many scenarios, many steps or long answers', async () => {
    const many = await firstScenarios('recordings/compute-1.jsonl.gz', 4, 5);
    const long = await firstScenarios('recordings/compute-1.jsonl.gz', 1);
    const wide = await firstScenarios('recordings/compute-1.jsonl.gz', 1, 40);
    for (const recording of [many, long, wide]) {
      const source = await emitted(recording);
      expect(outline(source)).toEqual([...IMPORTS, 'subject', 'recording', 'it()']);
      expect(source).toContain("const recording = new URL('../found/it.jsonl', import.meta.url);");
      expect(source).toContain('expect(await differences(target, recording)).toEqual([]);');
    }
    const searched = await emitted(withHeader(long, { finding: 'something' }));
    expect(searched).toContain(
      '  for (const scenario of await scenariosIn(recording)) expect(await departures(target, scenario)).toEqual([]);',
    );
  });

  it.each(['it.jsonl', './it.jsonl.gz', 'a b/100%#1?.jsonl', `../${'long/'.repeat(20)}it.jsonl`])(
    'finds the recording %s from where it lies',
    async (recording) => {
      const source = await emitted(await firstScenarios('recordings/compute-1.jsonl.gz', 4, 3), { recording });
      const [, url = ''] = /new URL\(\s*'([^']*)'/.exec(source) ?? [];
      const path = fileURLToPath(new URL(url, 'file:///home/tests/it.test.ts'));
      expect(path).toBe(join('/home/tests', recording));
      expect(source).toBe(await asPrettierHasIt(source));
    },
  );

  it('stands as prettier has it, whatever is recorded', async () => {
    const [scenario, ...steps] = (await firstScenarios('recordings/compute-1.jsonl.gz', 1)).lines;
    const metrics = await firstScenarios('recordings/metrics-1.jsonl.gz', 1, 30);
    const text = fc.string({ unit: 'binary' });
    const header = fc.record({ finding: text, seed: fc.nat(), spec_name: text }, { requiredKeys: ['spec_name'] });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.nat({ max: 30 }), header, async (isMetrics, count, change) => {
        const lines = isMetrics ? metrics.lines : [...(scenario ? [scenario] : []), ...steps];
        const cut = {
          header: { ...metrics.header, ...found.header, ...change, steps: 0, scenarios: 1 },
          lines: lines.slice(0, count + 1),
        };
        const source = await emitted(change.finding === undefined ? withHeader(cut, {}) : cut);
        expect(source).toBe(await asPrettierHasIt(source));
      }),
      { numRuns: 60 },
    );
  });

  it('has no statement that a recording brought', async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("'); throw 1; ('", '*/ throw 1; /*', '\u2028throw 1;', '`${x}`', '\n}); x();'),
    );
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (finding, recording, target) => {
        const source = await emitted(withHeader(found, { finding }), { recording: `x${recording}`, target });
        expect(outline(source)).toEqual([...IMPORTS, 'subject', 'user0', 'user1', 'sudo', 'scenario', 'it()']);
        const asked = await emitted(withHeader(found, { spec_name: finding }), { recording: `x${recording}`, target });
        expect(outline(asked)).toEqual([...IMPORTS, 'subject', 'header', 'lines', 'it()']);
      }),
      { numRuns: 200 },
    );
  });

  it('is none of what can not be played', async () => {
    await asFile(textOf({ ...found, lines: found.lines.slice(0, -1) }), async (file) => {
      const written = emitTest(await openRecording(file), options);
      await expect(written).rejects.toThrow(InputError);
      await expect(written).rejects.toThrow(`${file}:4: the header promises 3 steps`);
    });
  });
});

/** A request that two miners have in their queues: the witness of DEV-05. */
const assignedTwice = async (): Promise<SmallRecording> => {
  const { genesis, steps } = witnessOf('DEV-05') ?? { genesis: undefined, steps: [] };
  if (genesis === undefined) throw new Error('DEV-05 has no witness');
  const players = { users: [...genesis.accounts], sudo: genesis.sudo };
  const lines = await recordScenario(new EngineTarget(), 0, genesis, players, steps);
  return { header: { ...found.header, steps: steps.length }, lines };
};
