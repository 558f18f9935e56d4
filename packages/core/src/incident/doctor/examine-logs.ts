import type { EventLog, LogDescription } from '../../model/log/event-log.js';
import type { LogDamage } from '../../model/log/log-damage.js';
import type { Incident } from '../file/incident.js';
import { namedLogs } from '../open/named-logs.js';
import { examineKafka } from './examine-kafka.js';
import { finding, findingOrError, type ResourceRow, type Remark, type ResourceFinding } from './finding.js';
import { previewedRows } from './preview-of-rows.js';

export interface ExaminedLogs {
  readonly findings: readonly ResourceFinding[];
  readonly logs: readonly EventLog[];
  readonly descriptions: readonly LogDescription[];
}

/** Opens the logs of an incident and reads their first events. Those that could be opened are given back open. */
export async function examineLogs(incident: Incident): Promise<ExaminedLogs> {
  const { kafka } = incident.log;
  const findings: ResourceFinding[] = [];
  const logs: EventLog[] = [];
  const descriptions: LogDescription[] = [];
  for (const { kind, open } of namedLogs(incident)) {
    const resource = `log.${kind}`;
    if (kind === 'kafka' && kafka !== null) {
      const connection = await examineKafka(resource, { settings: kafka.connection, topics: kafka.topics });
      findings.push(connection);
      if (connection.state === 'unusable') continue;
    }
    const result = await findingOrError(resource, async () => {
      const log = await open();
      logs.push(log);
      const description = await log.describe();
      descriptions.push(description);
      return describeLog(resource, log, description, incident);
    });
    findings.push(result);
  }
  return { findings, logs, descriptions };
}

async function describeLog(
  resource: string,
  log: EventLog,
  { location, partitions, damage }: LogDescription,
  { log: { topics }, poison }: Incident,
): Promise<ResourceFinding> {
  const remarks: Remark[] = (topics ?? [])
    .filter((topic) => !partitions.some((partition) => partition.topic === topic))
    .map((topic) => ({ severity: 'doubt', key: 'log.topics', kind: 'no-such-topic', topic }));
  const chosen = partitions.filter(({ topic }) => topics === null || topics.includes(topic));
  if (chosen.every(({ range }) => range.from === range.to))
    remarks.push({ severity: 'doubt', key: resource, kind: 'no-events' });
  if (damage !== undefined) remarks.push(...damageRemarks(resource, damage, poison));
  // A log that does not count its events without reading them knows how many there are at most.
  const eventsAtMost = chosen.some(({ events }) => events < 0);
  const events = chosen.reduce((sum, { events: some, range }) => sum + (some >= 0 ? some : range.to - range.from), 0);
  const content = { kind: 'log', location, partitions: chosen.length, events, eventsAtMost } as const;
  return finding(resource, content, remarks, await firstEvents(log, chosen));
}

const namedDamage = 10;

/** Where nothing may be parked, no plan goes over what cannot be read. */
function damageRemarks(
  key: string,
  { records, described }: LogDamage,
  poison: Incident['poison'],
): readonly Remark[] {
  const severity = poison === 'stop' ? 'problem' : 'doubt';
  const named = described.slice(0, namedDamage);
  const more = records - named.length;
  return [
    { severity, key, kind: 'damaged-records', records, parked: poison !== 'stop' },
    ...named.map((record): Remark => ({ severity, key, kind: 'damaged-record', record })),
    ...(more > 0 ? [{ severity, key, kind: 'more-damaged-records', records: more } as const] : []),
  ];
}

async function firstEvents(log: EventLog, partitions: LogDescription['partitions']): Promise<readonly ResourceRow[]> {
  const [partition] = partitions.filter(({ range }) => range.from < range.to);
  if (partition === undefined) return [];
  const reader = log.read({ ...partition, ...partition.range });
  try {
    const page = await reader.next();
    if (page === null) return [];
    return Array.from({ length: Math.min(page.count, previewedRows) }, (_, index) => {
      const time = page.timestamps[index] as number;
      return {
        kind: 'event',
        topic: partition.topic,
        partition: partition.partition,
        offset: page.offsets[index] as number,
        key: page.keys[index] ?? null,
        time: Number.isNaN(time) ? null : time,
        value: page.values[index],
        undecodable: page.undecodable?.get(index) ?? null,
      };
    });
  } finally {
    reader.close();
  }
}
