/** What the help says beside the flags: examples, and what several commands take. */

export const EXAMPLES = `
Examples:
  assay check                                   the lab runtime, the recordings, the invariants
  assay check --target runtime:my.wasm          a runtime's WASM against the engine, over generated scenarios
  assay check --target engine --rules promised  the invariants, as promised
  assay replay recordings/compute-1.jsonl.gz    one recording on the lab runtime
  assay replay FILE --rules DEV-04=promised     ... with one deviation repaired
  assay replay FILE --emit-test                 ... as a vitest file for your own project
  assay check --target ws://127.0.0.1:9944      a node of yours, through its RPC and its pool
  assay check --target chopsticks:runtime.wasm  a runtime in Chopsticks; with a URL behind the colon, a fork
  assay record --target runtime:my.wasm --out my.jsonl.gz
                                                what a runtime does, to be replayed anywhere
  assay audit --target my.wasm                  what is wrong with a runtime, on a list or not, and why
  assay gate --old ws://HOST --new new.wasm --expect assay.yaml
                                                an upgrade: what it changes that nobody announced
  assay follow --url wss://HOST --checkpoint follow.json --jsonl alerts.jsonl
                                                a chain as it goes on, every final block against the engine
  assay bench --compare old.wasm --target runtime:new.wasm
                                                what calls cost, old and new timed in turns
  assay load run --target omni --rate 200       what a node bears, and whether it still does the right thing then
  assay list requirements                       every promise of the pallet's README, and what checks it

Defaults: a flag that is not given is what ASSAY_RUNS (for --runs; so for each flag with a value) says, else what "defaults" in assay.yaml says
("assay init" writes one). "assay doctor" says what of Chopsticks, omni-node and k6 is here, and how to get it.

Exit codes: 0 as expected, 1 not as expected, 2 the work could not be done, 130 interrupted.`;

export const TARGETS =
  '"engine", "runtime:FILE" with ?rules=...&mutant=N&period=N&format=4|5 behind it, "chopsticks[:FILE|:URL]", "omni[:FILE]", or the ws:// URL of a node';

export const SIDES =
  "FILE[?rules=...&mutant=N&period=N&format=4|5], or a chain's, URL[@BLOCK], where its code is read and nothing is sent";

export const WAITS = 'start=120,connect=20,reply=30,block=30';
