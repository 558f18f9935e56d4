import type { EventLog, LogLocator } from '../../model/log/event-log.js';
import { openLocator } from '../log/open-locator.js';
import { rowsOfLog } from '../log/log-rows.js';
import { openRowStream } from '../rows/open-row-stream.js';
import type { RowInput } from '../rows/row-input.js';
import type { RowStream } from '../rows/row-stream.js';
import type { RecordOrder } from '../../model/records/recorded-outputs.js';

/** Where the records of a service are: rows, or the log of an output topic. Plain JSON. */
export type RecordInput = RowInput | LogInput;

interface LogInput {
  readonly kind: 'log';
  /** How the log is opened. */
  readonly log: LogLocator;
  /** Null for all of its topics. */
  readonly topics: readonly string[] | null;
  /** True for a topic that is still written to: its digest then says how far it was read. */
  readonly grows?: boolean;
  /** What stands behind these ends is not read. */
  readonly ends?: RecordedEnds;
}

/** By topic and partition the exclusive end of what counts as recorded. */
export type RecordedEnds = Readonly<Record<string, Readonly<Record<number, number>>>>;

export interface RecordRows {
  readonly rows: RowStream;
  /** What the order of the rows means where nobody says. */
  readonly order: RecordOrder;
  close(): void;
}

/** Opens the rows that records are made of. */
export async function openRecordRows(input: RecordInput): Promise<RecordRows> {
  if (input.kind !== 'log') return { rows: await openRowStream(input), order: 'handling', close: () => undefined };
  const log = await openLocator<EventLog>(input.log);
  const { topics, grows = false, ends = null } = input;
  const rows = await rowsOfLog(log, { topics, grows, ends });
  return {
    rows,
    // Several partitions of an output topic tell no order between them, nor one in the partitions of the input.
    order: rows.partitions === 1 ? 'handling' : 'unknown',
    close() {
      log.close();
    },
  };
}
