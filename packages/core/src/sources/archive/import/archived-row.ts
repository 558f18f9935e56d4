import { headersWithId } from '../../rows/business-id-header.js';
import { mappedValueText, type MappedEvent } from '../../rows/event-mapping.js';
import type { ArchivedRow } from '../remote-rows.js';

/** Whether a value must be looked at before it is stored; all others were parsed by their reader. */
export function isUnread({ valueKind, keyBytes }: MappedEvent): boolean {
  return valueKind === 'bytes' || keyBytes !== null;
}

/**
 * A mapped row for the archive: what its reader parsed already is not parsed again, and where the value is a piece of the
 * line, its reader has looked for numbers that lose digits too.
 */
export function archivedRow(event: MappedEvent): ArchivedRow {
  return {
    event: {
      offset: event.offset,
      time: event.time,
      timeType: event.timeType,
      key: event.keyBytes ?? event.key,
      headers: headersWithId(event),
      value: valueOf(event),
    },
    parsed: parsedValue(event),
    exact: event.valueText !== null,
  };
}

/** Undefined where the value is not what its text says: numbers in it that lost digits stand there as something else. */
function parsedValue({ valueKind, value, inexact }: MappedEvent): unknown {
  if (valueKind === 'none') return null;
  return inexact === undefined ? value : undefined;
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
