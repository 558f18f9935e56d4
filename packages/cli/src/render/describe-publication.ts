import type { LeftAlone, OutboxSeal, PublicationWarning } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { describeMissing } from './render-run.js';

/** In which partitions the records stand. */
export const partitionerTexts = {
  murmur2: "each key where Kafka's own partitioner puts it",
  recorded: 'each key where its records stand',
} as const;

type Destination = OutboxSeal['destination'] | 'topic';

/** The topic or table that it goes into. */
export function describeDestination(topic: string, destination: Destination): string {
  return destination === 'table' ? `the table ${topic}` : topic;
}

/** What of others stands beside it. */
export function describeForeign(count: number, destination: Destination): string {
  return destination === 'table'
    ? `${countOf(count, 'row')} written by others since they were published`
    : `${countOf(count, 'record')} of other producers, untouched`;
}

/** What is done with its rows. */
export function describeRows(
  { send, retract }: { readonly send: number; readonly retract: number },
  destination: Destination,
): string {
  if (destination === 'table') return `${formatCount(send)} to write, ${formatCount(retract)} to take away`;
  return `${formatCount(send)} to send, ${formatCount(retract)} to retract`;
}

/** Why rows were left out behind the sealing. */
export function describeDropped(count: number, destination: Destination): string {
  return destination === 'table'
    ? `${countOf(count, 'row')} left out: the service has written them since they were compared`
    : `${countOf(count, 'latest value')} left out: something newer stands at the key by now`;
}

/** What is not published, and why: a line for each reason that holds for any. */
export function describeLeftAlone(left: LeftAlone): string[] {
  const texts: [count: number, text: string][] = [
    [left.unknown, 'of which nothing can be said (eventmend corrections says why)'],
    [left.effects, 'did something in the world: listed by eventmend corrections, never carried out'],
    [left.undeclared, 'of no declared kind'],
    [left.notRetractable, 'wrong, and the worker declares no way to take them back'],
    [left.superseded, 'superseded: a newer value was recorded anyway'],
    [left.publishedBefore, 'published by an earlier run already'],
    [left.elsewhere, 'of other outputs than this topic holds'],
  ];
  return texts.filter(([count]) => count > 0).map(([count, text]) => `${formatCount(count)} ${text}`);
}

export function describeWarning(warning: PublicationWarning): string {
  switch (warning.kind) {
    case 'one-replica-suffices':
      return `min.insync.replicas is ${warning.minInsyncReplicas}: a single broker that is lost may take what was published with it`;
    case 'unclean-election':
      return 'unclean.leader.election.enable is true: a broker that lags behind may lead, and what it has not is lost';
    case 'transactions-on-one-replica':
      return `transaction.state.log.min.isr is ${warning.minInsyncReplicas}: a single broker that is lost may take with it that a transaction was committed`;
    case 'transactions-hidden':
      return 'on how many brokers the cluster keeps its transactions was not seen (DescribeConfigs on __transaction_state)';
    case 'settings-hidden':
      return 'the settings of the topic may not be seen (DescribeConfigs): that it is not compacted was not checked';
    case 'partitioner-unconfirmed':
      return 'nothing recorded shows where the service puts a key';
    case 'partitioner-deviates':
      return `${countOf(warning.keys, 'key')} (${warning.first.join(', ')}) stand elsewhere than Kafka's own partitioner puts them`;
    case 'begins-at-baseline':
      return 'the run begins at a baseline: outputs of earlier events are not published';
    case 'makes-table':
      return `the small table ${warning.table} is made beside it: how far a publication has come stands there`;
    case 'not-proven':
      return describeMissing({ verdict: 'incomplete', missing: warning.missing }).join('; ');
  }
}
