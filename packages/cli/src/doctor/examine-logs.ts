import type { EventLog, LogDescription } from '@eventmend/core';
import { describeDamagedRecord, type LogDamage } from '@eventmend/core/engine';
import { decodeWithSchemas, type Incident } from '@eventmend/core/incident';
import type { Engine } from '../engine/engine.js';
import { countOf } from '../terminal/format.js';
import { examineKafka } from './examine-kafka.js';
import { doubt, finding, found, problem, type Finding, type PreviewLine, type Remark } from './finding.js';
import { previewedRows, shortJson } from './preview-lines.js';

export interface ExaminedLogs {
  readonly findings: readonly Finding[];
  readonly logs: readonly EventLog[];
  readonly descriptions: readonly LogDescription[];
}

/** Opens the logs of an incident and reads their first events. Those that could be opened are given back open. */
export async function examineLogs(incident: Incident, engine: Engine): Promise<ExaminedLogs> {
  const { archives, kafka, ndjson, mapping } = incident.log;
  const findings: Finding[] = [];
  const logs: EventLog[] = [];
  const descriptions: LogDescription[] = [];
  const examine = async (resource: string, open: () => Promise<EventLog>) => {
    findings.push(
      await found(resource, async () => {
        const log = await decodeWithSchemas(await open(), incident);
        logs.push(log);
        const description = await log.describe();
        descriptions.push(description);
        return describeLog(resource, log, description, incident);
      }),
    );
  };
  for (const file of archives) await examine('log.archive', () => engine.openArchive(file));
  if (kafka !== null) {
    const connection = await examineKafka('log.kafka', kafka, engine);
    findings.push(connection);
    if (connection.state !== 'unusable') await examine('log.kafka', () => engine.openKafkaLog(kafka));
  }
  if (ndjson.length > 0) await examine('log.ndjson', () => engine.openNdjsonLog(ndjson, mapping));
  return { findings, logs, descriptions };
}

async function describeLog(
  resource: string,
  log: EventLog,
  { location, partitions, damage }: LogDescription,
  { log: { topics }, poison }: Incident,
): Promise<Finding> {
  const remarks = (topics ?? [])
    .filter((topic) => !partitions.some((partition) => partition.topic === topic))
    .map((topic) => doubt('log.topics', `it has no topic ${JSON.stringify(topic)}`));
  const chosen = partitions.filter(({ topic }) => topics === null || topics.includes(topic));
  if (chosen.every(({ range }) => range.from === range.to)) remarks.push(doubt(resource, 'it has no events'));
  if (damage !== undefined) remarks.push(...remarksOfDamage(resource, damage, poison));
  // A log that does not count its events without reading them knows how many there are at most.
  const counted = chosen.every(({ events }) => events >= 0);
  const most = chosen.reduce((sum, { events, range }) => sum + (events >= 0 ? events : range.to - range.from), 0);
  const words = `${counted ? '' : 'up to '}${countOf(most, 'event')} in ${countOf(chosen.length, 'partition')} of ${location}`;
  return finding(resource, words, remarks, await firstEvents(log, chosen));
}

const shownDamage = 10;

/** Where nothing may be parked, no plan goes over what cannot be read. */
function remarksOfDamage(
  resource: string,
  { records, described }: LogDamage,
  poison: Incident['poison'],
): readonly Remark[] {
  const remark = poison === 'stop' ? problem : doubt;
  const shown = described.slice(0, shownDamage);
  const more = records - shown.length;
  return [
    remark(
      resource,
      `${countOf(records, 'record')} cannot be read`,
      poison === 'stop'
        ? 'correct the files, name another log that has them, or park them with poison: quarantine-event'
        : 'their offsets are quarantined; what they can reach is called incomplete',
    ),
    ...shown.map((record) => remark(resource, describeDamagedRecord(record))),
    ...(more > 0 ? [remark(resource, `and ${countOf(more, 'more record')}`)] : []),
  ];
}

async function firstEvents(log: EventLog, partitions: LogDescription['partitions']): Promise<readonly PreviewLine[]> {
  const [partition] = partitions.filter(({ range }) => range.from < range.to);
  if (partition === undefined) return [];
  const reader = log.read({ ...partition, ...partition.range });
  try {
    const page = await reader.next();
    if (page === null) return [];
    return Array.from({ length: Math.min(page.count, previewedRows) }, (_, index) => {
      const offset = page.offsets[index] as number;
      const time = page.timestamps[index] as number;
      const when = Number.isNaN(time) ? 'no time' : new Date(time).toISOString();
      return {
        place: `${partition.topic}[${partition.partition}]@${offset}`,
        row: page.undecodable?.get(index) ?? shortJson(page.values[index]),
        becomes: `key ${JSON.stringify(page.keys[index] ?? null)}, ${when}`,
      };
    });
  } finally {
    reader.close();
  }
}
