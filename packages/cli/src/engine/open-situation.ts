import { pathToFileURL } from 'node:url';
import type { ReplayLog, ReplaySituation } from '@eventmend/log-replay';
import type { Incident } from '../incident/incident.js';
import type { Engine } from './engine.js';
import { selectTopics } from './select-topics.js';

/** An incident with its logs and snapshots open. */
export interface OpenSituation {
  readonly situation: ReplaySituation;
  close(): void;
}

/** Opens what an incident names; nothing is read yet. The archives come first, then the files. */
export async function openSituation(incident: Incident, engine: Engine): Promise<OpenSituation> {
  const logs: ReplayLog[] = [];
  const close = () => logs.forEach(({ log }) => log.close());
  try {
    for (const file of incident.log.archives) logs.push({ log: await engine.openArchive(file), as: 'archive' });
    if (incident.log.ndjson.length > 0) {
      logs.push({ log: await engine.openNdjsonLog(incident.log.ndjson, incident.log.mapping), as: 'log' });
    }
    const { topics } = incident.log;
    return {
      situation: {
        incident: { name: incident.name, digest: incident.digest, onset: incident.onset, end: incident.end },
        worker: { kind: 'module', url: pathToFileURL(incident.worker).href },
        logs: topics === null ? logs : logs.map(({ log, as }) => ({ log: selectTopics(log, topics), as })),
        snapshots: incident.snapshots.length === 0 ? null : await engine.openSnapshots(incident.snapshots),
        trusted: incident.trusted,
        live: incident.live.state === null ? null : await engine.openSnapshots([incident.live.state]),
        order: incident.order,
        poison: incident.poison,
        references: incident.references,
        store: incident.store,
        tuning: incident.tuning,
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
