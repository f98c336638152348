/** Writes docs/examples/state.json anew: the gate's built-in state, as `assay record --state` would have taken it. After `npm run build`. */
import { writeFileSync } from 'node:fs';
import { builtInState } from '../dist/gate/built-in-state.js';
import { recordedText } from '../dist/properties/recorded-state.js';
import { loadRuntime } from '../dist/targets/runtime/runtime.js';

const lab = await loadRuntime('runtime/lab.wasm');
const { storage, block } = builtInState(lab);
const hash = `0x${'00'.repeat(32)}`;
const { spec_name: specName, spec_version: specVersion } = lab.version;
writeFileSync(
  'docs/examples/state.json',
  recordedText({ chain: 'an example', number: block ?? 0n, hash, specName, specVersion, storage }),
);
