import type { OutboxSeal, PublicationReport, PublicationRow } from '@eventmend/core/engine';
import type { PublishJson } from './publish-document.js';

type Members = Omit<PublishJson, 'format_version' | 'command' | 'exit_code' | 'next'>;

export function publicationToJson(
  seal: Omit<OutboxSeal, 'chain'>,
  report: PublicationReport | null,
  first: readonly PublicationRow[],
): Members {
  const { runId, mode, topic, clusterId, base, rows, actions, leftAlone, partitioner, time, warnings } = seal;
  const starts = new Map(seal.partitions.map(({ partition, start }) => [partition, String(start)]));
  return {
    ...{
      runId,
      mode,
      destination: seal.destination ?? 'topic',
      topic,
      clusterId,
      base,
      rows,
      actions,
      leftAlone,
      partitioner,
      time,
    },
    warnings: warnings.map((warning) => ({ ...warning })),
    first: first.map(({ action, output, key, value, headers }) => ({
      ...{ action, output, key },
      value: value === null ? null : Buffer.from(value).toString('utf8'),
      headers: headers.map(([name, content]) => [name, content] as [string, string]),
    })),
    published:
      report === null
        ? null
        : {
            ...{ complete: report.complete, records: report.published, dropped: report.dropped },
            partitions: report.partitions.map((part) => ({ ...part, start: starts.get(part.partition) ?? '0' })),
          },
  };
}
