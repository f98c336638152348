/** Who was started by whom, as the system tells. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Process {
  readonly pid: number;
  readonly parent: number;
}

const everyProcess = async (): Promise<Process[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent };
    });
};

/** The processes that a process started, a list for each generation: its children first. */
export const descendantsOf = async (pid: number): Promise<number[][]> => {
  const every = await everyProcess();
  const generations: number[][] = [];
  for (let parents = [pid]; parents.length > 0; parents = generations.at(-1) ?? []) {
    const of = parents;
    generations.push(every.filter(({ parent }) => of.includes(parent)).map((each) => each.pid));
  }
  return generations.slice(0, -1);
};
