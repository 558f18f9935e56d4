import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import { transactionTimeoutMs } from '../../sources/kafka/publish/transaction-client.js';
import { headerOf } from '../../sources/kafka/batches/record-columns.js';
import type { RateLimit } from '../../sources/kafka/read/read-pace.js';
import type { OutputOfRecord } from './match-tail.js';
import { transactionalIdOf, type OutboxSeal } from './outbox.js';
import type { Outbox } from './outbox-file.js';
import { publishPartition, readTail, type PartitionPublication } from './publish-partition.js';
import { paceOfPublishing } from './publishing-pace.js';

export interface PublishOptions {
  /** Only the first so many rows; all where absent. */
  readonly canary?: number;
  /** Only the rows of the keys that were chosen when the outbox was sealed. */
  readonly chosenOnly?: boolean;
  readonly rate?: RateLimit;
  /** How long to go on without getting any further, in milliseconds; 120,000 by default. */
  readonly patienceMs?: number;
  readonly transactionTimeoutMs?: number;
}

/** What stands in one partition of the topic, as it was read back. */
export interface PublishedPartition {
  readonly partition: number;
  readonly rows: number;
  readonly published: number;
  readonly dropped: number;
  /** SHA-256 of what was published; that of the seal where all rows were. */
  readonly digest: string;
  /** Records of others since the outbox was sealed. */
  readonly foreign: number;
}

/** What was published, counted in the topic. */
export interface PublicationReport extends Omit<OutboxSeal, 'partitions' | 'chain'> {
  /** All that is to be published stands in the topic. */
  readonly complete: boolean;
  readonly published: number;
  /** Rows of kind `latest` that were left out, since a newer value came to stand at their key. */
  readonly dropped: number;
  readonly partitions: readonly PublishedPartition[];
}

const defaultPatienceMs = 120_000;

/** What one transaction holds at most: enough that its two requests to the coordinator cost little. */
const chunkRows = 20_000;
const chunkBytes = 4 * 1024 * 1024;
/** Where latest values are looked after, less: a key that another producer writes undoes it all. */
const guardedChunkRows = 500;

/** So many partitions are published at once. */
const atOnce = 3;

/** Publishes what is sealed, reads it back, and writes the report. */
export async function publishOutbox(
  outbox: Outbox,
  topic: OutputTopic,
  reportFile: string,
  options: PublishOptions,
  work: LongWork,
): Promise<PublicationReport> {
  const { seal } = outbox;
  const { outputHeader } = seal;
  const outputName = outputHeader === null ? null : Buffer.from(outputHeader);
  const outputOf: OutputOfRecord = (columns, index) =>
    outputName === null ? null : (headerOf(columns, index, outputName)?.toString('utf8') ?? null);
  refuseChangedTopic(seal, topic);
  const place = placeLimit(seal, options);
  const pace = paceOfPublishing(options.rate);
  let published = 0;
  const total = Math.min(place, seal.rows);
  const parts: PublishedPartition[] = [];

  async function one({ partition, start, digest }: OutboxSeal['partitions'][number]): Promise<void> {
    const access = topic.partition(partition, transactionalIdOf(seal.base, partition));
    const rows = outbox.rows(partition);
    const chunk = rows.hasGuarded ? guardedChunkRows : chunkRows;
    const publication: PartitionPublication = {
      ...{ partition: access, rows, base: seal.base, topic: topic.name, start },
      outputOf: rows.hasGuarded ? outputOf : null,
      limit: place >= seal.rows ? rows.rows : outbox.rowsBefore(partition, place),
      limits: { rows: Math.min(chunk, pace.chunkRows), bytes: Math.min(chunkBytes, pace.chunkBytes) },
      transactionTimeoutMs: options.transactionTimeoutMs ?? transactionTimeoutMs,
      patienceMs: options.patienceMs ?? defaultPatienceMs,
      ...(work.signal !== undefined && { signal: work.signal }),
      beforeChunk: ({ records, bytes }) => pace.before(records, bytes, work.signal),
      onPublished(count) {
        published += count;
        work.onProgress?.({ phase: 'publish', done: Math.min(published, total), total, quarantined: 0 });
      },
    };
    try {
      if (rows.rows > 0) await publishPartition(publication);
      const { tail } = await readTail(publication);
      const isWhole = tail.next >= rows.rows;
      if (isWhole && rows.dropped.size === 0 && tail.digest !== digest) throw otherDigest(topic.name, partition);
      parts.push({
        ...{ partition, rows: rows.rows, published: tail.found, dropped: rows.dropped.size, digest: tail.digest },
        foreign: tail.foreign,
      });
    } finally {
      await access.close();
    }
  }

  const waiting = [...seal.partitions];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next);
  };
  // The first failure is told when all have come to a rest: a transaction must not be left behind in the middle.
  const outcomes = await Promise.allSettled(
    Array.from({ length: Math.min(atOnce, waiting.length) }, async () => {
      try {
        await lane();
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;

  const found = parts.reduce((sum, part) => sum + part.published, 0);
  const dropped = parts.reduce((sum, part) => sum + part.dropped, 0);
  const { chain: _chain, ...sealed } = seal;
  const report: PublicationReport = {
    ...sealed,
    ...{ complete: found + dropped === seal.rows, published: found, dropped },
    partitions: parts.sort((a, b) => a.partition - b.partition),
  };
  writeFileDurably(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** One past the last row, among those of all partitions, that is to be published now. */
export function placeLimit({ rows, chosen, runId }: OutboxSeal, { canary, chosenOnly }: PublishOptions): number {
  if (chosenOnly === true && chosen === null) {
    throw new RecoveryError(
      'operation-not-allowed',
      `no keys were chosen when what run ${runId} publishes was sealed`,
      {
        hint: 'use --canary N',
      },
    );
  }
  return Math.min(rows, canary ?? rows, chosenOnly === true ? (chosen?.rows ?? rows) : rows);
}

function refuseChangedTopic(seal: OutboxSeal, topic: OutputTopic): void {
  if (seal.partitions.length === topic.partitions.length) return;
  throw new RecoveryError(
    'publication-refused',
    `${topic.name} has ${topic.partitions.length} partitions, and had ${seal.partitions.length} when the outbox was sealed`,
    { hint: 'keys have moved to other partitions: publish into a new topic with --rebuild' },
  );
}

function otherDigest(topic: string, partition: number): RecoveryError {
  return new RecoveryError(
    'publication-mismatch',
    `${topic}[${partition}]: what was read back is not what was sealed`,
    {
      hint: 'was the topic written by hand?',
      details: { topic, partition },
    },
  );
}
