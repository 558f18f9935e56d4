import type { LogHole } from '../../../model/log/event-log.js';
import type { PartitionWriter } from '../../archive/partition-writer.js';
import { eventHeadersOf, keyOf, keyTextOf, valueOf, type RecordColumns } from '../batches/record-columns.js';

/** Appends records as they are, each hole in front of the first record behind it; holes that lie further on stay in the list. */
export function appendRecords(target: PartitionWriter, page: RecordColumns, holes: LogHole[]): void {
  const { length, offsets, times, timeTypes, hasHeaders } = page;
  for (let index = 0; index < length; index++) {
    while (holes[0] !== undefined && holes[0].from < offsets[index]!) {
      target.addHole(holes[0]);
      holes.shift();
    }
    target.appendParsed({
      offset: offsets[index]!,
      time: times[index]!,
      timeType: timeTypes[index]!,
      key: keyTextOf(page, index) ?? keyOf(page, index),
      headers: hasHeaders ? eventHeadersOf(page, index) : null,
      value: valueOf(page, index),
    });
  }
}
