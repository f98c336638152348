/** Files that are there as a whole or not at all: written beside their place, then renamed onto it. */
import { lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A link's own file, so that the link stays. */
const placeOf = (file: string): string =>
  lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true ? realpathSync(file) : file;

/** Puts a text into a file's place, as a whole. @throws where that is impossible, and leaves what was there */
export const replaceFile = (file: string, text: string): void => {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
};

/**
 * Makes sure now that a file can be written later, and takes away an earlier run's: whoever finds a file finds this run's.
 * @returns writes it; throws where that has become impossible, and leaves nothing then
 * @throws where its folder is not there or not writable, or something other than a file has its name
 */
export const wholeFile = (file: string): ((text: string) => void) => {
  const place = placeOf(file);
  const there = statSync(place, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new Error('something that is no file has this name');
  if (!statSync(dirname(place), { throwIfNoEntry: false })?.isDirectory()) throw new Error('its folder is not there');
  const beside = `${place}.${process.pid}.tmp`;
  // Access rights alone tell nothing of a file system that is read-only or full.
  writeFileSync(beside, '');
  rmSync(beside);
  rmSync(place, { force: true });
  return (text) => replaceFile(place, text);
};
