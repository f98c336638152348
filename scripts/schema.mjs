/** Writes docs/assay.schema.json, the schema of assay.yaml for editors: npm run schema. */
import { writeFileSync } from 'node:fs';
import { expectationsJsonSchema } from '../dist/gate/expectations.js';

const file = new URL('../docs/assay.schema.json', import.meta.url);
writeFileSync(file, JSON.stringify(expectationsJsonSchema(), null, 2) + '\n');
