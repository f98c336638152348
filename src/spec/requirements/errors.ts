/** The sentences on errors (lines 80 to 93): the situation in which each is raised. */
import { testsOf, type Requirement } from './requirement.js';

const ofErrors = testsOf('errors');

export const errorRequirements: readonly Requirement[] = [
  {
    id: 'REQ-ERROR-1',
    line: 80,
    text: 'The pallet defines several error types to handle various failure scenarios:',
    ties: [testsOf('shapes')('the errors are those of the README, in its order')],
  },
  {
    id: 'REQ-ERROR-2',
    line: 82,
    text: '`NoAvailableIp`: Raised when there are no available IP addresses.',
    ties: [
      { witness: 'DEV-15' },
      ofErrors('NoAvailableIp when there is no IP left to assign'),
      ofErrors('NoAvailableIp also when IPs are left, but not the one asked for'),
    ],
  },
  {
    id: 'REQ-ERROR-3',
    line: 83,
    text: '`VmAlreadyHasIp`: Raised when a VM already has an assigned IP address.',
    ties: [{ witness: 'DEV-15' }, ofErrors('VmAlreadyHasIp when the VM has one')],
  },
  {
    id: 'REQ-ERROR-4',
    line: 84,
    text: '`VmHasNoIp`: Raised when a VM does not have an assigned IP address.',
    ties: [
      { witness: 'DEV-06' },
      { witness: 'DEV-15' },
      ofErrors('VmHasNoIp when the IP of a VM without one is to be released'),
    ],
  },
  {
    id: 'REQ-ERROR-5',
    line: 85,
    text: '`IpAlreadyExists`: Raised when attempting to assign an IP address that already exists.',
    ties: [
      { witness: 'DEV-03' },
      { witness: 'DEV-15' },
      ofErrors(
        'IpAlreadyExists when an available IP is added again; one that is assigned gives NoAvailableIp to the next',
      ),
    ],
  },
  {
    id: 'REQ-ERROR-6',
    line: 86,
    text: '`InvalidSignature`: Raised when an invalid signature is provided.',
    ties: [
      { witness: 'DEV-01' },
      ofErrors('InvalidSignature for a signature that is not the miner owner, where DEV-01 is repaired'),
    ],
  },
  {
    id: 'REQ-ERROR-7',
    line: 87,
    text: '`ComputeRequestNotFound`: Raised when a compute request cannot be found.',
    ties: [
      { witness: 'DEV-11' },
      ofErrors('ComputeRequestNotFound when a user has no VM of the plan, or a miner no entry of the request'),
    ],
  },
  {
    id: 'REQ-ERROR-8',
    line: 88,
    text: '`ComputeDeletionRequestNotFound`: Raised when a compute deletion request cannot be found.',
    ties: [ofErrors('ComputeDeletionRequestNotFound when no deletion was asked for')],
  },
  {
    id: 'REQ-ERROR-9',
    line: 89,
    text: '`ComputeStopRequestAlreadyExists`: Raised when a compute stop request already exists.',
    ties: [
      { witness: 'DEV-08' },
      ofErrors('ComputeStopRequestAlreadyExists for a second stop, where DEV-08 is repaired'),
    ],
  },
  {
    id: 'REQ-ERROR-10',
    line: 90,
    text: '`ComputeStopRequestNotFound`: Raised when a compute stop request cannot be found.',
    ties: [ofErrors('ComputeStopRequestNotFound when no stop was asked for')],
  },
  {
    id: 'REQ-ERROR-11',
    line: 91,
    text: '`ComputeBootRequestNotFound`: Raised when a compute boot request cannot be found.',
    ties: [ofErrors('ComputeBootRequestNotFound when no boot was asked for')],
  },
  {
    id: 'REQ-ERROR-12',
    line: 92,
    text: '`ComputeRebootRequestNotFound`: Raised when a compute reboot request cannot be found.',
    ties: [ofErrors('ComputeRebootRequestNotFound when no reboot was asked for')],
  },
  {
    id: 'REQ-ERROR-13',
    line: 93,
    text: '`ComputeResizeRequestNotFound`: Raised when a compute resize request cannot be found.',
    ties: [ofErrors('ComputeResizeRequestNotFound when no resize was asked for')],
  },
];
