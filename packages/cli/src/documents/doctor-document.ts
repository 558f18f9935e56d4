import { z } from 'zod';
import { agreementPart } from './agreement-document.js';
import { documentOf, incident } from './parts.js';

const finding = z.object({
  resource: z.string(),
  state: z.enum(['usable', 'doubtful', 'unusable']),
  found: z.string(),
  /** Of records of another system, where there are events to compare with. */
  agreement: agreementPart.optional(),
  remarks: z.array(
    z.object({
      kind: z.enum(['doubt', 'problem']),
      text: z.string(),
      hint: z.string().nullable(),
      key: z.string(),
      /** Null where no incident file is involved. */
      line: z.int().min(1).nullable(),
    }),
  ),
  steps: z.array(
    z.object({
      subject: z.string(),
      state: z.enum(['ok', 'doubtful', 'failed', 'not-checked']),
      found: z.string(),
    }),
  ),
  preview: z.array(z.object({ place: z.string(), row: z.string(), becomes: z.string() })),
});

export const doctorDocument = documentOf('doctor', {
  incident: incident.nullable(),
  usable: z.boolean(),
  findings: z.array(finding),
});
