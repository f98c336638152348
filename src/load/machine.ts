/** Where figures were measured: a figure without its machine says nothing, and two machines' figures don't compare. */
import { arch, cpus, totalmem, type as system, release } from 'node:os';
import type { Machine } from '../spec/run-events.js';

/** What a virtual machine says of its processor, where it says anything. */
const UNKNOWN = 'unknown processor';

/** `Linux 6.1.0 (x64)` */
const osText = (): string => `${system()} ${release()} (${arch()})`;

/**
 * The machine that this process runs on, with its Node and V8.
 * @param versions of what else took part, by name: `k6`, `benny`, the node's program
 */
export const machineOf = (versions: Readonly<Record<string, string>> = {}): Machine => {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? '';
  return {
    type: 'machine',
    cpu: model === '' ? UNKNOWN : model,
    cores: processors.length,
    memory: totalmem(),
    os: osText(),
    versions: { node: process.versions.node, v8: process.versions.v8, ...versions },
  };
};
