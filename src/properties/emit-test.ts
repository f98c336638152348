/**
 * A recording as a vitest file for somebody's own project: its steps as TypeScript, each below a line that a person reads, and what must
 * come of them. What was found against the engine is held against the engine, what broke an invariant is watched by it, and every other
 * recording has to be answered as it was. Long ones are played from the file, which then has to lie beside the test.
 */
import { basename } from 'node:path';
import { invariants, type Invariant } from '../spec/invariants.js';
import type { RecordedLine, RecordingHeader } from '../spec/recording.js';
import { Rules } from '../spec/rules.js';
import { EngineTarget } from '../targets/engine-target.js';
import { breaches } from './emitted-test.js';
import { readScenarios, type ReadScenario, type Scenario } from './recorded-steps.js';
import type { Recording } from './recording-file.js';
import { ScenarioCode } from './scenario-code.js';
import {
  atom,
  commentText,
  objectCode,
  print,
  stringCode,
  stringLiteral,
  valueCode,
  type Code,
} from './typescript-code.js';

export interface EmitOptions {
  /** Of the engine, and of a lab runtime whose name leaves them open. */
  readonly rules: Rules;
  /** As `--target` has it, with its file as seen from the test. Default: the lab runtime that the package carries. */
  readonly target?: string;
  /** The recording as seen from the test, with forward slashes. */
  readonly recording: string;
  /** The package's. */
  readonly version: string;
  /** Milliseconds that the test may take. */
  readonly timeout: number;
}

/** Steps of a test that somebody can still read. */
const MOST_STEPS = 40;
const MOST_SCENARIOS = 3;
/** Lines, where the answers of some steps take hundreds. */
const MOST_LINES = 800;

/** What must come of the steps. */
type Expectation =
  | { readonly by: 'engine'; readonly finding: string }
  | { readonly by: 'invariant'; readonly invariant: Invariant; readonly broken: string }
  | { readonly by: 'recording' };

/** Under the rules that a recording is of. */
const recordedEngine = ({ rules = 'deployed', spec_version, ip_release_period }: RecordingHeader): EngineTarget =>
  new EngineTarget({
    rules: Rules.parse(rules, Rules.deployed.revisedFor(spec_version)),
    releasePeriod: BigInt(ip_release_period),
  });

/** The invariant that a counterexample is to, where it is known here and can say by itself that these steps break it. */
const brokenInvariant = async (
  header: RecordingHeader,
  scenarios: readonly Scenario[],
): Promise<Invariant | undefined> => {
  const invariant = invariants.find(({ id }) => id === header.invariant?.id);
  for (const scenario of invariant ? scenarios : []) {
    const said = await breaches({ target: recordedEngine(header) }, invariant?.id ?? '', scenario);
    if (said.length > 0) return invariant;
  }
  return undefined;
};

const expectationOf = async (header: RecordingHeader, scenarios: readonly Scenario[]): Promise<Expectation> => {
  if (header.finding !== undefined) return { by: 'engine', finding: header.finding };
  const invariant = await brokenInvariant(header, scenarios);
  return invariant ? { by: 'invariant', invariant, broken: header.invariant?.broken ?? '' } : { by: 'recording' };
};

/** Columns of a comment's text. */
const COMMENT = 117;

/** Words in lines. */
const wrapped = (text: string): readonly string[] => {
  const lines = [''];
  for (const word of commentText(text).split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length <= COMMENT) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.filter((line) => line !== '');
};

const docComment = (paragraphs: readonly string[]): string => {
  const lines = paragraphs.flatMap((each, at) => [...(at === 0 ? [] : ['']), ...wrapped(each)]);
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */', ''].join('\n');
};

/** What a test says and does. */
interface Written {
  readonly title: string;
  /** Paragraphs on what it is about. */
  readonly about: readonly string[];
  /** What is asked of `target`: an expression that gives sentences. */
  readonly asks: string;
  /** What is imported for that. */
  readonly uses: readonly string[];
}

const wordsFor = (expectation: Expectation, stem: string, rules: Rules): Written => {
  switch (expectation.by) {
    case 'engine':
      return {
        title: `${stem}: it does what the engine does`,
        about: [
          expectation.finding,
          `These steps showed it. Expected is what the engine does under the rules "${rules.toString()}".`,
        ],
        asks: 'departures(target, scenario)',
        uses: ['departures'],
      };
    case 'invariant': {
      const { id, name, statement } = expectation.invariant;
      return {
        title: `${stem}: ${id} holds, ${name}`,
        about: [`${id}, ${name}: ${expectation.broken}`, `These steps showed it. Expected is: ${statement}`],
        asks: `breaches(target, ${stringLiteral(id)}, scenario)`,
        uses: ['breaches'],
      };
    }
    case 'recording':
      return {
        title: `${stem}: it answers as recorded`,
        about: ['The steps of a recording. Expected is that every answer is the recorded one.'],
        asks: 'differences(target, recording)',
        uses: ['differences'],
      };
    default:
      return expectation satisfies never;
  }
};

/** What a test plays: constants above it, and how it goes through them. */
interface Material {
  readonly constants: string;
  /** Statements of the test, in which {@link Written.asks} is asked. */
  readonly body: (asks: string) => string;
  /** What is imported for that. */
  readonly uses: readonly string[];
}

const expects = (asks: string): string => `expect(await ${asks}).toEqual([]);`;

const constant = (declaration: string, code: Code): string => {
  const head = `const ${declaration} = `;
  return `${head}${print(code, { indent: 0, before: head.length, after: 1 })};\n`;
};

const ofEach = (from: string, asks: string): string => `  for (const scenario of ${from}) ${expects(asks)}\n`;

