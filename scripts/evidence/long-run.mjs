/** The events of a run of a size that nobody wants to read: 50 findings, each of 200 steps, the same each time. */
const FINDINGS = 50;
const STEPS = 200;
const SUITE = 'invariants';
const SEVERITIES = ['critical', 'high', 'medium', 'low'];

const stepOf = (finding, step) => {
  const miner = `12D3KooWMiner${(finding + step) % 7}`;
  const plan = `plan ${step % 3}`;
  const user = `user ${step % 5}`;
  const request = finding * STEPS + step;
  const kinds = [
    `Marketplace.purchase_plan(plan_id: ${plan}, plan_technical_description: "", image_name: "", image_url: "", cloud_init_cid: null, pay_for: null, miner_id: null), signed ${user}`,
    `Compute.submit_compute_request_assignment(miner_node_id: "${miner}", plan_id: ${plan}, request_id: ${request}, owner: ${user}), unsigned`,
    `Compute.update_miner_compute_request(node_id: "${miner}", request_id: ${request}, job_id: "0a2b-3c4d", ip: "10.0.0.${step % 250}"), unsigned`,
    `Compute.request_compute_stop(plan_id: ${plan}), signed ${user}`,
    `advance ${step % 9} blocks`,
  ];
  return kinds[step % kinds.length];
};

const findingOf = (at) => ({
  type: 'finding',
  suite: SUITE,
  id: `invariant/INV-${String((at % 35) + 1).padStart(2, '0')}/new/Compute.request_compute_stop/${at}`,
  kind: 'invariant',
  part: 'Compute.request_compute_stop',
  sentence: `queue consistency: request ${at} is in the queues of miners "12D3KooWMiner0" and "12D3KooWMiner3"`,
  status: 'open',
  severity: SEVERITIES[at % SEVERITIES.length],
  promise: "our own norm: a request is in one miner's queue at most.",
  steps: Array.from({ length: STEPS }, (_, step) => stepOf(at, step)),
  file: `counterexamples/${at}.jsonl`,
  command: `npx assay replay counterexamples/${at}.jsonl --target 'runtime:runtime/lab.wasm?rules=deployed'`,
});

export const longRun = () => [
  {
    type: 'run-started',
    format: 'assay-run/1',
    version: '0.1.0',
    node: 'v20.19.0',
    command: ['audit', '--seed', '7'],
    time: '2026-01-02T03:04:05.678Z',
  },
  { type: 'suite-started', suite: SUITE, kind: 'invariant', target: 'runtime/lab.wasm (assay-lab 9000)', seed: 7 },
  ...Array.from({ length: FINDINGS }, (_, at) => findingOf(at)),
  {
    type: 'suite-finished',
    suite: SUITE,
    verdict: 'finding',
    scenarios: FINDINGS,
    steps: FINDINGS * STEPS,
    differences: FINDINGS,
    summary: `${FINDINGS} open`,
    elapsed: 60_000,
  },
  { type: 'run-finished', verdict: 'finding', exit: 1, message: 'finding', elapsed: 60_000 },
];
