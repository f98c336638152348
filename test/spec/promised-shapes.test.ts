/** What the README of the pallet says of shapes: parameters, storage, events, errors, types. Its bullets are read from it. */
import { describe as group, expect, it } from 'vitest';
import { calls } from '../../src/spec/calls.js';
import { errors, events } from '../../src/spec/events.js';
import { describe, type Shape, type Type } from '../../src/spec/shape.js';
import { Compute } from '../../src/spec/storage.js';
import {
  ComputeRequest,
  ComputeRequestStatus,
  ImageMetadata,
  MinerComputeRequest,
} from '../../src/spec/types/compute.js';
import { bulletsUnder } from './pallet-readme.js';

const namesUnder = (heading: string): string[] => bulletsUnder(heading).map(({ name }) => name);

const fieldsOf = ({ shape }: Type<unknown>): readonly { readonly name: string; readonly shape: Shape | null }[] => {
  if (shape.kind === 'struct') return shape.fields;
  if (shape.kind === 'enum') return shape.variants;
  throw new Error(`${describe(shape)} has neither fields nor variants`);
};

const fieldNames = (type: Type<unknown>): string[] => fieldsOf(type).map(({ name }) => name);

const aMinersEntries = (what: string): string => `A mapping of miner node IDs to their corresponding ${what} requests.`;

group('the shapes of the README', () => {
  it('submit_compute_request_assignment takes the parameters of the README after its origin, in its order', () => {
    const taken = fieldNames(calls['Compute.submit_compute_request_assignment'].args);
    expect(['origin', ...taken, 'Returns']).toEqual(namesUnder('#### Function: `submit_compute_request_assignment`'));
  });

  it('the storage items are those of the README, in its order', () => {
    expect(Object.keys(Compute)).toEqual(namesUnder('## Storage Structures'));
  });

  it('each storage item has the key and the value that the README describes', () => {
    const layouts = new Map(
      Object.values(Compute).map(({ name, key, value }) => [
        name,
        `${key ? `${describe(key.shape)} -> ` : ''}${describe(value.shape)}`,
      ]),
    );
    const specified = bulletsUnder('## Storage Structures').map(({ name, text }) => [text, layouts.get(name)]);
    expect(Object.fromEntries(specified)).toEqual({
      'A storage value that keeps track of the next available request ID.': 'u128',
      'A mapping of account IDs to their corresponding compute requests.': '[u8; 32] -> Vec<ComputeRequest>',
      [aMinersEntries('compute')]: 'Vec<u8> -> Vec<MinerComputeRequest>',
      [aMinersEntries('deletion')]: 'Vec<u8> -> Vec<MinerComputeDeletionRequest>',
      [aMinersEntries('stop')]: 'Vec<u8> -> Vec<MinerComputeStopRequest>',
      [aMinersEntries('boot')]: 'Vec<u8> -> Vec<MinerComputeBootRequest>',
      [aMinersEntries('reboot')]: 'Vec<u8> -> Vec<MinerComputeRebootRequest>',
      [aMinersEntries('resize')]: 'Vec<u8> -> Vec<MinerComputeResizeRequest>',
    });
  });

  it('each event of the README carries the fields that its parentheses name, in that order', () => {
    const said = bulletsUnder('## Events').map(({ name, text }) => {
      const [, fields = ''] = /\((.+)\)\.$/.exec(text) ?? [];
      return { name, fields: fields.split(', ').map((field) => field.toLowerCase().replace(' ', '_')) };
    });
    const declared = new Map<string, Type<unknown>>(Object.entries(events).map(([name, { fields }]) => [name, fields]));
    const specified = said.map(({ name }) => {
      const fields = declared.get(`Compute.${name}`);
      return { name, fields: fields && fieldNames(fields) };
    });
    expect(specified).toEqual(said);
  });

  it('the errors are those of the README, in its order', () => {
    expect(errors.Compute).toEqual(namesUnder('## Errors'));
  });

  it('ImageMetadata has the fields of the README, in its order', () => {
    expect(fieldNames(ImageMetadata)).toEqual(namesUnder('### ImageMetadata Struct'));
  });

  it('ComputeRequest has the fields of the README, in its order', () => {
    expect(fieldNames(ComputeRequest)).toEqual(namesUnder('### ComputeRequest Struct'));
  });

  it('a field of ComputeRequest is an Option exactly where the README calls it optional', () => {
    const optional = bulletsUnder('### ComputeRequest Struct').filter(({ text }) => text.startsWith('Optional '));
    const options = fieldsOf(ComputeRequest).filter(({ shape }) => shape?.kind === 'option');
    expect(options.map(({ name }) => name)).toEqual(optional.map(({ name }) => name));
  });

  it('ComputeRequestStatus has the variants of the README, in its order', () => {
    expect(fieldNames(ComputeRequestStatus)).toEqual(namesUnder('### ComputeRequestStatus Enum'));
  });

  it('MinerComputeRequest has the fields of the README, in its order', () => {
    expect(fieldNames(MinerComputeRequest)).toEqual(namesUnder('### MinerComputeRequest Struct'));
  });
});
