/** A run of a size that nobody wants to read: 50 findings, each of 200 steps, the same each time. */
import type { RunEvent } from '../../src/spec/run-events.js';
import { finding, finished, started, suite } from './events.js';

const FINDINGS = 50;
const STEPS = 200;

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

const stepOf = (finding: number, step: number): string => {
  const miner = `12D3KooWMiner${(finding + step) % 7}`;
  const request = finding * STEPS + step;
  const kinds = [
    `Marketplace.purchase_plan(plan_id: plan ${step % 3}, plan_technical_description: "", image_name: "", image_url: "", cloud_init_cid: null, pay_for: null, miner_id: null), signed user ${step % 5}`,
    `Compute.submit_compute_request_assignment(miner_node_id: "${miner}", plan_id: plan ${step % 3}, request_id: ${request}, owner: user ${step % 5}), unsigned`,
    `Compute.update_miner_compute_request(node_id: "${miner}", request_id: ${request}, job_id: "0a2b-3c4d", ip: "10.0.0.${step % 250}"), unsigned`,
    `Compute.request_compute_stop(plan_id: plan ${step % 3}), signed user ${step % 5}`,
    `advance ${step % 9} blocks`,
  ];
  return kinds[step % kinds.length] ?? '';
};

const longFinding = (at: number): RunEvent => {
  const id = `invariant/INV-${String((at % 35) + 1).padStart(2, '0')}/new/Compute.request_compute_stop/${at}`;
  return finding({
    suite: 'invariants',
    id,
    kind: 'invariant',
    sentence: `queue consistency: request ${at} is in the queues of miners "12D3KooWMiner0" and "12D3KooWMiner3"`,
    severity: SEVERITIES[at % SEVERITIES.length] ?? 'low',
    promise: "our own norm: a request is in one miner's queue at most.",
    steps: Array.from({ length: STEPS }, (_, step) => stepOf(at, step)),
    file: `counterexamples/${at}.jsonl`,
    command: `npx assay replay counterexamples/${at}.jsonl --target 'runtime:runtime/lab.wasm?rules=deployed'`,
  });
};

export const longRun = (): RunEvent[] => [
  started('audit', '--seed', '7'),
  ...suite(
    'invariants',
    'finding',
    Array.from({ length: FINDINGS }, (_, at) => longFinding(at)),
    { kind: 'invariant', seed: 7 },
  ),
  finished('finding', 1, 'finding: something is otherwise than expected'),
];
