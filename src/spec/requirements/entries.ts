/** The sentences on a miner's entry for a request (lines 135 to 148). */
import { testsOf, type Requirement } from './requirement.js';

const ofEntries = testsOf('entries');

export const entryRequirements: readonly Requirement[] = [
  {
    id: 'REQ-ENTRY-1',
    line: 135,
    text: "The pallet defines a `MinerComputeRequest` struct to represent a miner's compute request:",
    ties: [testsOf('shapes')('MinerComputeRequest has the fields of the README, in its order')],
  },
  {
    id: 'REQ-ENTRY-2',
    line: 138,
    text: '`miner_node_id`: The ID of the miner node.',
    ties: [ofEntries('`miner_node_id` is the node that the request was assigned to')],
  },
  {
    id: 'REQ-ENTRY-3',
    line: 139,
    text: '`miner_account_id`: The account ID of the miner.',
    ties: [ofEntries('`miner_account_id` is the account that registered the node')],
  },
  {
    id: 'REQ-ENTRY-4',
    line: 140,
    text: '`job_id`: The job ID assigned to the miner (if applicable).',
    ties: [ofEntries('`job_id` is none until the miner tells its job')],
  },
  {
    id: 'REQ-ENTRY-5',
    line: 141,
    text: '`hypervisor_ip`: The hypervisor IP address assigned to the miner.',
    ties: [ofEntries('`hypervisor_ip` is none until the miner tells it')],
  },
  {
    id: 'REQ-ENTRY-6',
    line: 142,
    text: '`fail_reason`: The reason for failure (if applicable).',
    ties: [ofEntries('`fail_reason` is what the miner reported, byte for byte')],
  },
  {
    id: 'REQ-ENTRY-7',
    line: 143,
    text: '`vnc_port`: The VNC port assigned to the miner.',
    ties: [ofEntries('`vnc_port` is none until the miner tells it')],
  },
  {
    id: 'REQ-ENTRY-8',
    line: 144,
    text: '`ip_assigned`: The IP address assigned to the miner.',
    ties: [ofEntries('`ip_assigned` comes with the job, and is the IP that PalletIp gave to the VM')],
  },
  {
    id: 'REQ-ENTRY-9',
    line: 145,
    text: '`request_id`: The unique identifier for the request.',
    ties: [{ witness: 'DEV-05' }, ofEntries('`request_id` leads back to the request of the user')],
  },
  {
    id: 'REQ-ENTRY-10',
    line: 146,
    text: '`plan_id`: The unique identifier for the compute plan.',
    ties: [{ witness: 'DEV-07' }, ofEntries('writes the `plan_id` that it was given into the entry, right or wrong')],
  },
  {
    id: 'REQ-ENTRY-11',
    line: 147,
    text: '`created_at`: The block number when the request was created.',
    ties: [ofEntries('`created_at` is the block of the assignment, not that of the purchase')],
  },
  {
    id: 'REQ-ENTRY-12',
    line: 148,
    text: '`fullfilled`: Indicates if the request has been fulfilled.',
    ties: [ofEntries('`fullfilled` turns true when the miner marks the request fulfilled')],
  },
];
