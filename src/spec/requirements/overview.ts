/** The sentences that say what the pallet is for: lines 1 to 11 and the conclusion. */
import { testsOf, type Requirement } from './requirement.js';

const ofRequests = testsOf('requests');
const ofIps = testsOf('ips');
const ofMetrics = testsOf('metrics');

export const overviewRequirements: readonly Requirement[] = [
  {
    id: 'REQ-OVERVIEW-1',
    line: 3,
    text: 'The Compute pallet is a vital component of the Hippius blockchain ecosystem, designed to manage compute requests and operations for miners.',
    ties: [{ notCheckable: 'says how important the pallet is and what it is meant for, not what it does' }],
  },
  {
    id: 'REQ-OVERVIEW-2',
    line: 3,
    text: 'This pallet facilitates the creation, submission, and management of compute tasks, ensuring efficient resource utilization and performance tracking across the network.',
    ties: [
      ofRequests('is created by a purchase, assigned to a miner, and fulfilled'),
      { witness: 'DEV-06' },
      { witness: 'DEV-13' },
      { witness: 'DEV-14' },
    ],
  },
  {
    id: 'REQ-OVERVIEW-3',
    line: 7,
    text: 'The Compute pallet provides functionalities to handle the following operations:',
    ties: [{ notCheckable: 'introduces the three bullets below it, each of which is a requirement of its own' }],
  },
  {
    id: 'REQ-OVERVIEW-4',
    line: 9,
    text: '**Compute Request Management**: Handles the creation, assignment, and fulfillment of compute requests.',
    ties: [
      { witness: 'DEV-05' },
      { witness: 'DEV-12' },
      ofRequests('is created by a purchase, assigned to a miner, and fulfilled'),
    ],
  },
  {
    id: 'REQ-OVERVIEW-5',
    line: 10,
    text: '**IP Management**: Manages the assignment and release of IP addresses for virtual machines (VMs).',
    ties: [
      { witness: 'DEV-03' },
      { witness: 'DEV-06' },
      ofIps('is taken from the available ones, and is among them again a release period after the deletion'),
    ],
  },
  {
    id: 'REQ-OVERVIEW-6',
    line: 11,
    text: '**Node Metrics Tracking**: Tracks and updates performance metrics for miners.',
    ties: [ofMetrics('are tracked from its first report of specs, and updated by what is reported later')],
  },
  {
    id: 'REQ-OVERVIEW-7',
    line: 152,
    text: 'The Compute pallet plays a vital role in the Hippius blockchain ecosystem by managing compute requests and operations for miners.',
    ties: [{ notCheckable: 'repeats in praise what REQ-OVERVIEW-4 says in substance' }],
  },
  {
    id: 'REQ-OVERVIEW-8',
    line: 152,
    text: 'Its design ensures efficient resource utilization and performance tracking, enhancing the overall functionality and interoperability of the network.',
    ties: [
      {
        notCheckable:
          'names no measure of efficiency or interoperability; REQ-OVERVIEW-2 and 6 hold what can be held of it',
      },
    ],
  },
  {
    id: 'REQ-OVERVIEW-9',
    line: 154,
    text: 'For further information, please refer to the related pallets and documentation within the Hippius ecosystem.',
    ties: [{ notCheckable: 'sends the reader to other documents, and says nothing of the pallet' }],
  },
];
