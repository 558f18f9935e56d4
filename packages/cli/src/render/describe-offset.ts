import { describePartition, type RecordedEventRef } from '@eventmend/core/engine';

/** `t[1]@17`. */
export function describeOffset(event: RecordedEventRef): string {
  return `${describePartition(event)}@${event.offset}`;
}
