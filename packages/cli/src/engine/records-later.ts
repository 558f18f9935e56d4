import type { RecordedDescription } from '@eventmend/core';

/** Recorded outputs or a ledger, by the rows that they are made of. */
export interface Records<Row> {
  describe(): RecordedDescription | Promise<RecordedDescription>;
  read(): AsyncIterable<readonly Row[]>;
  close(): void;
}

/**
 * Records that are opened when somebody asks for them: most commands never do, and a record that is missing must not keep
 * them from their work.
 */
export function recordsLater<Row>(open: () => Promise<Records<Row>>): Records<Row> {
  let opened: Promise<Records<Row>> | null = null;
  const records = (): Promise<Records<Row>> => (opened ??= open());
  return {
    describe: async () => (await records()).describe(),
    async *read() {
      yield* (await records()).read();
    },
    close() {
      opened?.then(
        (found) => {
          found.close();
        },
        () => undefined, // whoever asked for them was told
      );
    },
  };
}
