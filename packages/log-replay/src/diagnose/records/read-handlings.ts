import type { LedgerEntry, ProcessedLedger, RecordedOutput, RecordedOutputs } from '@eventmend/core';
import type { Handling } from './handling.js';

/**
 * Reads the handlings of a service in the order in which it noted them, in batches. A ledger names every handling; without
 * one, the outputs do, as far as there are any: neighbouring records of one event are one group, which the follower may
 * still have to split, because an event that was handled twice in a row leaves its outputs side by side.
 */
export function readHandlings(
  outputs: RecordedOutputs | null,
  ledger: ProcessedLedger | null,
): AsyncIterable<readonly Handling[]> {
  if (ledger === null) return outputs === null ? none() : groupsOf(outputs);
  return outputs === null ? entriesOf(ledger) : joined(ledger, outputs);
}

async function* none(): AsyncIterable<readonly Handling[]> {
  // Nothing was recorded.
}

async function* entriesOf(ledger: ProcessedLedger): AsyncIterable<readonly Handling[]> {
  for await (const batch of ledger.read()) yield batch.map((entry) => handlingOf(entry, null));
}

function handlingOf({ event, eventId, time }: LedgerEntry, outputs: readonly RecordedOutput[] | null): Handling {
  return { event, eventId, outputs, time };
}

/** How many records of others may stand between those of one handling, where a service handles several partitions at once. */
const recordsBetween = 256;

interface OpenGroup {
  readonly records: RecordedOutput[];
  /** The number of its last record. */
  last: number;
  closed: boolean;
}

/**
 * The records of each handling as a group, in the order of their first records. Neighbours of one event belong together; so
 * do others of the same partition a little later, as long as they say something that the group does not say yet and no other
 * event of the partition has come: a service that handles several partitions at once mixes their records.
 */
async function* groupsOf(source: RecordedOutputs): AsyncIterable<readonly Handling[]> {
  let queue: OpenGroup[] = [];
  const openOf = new Map<string, OpenGroup>();
  let latest: OpenGroup | null = null;
  let number = 0;
  for await (const batch of source.read()) {
    for (const record of batch) {
      number++;
      if (latest !== null && sameEvent(latest.records[0] as RecordedOutput, record)) {
        latest.records.push(record);
        latest.last = number;
        continue;
      }
      const lane = partitionOf(record);
      const open = openOf.get(lane);
      if (open !== undefined && completes(open, record)) {
        open.records.push(record);
        open.last = number;
        latest = open;
        continue;
      }
      if (open !== undefined) open.closed = true;
      latest = { records: [record], last: number, closed: false };
      openOf.set(lane, latest);
      queue.push(latest);
    }
    const open = queue.findIndex((group) => !group.closed && number - group.last <= recordsBetween);
    const done = open === -1 ? queue : queue.slice(0, open);
    queue = open === -1 ? [] : queue.slice(open);
    // What was given away must not grow any more.
    for (const group of done) group.closed = true;
    if (latest?.closed === true) latest = null;
    for (const [lane, group] of openOf) if (group.closed) openOf.delete(lane);
    if (done.length > 0) yield done.map(({ records }) => groupOf(records));
  }
  if (queue.length > 0) yield queue.map(({ records }) => groupOf(records));
}

/** True for a record of the same event that adds an output or key which the group does not have yet. */
function completes({ records }: OpenGroup, record: RecordedOutput): boolean {
  return (
    sameEvent(records[0] as RecordedOutput, record) &&
    !records.some(({ output, key }) => output === record.output && key === record.key)
  );
}

function partitionOf({ event }: RecordedOutput): string {
  return event === null ? '' : `${event.partition} ${event.topic}`;
}

function groupOf(outputs: readonly RecordedOutput[]): Handling {
  const [first] = outputs;
  return { event: first?.event ?? null, eventId: first?.eventId ?? null, outputs, time: first?.time ?? null };
}

function sameEvent(a: RecordedOutput, b: RecordedOutput): boolean {
  if (a.event === null || b.event === null) {
    return a.event === b.event && a.eventId !== null && a.eventId === b.eventId;
  }
  return (
    a.event.offset === b.event.offset && a.event.partition === b.event.partition && a.event.topic === b.event.topic
  );
}

/** How far the outputs may run ahead of the ledger, in groups, before a group counts as one without an entry. */
const groupsAhead = 5000;

async function* joined(ledger: ProcessedLedger, outputs: RecordedOutputs): AsyncIterable<readonly Handling[]> {
  const groups = groupsOf(outputs)[Symbol.asyncIterator]();
  const waiting = new Map<string, Handling[]>();
  /** Outputs may have been kept for a shorter time than the ledger. */
  let begun = false;
  let count = 0;
  let ended = false;
  const pull = async (): Promise<void> => {
    const next = await groups.next();
    if (next.done === true) {
      ended = true;
      return;
    }
    for (const group of next.value) {
      const name = nameOf(group);
      const known = waiting.get(name);
      if (known === undefined) waiting.set(name, [group]);
      else known.push(group);
      count++;
    }
  };
  for await (const batch of ledger.read()) {
    const handlings: Handling[] = [];
    for (const entry of batch) {
      const name = nameOf(entry);
      while (!waiting.has(name) && !ended && count < groupsAhead) await pull();
      const [group, ...rest] = waiting.get(name) ?? [];
      if (rest.length > 0) waiting.set(name, rest);
      else waiting.delete(name);
      if (group !== undefined) {
        count--;
        begun = true;
      }
      handlings.push(handlingOf(entry, group?.outputs ?? (begun ? [] : null)));
    }
    yield handlings;
  }
  // Outputs that no entry of the ledger explains are handlings all the same.
  while (!ended) await pull();
  const left = [...waiting.values()].flat();
  if (left.length > 0) yield left;
}

function nameOf({ event, eventId }: Pick<Handling, 'event' | 'eventId'>): string {
  return event === null ? `#${eventId ?? ''}` : `${event.topic}\n${event.partition}\n${event.offset}`;
}
