import { createHash } from 'node:crypto';
import type { RecordedDescription, RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';

/** An output as a test or a caller has it in memory; its place among all is that in the list. */
export type MemoryOutput = Pick<RecordedOutput, 'output'> & Partial<Omit<RecordedOutput, 'seq'>>;

export interface MemoryRecordOptions extends Partial<Omit<RecordedDescription, 'digest'>> {
  /** Records in a batch, 1,000 by default. */
  readonly batchRecords?: number;
}

/** Recorded outputs in this thread's memory; values are kept as JSON text, so that no reader can change them for another. */
export function createMemoryRecordedOutputs(
  outputs: readonly MemoryOutput[],
  options: MemoryRecordOptions = {},
): RecordedOutputs {
  const stored = outputs.map((output, seq) => JSON.stringify(filled(output, seq)));
  return { ...memoryRecords<RecordedOutput>(stored, options), close: () => undefined };
}

/** What outputs and ledgers in memory have in common: a description, and batches of what was stored as JSON text. */
export function memoryRecords<Row>(stored: readonly string[], options: MemoryRecordOptions) {
  const { batchRecords = 1000, location = 'memory', order = 'handling', from = null, until = null } = options;
  const digest = createHash('sha256').update(stored.join('\n')).digest('hex');
  return {
    describe: (): RecordedDescription => ({ location, order, digest, from, until }),
    async *read(): AsyncGenerator<readonly Row[]> {
      for (let at = 0; at < stored.length; at += batchRecords) {
        yield stored.slice(at, at + batchRecords).map((text) => JSON.parse(text) as Row);
      }
    },
  };
}

function filled(output: MemoryOutput, seq: number): RecordedOutput {
  const { key = null, value = null, event = null, eventId = null, businessId = null, time = null } = output;
  return { seq, output: output.output, key, value, event, eventId, businessId, time };
}
