/** The sentences on storage (lines 55 to 64). */
import { testsOf, type Requirement } from './requirement.js';

const ofShapes = testsOf('shapes');
const ofRequests = testsOf('requests');
const ofEntries = testsOf('entries');

const layout = ofShapes('each storage item has the key and the value that the README describes');
const queues = ofRequests('can be stopped, booted, rebooted, resized and deleted by its user');

export const storageRequirements: readonly Requirement[] = [
  {
    id: 'REQ-STORAGE-1',
    line: 55,
    text: 'The Compute pallet utilizes several storage structures to manage state:',
    ties: [ofShapes('the storage items are those of the README, in its order')],
  },
  {
    id: 'REQ-STORAGE-2',
    line: 57,
    text: '**NextRequestId**: A storage value that keeps track of the next available request ID.',
    ties: [{ witness: 'DEV-17' }, layout, ofRequests('gets the number in NextRequestId, which then grows by one')],
  },
  {
    id: 'REQ-STORAGE-3',
    line: 58,
    text: '**ComputeRequests**: A mapping of account IDs to their corresponding compute requests.',
    ties: [{ witness: 'DEV-16' }, layout, ofRequests('is kept under the account that owns it')],
  },
  {
    id: 'REQ-STORAGE-4',
    line: 59,
    text: '**MinerComputeRequests**: A mapping of miner node IDs to their corresponding compute requests.',
    ties: [
      { witness: 'DEV-05' },
      { witness: 'DEV-16' },
      layout,
      ofEntries('puts the request into the list of the miner in `miner_node_id`, and into no other'),
    ],
  },
  {
    id: 'REQ-STORAGE-5',
    line: 60,
    text: '**MinerComputeDeletionRequests**: A mapping of miner node IDs to their corresponding deletion requests.',
    ties: [layout, queues],
  },
  {
    id: 'REQ-STORAGE-6',
    line: 61,
    text: '**MinerComputeStopRequests**: A mapping of miner node IDs to their corresponding stop requests.',
    ties: [{ witness: 'DEV-13' }, { witness: 'DEV-16' }, layout, queues],
  },
  {
    id: 'REQ-STORAGE-7',
    line: 62,
    text: '**MinerComputeBootRequests**: A mapping of miner node IDs to their corresponding boot requests.',
    ties: [{ witness: 'DEV-13' }, { witness: 'DEV-16' }, layout, queues],
  },
  {
    id: 'REQ-STORAGE-8',
    line: 63,
    text: '**MinerComputeRebootRequests**: A mapping of miner node IDs to their corresponding reboot requests.',
    ties: [{ witness: 'DEV-13' }, { witness: 'DEV-16' }, layout, queues],
  },
  {
    id: 'REQ-STORAGE-9',
    line: 64,
    text: '**MinerComputeResizeRequests**: A mapping of miner node IDs to their corresponding resize requests.',
    ties: [{ witness: 'DEV-13' }, { witness: 'DEV-16' }, layout, queues],
  },
];
