/**
 * The file that a run is about, as code scanning wants it: relative to where the run was started, with forward slashes. The
 * tested runtime, not the evidence: a counterexample's name has the seed, and an alert whose path changes is a new alert.
 */
import { basename, isAbsolute, relative, sep } from 'node:path';

/** Whose value a run is about, the first that is given. */
const NAMING_OPTIONS = ['--new', '--target'];

const optionOf = (command: readonly string[], option: string): string | undefined => {
  const at = command.indexOf(option);
  if (at >= 0) return command[at + 1];
  return command.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1);
};

/** `runtime:FILE?rules=promised` without what is around the file. */
const fileIn = (target: string): string =>
  target.replace(/^(?:runtime|chopsticks|omni|recording):(?!.*\/\/)/, '').replace(/\?.*$/s, '');

/** What a run is about where nothing names a file. */
const UNNAMED = 'runtime';

/** What is outside the folder is known by its name alone. */
const fromHere = (file: string, folder: string): string => {
  const path = isAbsolute(file) ? relative(folder, file) : file;
  const parts = path.split(sep).filter((part) => part !== '.' && part !== '');
  const isOutside = parts.includes('..') || isAbsolute(path);
  const inside = isOutside ? basename(file).replace(/^\.\.$/, '') : parts.join('/');
  return inside === '' ? UNNAMED : inside;
};

/** A path as a relative URI reference: no part of it can be taken for a scheme. */
export const relativeUri = (file: string, folder: string): string =>
  fromHere(file, folder).split('/').map(encodeURIComponent).join('/');

/** What a run's command says that it tests; without that the suite's own word. */
export const testedFile = (command: readonly string[], target: string | undefined): string => {
  const named = NAMING_OPTIONS.flatMap((option) => optionOf(command, option) ?? []).at(0);
  return fileIn(named ?? target ?? UNNAMED);
};
