/** `assay init`: a commented `assay.yaml` to begin with. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { InputError } from '../properties/recording-file.js';
import { wholeFile } from '../reports/whole-file.js';

const TEXT = `# What "assay" is to do here unless its command line or the environment (ASSAY_RUNS=800) says otherwise, and what it is to let pass.
# It is read from the current folder; --config FILE names another one. Whatever stands behind "# " and is no sentence is an example.
format: assay/1

# Values of flags, by command: "assay check --help" shows them.
defaults:
  check:
    runs: 400
#     seed: 7                     # the same scenarios each time
#     target: runtime:my.wasm
#   gate:
#     old: wss://HOST             # the runtime that the chain has now
#     expect: assay.yaml          # the sections below
#   audit:
#     target: my.wasm
#     expect: assay.yaml

# Rules that the next runtime is to follow otherwise ("assay list rules"). Each entry says why, who says so, and until when it counts;
# one that expired, or that nothing in the run matches, is a finding by itself.
# rules:
#   DEV-04:
#     to: promised
#     reason: The second user of a plan on a miner can stop, resize and delete that machine
#     author: you
#     expires: 2027-03-31

# Changes of calls, events and storage that are announced, and findings that stay as they are, by the ids that the run told.
# interface:
#   - change: interface/Compute.request_compute_stop/index
#     reason: The wallets were released with the new index
#     author: you
#     expires: 2027-03-31
# findings:
#   - id: invariant/INV-06/DEV-21
#     reason: It is repaired in the next release
#     author: you
#     expires: 2027-03-31
`;

/**
 * Writes the file.
 * @returns what is said of it
 * @throws InputError where there is one and `force` is not set, or it can't be written
 */
export const init = (file: string, force: boolean): string => {
  if (existsSync(file) && !force)
    throw new InputError(`${file} is there already: --force writes it anew, another name leaves it alone`);
  try {
    wholeFile(file)(TEXT);
  } catch (error) {
    throw new InputError(`${file}: it can't be written (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
  return `${relative('.', file)} is written: change it, then "assay check" follows it`;
};
