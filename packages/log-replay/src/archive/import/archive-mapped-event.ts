import type { EventHeaders } from '@eventmend/core';
import { mappedValueText, type MappedEvent } from '@eventmend/core/records';
import type { PartitionWriter } from '../partition-writer.js';

/** The header under which a business id of the mapping is kept. */
export const businessIdHeader = 'id';

/** Hands a mapped row to the archive: what its reader parsed already is not parsed again. */
export function archiveMappedEvent(partition: PartitionWriter, event: MappedEvent): 'appended' | 'repeated' {
  const value =
    event.valueKind === 'none'
      ? null
      : event.valueKind === 'json'
        ? mappedValueText(event)
        : (event.valueBytes ?? new Uint8Array());
  const archived = {
    offset: event.offset,
    time: event.time,
    timeType: event.timeType,
    key: event.keyBytes ?? event.key,
    headers: event.id === null ? event.headers : withBusinessId(event.headers, event.id),
    value,
  };
  return event.valueKind === 'bytes' || event.keyBytes !== null
    ? partition.append(archived)
    : partition.appendParsed(archived);
}

function withBusinessId(headers: EventHeaders | null, id: string): EventHeaders {
  const others = (headers ?? []).filter(([name]) => name !== businessIdHeader);
  return [...others, [businessIdHeader, id]];
}
