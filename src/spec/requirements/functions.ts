/** The sentences on the three functions that the README names: assignment, IPs, metrics (lines 15 to 51). */
import { testsOf, type Requirement } from './requirement.js';

const ofShapes = testsOf('shapes');
const ofRequests = testsOf('requests');
const ofEntries = testsOf('entries');
const ofIps = testsOf('ips');
const ofMetrics = testsOf('metrics');

const parameters = ofShapes(
  'submit_compute_request_assignment takes the parameters of the README after its origin, in its order',
);
const refusesOthersArguments = ofEntries(
  'with a `plan_id` or `owner` that is not that of the request is refused where DEV-07 is repaired',
);

const assignment: readonly Requirement[] = [
  {
    id: 'REQ-ASSIGN-1',
    line: 17,
    text: 'Users can create and manage compute requests:',
    ties: [
      { witness: 'DEV-04' },
      ofRequests('is created by a purchase, assigned to a miner, and fulfilled'),
      ofRequests('can be stopped, booted, rebooted, resized and deleted by its user'),
    ],
  },
  {
    id: 'REQ-ASSIGN-2',
    line: 22,
    text: '`origin`: The origin of the transaction, representing the user submitting the request.',
    ties: [{ witness: 'DEV-01' }, ofEntries('comes from nobody: signed by the user it is BadOrigin')],
  },
  {
    id: 'REQ-ASSIGN-3',
    line: 23,
    text: '`miner_node_id`: The ID of the miner node to which the request is assigned.',
    ties: [
      { witness: 'DEV-02' },
      { witness: 'DEV-19' },
      parameters,
      ofEntries('puts the request into the list of the miner in `miner_node_id`, and into no other'),
    ],
  },
  {
    id: 'REQ-ASSIGN-4',
    line: 24,
    text: '`plan_id`: The unique identifier for the compute plan.',
    ties: [
      { witness: 'DEV-07' },
      parameters,
      ofEntries('writes the `plan_id` that it was given into the entry, right or wrong'),
      refusesOthersArguments,
    ],
  },
  {
    id: 'REQ-ASSIGN-5',
    line: 25,
    text: '`request_id`: The unique identifier for the compute request.',
    ties: [{ witness: 'DEV-11' }, parameters, ofEntries('is of the request in `request_id`, and of no other')],
  },
  {
    id: 'REQ-ASSIGN-6',
    line: 26,
    text: '`owner`: The account ID of the request owner.',
    ties: [
      { witness: 'DEV-07' },
      parameters,
      ofEntries('tells the `owner` that it was given in its event, right or wrong'),
      refusesOthersArguments,
    ],
  },
  {
    id: 'REQ-ASSIGN-7',
    line: 28,
    text: '**Returns**: A `DispatchResultWithPostInfo` indicating success or failure of the operation.',
    ties: [{ witness: 'DEV-02' }, ofEntries('answers ok, or an error that leaves neither storage nor events behind')],
  },
];

const ips: readonly Requirement[] = [
  {
    id: 'REQ-IP-1',
    line: 32,
    text: 'The pallet manages the assignment and release of IP addresses for VMs:',
    ties: [
      { witness: 'DEV-06' },
      ofIps('is taken from the available ones, and is among them again a release period after the deletion'),
    ],
  },
  {
    id: 'REQ-IP-2',
    line: 37,
    text: '`vm_name`: The name of the virtual machine.',
    ties: [{ witness: 'DEV-06' }, ofIps('belongs to the VM that the call names, and that VM to it')],
  },
  {
    id: 'REQ-IP-3',
    line: 38,
    text: '`ip`: The IP address to be assigned.',
    ties: [
      { witness: 'DEV-03' },
      ofIps('is the one that the call asked for, not any that is available'),
      ofIps('stays with its first VM while a second asks for it'),
    ],
  },
  {
    id: 'REQ-IP-4',
    line: 40,
    text: '**Returns**: A `DispatchResult` indicating success or failure of the operation.',
    ties: [ofIps('that can not be assigned fails the call, and undoes the job that came with it')],
  },
];

const metrics: readonly Requirement[] = [
  {
    id: 'REQ-METRICS-1',
    line: 44,
    text: 'The pallet tracks and updates performance metrics for miners:',
    ties: [ofMetrics('are tracked from its first report of specs, and updated by what is reported later')],
  },
  {
    id: 'REQ-METRICS-2',
    line: 49,
    text: '`node_id`: The ID of the node for which metrics are requested.',
    ties: [ofMetrics('are those of the node that was asked for')],
  },
  {
    id: 'REQ-METRICS-3',
    line: 51,
    text: '**Returns**: A `NodeMetricsData` structure containing the performance metrics.',
    ties: [
      { witness: 'DEV-18' },
      ofMetrics('are a NodeMetricsData by the storage getter, and an Option of a poorer one by the runtime API'),
    ],
  },
];

export const functionRequirements: readonly Requirement[] = [...assignment, ...ips, ...metrics];
