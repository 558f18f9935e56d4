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

async function* groupsOf(source: RecordedOutputs): AsyncIterable<readonly Handling[]> {
  let open: RecordedOutput[] = [];
  for await (const batch of source.read()) {
    const groups: Handling[] = [];
    for (const record of batch) {
      const [first] = open;
      if (first !== undefined && !sameEvent(first, record)) {
        groups.push(groupOf(open));
        open = [];
      }
      open.push(record);
    }
    if (groups.length > 0) yield groups;
  }
  if (open.length > 0) yield [groupOf(open)];
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