const withAccounts = ({ constants }: ScenarioCode, code: string): string =>
  constants === '' ? code : `${constants}\n${code}`;

const inlineScenarios = (writer: ScenarioCode, scenarios: readonly Scenario[]): Material => {
  const [only, ...others] = scenarios.map((each) => writer.scenario(each));
  if (only !== undefined && others.length === 0) {
    return {
      constants: withAccounts(writer, constant('scenario: Scenario', only)),
      body: (asks) => `  ${expects(asks)}\n`,
      uses: ['type Scenario', ...writer.calls],
    };
  }
  const elements = [only, ...others].flatMap((code) => (code ? [{ code }] : []));
  return {
    constants: withAccounts(writer, constant('scenarios: readonly Scenario[]', { kind: 'list', elements })),
    body: (asks) => ofEach('scenarios', asks),
    uses: ['type Scenario', ...writer.calls],
  };
};

const inlineRecording = (
  writer: ScenarioCode,
  header: RecordingHeader,
  scenarios: readonly ReadScenario[],
): Material => {
  const lines = scenarios.flatMap(({ recorded, lines: steps }): RecordedLine[] => [recorded, ...steps]);
  const code = writer.lines(
    lines,
    scenarios.flatMap(({ steps }) => steps),
  );
  return {
    constants:
      constant('header: RecordingHeader', valueCode(header)) + constant('lines: readonly RecordedLine[]', code),
    body: (asks) => `  const recording = recordingOf('the steps above', header, lines);\n  ${expects(asks)}\n`,
    uses: ['recordingOf', 'type RecordedLine', 'type RecordingHeader'],
  };
};

/** Columns of a line. */
const WIDTH = 120;

/** The recording's own file. */
const fromFile = (recording: string, by: Expectation['by']): Material => {
  const path = recording.split('/').map(encodeURIComponent).join('/');
  const url = stringLiteral(path.startsWith('.') ? path : `./${path}`);
  const line = `const recording = new URL(${url}, import.meta.url);\n`;
  const lines = `const recording = new URL(\n  ${url},\n  import.meta.url,\n);\n`;
  return {
    constants: line.length - 1 > WIDTH ? lines : line,
    body: (asks) => (by === 'recording' ? `  ${expects(asks)}\n` : ofEach('await scenariosIn(recording)', asks)),
    uses: by === 'recording' ? [] : ['scenariosIn'],
  };
};

const importLine = (names: readonly string[]): string => {
  const byName = (name: string): string => name.replace('type ', '').toLowerCase();
  const sorted = names.toSorted((left, right) => (byName(left) < byName(right) ? -1 : 1));
  const line = `import { ${sorted.join(', ')} } from 'pallet-assay';\n`;
  if (line.length - 1 <= WIDTH) return line;
  return `import {\n${sorted.map((name) => `  ${name},\n`).join('')}} from 'pallet-assay';\n`;
};

const testOf = (
  header: RecordingHeader,
  { title, about, asks, uses }: Written,
  material: Material,
  { rules, target, recording, version, timeout }: EmitOptions,
): string => {
  const subject = {
    target: target === undefined ? null : stringCode(target),
    from: target === undefined ? null : atom('import.meta.url'),
    rules: stringCode(rules.toPinnedString()),
    releasePeriod: valueCode(BigInt(header.ip_release_period)),
  };
  const what = target === undefined ? 'the lab runtime that pallet-assay carries' : 'its file is as seen from here';
  const { constants } = material;
  const made = `Made of ${basename(recording)} by \`assay replay --emit-test\`, pallet-assay ${version}.`;
  return [
    docComment([...about, made]),
    importLine([...new Set(['openTarget', 'type OpenTargetOptions', ...uses, ...material.uses])]),
    `import { expect, it, onTestFinished } from 'vitest';\n\n`,
    `/** What is tested: ${what}. */\n`,
    constant('subject: OpenTargetOptions', objectCode(subject, true)),
    '\n',
    constants,
    `\nit(${stringLiteral(title)}, async () => {\n`,
    '  const target = await openTarget(subject);\n',
    '  onTestFinished(() => target.close());\n',
    material.body(asks),
    `}, ${timeout});\n`,
  ].join('');
};

/** The scenarios of a recording as far as a test can hold them. All are read, and refused where they can't be played. */
const readFew = async (recording: Recording): Promise<{ few: readonly ReadScenario[]; areAll: boolean }> => {
  const few: ReadScenario[] = [];
  let areAll = true;
  for await (const each of readScenarios(recording)) {
    const steps = few.reduce((sum, { steps: of }) => sum + of.length, each.steps.length);
    areAll &&= few.length < MOST_SCENARIOS && steps <= MOST_STEPS;
    if (areAll || few.length === 0) few.push(each);
  }
  return { few, areAll };
};

/**
 * The test, formatted as prettier does it with 120 columns and single quotes.
 * @throws InputError where the recording can't be played
 */
export const emitTest = async (recording: Recording, options: EmitOptions): Promise<string> => {
  const { header } = recording;
  const { few, areAll } = await readFew(recording);
  const expectation = await expectationOf(header, few);
  const { by } = expectation;
  const words = wordsFor(expectation, basename(options.recording).replace(/\.jsonl(\.gz)?$/, ''), options.rules);
  const code = new ScenarioCode(few.map(({ recorded }) => recorded));
  const write = (material: Material): string => testOf(header, words, material, options);
  if (areAll) {
    const whole = write(by === 'recording' ? inlineRecording(code, header, few) : inlineScenarios(code, few));
    if (whole.split('\n').length <= MOST_LINES) return whole;
  }
  return write(fromFile(options.recording, by));
};
