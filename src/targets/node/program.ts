/** Programs of others: whether a file is one, and the first of a name where the shell would find it. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** Whether a file is a program that this user may run. */
export const canRun = (file: string): boolean => {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return false;
    throw error;
  }
};

/**
 * The absolute path of the first program with one of these names on the `PATH`, then in other folders; null where there is none.
 * @param others looked through once the `PATH` is
 */
export const firstProgram = (
  names: readonly string[],
  { PATH = '' }: NodeJS.ProcessEnv = process.env,
  others: readonly string[] = [],
): string | null => {
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return [...folders, ...others].flatMap((folder) => names.map((name) => resolve(folder, name))).find(canRun) ?? null;
};
