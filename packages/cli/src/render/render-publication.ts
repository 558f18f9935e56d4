import type {
  LeftAlone,
  OutboxSeal,
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
import { describeMissing } from './render-run.js';

/** What would be sent, and what not, before it is. */
export function renderPrepared({ seal, first, sealedBefore }: PreparedPublication, style: TerminalStyle): string[] {
  const { runId, mode, topic, destination, rows, actions, partitions, partitioner, leftAlone, warnings, chosen } = seal;
  const what = mode === 'rebuild' ? 'all outputs in their order' : 'corrections';
  return [
    paint(style, 'strong', safeText(`Publication of ${runId}: ${what}, to ${nameOf(topic, destination)}`)),
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
    paint(style, complete ? 'good' : 'strong', safeText(`Published ${runId} to ${nameOf(topic, destination)}`)),
    ...labelled(style, 'read back', `${formatCount(published)} of ${countOf(rows, 'record')}, ${stand}${digest}`),
    ...(dropped === 0
      ? []
      : labelled(
          style,
          'newer',
          destination === 'table'
            ? `${countOf(dropped, 'row')} left out: the service has written them since they were compared`
            : `${countOf(dropped, 'latest value')} left out: something newer stands at the key by now`,
        )),
    ...(foreign === 0 ? [] : labelled(style, 'beside', describeForeign(foreign, destination))),
    ...describeLeftAlone(leftAlone).flatMap((text) => labelled(style, 'left alone', text)),
    ...renderWarnings(warnings, style),
  ];
}

const partitionerTexts = {
  murmur2: "each key where Kafka's own partitioner puts it",
  recorded: 'each key where its records stand',
} as const;

type Destination = OutboxSeal['destination'];

function nameOf(topic: string, destination: Destination): string {
  return destination === 'table' ? `the table ${topic}` : topic;
}

function describeForeign(count: number, destination: Destination): string {
  return destination === 'table'
    ? `${countOf(count, 'row')} written by others since they were published`
    : `${countOf(count, 'record')} of other producers, untouched`;
}

function describeRows(
  { send, retract }: { readonly send: number; readonly retract: number },
  destination: Destination,
): string {
  if (destination === 'table') return `${formatCount(send)} to write, ${formatCount(retract)} to take away`;
  return `${formatCount(send)} to send, ${formatCount(retract)} to retract`;
}

function describeLeftAlone(left: LeftAlone): string[] {
  const texts: [count: number, text: string][] = [
    [left.unknown, 'of which nothing can be said (eventmend corrections says why)'],
    [left.effects, 'did something in the world: listed by eventmend corrections, never carried out'],
    [left.undeclared, 'of no declared kind'],
    [left.notRetractable, 'wrong, and the worker declares no way to take them back'],
    [left.superseded, 'superseded: a newer value was recorded anyway'],
    [left.publishedBefore, 'published by an earlier run already'],
    [left.elsewhere, 'of other outputs than this topic holds'],
  ];
  return texts.filter(([count]) => count > 0).map(([count, text]) => `${formatCount(count)} ${text}`);
}

function renderWarnings(warnings: readonly PublicationWarning[], style: TerminalStyle): string[] {
  return warnings.flatMap((warning) => labelled(style, 'warning', describeWarning(warning)));
}

function describeWarning(warning: PublicationWarning): string {
  switch (warning.kind) {
    case 'one-replica-suffices':
      return `min.insync.replicas is ${warning.minInsyncReplicas}: a single broker that is lost may take what was published with it`;
    case 'settings-hidden':
      return 'the settings of the topic may not be seen (DescribeConfigs): that it is not compacted was not checked';
    case 'partitioner-unconfirmed':
      return 'nothing recorded shows where the service puts a key';
    case 'partitioner-deviates':
      return `${countOf(warning.keys, 'key')} (${warning.first.join(', ')}) stand elsewhere than Kafka's own partitioner puts them`;
    case 'begins-at-baseline':
      return 'the run begins at a baseline: outputs of earlier events are not published';
    case 'makes-table':
      return `the small table ${warning.table} is made beside it: how far a publication has come stands there`;
    case 'not-proven':
      return describeMissing({ verdict: 'incomplete', missing: warning.missing }).join('; ');
  }
}

function renderRow({ action, output, key, value, headers }: PublicationRow, style: TerminalStyle): string[] {
  const reason = headers.find(([name]) => name === 'eventmend-reason')?.[1];
  const text = value === null ? 'nothing (a tombstone)' : Buffer.from(value).toString('utf8');
  return [
    ...labelled(style, action, `${output} ${key}${reason === undefined ? '' : `, ${reason}`}`),
    ...labelled(style, '', cutText(safeText(text), 160)),
  ];
}
