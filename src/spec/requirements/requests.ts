/** The sentences on a user's request: its image, its fields, its states (lines 99 to 131). */
import { testsOf, type Requirement } from './requirement.js';

const ofShapes = testsOf('shapes');
const ofRequests = testsOf('requests');

const image = ofRequests('`selected_image` has the name and the address of the image that the purchase chose');
const variants = ofShapes('ComputeRequestStatus has the variants of the README, in its order');
const optional = ofShapes('a field of ComputeRequest is an Option exactly where the README calls it optional');
const pending = ofRequests('is Pending until a miner gets it');
const inProgress = ofRequests('is InProgress from the assignment on, with a job too');
const running = ofRequests('is Running once the miner fulfilled it, and again after a stop and a boot');
const failed = ofRequests(
  'is Failed after a report that the cloud-init CID is missing, and Pending after any other error',
);

const images: readonly Requirement[] = [
  {
    id: 'REQ-IMAGE-1',
    line: 99,
    text: 'The pallet defines an `ImageMetadata` struct to represent metadata for a virtual machine image:',
    ties: [ofShapes('ImageMetadata has the fields of the README, in its order')],
  },
  { id: 'REQ-IMAGE-2', line: 102, text: '`name`: The name of the image.', ties: [image] },
  {
    id: 'REQ-IMAGE-3',
    line: 103,
    text: '`image_url`: The IPFS hash of the image.',
    ties: [image, ofRequests('`image_url` may hold an IPFS hash or any other bytes')],
  },
];

const fields: readonly Requirement[] = [
  {
    id: 'REQ-REQUEST-1',
    line: 107,
    text: 'The pallet defines a `ComputeRequest` struct to represent a compute request:',
    ties: [ofShapes('ComputeRequest has the fields of the README, in its order')],
  },
  {
    id: 'REQ-REQUEST-2',
    line: 110,
    text: '`request_id`: Unique identifier for the request.',
    ties: [
      { witness: 'DEV-17' },
      ofRequests('`request_id` is another for each request, whoever buys and whatever was deleted'),
    ],
  },
  {
    id: 'REQ-REQUEST-3',
    line: 111,
    text: '`plan_technical_description`: Technical description of the compute plan.',
    ties: [ofRequests('`plan_technical_description` is what the purchase gave')],
  },
  {
    id: 'REQ-REQUEST-4',
    line: 112,
    text: '`plan_id`: The unique identifier for the compute plan.',
    ties: [ofRequests('`plan_id` is that of the plan which was bought')],
  },
  {
    id: 'REQ-REQUEST-5',
    line: 113,
    text: '`status`: The status of the compute request (e.g., Pending, Running).',
    ties: [{ witness: 'DEV-12' }, pending, inProgress, running],
  },
  {
    id: 'REQ-REQUEST-6',
    line: 114,
    text: '`created_at`: The block number when the request was created.',
    ties: [ofRequests('`created_at` is the block in which the request was created')],
  },
  {
    id: 'REQ-REQUEST-7',
    line: 115,
    text: '`owner`: The account ID of the request owner.',
    ties: [ofRequests('`owner` is who is paid for, or the main account behind a sub-account')],
  },
  {
    id: 'REQ-REQUEST-8',
    line: 116,
    text: '`selected_image`: The image metadata for the selected image.',
    ties: [image],
  },
  {
    id: 'REQ-REQUEST-9',
    line: 117,
    text: '`is_assigned`: Indicates if the request is assigned.',
    ties: [
      { witness: 'DEV-05' },
      ofRequests('`is_assigned` turns true with the assignment, and stays so when the miner fails'),
    ],
  },
  {
    id: 'REQ-REQUEST-10',
    line: 118,
    text: '`cloud_init_cid`: Optional cloud-init configuration CID.',
    ties: [optional, ofRequests('`cloud_init_cid` is what the purchase gave, or none')],
  },
  {
    id: 'REQ-REQUEST-11',
    line: 119,
    text: '`miner_id`: Optional miner ID if selected.',
    ties: [{ witness: 'DEV-19' }, optional, ofRequests('`miner_id` is the miner that the user chose, or none')],
  },
];

const states: readonly Requirement[] = [
  {
    id: 'REQ-STATUS-1',
    line: 123,
    text: 'The pallet defines a `ComputeRequestStatus` enum to represent the status of a compute request:',
    ties: [variants],
  },
  {
    id: 'REQ-STATUS-2',
    line: 126,
    text: '`Pending`: The request is pending.',
    ties: [{ witness: 'DEV-12' }, pending],
  },
  {
    id: 'REQ-STATUS-3',
    line: 127,
    text: '`Stopped`: The request has been stopped.',
    ties: [{ witness: 'DEV-12' }, ofRequests('is Stopped once the miner did what the user asked, not before')],
  },
  {
    id: 'REQ-STATUS-4',
    line: 128,
    text: '`InProgress`: The request is currently in progress.',
    ties: [{ witness: 'DEV-12' }, inProgress],
  },
  {
    id: 'REQ-STATUS-5',
    line: 129,
    text: '`Running`: The request is actively running.',
    ties: [{ witness: 'DEV-12' }, running],
  },
  {
    id: 'REQ-STATUS-6',
    line: 130,
    text: '`Failed`: The request encountered an error.',
    ties: [{ witness: 'DEV-12' }, failed],
  },
  {
    id: 'REQ-STATUS-7',
    line: 131,
    text: '`Cancelled`: The request was cancelled.',
    ties: [{ witness: 'DEV-12' }, variants],
  },
];

export const requestRequirements: readonly Requirement[] = [...images, ...fields, ...states];
