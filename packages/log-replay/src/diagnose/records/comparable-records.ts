import type { RecordedOutputs } from '@eventmend/core';
import type { OutputValues } from '@eventmend/core/engine';

/** The records without what is volatile in them, as the outputs of the worker are compared with them. Closing stays the source's. */
export function comparableRecords(source: RecordedOutputs, values: OutputValues): RecordedOutputs {
  if (!values.hasVolatile) return source;
  return {
    describe: () => source.describe(),
    async *read() {
      for await (const batch of source.read()) {
        yield batch.map((record) => ({ ...record, value: values.comparable(record.output, record.value) }));
      }
    },
    close: () => source.close(),
  };
}
