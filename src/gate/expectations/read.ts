/** `assay.yaml` on disk. */
import { readFile, stat } from 'node:fs/promises';
import { InputError } from '../../properties/recording-file.js';
import type { Expectations } from './expectation.js';
import { parseExpectations } from './parse.js';

/** Bytes: more than a thousand expectations. */
const LARGEST = 256 << 10;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission to read it is missing',
};

const readBytes = async (file: string): Promise<Buffer> => {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new InputError(`${file}: expected a file of expectations, came a folder`);
    if (!found.isFile())
      throw new InputError(`${file}: expected a file of expectations, came none that lies on a disk`);
    if (found.size > LARGEST)
      throw new InputError(`${file}: expected expectations of ${LARGEST >> 10} KiB at most, came ${found.size} bytes`);
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new InputError(`${file}: ${reasons[String(error.code)] ?? `it can't be read (${error.message})`}`);
  }
};

const textOf = (file: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new InputError(`${file}: expected YAML, came bytes that are no UTF-8`);
    throw error;
  }
};

/** Reads an `assay.yaml`. @throws InputError: one sentence with file, line and column */
export const readExpectations = async (file: string): Promise<Expectations> =>
  parseExpectations(file, textOf(file, await readBytes(file)));
