import type { ResourceRow } from '@eventmend/core/incident';
import type { RecordedOutput } from '@eventmend/core';
import { isoTime } from '../terminal/format.js';
import { describeOffset } from './describe-offset.js';

const shownCharacters = 200;

/** A row beside what it becomes. */
export function describeRow(row: ResourceRow): {
  readonly place: string;
  readonly row: string;
  readonly becomes: string;
} {
  switch (row.kind) {
    case 'event': {
      const when = row.time === null ? 'no time' : isoTime(row.time);
      const becomes = `key ${JSON.stringify(row.key)}, ${when}`;
      return { place: describeOffset(row), row: row.undecodable ?? shortJson(row.value), becomes };
    }
    case 'snapshot-row': {
      const { key, state } = row;
      return { place: `row ${row.number}`, row: shortJson({ key, state }), becomes: `key ${JSON.stringify(key)}` };
    }
    default: {
      const becomes = describeMade(row) ?? `nothing: ${row.error?.message ?? ''}`;
      return { place: `${row.place.unit} ${row.place.number}`, row: shortJson(row.row), becomes };
    }
  }
}

/** What a mapping made of a row; null where it made nothing. */
function describeMade(row: Extract<ResourceRow, { kind: 'state' | 'output' | 'handling' | 'record' }>): string | null {
  if (row.made === null) return null;
  switch (row.kind) {
    case 'state':
      return `key ${JSON.stringify(row.made.key)}, state ${shortJson(row.made.state)}`;
    case 'output': {
      const { output, key, value } = row.made;
      return `${output} of key ${JSON.stringify(key)}: ${shortJson(value)}, ${describeNamed(row.made)}`;
    }
    case 'handling':
      return describeNamed(row.made);
    case 'record': {
      const { id, key, time, amount, type, reversal } = row.made;
      const parts = [
        ...(id === null ? [] : [`id ${JSON.stringify(id)}`]),
        ...(key === null ? [] : [`key ${JSON.stringify(key)}`]),
        ...(amount === null ? [] : [`amount ${amount}`]),
        ...(time === null ? [] : [isoTime(time)]),
        ...(type === null ? [] : [`type ${type}`]),
        ...(reversal ? ['takes an earlier row back'] : []),
      ];
      return parts.length === 0 ? 'nothing to recognise an event by' : parts.join(', ');
    }
  }
}

function describeNamed({ event, eventId }: Pick<RecordedOutput, 'event' | 'eventId'>): string {
  if (event !== null) return `event ${describeOffset(event)}`;
  return eventId === null ? 'no event' : `event ${JSON.stringify(eventId)}`;
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
