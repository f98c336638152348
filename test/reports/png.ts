/** As much of a PNG as tells a picture from an empty sheet: its size, and its lines as they are stored. */
import { inflateSync } from 'node:zlib';

export interface Png {
  readonly width: number;
  readonly height: number;
  /** Lines that differ from each other: of an empty sheet one, or two. */
  readonly lines: number;
}

const SIGNATURE = '89504e470d0a1a0a';

/** Bytes of a pixel, by the colour types that Chromium writes: RGB and RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** @throws if it is no PNG of 8 bits a channel */
export const readPng = (file: Buffer): Png => {
  if (file.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('not a PNG');
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    if (file.subarray(at + 4, at + 8).toString('latin1') === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height, depth, type] = [file.readUInt32BE(16), file.readUInt32BE(20), file[24], file[25]];
  const channels = CHANNELS[type ?? 0];
  if (depth !== 8 || channels === undefined) throw new Error(`a PNG of ${depth} bits and type ${type}`);
  const pixels = inflateSync(Buffer.concat(parts));
  const stride = width * channels + 1;
  if (pixels.length !== stride * height) throw new Error(`${pixels.length} bytes of ${width} times ${height} pixels`);
  const lines = new Set<string>();
  for (let at = 0; at < pixels.length; at += stride) lines.add(pixels.subarray(at, at + stride).toString('latin1'));
  return { width, height, lines: lines.size };
};
