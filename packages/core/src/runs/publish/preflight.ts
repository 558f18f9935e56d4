import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { MissingPart } from '../../model/strategy/verdict.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import type { PublicationMode, PublicationTime } from './outbox.js';
import type { PublicationRequest } from './publication-request.js';
import type { PublicationWarning } from './publication-warning.js';
import type { TopicSurvey } from './survey-topic.js';

/** What a rebuilt topic can live with; everything else leaves outputs out of it, or wrong ones in. */
const bearable: ReadonlySet<MissingPart['kind']> = new Set([
  'worker-not-checked',
  'not-covered',
  'verified-in-same-shares',
]);

function refused(message: string, hint: string, details?: Readonly<Record<string, unknown>>): RecoveryError {
  return new RecoveryError('publication-refused', message, { hint, ...(details !== undefined && { details }) });
}

/**
 * Refuses runs that nobody may publish.
 * @throws RecoveryError `publication-refused`
 */
export function checkRun(report: RunReport, mode: PublicationMode): readonly PublicationWarning[] {
  const { runId, status, verdict, scope } = report;
  if (status !== 'verified') {
    throw refused(`run ${runId} is ${status}, not verified: nothing of it is published`, `eventmend verify ${runId}`, {
      status,
    });
  }
  const missing = verdict.verdict === 'incomplete' ? verdict.missing : [];
  const warnings: readonly PublicationWarning[] = missing.length === 0 ? [] : [{ kind: 'not-proven', missing }];
  if (mode === 'corrections') return warnings;
  const isBearable = verdict.verdict === 'incomplete' && missing.every(({ kind }) => bearable.has(kind));
  if (verdict.verdict !== 'complete' && !isBearable) {
    throw refused(
      `run ${runId} is ${verdict.verdict}: a topic that is rebuilt from it would lack outputs, or hold wrong ones`,
      'publish its corrections instead, which leave alone what is not known; or recover again when nothing is missing',
      { verdict: verdict.verdict },
    );
  }
  if (scope !== undefined) {
    throw refused(
      `run ${runId} is about some keys only: a topic that is rebuilt from it would lack all others`,
      'publish its corrections instead',
    );
  }
  return warnings;
}

/**
 * Refuses topics in which it cannot be told what was published.
 * @throws RecoveryError `publication-refused`
 */
export function checkTopic(
  topic: string,
  settings: Readonly<Record<string, string>> | null,
  time: PublicationTime,
): readonly PublicationWarning[] {
  if (settings === null) return [{ kind: 'settings-hidden' }];
  if (/compact/.test(settings['cleanup.policy'] ?? '')) {
    throw refused(
      `the topic ${topic} is compacted: its broker deletes records, and what was published could not be told any more`,
      'publish to a topic with cleanup.policy=delete, and let it be copied from there',
    );
  }
  if (time === 'original' && Number(settings['retention.ms'] ?? -1) >= 0) {
    throw refused(
      `the topic ${topic} deletes records by their time (retention.ms=${settings['retention.ms'] ?? ''}), and these would carry the times of their events`,
      'set retention.ms=-1 for the time being, or publish with the time of publication',
    );
  }
  const minInsyncReplicas = minInsyncOf(settings);
  return [
    ...(minInsyncReplicas < 2 ? [{ kind: 'one-replica-suffices', minInsyncReplicas } as const] : []),
    ...(settings['unclean.leader.election.enable'] === 'true' ? [{ kind: 'unclean-election' } as const] : []),
  ];
}

/**
 * What is to be known of the topic in which the cluster keeps its transactions.
 * @param transactions its settings; null where they may not be seen
 */
export function checkTransactions(
  transactions: Readonly<Record<string, string>> | null,
  settings: OutputTopic['settings'],
): readonly PublicationWarning[] {
  // Of a topic that one broker may lose that is said already, and nothing better is expected of its cluster.
  if (settings === null || minInsyncOf(settings) < 2) return [];
  if (transactions === null) return [{ kind: 'transactions-hidden' }];
  const minInsyncReplicas = minInsyncOf(transactions);
  return minInsyncReplicas < 2 ? [{ kind: 'transactions-on-one-replica', minInsyncReplicas }] : [];
}

function minInsyncOf(settings: Readonly<Record<string, string>>): number {
  return Number(settings['min.insync.replicas'] ?? 1);
}

/** In bytes: what a broker takes where the topic says nothing. */
const defaultMaxBatchBytes = 1_048_588;

export function maxBatchBytesOf(settings: Readonly<Record<string, string>> | null): number {
  const stated = Number(settings?.['max.message.bytes'] ?? NaN);
  return stated > 0 ? stated : defaultMaxBatchBytes;
}

/**
 * Refuses topics that hold what a publication of this mode must not find.
 * @throws RecoveryError `publication-refused`
 */
export function checkSurvey(
  { records, ofThis }: TopicSurvey,
  { name }: OutputTopic,
  { mode }: PublicationRequest,
): void {
  if (ofThis > 0) {
    throw new RecoveryError(
      'publication-refused',
      `${name} holds ${ofThis} records of this very publication, and its outbox is gone`,
      { hint: 'put back the folder of the run as it was when it was published, then run the same command again' },
    );
  }
  if (mode === 'rebuild' && records > 0) {
    throw new RecoveryError(
      'publication-refused',
      `${name} holds ${records} records already: a rebuilt topic begins empty`,
      {
        hint: 'make a new topic with as many partitions as the old one, and name that',
      },
    );
  }
}

export function strangeCorrections(topic: string, count: number): RecoveryError {
  return new RecoveryError(
    'publication-refused',
    `${topic} holds ${count} corrections of an earlier run that this run does not make: what its readers were told cannot be put right by adding to it`,
    { hint: 'look at them (header eventmend-correction), or rebuild into a new topic with --rebuild' },
  );
}
