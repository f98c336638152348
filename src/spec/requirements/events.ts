/** The sentences on events (lines 68 to 76): when each is triggered, and the fields in its parentheses. */
import { testsOf, type Requirement } from './requirement.js';

const ofEvents = testsOf('events');
const ofRequests = testsOf('requests');
const fields = testsOf('shapes')(
  'each event of the README carries the fields that its parentheses name, in that order',
);

export const eventRequirements: readonly Requirement[] = [
  {
    id: 'REQ-EVENT-1',
    line: 68,
    text: 'The pallet emits several events to notify the system and users about significant actions:',
    ties: [{ witness: 'DEV-15' }, ofRequests('is created by a purchase, assigned to a miner, and fulfilled')],
  },
  {
    id: 'REQ-EVENT-2',
    line: 70,
    text: '`ComputeRequestCreated`: Triggered when a new compute request is created (plan ID, owner).',
    ties: [fields, ofEvents('ComputeRequestCreated comes with a purchase')],
  },
  {
    id: 'REQ-EVENT-3',
    line: 71,
    text: '`ComputeRequestSubmitted`: Triggered when a compute request is submitted (miner, request ID, owner).',
    ties: [{ witness: 'DEV-07' }, fields, ofEvents('ComputeRequestSubmitted comes with an assignment')],
  },
  {
    id: 'REQ-EVENT-4',
    line: 72,
    text: '`ComputeRequestFulfilled`: Triggered when a compute request is fulfilled (node, request ID, owner).',
    ties: [
      { witness: 'DEV-10' },
      fields,
      ofEvents('ComputeRequestFulfilled comes when the miner marks the request fulfilled, and with its job already'),
    ],
  },
  {
    id: 'REQ-EVENT-5',
    line: 73,
    text: '`ComputeDeletionRequestRemoved`: Triggered when a compute deletion request is removed (node ID, request ID, owner).',
    ties: [
      { witness: 'DEV-09' },
      fields,
      ofEvents('ComputeDeletionRequestRemoved comes with a confirmed deletion while the request still exists'),
    ],
  },
  {
    id: 'REQ-EVENT-6',
    line: 74,
    text: '`ComputeBootRequestRemoved`: Triggered when a compute boot request is removed (node ID, request ID, owner).',
    ties: [
      { witness: 'DEV-13' },
      fields,
      ofEvents('ComputeBootRequestRemoved comes when the miner did the boot, though the entry stays, marked'),
      ofEvents('ComputeBootRequestRemoved does not come where a deletion removes the boot request'),
    ],
  },
  {
    id: 'REQ-EVENT-7',
    line: 75,
    text: '`ComputeRebootRequestFulfilled`: Triggered when a compute reboot request is fulfilled (node ID, request ID, owner).',
    ties: [fields, ofEvents('ComputeRebootRequestFulfilled comes when the miner did the reboot')],
  },
  {
    id: 'REQ-EVENT-8',
    line: 76,
    text: '`ComputeResizeRequestFulfilled`: Triggered when a compute resize request is fulfilled (node ID, request ID, owner).',
    ties: [fields, ofEvents('ComputeResizeRequestFulfilled comes when the miner did the resize')],
  },
];
