/** The GitHub Action and its example: what their YAML says, and what their scripts really do. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { version } from '../../src/cli/session.js';
import { RunEvent } from '../../src/spec/run-events.js';
import { root } from '../cli/run-cli.js';
import { junitErrors, sarifErrors } from './validating.js';

const Text = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const Step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  if: z.string().optional(),
  shell: z.string().optional(),
  'continue-on-error': z.boolean().optional(),
  env: Text.optional(),
  with: Text.optional(),
  run: z.string().optional(),
});
type Step = z.infer<typeof Step>;

const Action = z.object({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.strictObject({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.object({ using: z.literal('composite'), steps: z.array(Step) }),
});

const Workflow = z.object({
  on: z.object({ pull_request: z.object({ paths: z.array(z.string()) }) }),
  permissions: z.strictObject({}),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.string()),
      steps: z.array(Step),
    }),
  ),
});

const read = (file: string): unknown => parse(readFileSync(join(root, file), 'utf8'));
const action = Action.parse(read('action.yml'));
const workflow = Workflow.parse(read('docs/examples/gate.yml'));
const jobSteps = Object.values(workflow.jobs).flatMap(({ steps }) => steps);

const using = (steps: readonly Step[], name: string): Step =>
  steps.find(({ uses }) => uses?.startsWith(name)) ?? expect.fail(`no step uses ${name}`);
const scriptOf = (steps: readonly Step[], name: string): string =>
  steps.find((step) => step.name === name)?.run ?? expect.fail(`no step is called ${name}`);

/** What the gate's step tells the others where it wrote all reports. */
const outputs = (exit: number, report = 'assay-reports/report.html'): string =>
  `exit-code=${exit}\nmarkdown=assay-reports/comment.md\nreport=${report}\nsarif=assay-reports/assay.sarif\n`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');

/** Puts a program on the PATH. */
const stub = (name: string, script: string): void => {
  writeFileSync(at(`bin/${name}`), `#!/usr/bin/env bash\n${script}`);
  chmodSync(at(`bin/${name}`), 0o755);
};

/** Runs a script as GitHub's runner does for `shell: bash`. */
const runScript = (script: string, env: Readonly<Record<string, string>>): { code: number | null; stderr: string } => {
  writeFileSync(at('script.sh'), script);
  const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', at('script.sh')], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${at('bin')}:${process.env.PATH}`,
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
      GITHUB_REPOSITORY: 'owner/repo',
      ...env,
    },
  });
  return { code: status, stderr };
};

describe('every step', () => {
  const steps = [...action.runs.steps, ...jobSteps];

  it.each(steps.map((step) => [step.name ?? step.uses ?? '', step] as const))('%s', (_, { uses, run, shell }) => {
    expect(uses === undefined).toBe(run !== undefined);
    if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+(\/[\w-]+)?@v\d/);
    // An expression in a script is code of whoever wrote its value.
    if (run !== undefined) expect(run).not.toContain('${{');
    if (run !== undefined && action.runs.steps.some((step) => step.run === run)) expect(shell).toBe('bash');
  });
});

