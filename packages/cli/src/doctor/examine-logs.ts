import type { EventLog, EventPage, LogDescription } from '@eventmend/core';
import { decodeWithSchemas, judgeOrderField, judgeTimes, type Incident } from '@eventmend/core/incident';
import type { Engine } from '../engine/engine.js';
import type { EventMapping } from '@eventmend/core/rows';
import { countOf, isoTime } from '../terminal/format.js';
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
        return describeLog(resource, log, description, incident, resource === 'log.ndjson' ? mapping : null);
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
  { location, partitions }: LogDescription,
  { order, log: { topics } }: Incident,
  mapping: EventMapping | null,
): Promise<Finding> {
  const remarks = (topics ?? [])
    .filter((topic) => !partitions.some((partition) => partition.topic === topic))
    .map((topic) => doubt('log.topics', `it has no topic ${JSON.stringify(topic)}`));
  const chosen = partitions.filter(({ topic }) => topics === null || topics.includes(topic));
  if (chosen.every(({ range }) => range.from === range.to)) remarks.push(doubt(resource, 'it has no events'));
  // A log that does not count its events without reading them knows how many there are at most.
  const counted = chosen.every(({ events }) => events >= 0);
  const most = chosen.reduce((sum, { events, range }) => sum + (events >= 0 ? events : range.to - range.from), 0);
  const words = `${counted ? '' : 'up to '}${countOf(most, 'event')} in ${countOf(chosen.length, 'partition')} of ${location}`;
  const { lines, times, order: ordering } = await firstEvents(log, chosen, order);
  return finding(resource, words, [...remarks, ...timeRemarks(resource, times, mapping), ...ordering], lines);
}

interface FirstEvents {
  readonly lines: readonly PreviewLine[];
  readonly times: ArrayLike<number>;
  readonly order: readonly Remark[];
}

async function firstEvents(
  log: EventLog,
  partitions: LogDescription['partitions'],
  order: Incident['order'],
): Promise<FirstEvents> {
  const [partition] = partitions.filter(({ range }) => range.from < range.to);
  if (partition === undefined) return { lines: [], times: [], order: [] };
  const reader = log.read({ ...partition, ...partition.range });
  try {
    const page = await reader.next();
    if (page === null) return { lines: [], times: [], order: [] };
    const lines = Array.from({ length: Math.min(page.count, previewedRows) }, (_, index) => {
      const offset = page.offsets[index] as number;
      const time = page.timestamps[index] as number;
      const when = Number.isNaN(time) ? 'no time' : isoTime(time);
      return {
        place: `${partition.topic}[${partition.partition}]@${offset}`,
        row: page.undecodable?.get(index) ?? shortJson(page.values[index]),
        becomes: `key ${JSON.stringify(page.keys[index] ?? null)}, ${when}`,
      };
    });
    return { lines, times: page.timestamps, order: orderRemarks(page, order, (index) => lines[index]?.place) };
  } finally {
    reader.close();
  }
}

/** A wrong unit shows in the first page already. */
function timeRemarks(resource: string, times: ArrayLike<number>, mapping: EventMapping | null): readonly Remark[] {
  const declared = (mapping?.form !== 'envelope' && mapping?.time?.unit) || 'milliseconds';
  const remark = judgeTimes(times, declared);
  if (remark === null) return [];
  const odd = remark.kind === 'out-of-range' ? 'out of the range of any calendar' : 'not between 2000 and 2100';
  const text = `${countOf(remark.events, 'event')} of the first ${times.length} have a time that is ${odd}: ${isoTime(remark.time)}`;
  const hint =
    remark.unit === null
      ? 'are these numbers times?'
      : mapping === null
        ? `they look like ${remark.unit}, and a log has milliseconds: the order by time is wrong with them`
        : `they look like ${remark.unit}: set unit: ${remark.unit} in the mapping of the time`;
  return [doubt(mapping === null ? resource : 'log.mapping.time', text, hint)];
}

function orderRemarks(
  page: EventPage,
  order: Incident['order'],
  placeOf: (index: number) => string | undefined,
): readonly Remark[] {
  const remark = order.by === 'field' ? judgeOrderField(page, order.path) : null;
  if (remark === null || order.by !== 'field') return [];
  const where = remark.index === null ? '' : `${placeOf(remark.index) ?? `event ${remark.index + 1}`} `;
  return [
    problem(
      'order.field',
      `${JSON.stringify(order.path)} cannot order the events: ${where}${remark.reason}`,
      'name a field that every event has, of one type; or order by time',
    ),
  ];
}
