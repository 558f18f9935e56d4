import type { SaveLag, SaveReport, PartitionToSave, TopicSurvey } from '@eventmend/core/kafka';
import type { ArchiveDescription } from '@eventmend/core/archive';
import { countOf, formatBytes, formatCount, formatTime } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { shellWord } from '../terminal/shell-word.js';
import { table } from '../terminal/table.js';
import { listArchivedDamage } from './render-archived-damage.js';
import { warn } from './render-assessment.js';

/** What is going to be copied, and what goes first in the cluster. */
export function renderSurvey({ partitions, topics }: TopicSurvey, style: TerminalStyle): string[] {
  const offsets = partitions.reduce((sum, { low, end }) => sum + end - low, 0);
  const names = topics.map(({ name }) => name).join(', ');
  const [first] = partitions;
  const head = `Saving ${names}: up to ${countOf(offsets, 'event')} in ${countOf(partitions.length, 'partition')}`;
  const when = first === undefined ? null : describeKept(first.keptUntil);
  if (first === undefined || when === null) return paragraph(style, head);
  return [
    ...paragraph(style, head),
    ...warn(style, `${place(first)} from offset ${first.low} may be deleted ${when}; it comes first`),
  ];
}

export function renderLag({ events, offsets }: SaveLag): string {
  return `follow  ${countOf(events, 'event')} since, ${countOf(offsets, 'offset')} behind`;
}

/** What the archive holds now, what Kafka deletes next, and how to keep it longer there. */
export function renderSaved(
  report: SaveReport,
  held: ArchiveDescription,
  shown: string,
  brokers: readonly string[],
  style: TerminalStyle,
): string[] {
  const events = report.partitions.reduce((sum, partition) => sum + partition.events, 0);
  const lost = report.partitions.reduce((sum, partition) => sum + partition.lost, 0);
  const damaged = report.partitions.reduce((sum, partition) => sum + (partition.damaged ?? 0), 0);
  return [
    `${paint(style, 'strong', 'Saved')}  ${countOf(events, 'event')} into ${safeText(shown)}, which holds ${countOf(held.events, 'event')} now (${formatBytes(held.bytes)})`,
    '',
    ...table(
      [
        { title: 'Partition', wrap: true },
        { title: 'Archive holds' },
        { title: 'Added', align: 'right' },
        { title: 'Goes next in Kafka', wrap: true },
      ],
      report.partitions.map((partition) => [
        place(partition),
        rangeOf(partition, held),
        formatCount(partition.events),
        goesNext(partition),
      ]),
      style,
    ),
    '',
    ...report.groups.flatMap(({ group, offsets, reason }) =>
      paragraph(
        style,
        offsets === null
          ? `Group ${group}: its offsets cannot be seen: ${reason ?? ''}`
          : `Group ${group}: ${countOf(offsets.length, 'committed offset')} kept`,
      ),
    ),
    ...(lost === 0
      ? []
      : warn(style, `${countOf(lost, 'offset')} had been deleted before they could be saved; the archive knows which`)),
    ...(damaged === 0
      ? []
      : [
          ...warn(
            style,
            `${countOf(damaged, 'offset')} held records that cannot be read or are too large: holes in the archive, their bytes are kept`,
          ),
          ...listArchivedDamage(held.damage, style),
        ]),
    ...(report.missingSchemas.length === 0
      ? []
      : warn(
          style,
          `the registry does not know the schemas ${report.missingSchemas.slice(0, 5).join(', ')}, which values name; the events are saved`,
        )),
    ...(report.stopped ? paragraph(style, 'Stopped following; the same command goes on.') : []),
    ...keepLonger(report, brokers, style),
  ];
}

/** The oldest offset with the time, and how far it goes within a day. */
function goesNext({ keptUntil, dueWithinADay, low }: SaveReport['partitions'][number]): string {
  const when = describeKept(keptUntil);
  if (when === null) return 'nothing';
  const day = dueWithinADay === null || dueWithinADay <= low ? '' : `; up to @${dueWithinADay - 1} within a day`;
  return `@${low} ${when}${day}`;
}

/** The command that stops Kafka from deleting, and what to set back afterwards. */
function keepLonger({ topics, partitions }: SaveReport, brokers: readonly string[], style: TerminalStyle): string[] {
  const going = topics.filter(({ name }) =>
    partitions.some(({ topic, keptUntil }) => topic === name && keptUntil !== null),
  );
  if (going.length === 0) return [];
  return [
    ...paragraph(style, 'To keep more in Kafka meanwhile (and to set back later):'),
    ...going.flatMap(({ name, settings }) => [
      `  kafka-configs.sh --bootstrap-server ${shellWord(brokers.join(','))} --alter \\`,
      `    --entity-type topics --entity-name ${shellWord(name)} --add-config retention.ms=-1,retention.bytes=-1`,
      `    (now retention.ms=${safeText(settings?.['retention.ms'] ?? 'unknown')}, retention.bytes=${safeText(settings?.['retention.bytes'] ?? 'unknown')})`,
    ]),
  ];
}

function rangeOf({ topic, topicId, partition }: SaveReport['partitions'][number], held: ArchiveDescription): string {
  const found = held.partitions.find(
    (one) => one.topic === topic && one.incarnation === topicId && one.partition === partition,
  );
  return found === undefined || found.range.from === found.range.to
    ? 'nothing'
    : `${found.range.from}-${found.range.to - 1}`;
}

function describeKept(kept: PartitionToSave['keptUntil']): string | null {
  if (kept === null) return null;
  return kept.time === null ? `at any time (${kept.by})` : `from ${formatTime(kept.time).slice(0, 16)} UTC on`;
}

function place({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}[${partition}]`;
}
