import type { SchemaSource } from '../../schemas/registered-schema.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import type { RateLimit } from '../read/read-pace.js';
import type { LiveGroup } from './live-group.js';
import type { TopicSurvey } from './survey-topics.js';

/** What to copy into which archive, how fast, and until when. */
export interface SaveRequest {
  readonly connection: KafkaSettings;
  /** Input and output topics, at least one. */
  readonly topics: readonly string[];
  /** The archive, new or old: an old one is gone on with. */
  readonly archive: string;
  /** `committed` by default; the archive then has no events of transactions that were undone. */
  readonly isolation?: 'committed' | 'uncommitted';
  /** Name of the log in the identity of its events; the id of the cluster by default. */
  readonly source?: string;
  /** Groups whose offsets are kept beside the events: how far the services had read. */
  readonly groups?: readonly string[];
  readonly rate?: RateLimit;
  /** A live group that must not fall behind: reading pauses while its lag grows. */
  readonly yieldTo?: LiveGroup;
  /** Goes on with what is written from now on, until it is stopped. */
  readonly follow?: boolean;
  /** Where the schemas of values in Confluent's wire format are; they are then kept beside the events. */
  readonly schemas?: SchemaSource;
  /** How long to wait for an open transaction, in milliseconds; 30,000 by default. */
  readonly transactionWaitMs?: number;
  readonly patienceMs?: number;
  readonly fetchBytes?: number;
  /** Milliseconds since 1970, for the notes in the archive. */
  readonly now: () => number;
  /** Told once, before anything is copied. */
  readonly onSurvey?: (survey: TopicSurvey) => void;
  /** How far behind the log a follower is, in offsets of all partitions; told every round. */
  readonly onLag?: (lag: SaveLag) => void;
}

export interface SaveLag {
  readonly offsets: number;
  readonly events: number;
}
