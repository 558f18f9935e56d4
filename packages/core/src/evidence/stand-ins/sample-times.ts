import type { PartitionId } from '../../model/log/partition-id.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { PartitionCover } from '../coverage/cover-partitions.js';
import type { LogSurvey } from '../coverage/survey-logs.js';

/** When the events of the longest piece of a partition happened that one log holds. */
export interface SampledTimes {
  readonly id: PartitionId;
  /** Rising by offset: the first event of every `stride`. Those without a time are left out. */
  readonly samples: readonly { readonly offset: number; readonly time: number }[];
  readonly stride: number;
  /** Exclusive end of the piece. */
  readonly to: number;
}

const mostSamples = 4096;

/** Reads the longest known piece of each partition, but no value of it. */
export async function sampleTimes(
  { logs }: LogSurvey,
  cover: readonly PartitionCover[],
  signal?: AbortSignal,
): Promise<readonly SampledTimes[]> {
  const sampled: SampledTimes[] = [];
  for (const { partition, ranges } of cover) {
    const [piece] = ranges
      .filter(({ log, damaged }) => log !== null && damaged !== true)
      .sort((a, b) => b.to - b.from - (a.to - a.from));
    const log = piece?.log == null ? undefined : logs[piece.log];
    if (piece === undefined || log === undefined) continue;
    const { source, topic, incarnation, partition: number } = partition;
    const id = { source, topic, incarnation, partition: number };
    const stride = Math.max(1, Math.ceil((piece.to - piece.from) / mostSamples));
    const samples: { offset: number; time: number }[] = [];
    let next = piece.from;
    for await (const page of pagesOf(log.log, { ...id, from: piece.from, to: piece.to })) {
      for (let index = 0; index < page.count; index++) {
        const offset = page.offsets[index] as number;
        if (offset < next) continue;
        const time = page.timestamps[index] as number;
        if (Number.isNaN(time)) continue;
        samples.push({ offset, time });
        next = offset + stride;
      }
      signal?.throwIfAborted();
    }
    sampled.push({ id, samples, stride, to: piece.to });
  }
  return sampled;
}
