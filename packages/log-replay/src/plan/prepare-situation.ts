import { mkdirSync } from 'node:fs';
import { openRecordedOrder, type RecordedOrder } from '@eventmend/core/sqlite';
import { snapshotCandidates, type SnapshotCandidates } from '../baseline/snapshot-candidates.js';
import type { ReplaySituation } from '../replay-situation.js';
import { surveyLogs, type LogSurvey } from '../resources/survey-logs.js';
import { recordedOrderFiles } from '../threads/locate-replay.js';
import { learnWorker, type WorkerFacts } from '../worker/learn-worker.js';

/** Everything about a situation that is known without replaying an event. */
export interface PreparedSituation {
  readonly situation: ReplaySituation;
  readonly facts: WorkerFacts;
  readonly survey: LogSurvey;
  readonly snapshots: SnapshotCandidates;
  readonly recorded: RecordedOrder | null;
  close(): void;
}

export async function prepareSituation(situation: ReplaySituation): Promise<PreparedSituation> {
  const facts = await learnWorker(situation);
  const survey = await surveyLogs(situation, facts.worker.topics);
  const snapshots = await snapshotCandidates(situation.snapshots, survey);
  const recorded = await openRecorded(situation);
  return { situation, facts, survey, snapshots, recorded, close: () => recorded?.close() };
}

async function openRecorded(situation: ReplaySituation): Promise<RecordedOrder | null> {
  if (situation.order.by !== 'recorded') return null;
  mkdirSync(situation.store, { recursive: true });
  const { file, index } = recordedOrderFiles(situation, situation.order.file);
  return openRecordedOrder(file, index);
}
