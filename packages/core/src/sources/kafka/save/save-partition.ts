import { setTimeout as sleep } from 'node:timers/promises';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { LogHole } from '../../../model/log/event-log.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { ArchiveWriter } from '../../archive/archive-writer.js';
import { outOfRange, startingMs } from '../cluster/kafka-failures.js';
import { openTransaction } from '../read/open-transaction.js';
import { readRecords, type PartitionReading } from '../read/read-partition.js';
import { awaitStable } from '../read/await-stable.js';
import type { DamageToKeep } from '../../archive/damaged-records.js';
import type { DamagedBatch } from '../read/take-batches.js';
import { appendRecords, type RefusedRecord } from './append-records.js';
import type { SchemaKeeping } from './collect-schemas-of-values.js';
import type { SavedPartition } from './saved-partition.js';
import type { PartitionToSave } from './survey-topics.js';

export interface PartitionSaving {
  readonly writer: ArchiveWriter;
  /** Name of the log in the identity of its events. */
  readonly source: string;
  readonly partition: PartitionToSave;
  readonly reading: PartitionReading;
  /** Waits for an open transaction; else what it holds back is left for later. */
  readonly waits: boolean;
  /** Null where no registry is given. */
  readonly schemas: SchemaKeeping | null;
  /** Told of every few thousand offsets. */
  readonly onSaved: (offsets: number) => void;
}

/** A commit is made when this much waits, in bytes of keys and values, or after this time. */
const commitBytes = 16 * 1024 * 1024;
const commitMs = 1000;

/** Copies what the archive does not have of a partition, up to its end as it was surveyed. */
export async function savePartition(saving: PartitionSaving, work: LongWork): Promise<SavedPartition> {
  const { writer, source, partition: surveyed, reading, onSaved } = saving;
  const { topic, topicId, partition } = surveyed;
  const id = { source, topic, incarnation: topicId, partition };
  const target = writer.partition(id);
  let events = 0;
  let lost = 0;
  let damaged = 0;
  let committedAt = performance.now();

  const finished = (): boolean => work.signal?.aborted === true;

  /** Whoever stopped is told nothing of the question that this broke off. */
  function unlessFinished(error: unknown): null {
    if (finished()) return null;
    throw error;
  }

  /** Notes what was deleted between what the archive has and what the cluster still has. */
  function skipDeleted(low: number): void {
    if (low <= target.next) return;
    lost += low - target.next;
    target.addHole({ from: target.next, to: low, reason: 'deleted' });
  }

  function keep(damage: Pick<DamageToKeep, 'kind' | 'form' | 'raw' | 'record'>, from: number, to: number, why: string) {
    const place = `${topic}[${partition}]@${from}${to - from > 1 ? `-${to - 1}` : ''} in Kafka`;
    const reason = why.replace(`${topic}[${partition}]@${from}: `, '').replace(`${topic}[${partition}]: `, '');
    writer.addDamage({ ...damage, at: { ...id, from, to }, place, reason });
    damaged += to - from;
  }

  function keepBatch({ from, to, error, raw }: DamagedBatch): void {
    keep(
      { kind: 'broken-batch', form: 'record-batch', raw: raw === null ? null : Buffer.from(raw) },
      from,
      to,
      error.message,
    );
  }

  function keepRecord({ offset, error, value, key, time, headers }: RefusedRecord): void {
    const record = { key: key === null ? null : Buffer.from(key).toString('base64'), time, headers };
    const raw = value === null ? null : Buffer.from(value);
    keep({ kind: 'oversized', form: 'value', raw, record }, offset, offset + 1, error.message);
  }

  async function copyTo(end: number): Promise<void> {
    const from = target.next;
    if (from >= end) return;
    let told = from;
    // Holes are told before the page that they lie in or in front of; the archive wants each at its place.
    const holes: LogHole[] = [];
    const reader = readRecords(
      { ...reading, damage: 'keep', onDamage: keepBatch },
      { ...id, from, to: end, onHole: (hole) => holes.push(hole) },
    );
    try {
      for (let page = await reader.next(); page !== null; page = await reader.next()) {
        await saving.schemas?.keep(page);
        const refused = damaged;
        appendRecords(target, page, holes, keepRecord);
        events += page.length - (damaged - refused);
        onSaved(target.next - told);
        told = target.next;
        if (writer.pendingBytes >= commitBytes || performance.now() - committedAt >= commitMs) {
          writer.commit();
          committedAt = performance.now();
        }
        if (work.signal?.aborted === true) break;
      }
      // Of a read that was broken off, holes may lie behind events that have not come.
      if (work.signal?.aborted !== true) for (const hole of holes) target.addHole(hole);
      onSaved(target.next - told);
      writer.commit();
    } catch (error) {
      if (!finished()) {
        keepWhatCame(writer);
        throw error;
      }
      // A stop breaks off what is being read, which is no failure: what had come is kept, and told.
      writer.commit();
    } finally {
      reader.close();
    }
  }

  const shorterSince = performance.now();
  skipDeleted(surveyed.low);
  const { end } = surveyed;
  while (target.next < end && !finished()) {
    const stable = await awaitStable({ ...reading, transactionWaitMs: 0 }, { topic, partition }).catch(unlessFinished);
    if (stable === null) break;
    try {
      skipDeleted(stable.low);
      // First all that can be seen; only then is a transaction waited for.
      if (target.next < stable.end) await copyTo(Math.min(end, stable.end));
      else if (stable.heldBack === null) await waitForEnd(surveyed, stable, shorterSince);
      else if (saving.waits) await waitForTransaction(saving, target.next, end);
      else break;
    } catch (error) {
      // Retention was faster: what it took is noted, and the rest is hurried after.
      if (!isOvertaken(error)) throw error;
    }
  }
  return {
    topic,
    topicId,
    partition,
    to: target.next,
    events,
    lost,
    ...(damaged > 0 && { damaged }),
    keptUntil: surveyed.keptUntil,
    dueWithinADay: surveyed.dueWithinADay,
    low: surveyed.low,
  };
}

/** What has come before a failure is worth keeping; that this fails too must not hide why. */
function keepWhatCame(writer: ArchiveWriter): void {
  try {
    writer.commit();
  } catch {
    // the failure that came first is told
  }
}

/**
 * The partition ends before what was seen of it. A leader that has just started may say so for a moment.
 * @throws RecoveryError `log-changed` when it goes on saying so: it was cut, or another topic has its name
 */
async function waitForEnd(
  surveyed: PartitionToSave,
  stable: { readonly low: number; readonly end: number },
  since: number,
): Promise<void> {
  if (performance.now() - since > startingMs) {
    throw outOfRange(surveyed, surveyed.end, { from: stable.low, to: stable.end });
  }
  await sleep(pauseMs);
}

const pauseMs = 200;

/** Comes back when something new can be seen. @throws RecoveryError `open-transaction` when that takes too long */
async function waitForTransaction({ reading, partition }: PartitionSaving, from: number, end: number): Promise<void> {
  const stable = await awaitStable(reading, partition);
  if (stable.end > from || stable.heldBack === null) return;
  throw await openTransaction(reading.cluster, partition, { from, to: end });
}

/** The cluster begins behind what was asked for; not: the topic is another one. */
function isOvertaken(error: unknown): boolean {
  if (!isRecoveryError(error) || error.code !== 'log-changed') return false;
  const { asked, from } = (error.details ?? {}) as { readonly asked?: string; readonly from?: string };
  return asked !== undefined && from !== undefined && Number(asked) < Number(from);
}
