/** The reports that flags ask for: checked before the work begins, written as a whole when it ends, however it does. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { annotationsReport } from '../reports/annotations.js';
import { runCollector, type CollectedRun } from '../reports/collected-run.js';
import { ndjsonReport, type NdjsonReport } from '../reports/ndjson.js';
import { wholeFile } from '../reports/whole-file.js';
import type { Emit } from '../spec/run-events.js';
import { InputError } from '../properties/recording-file.js';

export interface ReportOptions {
  /** File for the run events as NDJSON. */
  readonly json?: string;
  readonly junit?: string;
  readonly sarif?: string;
  readonly markdown?: string;
  /** A page of the whole run. */
  readonly report?: string;
  /** Pictures of what was measured, as SVG or HTML. */
  readonly chart?: string;
  /** False: none on GitHub Actions, either. Missing on commands that check nothing. */
  readonly annotations?: boolean;
}

export interface Reports {
  readonly emit: Emit;
  /** Writes the files. Once; later calls do nothing. */
  readonly close: () => void;
}

type FileFlag = 'junit' | 'sarif' | 'markdown' | 'report' | 'chart';

/** A report's code, loaded where it is asked for, and before the work: the end may have to come at once. */
const documents: Readonly<Record<FileFlag, (file: string) => Promise<(run: CollectedRun) => string>>> = {
  junit: async () => (await import('../reports/junit.js')).junitReport,
  sarif: async () => {
    const { sarifReport } = await import('../reports/sarif.js');
    return (run) => sarifReport(run, { folder: process.cwd() });
  },
  markdown: async () => (await import('../reports/markdown.js')).markdownReport,
  report: async () => {
    const [{ htmlReport }, { svgOf }] = await Promise.all([
      import('../reports/html.js'),
      import('../reports/chart.js'),
    ]);
    return (run) => htmlReport(run, svgOf);
  },
  chart: async (file) => {
    const ending = CHART_ENDINGS.find((each) => file.endsWith(each));
    if (ending === undefined)
      throw new InputError(`--chart ${file}: expected a file that ends in ${CHART_ENDINGS.join(' or ')}`);
    const { chartReport } = await import('../reports/chart.js');
    return (run) => chartReport(run, ending);
  },
};

/** Endings that `--chart` takes. */
const CHART_ENDINGS = ['.svg', '.html'] as const;

const FLAGS = ['junit', 'sarif', 'markdown', 'report', 'chart'] as const satisfies readonly FileFlag[];

/** Runs what opens or writes a flag's file. @throws InputError */
export const writing = <T>(flag: string, file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new InputError(`--${flag} ${file}: can't be written (${error instanceof Error ? error.message : 'unknown'})`);
  }
};

const refuseSameFile = (options: ReportOptions): void => {
  const seen = new Map<string, string>();
  for (const flag of ['json', ...FLAGS] as const) {
    const file = options[flag];
    if (file === undefined) continue;
    const other = seen.get(resolve(file));
    if (other !== undefined)
      throw new InputError(`--${other} and --${flag} name one file (${file}): give each its own`);
    seen.set(resolve(file), flag);
  }
};

const annotations = ({ annotations: wanted }: ReportOptions): Emit[] =>
  wanted === true && process.env.GITHUB_ACTIONS === 'true'
    ? [annotationsReport({ write: (line) => void process.stdout.write(line + '\n'), token: randomUUID() })]
    : [];

/** What a report fails with is told when the others are written. */
const failureOf = (write: () => void): Error[] => {
  try {
    write();
    return [];
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
};

/** @throws InputError where a file can't be written */
export const openReports = async (options: ReportOptions, terminal: Emit): Promise<Reports> => {
  refuseSameFile(options);
  const collector = runCollector();
  const files: (() => void)[] = [];
  for (const flag of FLAGS) {
    const file = options[flag];
    if (file === undefined) continue;
    const documentOf = await documents[flag](file);
    const write = writing(flag, file, () => wholeFile(file));
    files.push(() => writing(flag, file, () => write(documentOf(collector.run()))));
  }
  const { json } = options;
  const ndjson: NdjsonReport | null = json === undefined ? null : writing('json', json, () => ndjsonReport(json));
  const consumers: readonly Emit[] = [...(ndjson ? [ndjson.emit] : []), ...(files.length > 0 ? [collector.emit] : [])];
  const commands = annotations(options);
  let isClosed = false;
  return {
    emit: (event) => {
      for (const consume of consumers) consume(event);
      // Commands are stopped before the terminal shows anything, and given when it has shown all.
      const around = event.type === 'run-finished' ? [terminal, ...commands] : [...commands, terminal];
      for (const consume of around) consume(event);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      ndjson?.close();
      const failures = files.flatMap((write) => failureOf(write));
      for (const failure of failures) throw failure;
    },
  };
};
