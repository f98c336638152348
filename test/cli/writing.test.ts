/** Who is asked before a chain is written to that is not one's own, and what is an answer. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { mayWrite, type Terminal } from '../../src/cli/writing.js';
import { InputError } from '../../src/properties/recording-file.js';
import { Interrupted } from '../../src/targets/failures.js';
import type { NodeIdentity } from '../../src/targets/node/identity.js';
import { lab } from '../lab.js';

const foreign: NodeIdentity = {
  url: 'wss://rpc.example:443',
  chain: 'Hippius',
  chainType: 'Live',
  node: 'Some Node 1.0',
  methods: new Set(),
  genesisHash: '0x00',
  specName: 'hippius',
  specVersion: 9000,
  transactionVersion: 1,
  codeHash: '0x00',
  metadata: lab.metadata,
  layout: lab.layout,
  steered: false,
  own: false,
};

interface Typist extends Terminal {
  readonly input: PassThrough & { readonly isTTY: boolean };
  readonly output: PassThrough;
}

const terminal = (isTTY = true): Typist => ({
  input: Object.assign(new PassThrough(), { isTTY }),
  output: new PassThrough(),
});

/** Asks at a terminal where, once the question is there, something is done. */
const asked = async (act: (at: Typist) => void, signal?: AbortSignal): Promise<boolean> => {
  const at = terminal();
  const may = mayWrite(foreign, true, { terminal: at, ...(signal && { signal }) });
  const [question] = (await once(at.output, 'data')) as [Buffer];
  expect(question.toString()).toBe(
    'wss://rpc.example:443 is no development node on this machine (chain "Hippius", Live).\n' +
      "Transactions will be signed and sent to it. Type the chain's name to go on: ",
  );
  act(at);
  return may;
};

const REFUSED = /^--allow-writes: wss:.* \(chain "Hippius", Live\): its name was not typed, so nothing was sent$/;

describe('writing to a chain', () => {
  it('that is one of your own is never asked for', async () => {
    const at = terminal();
    expect(await mayWrite({ ...foreign, own: true }, false, { terminal: at })).toBe(true);
    expect(at.output.read()).toBeNull();
  });

  it('of others does not happen where nobody allowed it, and nobody is asked', async () => {
    const at = terminal();
    expect(await mayWrite(foreign, false, { terminal: at })).toBe(false);
    expect(at.output.read()).toBeNull();
  });

  it.each(['Hippius\n', '  Hippius \r\n'])('of others may happen where its name is typed: %j', async (typed) => {
    expect(await asked(({ input }) => void input.write(typed))).toBe(true);
  });

  it.each(['hippius\n', 'yes\n', '\n', 'Hippius 2\n'])('of others is refused where %j is typed', async (typed) => {
    const refused = asked(({ input }) => void input.write(typed));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(REFUSED);
  });

  it('of others is refused where the terminal is closed instead', async () => {
    await expect(asked(({ input }) => void input.end())).rejects.toThrow(REFUSED);
  });

  it('of others is not waited for after Ctrl-C', async () => {
    const interrupt = new AbortController();
    await expect(asked(() => interrupt.abort(), interrupt.signal)).rejects.toThrow(Interrupted);
  });

  it('of others is refused where there is no terminal, and the fork is named', async () => {
    const refused = mayWrite(foreign, true, { terminal: terminal(false) });
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      /there is no terminal: fork it instead, with --target chopsticks:wss:\/\/rpc\.example:443$/,
    );
  });
});
