import type {
  PreparedPublication,
  PublicationReport,
  PublicationRow,
  PublicationWarning,
} from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { cutText } from '../terminal/text-width.js';
import {
  describeDestination,
  describeDropped,
  describeForeign,
  describeLeftAlone,
  describeRows,
  describeWarning,
  partitionerTexts,
} from './describe-publication.js';

/** What would be sent, and what not, before it is. */
export function renderPrepared({ seal, first, sealedBefore }: PreparedPublication, style: TerminalStyle): string[] {
  const { runId, mode, topic, destination, rows, actions, partitions, partitioner, leftAlone, warnings, chosen } = seal;
  const what = mode === 'rebuild' ? 'all outputs in their order' : 'corrections';
  return [
    paint(style, 'strong', safeText(`Publication of ${runId}: ${what}, to ${describeDestination(topic, destination)}`)),
    ...labelled(style, 'records', `${formatCount(rows)}: ${describeRows(actions, destination)}`),
    ...(chosen === null
      ? []
      : labelled(style, 'first', `${countOf(chosen.rows, 'record')} of ${chosen.keys.join(', ')}`)),
    ...(partitioner === 'none'
      ? labelled(style, 'rows', 'each found by the id of its output, in transactions with a mark of how far they go')
      : labelled(style, 'partitions', `${formatCount(partitions.length)}, ${partitionerTexts[partitioner]}`)),
    ...describeLeftAlone(leftAlone).flatMap((text) => labelled(style, 'left alone', text)),
    ...(sealedBefore
      ? labelled(style, 'sealed', 'by an earlier call; this one goes on where the topic shows it to be')
      : []),
    ...renderWarnings(warnings, style),
    ...(first.length === 0 ? [] : ['', ...first.flatMap((row) => renderRow(row, style))]),
  ];
}

/** What stands in the topic now. */
export function renderPublished(report: PublicationReport, style: TerminalStyle): string[] {
  const { runId, topic, destination, rows, published, dropped, complete, partitions, leftAlone, warnings } = report;
  const foreign = partitions.reduce((sum, part) => sum + part.foreign, 0);
  const [only] = partitions;
  const digest = partitions.length === 1 && only !== undefined ? `   digest ${only.digest.slice(0, 16)}` : '';
  const stand = complete ? 'each once and in order' : 'each once and in order; the rest is not sent yet';
  return [
    paint(
      style,
      complete ? 'good' : 'strong',
      safeText(`Published ${runId} to ${describeDestination(topic, destination)}`),
    ),
    ...labelled(style, 'read back', `${formatCount(published)} of ${countOf(rows, 'record')}, ${stand}${digest}`),
    ...(dropped === 0 ? [] : labelled(style, 'newer', describeDropped(dropped, destination))),
    ...(foreign === 0 ? [] : labelled(style, 'beside', describeForeign(foreign, destination))),
    ...describeLeftAlone(leftAlone).flatMap((text) => labelled(style, 'left alone', text)),
    ...renderWarnings(warnings, style),
  ];
}

function renderWarnings(warnings: readonly PublicationWarning[], style: TerminalStyle): string[] {
  return warnings.flatMap((warning) => labelled(style, 'warning', describeWarning(warning)));
}

function renderRow({ action, output, key, value, headers }: PublicationRow, style: TerminalStyle): string[] {
  const reason = headers.find(([name]) => name === 'eventmend-reason')?.[1];
  const text = value === null ? 'nothing (a tombstone)' : Buffer.from(value).toString('utf8');
  return [
    ...labelled(style, action, `${output} ${key}${reason === undefined ? '' : `, ${reason}`}`),
    ...labelled(style, '', cutText(safeText(text), 160)),
  ];
}
