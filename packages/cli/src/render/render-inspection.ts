import type { MappedEvent } from '@eventmend/core/rows';
import type { Inspection } from '../init/inspect-events.js';
import { formatCount, formatTime } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { paint, symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import { cutText } from '../terminal/text-width.js';
import { describeOffset } from './describe-offset.js';

const shownColumns = 12;

/** What was found in an events file, and what the guessed mapping makes of its first rows. */
export function renderInspection(file: string, inspection: Inspection, style: TerminalStyle): string[] {
  const { rows, more, columns, mapping } = inspection;
  const names = columns.slice(0, shownColumns).map(({ name }) => name);
  const others = columns.length > names.length ? ` and ${columns.length - names.length} more` : '';
  const roles = Object.entries(mapping).map(([role, from]) => `${role} = ${roleText(from)}`);
  return [
    `${paint(style, 'strong', safeText(file))}  ${formatCount(rows)} ${more ? 'rows looked at, and there are more' : 'rows'}`,
    ...paragraph(style, `Columns: ${names.join(', ')}${others}`),
    ...paragraph(style, `Guessed: ${roles.join(', ')}`),
    ...inspection.notes.flatMap((note) => paragraph(style, `Note: ${note}`)),
    '',
    ...table(
      [
        { title: 'Event', wrap: true },
        { title: 'Time (UTC)', wrap: true },
        { title: 'Key', wrap: true },
        { title: 'Value', wrap: true },
      ],
      inspection.preview.map((event) => [
        describeOffset(event),
        Number.isNaN(event.time) ? 'none' : formatTime(event.time),
        event.key ?? 'none',
        valueText(event, style),
      ]),
      style,
    ),
    '',
  ];
}

function roleText(from: unknown): string {
  if (typeof from === 'string') return from;
  if (typeof from === 'object' && from !== null && 'column' in from) return String(from.column);
  return JSON.stringify(from);
}

function valueText(event: MappedEvent, style: TerminalStyle): string {
  if (event.valueKind !== 'json') return event.valueKind === 'none' ? 'none' : `${event.valueBytes?.length ?? 0} bytes`;
  return cutText(safeText(event.valueText ?? JSON.stringify(event.value)), 60, symbol(style, 'ellipsis'));
}
