import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  BatchWriter,
  largestSize,
  type RecordPart,
  type RecordToWrite,
} from '../../sources/kafka/batches/batch-writer.js';
import { ContentDigest } from './content-digest.js';
import { publicationId, type GuardedRow, type OutboxSeal, type PublicationTime } from './outbox.js';
import type { OutboxDraft } from './outbox-file.js';
import { publicationHeaders } from './publication-headers.js';
import type { PublicationRow } from './publication-row.js';

/** What every record of an outbox has in common, and how its batches are cut. */
export interface SealSettings {
  readonly base: string;
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly start: number }[];
  /** The partition of a key. */
  readonly partitionOf: (key: string) => number;
  readonly sealedAt: number;
  readonly time: PublicationTime;
  /** The largest batch that the topic takes, in bytes. */
  readonly maxBatchBytes: number;
}

export type SealedRows = Pick<OutboxSeal, 'partitions' | 'rows' | 'actions'>;

/** So many records go into a batch at most: what is cut short by a limit has to be made anew. */
const batchRows = 2000;
const usualBatchBytes = 512 * 1024;

/**
 * Puts rows into an outbox: each into the partition of its key, with a dense number there, encoded as it will be sent.
 * @param rows in the order in which they are published
 * @throws RecoveryError `publication-refused` for a record that the topic cannot take
 */
export function sealRows(draft: OutboxDraft, settings: SealSettings, rows: Iterable<PublicationRow>): SealedRows {
  const sealer = new RowSealer(draft, settings);
  for (const row of rows) sealer.add(row);
  return sealer.end();
}

/** The same for rows that come one by one. */
export class RowSealer {
  readonly #settings: SealSettings;
  readonly #parts: ReadonlyMap<number, PartitionSealer>;
  readonly #actions = { send: 0, retract: 0 };
  #place = 0;

  constructor(draft: OutboxDraft, settings: SealSettings) {
    this.#settings = settings;
    this.#parts = new Map(
      settings.partitions.map(({ partition, start }) => [
        partition,
        new PartitionSealer(draft, settings, partition, start),
      ]),
    );
  }

  /** @throws RecoveryError `publication-refused` for a record that the topic cannot take */
  add(row: PublicationRow): void {
    const part = this.#parts.get(this.#settings.partitionOf(row.key));
    if (part === undefined) throw new Error(`no partition for the key ${JSON.stringify(row.key)}`);
    part.add(row, this.#place++);
    this.#actions[row.action]++;
  }

  end(): SealedRows {
    const partitions = [...this.#parts.values()].map((part) => part.end());
    return { partitions, rows: this.#place, actions: { ...this.#actions } };
  }
}

const idName = Buffer.from(publicationHeaders.id);
const publicationName = Buffer.from(publicationHeaders.publication);

class PartitionSealer {
  readonly #draft: OutboxDraft;
  readonly #settings: SealSettings;
  readonly #partition: number;
  readonly #start: number;
  readonly #writer = new BatchWriter();
  readonly #digest = new ContentDigest();
  readonly #lastHeaders = new Map<
    string,
    { readonly content: string; readonly bytes: readonly [Uint8Array, Uint8Array] }
  >();
  #seq = 0;
  #places: number[] = [];
  #guarded: GuardedRow[] = [];

  constructor(draft: OutboxDraft, settings: SealSettings, partition: number, start: number) {
    this.#draft = draft;
    this.#settings = settings;
    this.#partition = partition;
    this.#start = start;
  }

  add(row: PublicationRow, place: number): void {
    const record = this.#recordOf(row);
    const size = largestSize(record);
    const { maxBatchBytes, topic } = this.#settings;
    const limit = Math.min(usualBatchBytes, maxBatchBytes);
    if (this.#writer.count > 0 && (this.#writer.bytes + size > limit || this.#writer.count >= batchRows)) this.#flush();
    this.#writer.add(record);
    if (this.#writer.bytes > maxBatchBytes) {
      throw new RecoveryError(
        'publication-refused',
        `an output of key ${JSON.stringify(row.key)} takes ${this.#writer.bytes} bytes, and ${topic} takes ${maxBatchBytes}`,
        { hint: 'raise max.message.bytes of the topic', details: { topic, key: row.key, output: row.output } },
      );
    }
    if (row.guarded) this.#guarded.push({ index: this.#places.length, output: row.output, key: row.key });
    this.#places.push(place);
    this.#digest.add(record.key, record.value, record.headers[0]?.[1] ?? null);
    this.#seq++;
  }

  end(): SealedRows['partitions'][number] {
    if (this.#writer.count > 0) this.#flush();
    return { partition: this.#partition, start: this.#start, rows: this.#seq, digest: this.#digest.hex() };
  }

  #recordOf({ key, value, headers, originalTime }: PublicationRow): RecordToWrite {
    const { base, time, sealedAt } = this.#settings;
    const written: (readonly [Uint8Array, RecordPart])[] = [
      [idName, ''],
      [publicationName, publicationId(base, this.#partition, this.#seq)],
    ];
    for (const [name, content] of headers) {
      if (name === publicationHeaders.id) written[0] = [idName, content];
      else written.push(this.#headerOf(name, content));
    }
    return {
      key,
      value,
      time: time === 'original' ? Math.max(0, Math.floor(originalTime ?? sealedAt)) : sealedAt,
      headers: written,
    };
  }

  /** Most headers are those of the row before: the run, the name of the output, the partition of its event. */
  #headerOf(name: string, content: string): readonly [Uint8Array, Uint8Array] {
    const last = this.#lastHeaders.get(name);
    if (last?.content === content) return last.bytes;
    const bytes = [last?.bytes[0] ?? Buffer.from(name, 'utf8'), Buffer.from(content, 'utf8')] as const;
    this.#lastHeaders.set(name, { content, bytes });
    return bytes;
  }

  #flush(): void {
    const { bytes, count } = this.#writer.take();
    this.#draft.add(this.#partition, {
      ...{ firstSeq: this.#seq - count, count, bytes },
      places: new Uint32Array(this.#places),
      guarded: this.#guarded,
    });
    this.#places = [];
    this.#guarded = [];
  }
}
