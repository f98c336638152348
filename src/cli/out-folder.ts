/** The folder for counterexamples: looked at before the work begins, made where there is one to keep. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../properties/recording-file.js';

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));

/** @throws InputError where nothing could be kept in it */
export const expectFolder = (flag: string, folder: string): void => {
  const there = nearest(resolve(folder));
  if (!statSync(there).isDirectory()) throw new InputError(`${flag} ${folder}: expected a folder, ${there} is a file`);
  try {
    accessSync(there, constants.W_OK);
  } catch (error) {
    throw new InputError(`${flag} ${folder}: nothing can be written in ${there}`, { cause: error });
  }
};
