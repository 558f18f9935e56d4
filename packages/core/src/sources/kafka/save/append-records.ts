import { isRecoveryError, type RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LogHole } from '../../../model/log/event-log.js';
import type { PartitionWriter } from '../../archive/partition-writer.js';
import { eventHeadersOf, keyOf, keyTextOf, valueOf, type RecordColumns } from '../batches/record-columns.js';

/** A record that the archive does not take: its value is above the limits. */
export interface RefusedRecord {
  readonly offset: number;
  readonly error: RecoveryError;
  readonly value: Uint8Array | null;
  readonly key: Uint8Array | null;
  readonly time: number | null;
  readonly headers: unknown;
}

/**
 * Appends records as they are, each hole in front of the first record behind it; holes that lie further on stay in the list.
 * A record that is too large is a damaged hole, and handed to `refused`.
 */
export function appendRecords(
  target: PartitionWriter,
  page: RecordColumns,
  holes: LogHole[],
  refused: (record: RefusedRecord) => void,
): void {
  const { length, offsets, times, timeTypes, hasHeaders } = page;
  for (let index = 0; index < length; index++) {
    while (holes[0] !== undefined && holes[0].from < offsets[index]!) {
      target.addHole(holes[0]);
      holes.shift();
    }
    const offset = offsets[index]!;
    const event = {
      offset,
      time: times[index]!,
      timeType: timeTypes[index]!,
      key: keyTextOf(page, index) ?? keyOf(page, index),
      headers: hasHeaders ? eventHeadersOf(page, index) : null,
      value: valueOf(page, index),
    };
    try {
      target.appendParsed(event);
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'size-limit-exceeded' || offset < target.next) throw error;
      const time = Number.isNaN(event.time) ? null : event.time;
      refused({ offset, error, value: event.value, key: keyOf(page, index), time, headers: event.headers });
      target.addHole({ from: offset, to: offset + 1, reason: 'damaged' });
    }
  }
}
