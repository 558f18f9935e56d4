import { z } from 'zod';

const text = z.string().min(1, 'must not be empty');

/** The corrected worker: a module, or a process in any language. */
export const workerSchema = z
  .union(
    [
      text,
      z.strictObject({
        process: z
          .array(text)
          .min(1, 'must name a program')
          .describe(
            'The program and its arguments. It is started in the folder of the incident file, without a shell.',
          ),
        files: z
          .array(text)
          .optional()
          .describe('Files and folders that belong to the code; by default the arguments that are files.'),
      }),
    ],
    { error: 'must be the path of a module, or { process: [program, arguments…], files: […] }' },
  )
  .describe('The TS or JS module whose default export is the corrected worker, or a process that speaks the protocol.');

export type WorkerDocument = z.infer<typeof workerSchema>;
