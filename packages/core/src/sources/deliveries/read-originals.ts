import { createHash } from 'node:crypto';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog, ReadRequest } from '../../model/log/event-log.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import { pagesOf } from '../log/pages-of.js';
import type { DeliveryTopic } from './delivery-topic.js';
import { originalOf } from './original-of.js';

/** A range of a delivery topic, and the log that holds it. */
export interface DeliveryRange {
  readonly log: EventLog;
  readonly request: ReadRequest;
}

/** A record of a delivery topic, with the event that it delivers; null where that is not known. */
interface Delivery {
  readonly at: RecordedEventRef;
  readonly original: RecordedEventRef | null;
}

/** Which event each record of the delivery topics delivers. */
export interface Originals {
  /** Null for a delivery whose original is not known, undefined for an event that is no delivery. */
  of(event: RecordedEventRef): RecordedEventRef | null | undefined;
  all(): Iterable<Delivery>;
  /** Headers that are there and name nothing, the first of each topic. */
  readonly problems: ReadonlyMap<string, RecoveryError>;
  /** SHA-256 over all of them. */
  readonly digest: string;
}

/** More hops than any chain of retry topics has; headers that name each other end here. */
const mostHops = 1000;

/**
 * Reads the delivery topics once. All of their records are remembered, by place only: about as many as there were failures.
 * A record that delivers one of another delivery topic, as each level of retries does, delivers the original of that one.
 */
export async function readOriginals(
  ranges: readonly DeliveryRange[],
  topics: readonly DeliveryTopic[],
): Promise<Originals> {
  const named = new Map<string, Map<number, RecordedEventRef | null>>();
  const declarations = new Map(topics.map((declaration) => [declaration.topic, declaration]));
  const problems = new Map<string, RecoveryError>();
  for (const { log, request } of ranges) {
    const declaration = declarations.get(request.topic);
    if (declaration === undefined) continue;
    const byOffset = named.get(laneOf(request)) ?? new Map<number, RecordedEventRef | null>();
    named.set(laneOf(request), byOffset);
    for await (const page of pagesOf(log, request)) {
      for (let i = 0; i < page.count; i++) {
        const offset = page.offsets[i] as number;
        let original: RecordedEventRef | null = null;
        try {
          original = originalOf(page.headers?.[i] ?? null, declaration);
        } catch (error) {
          if (!isRecoveryError(error)) throw error;
          if (!problems.has(request.topic)) problems.set(request.topic, error);
        }
        // Where two logs contradict each other, neither is believed.
        const isContradicted = byOffset.has(offset) && !isSame(byOffset.get(offset) ?? null, original);
        byOffset.set(offset, isContradicted ? null : original);
      }
    }
  }

  const of = (event: RecordedEventRef): RecordedEventRef | null | undefined => {
    if (!declarations.has(event.topic)) return undefined;
    let at: RecordedEventRef | null = event;
    for (let hops = 0; at !== null && declarations.has(at.topic); hops++) {
      at = hops === mostHops ? null : (named.get(laneOf(at))?.get(at.offset) ?? null);
    }
    return at;
  };

  function* all(): Generator<Delivery> {
    for (const [lane, byOffset] of named) {
      const [partition, topic] = JSON.parse(lane) as [number, string];
      for (const offset of byOffset.keys()) {
        const at = { topic, partition, offset };
        yield { at, original: of(at) ?? null };
      }
    }
  }

  const hash = createHash('sha256');
  for (const { at, original } of all()) hash.update(JSON.stringify([at, original]));
  return { of, all, problems, digest: hash.digest('hex') };
}

function laneOf({ topic, partition }: Pick<RecordedEventRef, 'topic' | 'partition'>): string {
  return JSON.stringify([partition, topic]);
}

function isSame(one: RecordedEventRef | null, other: RecordedEventRef | null): boolean {
  return one?.topic === other?.topic && one?.partition === other?.partition && one?.offset === other?.offset;
}
