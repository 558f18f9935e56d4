import type { EventLog } from '../../model/log/event-log.js';
import type { Incident } from '../file/incident.js';
import { decodeWithSchemas } from './decode-with-schemas.js';

interface NamedLog {
  /** Its key under `log` in the incident file. */
  readonly kind: 'archive' | 'kafka' | 'ndjson';
  /** Its files or brokers. */
  readonly locations: readonly string[];
  open(): Promise<EventLog>;
}

/** The logs that an incident names, each to be opened with its values decoded: the archives, then Kafka, then files. */
export function namedLogs(incident: Incident): readonly NamedLog[] {
  const { archives, kafka, ndjson, mapping } = incident.log;
  const named = (kind: NamedLog['kind'], locations: readonly string[], open: () => Promise<EventLog>): NamedLog => ({
    kind,
    locations,
    open: async () => decodeWithSchemas(await open(), incident),
  });
  const logs = archives.map((file) =>
    named('archive', [file], async () => (await import('../../sources/archive/open-archive.js')).openArchive(file)),
  );
  if (kafka !== null)
    logs.push(
      named('kafka', kafka.connection.brokers, async () =>
        (await import('../../sources/kafka/log/open-kafka-log.js')).openKafkaLog(
          incident.poison === 'stop' ? kafka : { ...kafka, damage: 'keep' },
        ),
      ),
    );
  if (ndjson.length > 0)
    logs.push(
      named('ndjson', ndjson, async () =>
        (await import('../../sources/ndjson/open-ndjson-log.js')).openNdjsonLog(ndjson, mapping, { damage: 'keep' }),
      ),
    );
  return logs;
}