describe('the action', () => {
  it('has the inputs that a gate takes, of the version that this is', () => {
    const required = Object.entries(action.inputs).filter(([, input]) => input.required === true);
    expect(required.map(([name]) => name)).toEqual(['old', 'new']);
    for (const [name, input] of Object.entries(action.inputs)) {
      expect([name, input.required === true]).toEqual([name, input.default === undefined]);
    }
    expect(action.inputs.version?.default).toBe(version);
  });

  it('names no input and no output of a step that there is not', () => {
    const text = readFileSync(join(root, 'action.yml'), 'utf8');
    const inputs = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(new Set(inputs)).toEqual(new Set(Object.keys(action.inputs)));
    const outputs = [...text.matchAll(/steps\.gate\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    const script = scriptOf(action.runs.steps, 'Gate');
    expect(outputs.length).toBeGreaterThan(3);
    for (const name of outputs) expect(script).toContain(`"${name}=$`);
  });

  it('uploads results and reports whatever the gate said', () => {
    const { steps } = action.runs;
    const sarif = using(steps, 'github/codeql-action/upload-sarif');
    expect(sarif.if).toMatch(/^always\(\) && inputs\.upload-sarif == 'true'/);
    expect(sarif['continue-on-error']).toBe(true);
    expect(using(steps, 'actions/upload-artifact')).toMatchObject({
      if: 'always()',
      with: { path: '${{ inputs.reports }}\n${{ steps.gate.outputs.report }}\n' },
    });
    expect(using(steps, 'actions/cache').with?.key).toContain('${{ inputs.version }}');
  });
});

describe("the action's script", () => {
  const script = scriptOf(action.runs.steps, 'Gate');
  const inputs = {
    OLD: 'old.wasm',
    NEW: 'new.wasm',
    EXPECT: '',
    ARGS: '',
    VERSION: '0.1.0',
    REPORTS: 'assay-reports',
    REPORT: '',
  };

  /** Stands in for npx: keeps its arguments, writes the reports that they name, and exits as it is told to. */
  const npx = (exit: number, writes = true): void =>
    stub(
      'npx',
      `printf '%s\\n' "$@" > ${at('arguments')}
while [ $# -gt 0 ]; do
  case "$1" in --junit | --sarif | --markdown | --report) ${writes ? 'echo "report $1" > "$2"' : ':'} ;; esac
  shift
done
exit ${exit}
`,
    );
  const given = (): string[] => text('arguments').split('\n').slice(0, -1);

  it('runs the gate with all reports', () => {
    npx(0);
    expect(runScript(script, inputs)).toEqual({ code: 0, stderr: '' });
    expect(given()).toEqual([
      ...['--yes', 'pallet-assay@0.1.0', 'gate', '--old', 'old.wasm', '--new', 'new.wasm'],
      ...['--junit', 'assay-reports/junit.xml', '--sarif', 'assay-reports/assay.sarif'],
      ...['--markdown', 'assay-reports/comment.md', '--json', 'assay-reports/events.ndjson'],
      ...['--report', 'assay-reports/report.html'],
      ...['--out', 'assay-reports/counterexamples'],
    ]);
  });

  it('gives the expectations and more arguments where they are given', () => {
    npx(0);
    runScript(script, { ...inputs, EXPECT: 'an assay.yaml', ARGS: '--runs 1000\n  --seed 7\n' });
    expect(given().slice(7, 9)).toEqual(['--expect', 'an assay.yaml']);
    expect(given().slice(-4)).toEqual(['--runs', '1000', '--seed', '7']);
  });

  it('writes the HTML report where it is told to, in a folder that it makes', () => {
    npx(0);
    runScript(script, { ...inputs, REPORT: 'for people/gate.html' });
    expect(given().slice(15, 17)).toEqual(['--report', 'for people/gate.html']);
    expect(text('for people/gate.html')).toBe('report --report\n');
    expect(text('output')).toBe(outputs(0, 'for people/gate.html'));
  });

  it.each([0, 1, 2])('ends with exit code %i as the gate does, and summarises', (exit) => {
    npx(exit);
    expect(runScript(script, inputs).code).toBe(exit);
    expect(text('summary')).toBe('report --markdown\n');
    expect(text('output')).toBe(outputs(exit));
  });

  it('ends with what npx ends with where there is no report', () => {
    npx(127, false);
    expect(runScript(script, inputs).code).toBe(127);
    expect(text('summary')).toBe('');
    expect(text('output')).toBe('exit-code=127\n');
  });

  it('runs nothing of what its inputs say', () => {
    npx(0);
    const attack = '$(touch run) `touch run`; touch run #"\' * && touch run';
    const { code } = runScript(script, {
      ...inputs,
      OLD: attack,
      NEW: attack,
      EXPECT: attack,
      REPORT: attack,
      ARGS: attack,
    });
    expect(code).toBe(0);
    expect(existsSync(at('run'))).toBe(false);
    expect(given().filter((argument) => argument === attack)).toHaveLength(4);
    expect(given().slice(-attack.split(' ').length)).toEqual(attack.split(' '));
  });
});

describe("the action's script with the gate itself", () => {
  const script = scriptOf(action.runs.steps, 'Gate');
  const lab = join(root, 'runtime/lab.wasm');
  const runner = { CI: 'true', GITHUB_ACTIONS: 'true', VERSION: version, REPORTS: 'assay-reports', REPORT: '' };
  const inputs = { ...runner, OLD: lab, NEW: lab, EXPECT: '', ARGS: '' };

  /** Stands in for npx with this package in the place of the one that it would download. */
  beforeEach(() =>
    stub(
      'npx',
      `if [ "$1 $2" != "--yes pallet-assay@${version}" ]; then exit 99; fi
shift 2
exec '${process.execPath}' '${join(root, 'dist/cli/main.js')}' "$@"
`,
    ),
  );

  const report = (name: string): string => text(`assay-reports/${name}`);

  const expectReports = async (exit: number): Promise<void> => {
    expect(text('output')).toBe(outputs(exit));
    expect(text('summary')).toContain(`Exit ${exit}`);
    expect(text('summary')).toBe(report('comment.md'));
    expect(report('report.html')).toContain('<title>Assay: ');
    expect(sarifErrors(report('assay.sarif'))).toEqual([]);
    expect(await junitErrors(report('junit.xml'))).toEqual([]);
    const told = report('events.ndjson').trim().split('\n');
    const events = told.map((line) => RunEvent.parse(JSON.parse(line)));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', exit });
  };

  it('lets a runtime pass against itself', async () => {
    expect(runScript(script, { ...inputs, ARGS: '--runs 5' })).toEqual({ code: 0, stderr: '' });
    await expectReports(0);
    expect(text('summary')).toContain('Assay: conforms');
    expect(existsSync(at('assay-reports/counterexamples'))).toBe(false);
  });

  it('fails by a bug, which the summary and code scanning name, with the recording that shows it kept', async () => {
    const next = `${lab}?mutant=3`;
    const ran = runScript(script, { ...inputs, NEW: next, ARGS: '--runs 20 --seed 1' });
    expect(ran).toEqual({ code: 1, stderr: '' });
    await expectReports(1);
    const id = 'behaviour/Compute.request_compute_stop/events/Compute.ComputeStopRequested.caller';
    for (const name of ['comment.md', 'assay.sarif', 'junit.xml']) expect(report(name)).toContain(id);
    expect(report('comment.md')).toContain('npx assay replay assay-reports/counterexamples/');
    const [, file = ''] = /replay (assay-reports\/counterexamples\/\S+\.jsonl)/.exec(report('events.ndjson')) ?? [];
    expect(text(file)).not.toBe('');
  });

  it('gives the gate expectations, and its other flags, over several lines', async () => {
    const because = '{ to: promised, reason: a repair, author: a test, expires: 2099-12-31 }';
    writeFileSync(at('an assay.yaml'), `format: assay/1\nrules:\n  DEV-03: ${because}\n`);
    const budget = '--runs 5 --steps 60\n--min-steps 40\n--seed 1 --cost-tolerance 20';
    const rest = '--allow-absent --wait connect=5 --quiet --no-annotations --no-require-coverage';
    const announced = { NEW: `${lab}?rules=DEV-03=promised`, EXPECT: 'an assay.yaml', ARGS: `${budget}\n${rest}` };
    expect(runScript(script, { ...inputs, ...announced })).toEqual({ code: 0, stderr: '' });
    await expectReports(0);
    expect(text('summary')).toContain('rule/DEV-03');
  });

  it('ends with 2 where a blob is cut short, and says so in the summary', async () => {
    const whole = readFileSync(lab);
    writeFileSync(at('cut.wasm'), whole.subarray(0, whole.length / 2));
    const { code, stderr } = runScript(script, { ...inputs, NEW: 'cut.wasm' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: cut\.wasm: not a WASM module.*cut short or damaged\?\n$/);
    await expectReports(2);
    expect(text('summary')).toContain('cut.wasm: not a WASM module');
  });

  it('ends with 2 and without a summary where it is given a flag that the gate does not have', () => {
    const { code, stderr } = runScript(script, { ...inputs, ARGS: '--rums 5' });
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--rums'");
    expect(text('summary')).toBe('');
    expect(text('output')).toBe('exit-code=2\n');
  });
});

describe('the example workflow', () => {
  it('lets a pull request run once, with no more rights than each job needs', () => {
    expect(workflow.on.pull_request.paths).toContain('runtime/**');
    expect(workflow.concurrency).toEqual({
      group: expect.stringContaining('pull_request.number') as string,
      'cancel-in-progress': true,
    });
    expect(workflow.jobs.build?.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.gate?.permissions).toEqual({
      contents: 'read',
      'pull-requests': 'write',
      'security-events': 'write',
    });
  });

  it('gives the action inputs that it has, of the version that this is', () => {
    const gate = using(jobSteps, 'OWNER/pallet-assay');
    expect(gate.uses).toBe(`OWNER/pallet-assay@v${version}`);
    const given = Object.keys(gate.with ?? {});
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
    const required = Object.entries(action.inputs).filter(([, input]) => input.required === true);
    expect(given).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });

  it('gives it the files that its other steps make', () => {
    const { old, new: next } = using(jobSteps, 'OWNER/pallet-assay').with ?? {};
    expect(scriptOf(jobSteps, 'Download the deployed runtime')).toContain(`--output ${old}`);
    expect(scriptOf(jobSteps, 'Build the runtime')).toMatch(new RegExp(`^cp \\S+ ${next}$`, 'm'));
    const uploaded = using(jobSteps, 'actions/upload-artifact').with;
    expect(uploaded?.path).toBe(next);
    expect(using(jobSteps, 'actions/download-artifact').with?.name).toBe(uploaded?.name);
  });

  it('reads no output that the action does not have', () => {
    const { id } = using(jobSteps, 'OWNER/pallet-assay');
    const example = readFileSync(join(root, 'docs/examples/gate.yml'), 'utf8');
    const read = [...example.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
    expect(read.length).toBeGreaterThan(1);
    for (const [, step, output] of read) {
      expect(step).toBe(id);
      expect(Object.keys(action.outputs)).toContain(output);
    }
  });

  it.each([
    ['', ['pr', 'comment', '7', '--repo', 'owner/repo', '--body-file', 'comment.md']],
    ['99\n100\n', ['api', '--method', 'PATCH', 'repos/owner/repo/issues/comments/99', '--field', 'body=@comment.md']],
  ])('comments once: where the comments that are there are %j', (ids, last) => {
    const script = scriptOf(jobSteps, 'Comment');
    writeFileSync(at('report.md'), '### verdict\n');
    stub('gh', `printf '%s\\n' "$@" > ${at('arguments')}\nif [ "$2" = --paginate ]; then printf '%s' '${ids}'; fi\n`);
    expect(runScript(script, { MARKDOWN: 'report.md', NUMBER: '7' })).toEqual({ code: 0, stderr: '' });
    expect(text('arguments').split('\n').slice(0, -1)).toEqual(last);
    expect(text('comment.md')).toBe('<!-- assay gate -->\n### verdict\n');
  });
});
