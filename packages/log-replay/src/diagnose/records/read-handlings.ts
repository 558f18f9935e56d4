import type { RecordedEventRef } from '@eventmend/core/engine';
import type { LedgerEntry, ProcessedLedger, RecordedOutput, RecordedOutputs } from '@eventmend/core';
import { groupsOf, laneOf } from './group-records.js';
import type { Handling } from './handling.js';

/**
 * Reads the handlings of a service in the order in which it noted them, in batches. A ledger names every handling; without
 * one, the outputs do, as far as there are any: neighbouring records of one event are one group, which the follower may
 * still have to split, because an event that was handled twice in a row leaves its outputs side by side.
 */
export function readHandlings(
  outputs: RecordedOutputs | null,
  ledger: ProcessedLedger | null,
  ledgerBegin: LedgerBegin = () => 0,
): AsyncIterable<readonly Handling[]> {
  if (ledger === null) return outputs === null ? none() : groupsOf(outputs);
  return outputs === null ? entriesOf(ledger) : joined(ledger, outputs, ledgerBegin);
}

/** The first offset of a partition that the ledger speaks of; null where it speaks of none. */
export type LedgerBegin = (partition: Pick<RecordedEventRef, 'topic' | 'partition'>) => number | null;

async function* none(): AsyncIterable<readonly Handling[]> {
  // Nothing was recorded.
}

async function* entriesOf(ledger: ProcessedLedger): AsyncIterable<readonly Handling[]> {
  for await (const batch of ledger.read()) yield batch.map((entry) => handlingOf(entry, null));
}

function handlingOf({ event, eventId, time }: LedgerEntry, outputs: readonly RecordedOutput[] | null): Handling {
  return { event, eventId, outputs, time };
}

/** So many entries of a ledger are remembered. */
const rememberedIds = 100_000;

/**
 * Tells entries of a ledger that came again as they were: the same event, noted at the same time, although the outputs that
 * wait for it were recorded at another time than the first ones. Where those have the same time too, times are not those of
 * handlings, and tell nothing.
 */
function repeatsToTheLetter(): (name: string, time: number | null, ofOutputs: number | null) => boolean {
  const known = new Map<string, { readonly time: number; readonly ofOutputs: number | null }>();
  return (name, time, ofOutputs) => {
    if (time === null) return false;
    const before = known.get(name);
    if (before?.time === time && before.ofOutputs !== null && ofOutputs !== null && ofOutputs !== before.ofOutputs) {
      return true;
    }
    known.delete(name);
    known.set(name, { time, ofOutputs });
    if (known.size > rememberedIds) for (const oldest of known.keys()) return !known.delete(oldest);
    return false;
  };
}

/** How far the outputs may run ahead of the ledger, in groups, before a group counts as one without an entry. */
const groupsAhead = 5000;

/** A group of outputs that no entry of the ledger has named yet. */
interface WaitingGroup {
  readonly handling: Handling;
  /** Its number among all groups. */
  readonly number: number;
}

