import type { ConnectionFinding } from '../../sources/kafka/connection/connection-finding.js';
import type { ConnectionExamination } from '../../sources/kafka/connection/examine-connection.js';
import { finding, type Remark, type ResourceFinding } from './finding.js';

/**
 * Tries a connection step by step: names, ports, encryption, signing in, topics, permissions. Every step is given; those
 * that failed or are in doubt are remarks too.
 * @param resource what the finding is called
 */
export async function examineKafka(resource: string, examination: ConnectionExamination): Promise<ResourceFinding> {
  const { examineConnection } = await import('../../sources/kafka/connection/examine-connection.js');
  const steps = await examineConnection(examination);
  const remarks = steps.flatMap((step): readonly Remark[] => {
    const severity = severityOf(step);
    return severity === null ? [] : [{ severity, key: resource, kind: 'connection', step }];
  });
  return finding(resource, { kind: 'cluster', brokers: examination.settings.brokers }, remarks, [], steps);
}

function severityOf({ step, state }: ConnectionFinding): Remark['severity'] | null {
  // Without the settings of a topic nothing is known of retention, and its events can be read all the same.
  if (state === 'failed') return step === 'retention' || step === 'group' ? 'doubt' : 'problem';
  return state === 'doubtful' ? 'doubt' : null;
}
