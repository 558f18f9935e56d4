import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { beginNewFile } from '../../model/files/new-file.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import type { LogDescription } from '../../model/log/event-log.js';
import { createArchiveWriter } from '../../sources/archive/archive-writer.js';
import { openArchive } from '../../sources/archive/open-archive.js';
import { verifyArchive } from '../../sources/archive/verify-archive.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { StandIn } from './stand-in.js';

/** What is applied beside the events of a log. */
type EventBesideLog = Pick<StandIn, 'topic' | 'key' | 'headers' | 'value' | 'time'>;

/**
 * Writes stand-ins of one source of records as an archive into the store, where a plan pins them and its run reads them. Each
 * topic has a partition of its own there, numbered behind those of the log. The same rows in the same order make the same archive.
 * @param source of the events, such as `records:bank`
 * @param standIns in the order in which they are to be applied
 * @param place of the source among those of the plan
 * @throws RecoveryError `disk-write-failed`
 */
export async function writeStandIns(
  store: string,
  source: string,
  standIns: readonly EventBesideLog[],
  survey: LogSurvey,
  place: number,
): Promise<LogDescription> {
  const topics = [...new Set(standIns.map(({ topic }) => topic))].sort();
  const numbers = new Map(topics.map((topic) => [topic, firstFree(survey, topic) + place]));
  const digest = createHash('sha256')
    .update(canonicalJson({ source, numbers: [...numbers], standIns }))
    .digest('hex');
  const folder = join(store, 'stand-ins');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${digest.slice(0, 16)}.archive`);
  // One that was damaged since is made anew: the rows are at hand.
  if (existsSync(file) && !(await isWhole(file))) rmSync(file);
  if (!existsSync(file)) write(file, digest, source, standIns, numbers);
  const log = openArchive(file);
  try {
    return log.describe();
  } finally {
    log.close();
  }
}

async function isWhole(file: string): Promise<boolean> {
  try {
    return (await verifyArchive(file)).ok;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return false;
  }
}

function write(
  file: string,
  digest: string,
  source: string,
  standIns: readonly EventBesideLog[],
  numbers: ReadonlyMap<string, number>,
): void {
  const made = beginNewFile(file);
  try {
    const writer = createArchiveWriter(made.draft, { source, id: digest });
    try {
      for (const { topic, key, headers, value, time } of standIns) {
        const id = { source, topic, incarnation: '', partition: numbers.get(topic) ?? 0 };
        const partition = writer.partition(id);
        partition.append({ offset: partition.next, time, timeType: 'create', key, headers, value });
      }
      writer.commit();
    } finally {
      writer.close();
    }
    made.publish();
  } finally {
    made.discard();
  }
}

/** A number that no partition of the log has, so that no event of the log and no stand-in are ever taken for one another. */
function firstFree({ partitions }: LogSurvey, topic: string): number {
  return partitions.reduce((free, one) => (one.topic === topic ? Math.max(free, one.partition + 1) : free), 0);
}
