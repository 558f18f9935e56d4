import { classesOf, clusters, type Candidate, type ItemClass, type Within } from './candidate-clusters.js';
import { ExchangeGraph, searchedArcs } from './exchange-graph.js';

/** What is certain of some records and events of one key and amount. All are indexes into what was given. */
export interface Settlement {
  /** Pairs that every largest assignment has, up to the exchange of items that say the same. */
  readonly pairs: readonly (readonly [record: number, event: number])[];
  /** Records without an event in every such assignment; `twice` where an equal one has an event, or stands before it. */
  readonly recordsAlone: readonly { readonly record: number; readonly twice: boolean }[];
  readonly eventsAlone: readonly number[];
  readonly ambiguousRecords: readonly number[];
  readonly ambiguousEvents: readonly number[];
  /** How many pairs the ambiguous ones make in every such assignment. */
  readonly ambiguousPairs: number;
}

/**
 * Assigns records to events, one to one, where the record is at most so much earlier or later, and not both have ids (those
 * would have been the same). Settled is what is the same in every assignment of as many as possible; of items that say the
 * same (time and type are equal, no id) it does not matter which is taken.
 */
export function settleCandidates(
  records: readonly Candidate[],
  events: readonly Candidate[],
  within: Within,
): Settlement {
  const result: MutableSettlement = {
    pairs: [],
    recordsAlone: [],
    eventsAlone: [],
    ambiguousRecords: [],
    ambiguousEvents: [],
    ambiguousPairs: 0,
  };
  if (records.length === 0) result.eventsAlone.push(...events.keys());
  if (events.length === 0 || records.length === 0) {
    if (records.length === 1) result.recordsAlone.push({ record: 0, twice: false });
    if (records.length <= 1) return result;
  }
  const left = classesOf(records);
  const right = classesOf(events);
  for (const [from, to, start, end] of clusters(left, right, within)) {
    settleCluster(left.slice(from, to), right.slice(start, end), within, result);
  }
  return result;
}

type MutableSettlement = {
  -readonly [Name in keyof Settlement]: Settlement[Name] extends readonly (infer Item)[] ? Item[] : number;
};

function settleCluster(
  records: readonly ItemClass[],
  events: readonly ItemClass[],
  within: Within,
  result: MutableSettlement,
): void {
  const [record, event] = [records[0], events[0]];
  if (record !== undefined && event !== undefined && records.length === 1 && events.length === 1) {
    if (record.items.length === 1 && event.items.length === 1 && (record.id === null || event.id === null)) {
      result.pairs.push([record.items[0] as number, event.items[0] as number]);
      return;
    }
  }
  const graph = new ExchangeGraph(records, events, within);
  if (graph.arcs.length > searchedArcs) {
    const pairs = graph.flow();
    for (const { items } of records) result.ambiguousRecords.push(...items);
    for (const { items } of events) result.ambiguousEvents.push(...items);
    result.ambiguousPairs += pairs;
    return;
  }
  const total = graph.flow();
  let certain = 0;
  const usedOfRecord = records.map(() => 0);
  const usedOfEvent = events.map(() => 0);
  for (const arc of graph.arcs) {
    if (arc.flow === 0 || !graph.isFixed(arc)) continue;
    const { record, event, flow } = arc;
    const [fromRecord, fromEvent] = [usedOfRecord[record] ?? 0, usedOfEvent[event] ?? 0];
    for (let unit = 0; unit < flow; unit++) {
      result.pairs.push([
        records[record]?.items[fromRecord + unit] as number,
        events[event]?.items[fromEvent + unit] as number,
      ]);
    }
    usedOfRecord[record] = fromRecord + flow;
    usedOfEvent[event] = fromEvent + flow;
    certain += arc.flow;
  }
  result.ambiguousPairs += total - certain;
  records.forEach(({ items }, r) => {
    const covered = graph.recordFlow[r] as number;
    const free = graph.isRecordFixed(r) ? items.length - covered : 0;
    const rest = items.slice(usedOfRecord[r]);
    result.ambiguousRecords.push(...rest.slice(0, rest.length - free));
    rest.slice(rest.length - free).forEach((record, index) => {
      result.recordsAlone.push({ record, twice: covered > 0 || index > 0 });
    });
  });
  events.forEach(({ items }, e) => {
    const free = graph.isEventFixed(e) ? items.length - (graph.eventFlow[e] as number) : 0;
    const rest = items.slice(usedOfEvent[e]);
    result.ambiguousEvents.push(...rest.slice(0, rest.length - free));
    result.eventsAlone.push(...rest.slice(rest.length - free));
  });
}
