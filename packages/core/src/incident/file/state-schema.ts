import { z } from 'zod';
import { parseInstant } from './instant.js';
import { checkRows, rowsShape } from './rows-schema.js';
import { numbersShape, rowValue, wholeRowShape } from './row-value-schema.js';

const path = z.string({ error: 'must be a path' }).min(1, 'must not be empty');
const offset = z.union([z.string().regex(/^\d+$/), z.int().min(0)], { error: 'must be an offset such as "18204411"' });

/** Where a state stands that comes without a header: by topic and partition the next offset, or a JSON file with that. */
const position = z.union(
  [path, z.record(z.string(), z.record(z.string().regex(/^\d+$/, 'must be the number of a partition'), offset))],
  { error: 'must be {TOPIC: {PARTITION: "next offset"}}, or a JSON file with it' },
);

const stateMapping = z
  .strictObject({
    key: z.string({ error: 'must be the name of a column' }).min(1).describe('The column with the key.'),
    state: rowValue.optional().describe('What of the row is the state; the whole row by default.'),
    ...wholeRowShape,
    ...numbersShape,
  })
  .superRefine((value, context) => {
    for (const name of ['types', 'drop'] as const) {
      if (value[name] !== undefined && value.state !== undefined && value.state !== 'row') {
        context.addIssue({ code: 'custom', path: [name], message: 'belongs to "state: row"' });
      }
    }
  });

/** A copy of the service's state in rows of another system. */
export const stateOfRows = z
  .strictObject({
    ...rowsShape,
    mapping: stateMapping
      .optional()
      .describe(
        'How a row becomes a key and its state. Of a JSON object the names are the keys, and the values the states.',
      ),
    position: position.optional().describe('What the service had read at that moment; without it nothing is compared.'),
    position_query: z
      .string()
      .min(1)
      .optional()
      .describe(
        'One SELECT of topic, partition and next_offset that gives the position from the same state of PostgreSQL.',
      ),
    taken_at: z
      .string({ error: 'must be a moment such as 2026-11-19T09:12:00Z' })
      .refine((text) => parseInstant(text) !== null, 'must be a moment such as 2026-11-19T09:12:00Z')
      .optional(),
    id: z.string().min(1).optional().describe('What it is called; "live", or the name of its file, by default.'),
    state_version: z.int().min(1).optional().describe('Version of the form of its states; 1 by default.'),
    worker: z.string().min(1).optional().describe('The worker that made it, NAME@VERSION.'),
  })
  .superRefine((value, context) => {
    checkRows(value, context);
    if (value.position_query !== undefined) {
      const issue = (message: string) => {
        context.addIssue({ code: 'custom', path: ['position_query'], message });
      };
      if (value.postgres === undefined) issue('belongs to "postgres"');
      if (value.position !== undefined) issue('stands beside "position": one of them says it');
    }
    if (value.mapping === undefined && value.json === undefined) {
      context.addIssue({ code: 'custom', path: ['mapping'], message: 'is needed: it says which column is the key' });
    }
  });

export const stateConfig = z.union([path, stateOfRows]);

export type StateOfRowsDocument = z.infer<typeof stateOfRows>;
export type StateDocument = z.infer<typeof stateConfig>;
