import type { ConnectionFinding, KafkaSettings } from '@eventmend/core/kafka';
import type { Engine } from '../engine/engine.js';
import { doubt, finding, problem, type Finding, type Remark } from './finding.js';

/** What is to be looked at in a cluster. */
export interface ExaminedCluster {
  readonly connection: KafkaSettings;
  readonly topics: readonly string[];
  readonly group?: string;
}

/**
 * Tries a connection step by step: names, ports, encryption, signing in, topics, permissions. Every step is shown; those
 * that failed say what mends them.
 */
export async function examineKafka(
  resource: string,
  { connection, topics, group }: ExaminedCluster,
  engine: Engine,
): Promise<Finding> {
  const { examineConnection } = await engine.kafka();
  const steps = await examineConnection({ settings: connection, topics, ...(group !== undefined && { group }) });
  const cluster = steps.find(({ step, state }) => step === 'metadata' && state === 'ok');
  return finding(
    resource,
    cluster?.found ?? `no cluster at ${connection.brokers.join(', ')}`,
    steps.flatMap((step) => remarkOf(resource, step)),
    [],
    steps.map(({ step, subject, state, found }) => ({ subject: `${step} ${subject}`, state, found })),
  );
}

function remarkOf(resource: string, { step, subject, state, found, hint }: ConnectionFinding): readonly Remark[] {
  const text = `${step} ${subject}: ${found}`;
  // Without the settings of a topic nothing is known of retention, and its events can be read all the same.
  if (state === 'failed')
    return [step === 'retention' || step === 'group' ? doubt(resource, text, hint) : problem(resource, text, hint)];
  return state === 'doubtful' ? [doubt(resource, text, hint)] : [];
}
