import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { NodeFailure } from '../../../src/targets/failures.js';
import { findOmni } from '../../../src/targets/node/omni.js';
import { withFolder } from './processes.js';

const NAME = 'polkadot-omni-node';

interface Folders {
  /** Holds a program of that name. */
  readonly full: string;
  /** Holds a file of that name that can't be executed. */
  readonly plain: string;
  readonly empty: string;
}

const withFolders = (use: (folders: Folders) => void): Promise<void> =>
  withFolder(async (root) => {
    const [full, plain, empty] = [join(root, 'full'), join(root, 'plain'), join(root, 'empty')];
    for (const folder of [full, plain, empty]) await mkdir(folder);
    for (const folder of [full, plain]) await writeFile(join(folder, NAME), '#!/bin/sh\n');
    await chmod(join(full, NAME), 0o755);
    use({ full, plain, empty });
  });

it('the program that was named comes before the variable, and the variable before the path', () =>
  withFolders(({ full, plain }) => {
    const program = join(full, NAME);
    const node = process.execPath;
    expect(findOmni(program, { ASSAY_NODE_BIN: node, PATH: plain })).toBe(program);
    expect(findOmni(undefined, { ASSAY_NODE_BIN: node, PATH: full })).toBe(node);
    expect(findOmni(undefined, { PATH: full })).toBe(program);
  }));

it('on the path the first program of that name counts; a file that cannot be executed is passed over', () =>
  withFolders(({ full, plain, empty }) => {
    const path = [empty, plain, full].join(delimiter);
    expect(findOmni(undefined, { PATH: path })).toBe(join(full, NAME));
    expect(findOmni(undefined, { PATH: [empty, plain].join(delimiter) })).toBeNull();
    expect(findOmni(undefined, {})).toBeNull();
  }));

it('a program that was named and is not there is refused, with who named it', () =>
  withFolders(({ empty }) => {
    const missing = join(empty, NAME);
    expect(() => findOmni(missing)).toThrow(NodeFailure);
    expect(() => findOmni(missing)).toThrow(`--node-bin ${missing}: no such file; expected the program ${NAME}`);
    expect(() => findOmni(undefined, { ASSAY_NODE_BIN: missing })).toThrow(`ASSAY_NODE_BIN ${missing}: no such file`);
    expect(() => findOmni(empty)).toThrow(`--node-bin ${empty}: no such file`);
  }));

it('a program that was named and cannot be executed is refused', () =>
  withFolders(({ plain }) => {
    const file = join(plain, NAME);
    expect(() => findOmni(file)).toThrow(`--node-bin ${file}: not executable`);
  }));
