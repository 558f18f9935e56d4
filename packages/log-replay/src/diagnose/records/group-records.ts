import type { RecordedOutput, RecordedOutputs } from '@eventmend/core';
import type { Handling } from './handling.js';

/** How many records of others may stand between those of one handling, where a service handles several partitions at once. */
const recordsBetween = 256;

interface OpenGroup {
  readonly records: RecordedOutput[];
  /** The number of its last record. */
  last: number;
  closed: boolean;
  readonly isRepeated?: boolean;
}

/**
 * The records of each handling as a group, in the order of their first records. Neighbours of one event belong together; so
 * do others of the same partition a little later, as long as they say something that the group does not say yet and no other
 * event of the partition has come: a service that handles several partitions at once mixes their records.
 */
export async function* groupsOf(source: RecordedOutputs): AsyncIterable<readonly Handling[]> {
  let queue: OpenGroup[] = [];
  const openOf = new Map<string, OpenGroup>();
  const againOf = new Map<string, OpenGroup>();
  const recentOf = new Map<string, readonly OpenGroup[]>();
  let latest: OpenGroup | null = null;
  let number = 0;
  const isRepeat = repeatsById();
  for await (const batch of source.read()) {
    for (const record of batch) {
      number++;
      if (isRepeat(record)) {
        queue.push({ records: [record], last: number, closed: true, isRepeated: true });
        continue;
      }
      if (latest !== null && sameEvent(latest.records[0] as RecordedOutput, record)) {
        latest.records.push(record);
        latest.last = number;
        continue;
      }
      const lane = laneOf(record);
      const groups = recentOf.get(lane) ?? [];
      const open = openOf.get(lane);
      const again = againOf.get(lane);
      if (open !== undefined && completes(open, record)) {
        open.records.push(record);
        open.last = number;
        latest = open;
        continue;
      }
      if (again !== undefined && completes(again, record)) {
        again.records.push(record);
        again.last = number;
        continue;
      }
      if (groups.some((group) => repeats(group, record))) {
        // A row of before that came again: what is going on is not over for that.
        const repeated: OpenGroup = { records: [record], last: number, closed: false };
        if (again !== undefined) again.closed = true;
        againOf.set(lane, repeated);
        queue.push(repeated);
        continue;
      }
      if (open !== undefined) open.closed = true;
      if (again !== undefined) again.closed = true;
      againOf.delete(lane);
      latest = { records: [record], last: number, closed: false };
      openOf.set(lane, latest);
      recentOf.set(lane, [...groups.slice(1 - recentGroups), latest]);
      queue.push(latest);
    }
    const open = queue.findIndex((group) => !group.closed && number - group.last <= recordsBetween);
    const done = open === -1 ? queue : queue.slice(0, open);
    queue = open === -1 ? [] : queue.slice(open);
    // What was given away must not grow any more.
    for (const group of done) group.closed = true;
    if (latest?.closed === true) latest = null;
    for (const growing of [openOf, againOf])
      for (const [lane, group] of growing) if (group.closed) growing.delete(lane);
    if (done.length > 0) yield done.map(groupOf);
  }
  if (queue.length > 0) yield queue.map(groupOf);
}

/** So many business ids of outputs are remembered. */
const rememberedIds = 100_000;

/** Tells rows that were sent again: the same output of the same event under the same business id, with the same value. */
function repeatsById(): (record: RecordedOutput) => boolean {
  const known = new Map<string, string>();
  return ({ output, key, value, event, eventId, businessId }) => {
    if (businessId === null) return false;
    const id = JSON.stringify([output, key, businessId]);
    const content = JSON.stringify([event, eventId, value]);
    if (known.get(id) === content) return true;
    known.set(id, content);
    if (known.size > rememberedIds) for (const oldest of known.keys()) return !known.delete(oldest);
    return false;
  };
}

/** So many groups of a partition are remembered, for rows that come again. */
const recentGroups = 16;

/** True for a record that a group holds already, to the letter. */
function repeats({ records }: OpenGroup, record: RecordedOutput): boolean {
  return (
    sameEvent(records[0] as RecordedOutput, record) &&
    records.some(
      ({ output, key, value }) =>
        output === record.output && key === record.key && JSON.stringify(value) === JSON.stringify(record.value),
    )
  );
}

/** True for a record of the same event that adds an output or key which the group does not have yet. */
function completes({ records }: OpenGroup, record: RecordedOutput): boolean {
  return (
    sameEvent(records[0] as RecordedOutput, record) &&
    !records.some(({ output, key }) => output === record.output && key === record.key)
  );
}

function groupOf({ records: outputs, isRepeated }: OpenGroup): Handling {
  const [first] = outputs;
  return {
    ...(isRepeated === true ? { isRepeated } : {}),
    event: first?.event ?? null,
    eventId: first?.eventId ?? null,
    outputs,
    time: first?.time ?? null,
  };
}

function sameEvent(a: RecordedOutput, b: RecordedOutput): boolean {
  if (a.event === null || b.event === null) {
    return a.event === b.event && a.eventId !== null && a.eventId === b.eventId;
  }
  return (
    a.event.offset === b.event.offset && a.event.partition === b.event.partition && a.event.topic === b.event.topic
  );
}

/** The partition of an event, as a name. */
export function laneOf({ event }: Pick<Handling, 'event'>): string {
  return event === null ? '' : `${event.partition} ${event.topic}`;
}
