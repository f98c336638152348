/**
 * A runtime's code out of a file, in any of the forms in which it is handed around: WASM, compressed WASM, hex, a raw chain
 * spec. Nothing in it is trusted.
 */
import { readFile } from 'node:fs/promises';
import { Decompress } from 'fzstd';
import { z } from 'zod';
import { fromHex, isHex, toHex, type Hex } from '../../spec/hex.js';
import { isWasm } from './wasm-binary.js';

/** Thrown where a file holds no runtime that can be run; one sentence that names the file. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
}

export interface Blob {
  readonly wasm: Uint8Array;
  /** The other storage of a raw chain spec, with its `:code`; empty where the file is the code alone. */
  readonly storage: Readonly<Record<Hex, Hex>>;
}

/** What stands before zstd (`sp-maybe-compressed-blob`). */
const COMPRESSED = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
/** As Substrate's bound on what a compressed blob may become. */
const LARGEST = 50 << 20;

/** `:code`. */
export const CODE_KEY: Hex = '0x3a636f6465';

const ChainSpec = z.object({
  genesis: z.object({ raw: z.object({ top: z.record(z.string(), z.string()) }) }),
});

const startsWith = (bytes: Uint8Array, prefix: readonly number[]): boolean =>
  prefix.every((byte, at) => bytes[at] === byte);

const decompress = (packed: Uint8Array): Uint8Array => {
  const chunks: Uint8Array[] = [];
  const seen = { size: 0, end: false };
  const stream = new Decompress((chunk, last) => {
    seen.size += chunk.length;
    if (seen.size > LARGEST) throw new BlobError(`the compressed runtime unpacks to more than ${LARGEST >> 20} MiB`);
    chunks.push(chunk);
    seen.end = last === true;
  });
  try {
    stream.push(packed, true);
  } catch (error) {
    if (error instanceof BlobError) throw error;
    throw new BlobError(`the compressed runtime is cut short or damaged (${String(error)}): get the file anew`);
  }
  if (!seen.end) throw new BlobError('the compressed runtime is cut short: get the file anew');
  return Buffer.concat(chunks);
};

/** Code as it may lie under `:code`: WASM, or compressed. */
const codeOf = (bytes: Uint8Array): Uint8Array => {
  const isCompressed = startsWith(bytes, COMPRESSED);
  const wasm = isCompressed ? decompress(bytes.subarray(COMPRESSED.length)) : bytes;
  if (isWasm(wasm)) return wasm;
  const came = wasm.length === 0 ? 'an empty file' : `bytes ${toHex(wasm.subarray(0, 8))}`;
  if (isCompressed) throw new BlobError(`the compressed runtime unpacks to ${came}, not to WASM: get the file anew`);
  throw new BlobError(
    `expected a runtime as WASM (0x0061736d01000000), as compressed WASM (0x52bc537646db8e05), as hex or in a raw chain spec, came ${came}`,
  );
};

const ofChainSpec = (text: string): Blob => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BlobError(`begins as a chain spec, but is no JSON (${String(error)}): is it cut short?`);
  }
  const spec = ChainSpec.safeParse(json);
  if (!spec.success) {
    throw new BlobError('expected a raw chain spec with genesis.raw.top: make one with "build-spec --raw"');
  }
  const { top } = spec.data.genesis.raw;
  for (const [key, value] of Object.entries(top)) {
    if (!isHex(key) || !isHex(value)) throw new BlobError(`genesis.raw.top["${key.slice(0, 80)}"] is no hex`);
  }
  const code = top[CODE_KEY];
  if (code === undefined) throw new BlobError(`the raw chain spec has no code under ${CODE_KEY}`);
  return { wasm: codeOf(fromHex(code)), storage: top };
};

const HEX_TEXT = /^\s*0x[0-9a-fA-F]+\s*$/;

/** @throws BlobError */
export const readBlob = (bytes: Uint8Array): Blob => {
  const first = bytes.findIndex((byte) => byte > 0x20);
  if (first !== -1 && bytes[first] === 0x7b) return ofChainSpec(Buffer.from(bytes).toString('utf8'));
  if (bytes[first] === 0x30 && bytes[first + 1] === 0x78) {
    const text = Buffer.from(bytes).toString('latin1');
    if (HEX_TEXT.test(text)) return { wasm: codeOf(fromHex(text.trim().toLowerCase())), storage: {} };
  }
  return { wasm: codeOf(bytes), storage: {} };
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a folder: name the file with the runtime',
  EACCES: "can't be read: permission denied",
};

/** @throws BlobError that names the file */
export const loadBlob = async (file: string): Promise<Blob> => {
  try {
    return readBlob(await readFile(file));
  } catch (error) {
    if (error instanceof BlobError) throw new BlobError(`${file}: ${error.message}`, { cause: error });
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = reasons[String(error.code)] ?? `can't be read (${error.message})`;
    throw new BlobError(`${file}: ${reason}`, { cause: error });
  }
};
