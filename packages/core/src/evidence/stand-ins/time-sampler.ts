import type { EventPage } from '../../model/log/event-page.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
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

/** Sees the pages that somebody reads of the logs: each partition by rising offsets, all that is known of it or nothing. */
export type PageWatcher = (partition: PartitionId, page: EventPage) => void;

const mostSamples = 4096;

/**
 * Takes samples of the times of the longest known piece of each partition. It needs no value of an event, and what others read
 * of the logs it takes from there: only what nobody read it reads itself.
 */
export class TimeSampler {
  readonly #logs: LogSurvey['logs'];
  readonly #pieces: ReadonlyMap<string, Piece>;

  constructor({ logs }: LogSurvey, cover: readonly PartitionCover[]) {
    this.#logs = logs;
    this.#pieces = new Map(
      cover.flatMap((of) => {
        const piece = longestPiece(of);
        return piece === null ? [] : [[partitionKey(piece.id), piece] as const];
      }),
    );
  }

  readonly watch: PageWatcher = (partition, page) => {
    const piece = this.#pieces.get(partitionKey(partition));
    if (piece !== undefined) takeSamples(piece, page);
  };

  /** The samples of the partitions of some topics. */
  async sampled(topics: ReadonlySet<string>, signal?: AbortSignal): Promise<readonly SampledTimes[]> {
    const pieces = [...this.#pieces.values()].filter(({ id: { topic } }) => topics.has(topic));
    for (const piece of pieces) {
      const log = this.#logs[piece.log];
      if (piece.isRead || log === undefined) continue;
      for await (const page of pagesOf(log.log, { ...piece.id, from: piece.from, to: piece.to })) {
        takeSamples(piece, page);
        signal?.throwIfAborted();
      }
    }
    return pieces.map(({ id, samples, stride, to }) => ({ id, samples, stride, to }));
  }
}

interface Piece extends SampledTimes {
  readonly samples: { offset: number; time: number }[];
  readonly log: number;
  readonly from: number;
  /** The first offset whose time is wanted next. */
  next: number;
  isRead: boolean;
}

function longestPiece({ partition, ranges }: PartitionCover): Piece | null {
  const [piece] = ranges
    .filter(({ log, damaged }) => log !== null && damaged !== true)
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  if (piece?.log == null) return null;
  const { source, topic, incarnation, partition: number } = partition;
  const { log, from, to } = piece;
  return {
    id: { source, topic, incarnation, partition: number },
    ...{ log, from, to, samples: [], next: from, isRead: false },
    stride: Math.max(1, Math.ceil((to - from) / mostSamples)),
  };
}

function takeSamples(piece: Piece, { count, offsets, timestamps }: EventPage): void {
  const { from, to, samples, stride } = piece;
  if (count === 0 || (offsets[0] as number) >= to || (offsets[count - 1] as number) < from) return;
  piece.isRead = true;
  for (let index = 0; index < count; index++) {
    const offset = offsets[index] as number;
    if (offset < piece.next) continue;
    if (offset >= to) return;
    const time = timestamps[index] as number;
    if (Number.isNaN(time)) continue;
    samples.push({ offset, time });
    piece.next = offset + stride;
  }
}
