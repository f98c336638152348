/**
 * k6 in a process of its own, under the guard that nodes have: it ends with us, however we end. It reaches nothing but the node
 * that it is given: no usage report, no cloud, no extensions that it would fetch, no server of its own.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Interrupted, NodeFailure } from '../../targets/failures.js';
import { startProgram } from '../../targets/node/process.js';
import type { K6Workload } from '../k6/workload.js';

export interface K6Run {
  /** Absolute path of the program. */
  readonly bin: string;
  readonly workload: K6Workload;
  /** `ws://127.0.0.1:PORT` of the node. */
  readonly url: string;
  /** Of its own: for its workload, samples, summary and log. Made where it is not there. */
  readonly folder: string;
  /** Ends k6, which then has {@link K6Ended.interrupted}. */
  readonly signal: AbortSignal;
}

export interface K6Ended {
  /** Whether one of its thresholds was crossed. */
  readonly crossed: boolean;
  readonly interrupted: boolean;
  /** Why it did not do its work to the end, though nobody interrupted it: its log says more. */
  readonly failure: NodeFailure | null;
  /** JSON text of its summary; null where it was ended before. */
  readonly summary: string | null;
  /** The file with its samples, gzip. */
  readonly samples: string;
  readonly log: string;
}

/** The script that is run: TypeScript's output beside this file's own. */
const SCRIPT = fileURLToPath(new URL('../k6/main.js', import.meta.url));

/** Files in its folder. */
const WORKLOAD = 'workload.json';
const SUMMARY = 'summary.json';
const SAMPLES = 'samples.json.gz';
const CONFIG = 'k6-config.json';

/** How k6 ends where a threshold was crossed, and all went well besides. */
const CROSSED = 'exit code 99';
const WELL = 'exit code 0';

const flags = (script: string): string[] => [
  ...['run', '--quiet', '--no-color', '--no-usage-report', '--config', CONFIG],
  // Its REST server, which nobody asks.
  ...['--address', ''],
  ...['--out', `json=${SAMPLES}`, script],
];

/** Ours, without what would configure it, or lead it elsewhere. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(K6_.*|.*_proxy)$/i.test(name)));

const textOf = async (file: string): Promise<string | null> => (existsSync(file) ? readFile(file, 'utf8') : null);

/**
 * Runs the workload to its end, to Ctrl-C, or to where k6 fails.
 * @throws Interrupted where Ctrl-C came before it began
 */
export const runK6 = async ({ bin, workload, url, folder, signal }: K6Run): Promise<K6Ended> => {
  const isInterrupted = (): boolean => signal.aborted;
  if (isInterrupted()) throw new Interrupted();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, WORKLOAD), JSON.stringify(workload));
  await writeFile(join(folder, CONFIG), '{}');
  // Of an earlier run in the same folder: it would be taken for this one's where this one is ended before.
  for (const file of [SUMMARY, SAMPLES]) await rm(join(folder, file), { force: true });
  const started = startProgram({
    name: 'k6',
    program: bin,
    args: flags(SCRIPT),
    cwd: folder,
    log: join(folder, 'k6.log'),
    env: {
      ...environment(),
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      ASSAY_WORKLOAD: join(folder, WORKLOAD),
      ASSAY_HTTP: url.replace(/^ws/, 'http'),
      ASSAY_WS: url,
      ASSAY_SUMMARY: join(folder, SUMMARY),
    },
  });
  const stopping: Promise<void>[] = [];
  const interrupt = (): void => void stopping.push(started.stop());
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const how = await started.ended;
    await Promise.all(stopping);
    const interrupted = isInterrupted();
    return {
      crossed: how === CROSSED,
      interrupted,
      failure:
        interrupted || how === WELL || how === CROSSED
          ? null
          : new NodeFailure(`k6 could not do its work (${how}): its log is ${started.log}`),
      summary: await textOf(join(folder, SUMMARY)),
      samples: join(folder, SAMPLES),
      log: started.log,
    };
  } finally {
    signal.removeEventListener('abort', interrupt);
    await started.stop();
  }
};
