import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { PublicationTarget } from '../../runs/publish/publication-target.js';
import type { Incident } from '../file/incident.js';
import type { OpenIncident } from './opened-incident.js';

/**
 * Where the outputs of an incident are published to: the topic under `live.outputs.kafka`, or another one of that cluster
 * (of `log.kafka` where outputs are not recorded in Kafka) for a topic that is rebuilt.
 * @param rebuilt the name of the topic to rebuild; null for corrections
 * @throws RecoveryError `publication-refused` where the incident does not say enough
 */
export function publicationTarget(incident: Incident, open: OpenIncident, rebuilt: string | null): PublicationTarget {
  const { outputs } = incident.live;
  const recorded = outputs?.rows.kind === 'kafka' ? outputs.rows.log : null;
  const connection = recorded?.connection ?? (rebuilt === null ? null : (incident.log.kafka?.connection ?? null));
  if (connection === null) {
    throw new RecoveryError('publication-refused', 'the incident does not say where the outputs go', {
      hint: 'name the output topic under live.outputs.kafka: brokers and topics',
    });
  }
  const [topic, ...others] = rebuilt === null ? (recorded?.topics ?? []) : [rebuilt];
  if (topic === undefined || others.length > 0) {
    throw new RecoveryError('publication-refused', 'live.outputs.kafka must name one topic for corrections to go to', {
      hint: 'topics: [the output topic]',
    });
  }
  if (rebuilt !== null && recorded?.topics.includes(rebuilt) === true) {
    throw new RecoveryError('publication-refused', `${rebuilt} is the topic that the service writes to`, {
      hint: 'a rebuilt topic is a new one; what is owed to the readers of this one are its corrections: --corrections',
    });
  }
  const mapping = outputs?.mapping ?? null;
  const recordedUpTo = rebuilt === null ? (open.outputsUpTo ?? null) : null;
  return {
    ...{ connection, topic, mapping: recorded === null ? null : mapping, recordedUpTo },
    schemas: recorded === null ? null : (outputs?.schemas ?? null),
  };
}
