/** The lab runtime as a chain of nodes: its spec, and what such a node says. */
import { WsProvider } from '@polkadot/api';
import { genesisOf, makeCast } from '../../../src/properties/cast.js';
import { RELEASE_PERIOD } from '../../../src/engine/engine.js';
import { Rules } from '../../../src/spec/rules.js';
import { rawChainSpec } from '../../../src/targets/node/chain-spec.js';
import type { LabSettings } from '../../../src/targets/runtime/genesis.js';
import { lab } from '../../lab.js';

export const { accounts, sudo } = genesisOf(makeCast(), 0n);
export const settings: LabSettings = { rules: Rules.deployed, releasePeriod: RELEASE_PERIOD, mutant: 0 };

/** Default: the lab runtime's own code. */
export const labSpec = (code = lab.code): string =>
  rawChainSpec({ runtime: { ...lab, code }, lab: settings, accounts, sudo });

const IMPORTED = 'ext_misc_print_hex_version_1';
const UNHEARD_OF = 'ext_misc_print_hex_unheard_1';

/** The lab runtime, importing a host function that no node has. It never calls it. */
export const labWithUnknownImport = (): Uint8Array => {
  const code = Buffer.from(lab.code);
  const at = code.indexOf(IMPORTED);
  if (at < 0) throw new Error(`the lab runtime does not import ${IMPORTED}`);
  code.write(UNHEARD_OF, at);
  return code;
};

/** Gives `use` a connection to a node, and ends it. */
export const withConnection = async <T>(url: string, use: (provider: WsProvider) => Promise<T>): Promise<T> => {
  const provider = new WsProvider(url, false);
  try {
    await provider.connect();
    await provider.isReady;
    return await use(provider);
  } finally {
    await provider.disconnect();
  }
};

/** What a node answers to one question. */
export const answerOf = (url: string, method: string, ...params: readonly unknown[]): Promise<unknown> =>
  withConnection(url, (provider) => provider.send(method, [...params]));
