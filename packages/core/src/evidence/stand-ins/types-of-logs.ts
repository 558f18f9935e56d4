import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { eventTypeOf } from '../../worker/event-type.js';
import { mostTypes } from '../check-coverage/check-coverage.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';

/**
 * The types of all events of some topics that the logs hold, by topic: what may be lost is of one of them, as far as anybody can tell.
 * @returns null where there are too many to be types, or the worker is a process, which cannot be asked
 */
export async function typesOfLogs(
  { situation, survey }: Pick<PreparedInputs, 'situation' | 'survey'>,
  topics: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | null> {
  const worker = await openWorker(situation.worker, situation.references, situation.tuning?.eventTimeoutMs);
  try {
    if (worker.mode !== 'events') return null;
    const types = new Map<string, Set<string>>();
    for (const partition of survey.partitions) {
      const { source, topic, incarnation, partition: number } = partition;
      if (!topics.has(topic)) continue;
      const ofTopic = types.get(topic) ?? new Set();
      types.set(topic, ofTopic);
      for (const { log, holds } of partition.held) {
        const found = survey.logs[log];
        if (found === undefined) continue;
        const request = { source, topic, incarnation, partition: number, ...holds.range };
        for await (const page of pagesOf(found.log, request)) {
          for (let index = 0; index < page.count; index++) {
            const type = orUndecodable(() => eventTypeOf(worker.worker, worker.event(page, index, partition)));
            if (type !== null) ofTopic.add(type);
          }
          if (ofTopic.size > mostTypes) return null;
        }
      }
    }
    return types;
  } finally {
    await worker.close();
  }
}

/** Null for an event that cannot be decoded: it has no type. */
function orUndecodable(name: () => string): string | null {
  try {
    return name();
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return null;
  }
}
