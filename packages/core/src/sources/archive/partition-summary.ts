import { createHash } from 'node:crypto';
import type { LogHole } from '../../model/log/event-log.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { partitionIdentity } from './segment-row.js';

/** What an archive knows of a partition without reading its segments. Written with every commit that adds to it. */
export interface PartitionSummary extends PartitionId {
  readonly ref: number;
  readonly beginning: number;
  /** Null while there is no event. */
  readonly first: number | null;
  /** One past the last event; 0 while there is none. */
  readonly end: number;
  /** The first offset that can still be added: one past the last event or hole. */
  readonly next: number;
  readonly events: number;
  /** Second and later copies of events, which were recognised and not stored. */
  readonly repeated: number;
  readonly segments: number;
  readonly minTime: number | null;
  readonly maxTime: number | null;
  /** Hashes over all segments, and all holes, in order: `chain(before, next)`. */
  readonly segmentChain: Buffer;
  readonly holeChain: Buffer;
}

export const startOfChain: Buffer = Buffer.alloc(32);

export function chain(before: Buffer, next: Buffer | string): Buffer {
  return createHash('sha256').update(before).update(next).digest();
}

export function chainHole(before: Buffer, hole: LogHole): Buffer {
  return chain(before, JSON.stringify([hole.from, hole.to, hole.reason]));
}

export function newPartitionSummary(ref: number, id: PartitionId, beginning: number): PartitionSummary {
  return {
    ref,
    source: id.source,
    topic: id.topic,
    incarnation: id.incarnation,
    partition: id.partition,
    beginning,
    first: null,
    end: 0,
    next: beginning,
    events: 0,
    repeated: 0,
    segments: 0,
    minTime: null,
    maxTime: null,
    segmentChain: startOfChain,
    holeChain: startOfChain,
  };
}

/** SHA-256 over all columns of the summary. */
export function hashSummary(summary: PartitionSummary): Buffer {
  const text = JSON.stringify([
    ...partitionIdentity(summary),
    summary.ref,
    summary.beginning,
    summary.first,
    summary.end,
    summary.next,
    summary.events,
    summary.repeated,
    summary.segments,
    summary.minTime,
    summary.maxTime,
  ]);
  return createHash('sha256').update(text).update(summary.segmentChain).update(summary.holeChain).digest();
}

/** A damaged page may give anything in the place of a hash, NULL and numbers too. */
export function isSameHash(hash: Buffer, stored: unknown): boolean {
  return Buffer.isBuffer(stored) && hash.equals(stored);
}

export function smaller(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

export function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