async function* joined(
  ledger: ProcessedLedger,
  outputs: RecordedOutputs,
  ledgerBegin: LedgerBegin,
): AsyncIterable<readonly Handling[]> {
  const groups = groupsOf(outputs)[Symbol.asyncIterator]();
  const waiting = new Map<string, WaitingGroup[]>();
  /** Outputs may have been kept for a shorter time than the ledger: by partition, whether there were any, and how many wait. */
  const begun = new Set<string>();
  const left = new Map<string, number>();
  /** Outputs of events from before the ledger. */
  let earlier: WaitingGroup[] = [];
  let earlierNames = new Set<string>();
  /** Rows that came again under their business ids: no entry of the ledger belongs to them. */
  let repeated: Handling[] = [];
  let pulled = 0;
  let count = 0;
  let ended = false;
  const pull = async (): Promise<void> => {
    const next = await groups.next();
    if (next.done === true) {
      ended = true;
      return;
    }
    for (const handling of next.value) {
      if (handling.isRepeated === true) {
        repeated.push(handling);
        continue;
      }
      const group = { handling, number: pulled++ };
      const name = nameOf(handling);
      if (handling.event !== null && handling.event.offset < (ledgerBegin(handling.event) ?? Infinity)) {
        earlier.push(group);
        earlierNames.add(name);
        continue;
      }
      const lane = laneOf(handling);
      left.set(lane, (left.get(lane) ?? 0) + 1);
      const known = waiting.get(name);
      if (known === undefined) waiting.set(name, [group]);
      else known.push(group);
      count++;
    }
  };
  const take = (entry: LedgerEntry): WaitingGroup | undefined => {
    const name = nameOf(entry);
    const lane = laneOf(entry);
    const [group, ...rest] = waiting.get(name) ?? [];
    if (rest.length > 0) waiting.set(name, rest);
    else waiting.delete(name);
    if (group !== undefined) {
      count--;
      // Behind outputs of later entries these are of a later handling: what comes before those may lack its outputs.
      if (!begun.has(lane) && isNextOf(lane, group)) begun.add(lane);
      left.set(lane, (left.get(lane) ?? 1) - 1);
      return group;
    }
    // Where a ledger begins can only be estimated: it may name one of those all the same.
    if (!earlierNames.has(name)) return undefined;
    const known = earlier.find(({ handling }) => nameOf(handling) === name);
    keepEarlier(earlier.filter((other) => other !== known));
    return known;
  };
  /** True where no outputs of its partition that still wait were recorded before these. */
  const isNextOf = (lane: string, { number }: WaitingGroup): boolean => {
    for (const [next] of waiting.values()) {
      if (next === undefined || next.number > number) return true;
      if (laneOf(next.handling) === lane) return false;
    }
    return true;
  };
  const keepEarlier = (kept: WaitingGroup[]): void => {
    if (kept.length === earlier.length) return;
    earlier = kept;
    earlierNames = new Set(kept.map(({ handling }) => nameOf(handling)));
  };
  /** What was handled before an entry, although no entry names it. */
  const takeEarlier = ({ event }: LedgerEntry, group: WaitingGroup | undefined): Handling[] => {
    const [next] = waiting.values();
    const before = group?.number ?? next?.[0]?.number ?? Infinity;
    const isBefore = ({ handling, number }: WaitingGroup): boolean =>
      number < before ||
      (group === undefined &&
        event !== null &&
        handling.event !== null &&
        laneOf(handling) === laneOf({ event }) &&
        handling.event.offset < event.offset);
    const taken = earlier.filter(isBefore).map(({ handling }) => handling);
    keepEarlier(earlier.filter((group) => !isBefore(group)));
    return taken;
  };
  const isRepeat = repeatsToTheLetter();
  for await (const batch of ledger.read()) {
    const handlings: Handling[] = [];
    for (const entry of batch) {
      const name = nameOf(entry);
      const lane = laneOf(entry);
      while (!waiting.has(name) && !earlierNames.has(name) && !ended && count < groupsAhead) await pull();
      if (isRepeat(name, entry.time, waiting.get(name)?.[0]?.handling.time ?? null)) {
        // It came again as it was, and is no handling that the next outputs of its event belong to.
        handlings.push({ ...handlingOf(entry, null), isRepeated: true });
        continue;
      }
      const group = take(entry);
      if (earlier.length > 0) handlings.push(...takeEarlier(entry, group));
      // Before the first outputs of its partition, behind the last ones, or where they stand too far away: not known.
      const isKept = begun.has(lane) && (ended ? (left.get(lane) ?? 0) > 0 : count < groupsAhead);
      handlings.push(handlingOf(entry, group?.handling.outputs ?? (isKept ? [] : null)));
      if (repeated.length > 0) {
        handlings.push(...repeated);
        repeated = [];
      }
    }
    yield handlings;
  }
  // Outputs that no entry of the ledger explains are handlings all the same.
  while (!ended) await pull();
  const others = [...earlier, ...[...waiting.values()].flat()];
  if (repeated.length > 0) yield repeated;
  if (others.length > 0) yield others.map(({ handling }) => ({ ...handling, unplaced: true }));
}

function nameOf({ event, eventId }: Pick<Handling, 'event' | 'eventId'>): string {
  return event === null ? `#${eventId ?? ''}` : `${event.topic}\n${event.partition}\n${event.offset}`;
}
