/** The JSON schema of the run events, for those who read `--json`: `docs/run-events.schema.json`, which `npm run schema` writes. */
import { z } from 'zod';
import { HexSchema } from './answers.js';
import { RunEvent } from './run-events.js';

/** Of a line. Readers take fields that they do not know. */
export const runEventJsonSchema = (): unknown =>
  z.toJSONSchema(RunEvent, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === HexSchema) Object.assign(jsonSchema, { type: 'string', pattern: '^0x([0-9a-f]{2})*$' });
    },
  });
