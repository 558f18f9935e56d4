import type { EventLog, LogDescription, PartitionDescription } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { EventMapping } from '../../sources/rows/event-mapping.js';
import type { LogDamage } from '../../model/log/log-damage.js';
import type { Incident } from '../file/incident.js';
import { namedLogs } from '../open/named-logs.js';
import { examineKafka } from './examine-kafka.js';
import { finding, findingOrError, type ResourceRow, type Remark, type ResourceFinding } from './finding.js';
import { judgeOrderField } from './judge-order-field.js';
import { judgeTimes } from './judge-times.js';
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
  if (findings.length === 0) {
    findings.push(finding('log', { kind: 'no-log' }, [{ severity: 'doubt', key: 'log', kind: 'no-log' }]));
  }
  return { findings, logs, descriptions };
}

async function describeLog(
  resource: string,
  log: EventLog,
  { location, partitions, damage }: LogDescription,
  { order, poison, log: { topics, mapping } }: Incident,
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
  const preview: ResourceRow[] = [];
  await withFirstPage(log, chosen, (page, partition) => {
    preview.push(...firstRows(page, partition));
    remarks.push(...timeRemarks(resource, page, resource === 'log.ndjson' ? mapping : null));
    if (order.by === 'field') remarks.push(...orderRemarks(page, partition, order.path));
  });
  return finding(resource, content, remarks, preview);
}

const namedDamage = 10;

/** Where nothing may be parked, no plan goes over what cannot be read. */
function damageRemarks(key: string, { records, described }: LogDamage, poison: Incident['poison']): readonly Remark[] {
  const severity = poison === 'stop' ? 'problem' : 'doubt';
  const named = described.slice(0, namedDamage);
  const more = records - named.length;
  return [
    { severity, key, kind: 'damaged-records', records, parked: poison !== 'stop' },
    ...named.map((record): Remark => ({ severity, key, kind: 'damaged-record', record })),
    ...(more > 0 ? [{ severity, key, kind: 'more-damaged-records', records: more } as const] : []),
  ];
}

/** A wrong unit shows in the first page already. */
function timeRemarks(resource: string, { timestamps }: EventPage, mapping: EventMapping | null): readonly Remark[] {
  const declared = (mapping?.form !== 'envelope' && mapping?.time?.unit) || 'milliseconds';
  const times = judgeTimes(timestamps, declared);
  if (times === null) return [];
  const mapped = mapping !== null;
  const key = mapped ? 'log.mapping.time' : resource;
  return [{ severity: 'doubt', key, kind: 'odd-times', times, looked: timestamps.length, mapped }];
}

function orderRemarks(page: EventPage, partition: PartitionDescription, path: string): readonly Remark[] {
  const remark = judgeOrderField(page, path);
  if (remark === null) return [];
  const at = remark.index === null ? null : eventAt(page, partition, remark.index);
  return [{ severity: 'problem', key: 'order.field', kind: 'unusable-order-field', path, at, reason: remark.reason }];
}

function eventAt(page: EventPage, { topic, partition }: PartitionDescription, index: number): RecordedEventRef {
  return { topic, partition, offset: page.offsets[index] as number };
}

async function withFirstPage(
  log: EventLog,
  partitions: readonly PartitionDescription[],
  take: (page: EventPage, partition: PartitionDescription) => void,
): Promise<void> {
  const [partition] = partitions.filter(({ range }) => range.from < range.to);
  if (partition === undefined) return;
  const reader = log.read({ ...partition, ...partition.range });
  try {
    const page = await reader.next();
    if (page !== null) take(page, partition);
  } finally {
    reader.close();
  }
}

function firstRows(page: EventPage, partition: PartitionDescription): readonly ResourceRow[] {
  return Array.from({ length: Math.min(page.count, previewedRows) }, (_, index) => {
    const time = page.timestamps[index] as number;
    return {
      kind: 'event',
      ...eventAt(page, partition, index),
      key: page.keys[index] ?? null,
      time: Number.isNaN(time) ? null : time,
      value: page.values[index],
      undecodable: page.undecodable?.get(index) ?? null,
    };
  });
}
