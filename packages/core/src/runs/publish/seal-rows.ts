import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  BatchWriter,
  headerOverhead,
  largestSize,
  recordOverhead,
  type EncodedHeaders,
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

/** An output that is sent, its value as it stands in other bytes. The same object may be given for each. */
export interface CutOutput {
  readonly key: string;
  readonly output: string;
  readonly semanticId: string;
  readonly bytes: Uint8Array;
  readonly start: number;
  /** In bytes; -1 for a tombstone. */
  readonly length: number;
  readonly originalTime: number | null;
  /** All but the ids. */
  readonly headers: EncodedHeaders;
}

/** So many records go into a batch at most: what is cut short by a limit has to be made anew. */
const batchRows = 2000;
const usualBatchBytes = 512 * 1024;

/**
 * Puts rows into an outbox, in the order in which they are published: each into the partition of its key, with a dense number
 * there, encoded as it will be sent.
 */
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
    this.#partOf(row.key).add(row, this.#place++);
    this.#actions[row.action]++;
  }

  /**
   * An output that is sent, of which the value stands in the bytes of its chunk; see `sealGoldenList`.
   * @throws RecoveryError `publication-refused` for a record that the topic cannot take
   */
  addCut(output: CutOutput): void {
    this.#partOf(output.key).addCut(output, this.#place++);
    this.#actions.send++;
  }

  end(): SealedRows {
    const partitions = [...this.#parts.values()].map((part) => part.end());
    return { partitions, rows: this.#place, actions: { ...this.#actions } };
  }

  #partOf(key: string): PartitionSealer {
    const part = this.#parts.get(this.#settings.partitionOf(key));
    if (part === undefined) throw new Error(`no partition for the key ${JSON.stringify(key)}`);
    return part;
  }
}

const idName = Buffer.from(publicationHeaders.id);
const publicationName = Buffer.from(publicationHeaders.publication);

/** In bytes: what the parts of an output take that is sent, besides its texts and the headers that outputs have in common. */
const besideTexts = recordOverhead + 2 * headerOverhead + idName.length + publicationName.length;

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
    this.#makeRoom(largestSize(record));
    this.#writer.add(record);
    this.#refuseLarge(row);
    if (row.guarded) this.#guarded.push({ index: this.#places.length, output: row.output, key: row.key });
    this.#digest.add(record.key, record.value, record.headers[0]?.[1] ?? null);
    this.#count(place);
  }

  /** The same record as for the row of the output, without a row. */
  addCut(cut: CutOutput, place: number): void {
    const { key, semanticId, bytes, start, length, headers } = cut;
    const { base } = this.#settings;
    const id = publicationId(base, this.#partition, this.#seq);
    const most = besideTexts + 3 * (key.length + semanticId.length + id.length + Math.max(0, length)) + headers.largest;
    this.#makeRoom(most);
    const writer = this.#writer;
    writer.begin(this.#timeOf(cut.originalTime), most);
    writer.part(key);
    if (length < 0) writer.part(null);
    else writer.partOf(bytes, start, start + length);
    writer.headerCount(2 + headers.count);
    writer.part(idName);
    writer.part(semanticId);
    writer.part(publicationName);
    writer.part(id);
    writer.encodedHeaders(headers);
    writer.end();
    this.#refuseLarge(cut);
    this.#digest.addCut(key, bytes, start, length, semanticId);
    this.#count(place);
  }

  /** Ends the batch where what comes next goes into another one. */
  #makeRoom(size: number): void {
    const limit = Math.min(usualBatchBytes, this.#settings.maxBatchBytes);
    if (this.#writer.count > 0 && (this.#writer.bytes + size > limit || this.#writer.count >= batchRows)) this.#flush();
  }

  #refuseLarge({ key, output }: { readonly key: string; readonly output: string }): void {
    const { maxBatchBytes, topic } = this.#settings;
    if (this.#writer.bytes <= maxBatchBytes) return;
    throw new RecoveryError(
      'publication-refused',
      `an output of key ${JSON.stringify(key)} takes ${this.#writer.bytes} bytes, and ${topic} takes ${maxBatchBytes}`,
      { hint: 'raise max.message.bytes of the topic', details: { topic, key, output } },
    );
  }

  #count(place: number): void {
    this.#places.push(place);
    this.#seq++;
  }

  end(): SealedRows['partitions'][number] {
    if (this.#writer.count > 0) this.#flush();
    return { partition: this.#partition, start: this.#start, rows: this.#seq, digest: this.#digest.hex() };
  }

  #recordOf({ key, value, headers, originalTime }: PublicationRow): RecordToWrite {
    const { base } = this.#settings;
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
      time: this.#timeOf(originalTime),
      headers: written,
    };
  }

  #timeOf(originalTime: number | null): number {
    const { time, sealedAt } = this.#settings;
    return time === 'original' ? Math.max(0, Math.floor(originalTime ?? sealedAt)) : sealedAt;
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
