import type { WorkerCheckReport } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';

type Coverage = NonNullable<WorkerCheckReport['coverage']>;

const shownParts = 12;

/** What a check of a worker exercised, and what it says nothing about. */
export function renderCoverage(coverage: Coverage, labelWidth: number, style: TerminalStyle): string[] {
  const parts = describeNotCovered(coverage);
  const shown = parts.slice(0, shownParts);
  if (parts.length > shownParts) shown.push(`and ${formatCount(parts.length - shownParts)} more`);
  return [
    ...labelled(style, 'covered', describeCovered(coverage), labelWidth),
    ...shown.flatMap((part, index) => labelled(style, index === 0 ? 'not covered' : '', part, labelWidth)),
  ];
}

/** `412,118 events, 48,102 keys, 6 of 7 event types, 38 of 41 blocks of its code`. */
function describeCovered({ covered, notCovered }: Coverage): string {
  const { events, keys, types, code } = covered;
  const all = types === null ? 0 : types.length + notCovered.types.length;
  return [
    countOf(events, 'event'),
    countOf(keys, 'key'),
    types === null
      ? 'types of events are not told: their names are too many'
      : `${formatCount(types.length)} of ${countOf(all, 'event type')}`,
    code === null
      ? 'its code was not recorded'
      : `${formatCount(code.ran)} of ${countOf(code.seen, 'block')} of its code`,
  ].join(', ');
}

function describeNotCovered({ notCovered: { types, lines, fields }, reviewed }: Coverage): string[] {
  const mark = (name: string): string => (reviewed.includes(name) ? ', reviewed' : '');
  return [
    ...types.map(
      ({ type, events, keys }) =>
        `${type} (${countOf(events, 'event')} of the log, ${countOf(keys, 'key')}${mark(type)})`,
    ),
    ...lines.map((line) => `${line}: code that did not run${mark(line)}`),
    ...fields.map((field) => `field ${field} is dropped by normalise: never compared${mark(field)}`),
  ];
}
