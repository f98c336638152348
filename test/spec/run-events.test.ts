/** The run events' JSON schema, which others write readers by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runEventJsonSchema } from '../../src/spec/run-events-schema.js';
import { root } from '../cli/run-cli.js';
import { everything } from '../reports/events.js';

describe('the schema of the run events', () => {
  const schema: unknown = JSON.parse(readFileSync(join(root, 'docs/run-events.schema.json'), 'utf8'));
  const isEvent = new Ajv({ strict: false }).compile(z.looseObject({}).parse(schema));

  it('is what npm run schema writes', () => {
    expect(schema).toEqual(runEventJsonSchema());
  });

  it('takes every event, with fields that came later', () => {
    for (const event of everything) expect([event.type, isEvent({ ...event, later: 1 })]).toEqual([event.type, true]);
  });

  it('takes nothing else', () => {
    expect(isEvent({ type: 'unheard-of' })).toBe(false);
    for (const { type } of everything) expect([type, isEvent({ type })]).toEqual([type, false]);
  });
});
