import type { PublicationWarning } from './publication-warning.js';

/** What of a run is published: the whole list of what it intends in a new topic, or what is owed to those who read the old one. */
export type PublicationMode = 'rebuild' | 'corrections';

/** Which time the records carry: when they were sealed, or when the events of the outputs happened. */
export type PublicationTime = 'publication' | 'original';

/** One partition of an output topic, as the outbox was sealed for it. */
interface SealedPartition {
  readonly partition: number;
  /** One past the last record that counted as recorded: where looking for what was published begins. */
  readonly start: number;
  readonly rows: number;
  /** SHA-256 over keys, values and semantic ids in their order; see `ContentDigest`. */
  readonly digest: string;
}

/** Why outputs are not published, and how many. */
export interface LeftAlone {
  /** Did something in the world: listed for people. */
  readonly effects: number;
  /** Of a kind that the worker does not declare. */
  readonly undeclared: number;
  /** Wrong, and the worker declares no way to take it back. */
  readonly notRetractable: number;
  /** Nothing can be said about them. */
  readonly unknown: number;
  /** Of another name than those that the topic holds. */
  readonly elsewhere: number;
  /** Of kind `latest`, with a newer value of the key recorded already. */
  readonly superseded: number;
  /** Corrections that another run published before, the same by their ids. */
  readonly publishedBefore: number;
}

/** What is known of an outbox besides its rows. It never changes once it is sealed. */
export interface OutboxSeal {
  readonly format_version: 1;
  readonly runId: string;
  readonly planId: string;
  readonly mode: PublicationMode;
  /** A topic where absent. Of a table the three members below hold the database, the table, and nothing. */
  readonly destination?: 'table';
  readonly clusterId: string;
  readonly topic: string;
  readonly topicId: string;
  /** Begins the id of every publication and of every transaction. */
  readonly base: string;
  readonly partitions: readonly SealedPartition[];
  readonly rows: number;
  /** Of these: the first ones, those of chosen keys; null where no keys were chosen. */
  readonly chosen: { readonly keys: readonly string[]; readonly rows: number } | null;
  /** Rows by what they do: `send` an output, or `retract` one. */
  readonly actions: { readonly send: number; readonly retract: number };
  readonly leftAlone: LeftAlone;
  /** The header in which the service names the output; null where it writes one output only, or names it elsewhere. */
  readonly outputHeader: string | null;
  /** How the partition of a key was chosen; `none` in a table. */
  readonly partitioner: 'murmur2' | 'recorded' | 'none';
  /** When it was sealed, in milliseconds since 1970: the time of its records, unless they carry the original one. */
  readonly sealedAt: number;
  readonly time: PublicationTime;
  readonly warnings: readonly PublicationWarning[];
  /** SHA-256 over the hashes of all batches. */
  readonly chain: string;
}

/** Rows of one partition, side by side, as the record batch that they are sent in. */
export interface OutboxBatch {
  readonly firstSeq: number;
  readonly count: number;
  /** A record batch without a producer. */
  readonly bytes: Buffer;
  /** The place of each row among those of all partitions, rising. */
  readonly places: Uint32Array;
  /** Rows that may only be sent while nothing newer stands at their key, by their index in the batch. */
  readonly guarded: readonly GuardedRow[];
}

/** A row of kind `latest`. */
export interface GuardedRow {
  readonly index: number;
  readonly output: string;
  readonly key: string;
}

/** The rows of one partition, in the order in which they are published. */
export interface OutboxRows {
  readonly partition: number;
  readonly rows: number;
  /** True where any row is guarded. */
  readonly hasGuarded: boolean;
  /**
   * From the batch that holds the row `from` on.
   * @throws RecoveryError `corrupt-run-store` for a batch that does not match its hash
   */
  batches(from: number): Iterable<OutboxBatch>;
  /** Rows that were left out for good, since something newer stood at their key. */
  readonly dropped: ReadonlySet<number>;
  /** Notes durably that rows are left out. Only for rows that no open transaction holds. */
  drop(rows: readonly { readonly seq: number; readonly newerAt: number }[]): void;
}

/** What all publishers of a partition share, so that one fences the other. */
export function transactionalIdOf(base: string, partition: number): string {
  return `eventmend-${base}-${partition}`;
}

/** The id that a row has in the topic: the same whenever and by whomever it is sent. */
export function publicationId(base: string, partition: number, seq: number): string {
  return `${base}-${partition}-${seq}`;
}

/** The row that an id names; null for one that is none of this outbox and partition. */
export function seqOfPublication(id: string, base: string, partition: number): number | null {
  const prefix = `${base}-${partition}-`;
  if (!id.startsWith(prefix)) return null;
  const seq = Number(id.slice(prefix.length));
  return Number.isSafeInteger(seq) && seq >= 0 ? seq : null;
}
