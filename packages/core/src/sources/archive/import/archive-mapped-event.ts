import { headersWithId } from '../../rows/business-id-header.js';
import { mappedValueText, type MappedEvent } from '../../rows/event-mapping.js';
import type { PartitionWriter } from '../partition-writer.js';

/** Hands a mapped row to the archive: what its reader parsed already is not parsed again. */
export function archiveMappedEvent(partition: PartitionWriter, event: MappedEvent): 'appended' | 'repeated' {
  const archived = {
    offset: event.offset,
    time: event.time,
    timeType: event.timeType,
    key: event.keyBytes ?? event.key,
    headers: headersWithId(event),
    value: valueOf(event),
  };
  return event.valueKind === 'bytes' || event.keyBytes !== null
    ? partition.append(archived)
    : partition.appendParsed(archived);
}

function valueOf(event: MappedEvent): string | Uint8Array | null {
  switch (event.valueKind) {
    case 'none':
      return null;
    case 'json':
      return mappedValueText(event);
    case 'bytes':
      return event.valueBytes ?? new Uint8Array();
  }
}
